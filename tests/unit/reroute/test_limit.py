"""The number of acknowledged posts after which a script ends."""

import asyncio

from services.reroute.limit import PostLimit


async def _post(limit: PostLimit, *, acked: bool) -> bool:
    if not await limit.enter():
        return False
    await asyncio.sleep(0)
    await limit.leave(acked=acked)
    return True


def test_exactly_so_many_posts_are_acknowledged_however_many_come_at_once() -> None:
    """The others wait for those under way, and are turned away in the end."""
    reached: list[bool] = []

    async def scenario() -> list[bool]:
        limit = PostLimit(3, lambda: reached.append(True))
        return await asyncio.gather(*(_post(limit, acked=True) for _ in range(10)))

    assert sorted(asyncio.run(scenario())) == [False] * 7 + [True] * 3
    assert reached == [True]


def test_a_post_that_failed_makes_room_for_another() -> None:
    """Only acknowledged ones count."""

    async def scenario() -> list[bool]:
        limit = PostLimit(2, lambda: None)
        failed = [_post(limit, acked=False) for _ in range(5)]
        return await asyncio.gather(*failed, *(_post(limit, acked=True) for _ in range(3)))

    assert asyncio.run(scenario()) == [True] * 7 + [False]


def test_without_a_limit_everything_goes_through() -> None:
    """An endless script may be endless."""

    async def scenario() -> list[bool]:
        limit = PostLimit(None, lambda: None)
        return await asyncio.gather(*(_post(limit, acked=True) for _ in range(5)))

    assert asyncio.run(scenario()) == [True] * 5
