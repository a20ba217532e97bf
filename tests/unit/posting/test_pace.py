import pytest

from services.posting.pace import BURST_SECONDS, Pace, interval, phase


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


def test_turns_are_evenly_paced(clock: Clock) -> None:
    """One turn falls due each interval, and waiting as long as told is enough."""
    pace = Pace(0.25, clock.now, clock)
    times = []
    for _ in range(9):
        clock.now += pace.delay()
        assert pace.take(100) == 1
        times.append(clock.now)
    assert times == pytest.approx([100 + 0.25 * turn for turn in range(9)])


def test_nothing_is_due_before_its_time(clock: Clock) -> None:
    """Between two turns there is none, and the delay tells when the next one is."""
    pace = Pace(0.5, clock.now, clock)
    pace.take(1)
    clock.now += 0.25
    assert pace.take(10) == 0
    assert pace.delay() == pytest.approx(0.25)


def test_small_delays_do_not_add_up(clock: Clock) -> None:
    """A loop that is late by a while each time still takes rate times seconds turns."""
    pace = Pace(0.125, clock.now, clock)
    taken = 0
    while clock.now < 200.0:
        taken += pace.take(100)
        clock.now += 0.2
    assert taken == pytest.approx(100 / 0.125, abs=2)


def test_a_long_stall_is_not_made_up_by_a_flood(clock: Clock) -> None:
    """After a minute's stall at most the bucket's worth of turns is due at once."""
    pace = Pace(0.125, clock.now, clock)
    clock.now += 60
    assert pace.take(1000) == BURST_SECONDS / 0.125 + 1


def test_a_rate_below_one_a_second_keeps_its_turns_apart(clock: Clock) -> None:
    """The bucket of a slow pace holds one turn, also after a stall."""
    pace = Pace(10.0, clock.now, clock)
    clock.now += 60
    assert pace.take(1000) <= 2


def test_without_a_rate_all_turns_are_due(clock: Clock) -> None:
    """Rate 0 is as fast as possible."""
    pace = Pace(interval(0, 3), clock.now, clock)
    assert pace.take(7) == 7
    assert pace.delay() == 0


def test_workers_share_the_rate_evenly() -> None:
    """The turns of three workers together are spaced by the rate."""
    workers = 3
    due = sorted(
        phase(10, worker) + turn * interval(10, workers)
        for worker in range(workers)
        for turn in range(4)
    )
    assert due == pytest.approx([turn / 10 for turn in range(12)])
