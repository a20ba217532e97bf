"""The speed layer: how soon a record is visible in Delta, and how many a second it takes."""

import statistics
import time

from benchmarks.figure import Figure
from benchmarks.load.delta_watch import DeltaWatch
from benchmarks.load.stream_load import StreamLoad
from services.stack.native.scratch import ScratchStack
from services.tables import TABLES
from spark_jobs.session import session

RATE = 10.0
"""Records a second and stream, for the latency."""

SUSTAINED_RATE = 1000.0
"""Records a second over all streams, for the throughput."""

RECORDS_PER_REQUEST = 50
APPENDS = 20
WARM_UPS = 10
WARM_UP_SECONDS = 20
LATENCY_SECONDS = 90
SUSTAINED_SECONDS = 60
_CAUGHT_UP_SECONDS = 60.0
_HUNDREDTHS = 100


class NotVisibleError(Exception):
    """Records that were acked did not appear in Delta."""


def measure(stack: ScratchStack) -> list[Figure]:
    """Latency at a gentle rate, then throughput at a high one."""
    append = _append_alone(stack)
    delays = sorted(_delays(stack))
    cuts = statistics.quantiles(delays, n=_HUNDREDTHS)
    rate, growth = _sustained(stack)
    alone = "one append of ten rows by Spark alone"
    return [
        Figure("speed_p50", cuts[49], append, "s", 1.0, "less", alone),
        Figure("speed_p99", cuts[98], append, "s", 2.0, "less", alone),
        Figure(
            "speed_sustained", rate, SUSTAINED_RATE, "records/s", 0.98 * SUSTAINED_RATE, "more", "the rate of posting"
        ),
        Figure(
            "speed_lag_growth", growth, 0.0, "records/s", 0.01 * SUSTAINED_RATE, "less", "a lag that is constant"
        ),
    ]  # fmt: skip


def _append_alone(stack: ScratchStack) -> float:
    """Median seconds of a warm append of ten rows by Spark, with no stream running."""
    stack.stack.stop("speed")
    folder = stack.settings.state_dir / "benchmark-append"
    seconds: list[float] = []
    with session(stack.settings) as spark:
        for _ in range(APPENDS):
            started = time.perf_counter()
            spark.range(10).coalesce(1).write.format("delta").mode("append").save(str(folder))
            seconds = [*seconds, time.perf_counter() - started]
    stack.stack.start("speed", stack.report)
    return statistics.median(seconds[WARM_UPS:])


def _delays(stack: ScratchStack) -> list[float]:
    """Seconds from the begin of each put to the sight of its commit; the warm-up's are left out."""
    with DeltaWatch(stack.settings) as watch:
        with StreamLoad(stack.settings, RATE) as load:
            time.sleep(WARM_UP_SECONDS)
            warm = time.monotonic()
            time.sleep(LATENCY_SECONDS)
        _await_all(watch, load)
    return [
        watch.visible_at[table][record_id] - began
        for table in TABLES
        for record_id, began in load.progress[table].at.items()
        if began > warm
    ]


def _sustained(stack: ScratchStack) -> tuple[float, float]:
    """Records a second that became visible, and by how many a second the lag grew."""
    with DeltaWatch(stack.settings) as watch:
        with StreamLoad(stack.settings, SUSTAINED_RATE / len(TABLES), RECORDS_PER_REQUEST) as load:
            time.sleep(WARM_UP_SECONDS)
            samples = [_sample(watch, load)]
            while samples[-1][0] - samples[0][0] < SUSTAINED_SECONDS:
                time.sleep(0.2)
                samples.append(_sample(watch, load))
        _await_all(watch, load)
    times, seen, lags = zip(*samples, strict=True)
    return _slope(times, seen), _slope(times, lags)


def _sample(watch: DeltaWatch, load: StreamLoad) -> tuple[float, float, float]:
    seen = float(watch.rows)
    return time.monotonic(), seen, load.acked - seen


def _slope(times: tuple[float, ...], values: tuple[float, ...]) -> float:
    """Growth a second, by least squares: micro-batches make steps that two points would see."""
    return float(statistics.linear_regression(times, values).slope)


def _await_all(watch: DeltaWatch, load: StreamLoad) -> None:
    """Wait until everything acked is visible.

    Raises:
        NotVisibleError: it is not in time, or posts were refused.
    """
    if refused := sum(progress.refused for progress in load.progress.values()):
        raise NotVisibleError(f"{refused} posts were not acknowledged")
    deadline = time.monotonic() + _CAUGHT_UP_SECONDS
    while watch.rows < load.acked:
        if time.monotonic() > deadline:
            raise NotVisibleError(f"{watch.rows} of {load.acked} acked records are visible")
        time.sleep(0.05)
