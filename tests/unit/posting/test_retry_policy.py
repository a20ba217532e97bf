import pytest

from services.posting.retry import RetryPolicy, draw_jitter

POLICY = RetryPolicy(deadline=60, base=0.1, longest=5)


@pytest.mark.parametrize(
    ("failures", "retry_after", "jitter", "delay"),
    [
        (1, 0, 0.0, 0),
        (1, 0, 0.5, 0.05),
        (2, 0, 0.5, 0.1),
        (3, 0, 1.0, 0.4),
        (7, 0, 1.0, 5),
        (10_000, 0, 1.0, 5),
        (1, 2, 0.0, 2),
        (1, 2, 0.5, 2.05),
    ],
)
def test_waits_double_up_to_a_limit_with_full_jitter(
    failures: int, retry_after: float, jitter: float, delay: float
) -> None:
    """What the server asks for is waited at least; jitter comes on top."""
    assert POLICY.delay(failures, retry_after, jitter) == pytest.approx(delay)


def test_jitter_differs_between_draws() -> None:
    """Emulators that failed together do not come back together."""
    draws = {draw_jitter() for _ in range(20)}
    assert len(draws) > 1
    assert all(0 <= draw < 1 for draw in draws)
