"""The emulator, then the batch: everything new, nothing new, 1 % new, and that with ten times the history."""

import statistics

from benchmarks.figure import Figure
from benchmarks.load import bare_producer
from benchmarks.load.seed_values import seed_values
from benchmarks.timing import timed
from seed_data import DEFAULT_ROWS
from services.stack.native.scratch import ScratchStack
from services.tables import TABLES

ONE_PERCENT = DEFAULT_ROWS // 100
REPEATS = 3
LONGER = 10
RAW_TOPIC = "benchmark-raw"


def measure(stack: ScratchStack) -> list[Figure]:
    """All figures of the batch; the stack is fresh, and only what is posted here is in it."""
    emulator = _emulator(stack)
    whole, whole_limit = _whole(stack)
    connect = _median(stack, "benchmarks.load.bare_spark", "connect")
    nothing, little = _nothing_new(stack), _one_percent_new(stack)
    _lengthen_history(stack)
    nothing_later, little_later = _nothing_new(stack), _one_percent_new(stack)
    before = "the same with a shorter history"
    alone = "a Spark client that connects and counts one row"
    return [
        emulator,
        Figure(
            "batch_all_new",
            whole,
            whole_limit,
            "s",
            20,
            "less",
            "Spark copying the objects into three tables",
        ),
        Figure("batch_nothing_new", nothing, connect, "s", 3, "less", alone),
        Figure("batch_1_percent_new", little, connect, "s", 6, "less", alone),
        Figure(
            "batch_nothing_new_10x",
            nothing_later,
            nothing,
            "s",
            1.2 * nothing,
            "less",
            before,
        ),
        Figure(
            "batch_1_percent_new_10x",
            little_later,
            little,
            "s",
            1.2 * little,
            "less",
            before,
        ),
    ]


def _emulator(stack: ScratchStack) -> Figure:
    """Post a few turns and clean them, so that every server is warm; then post the whole source."""
    timed(stack.environment, "services.posting", "batch", "--count", "100")
    _drain(stack)
    timed(stack.environment, "spark_jobs.batch")
    records = len(TABLES) * DEFAULT_ROWS
    seconds = timed(
        stack.environment, "services.posting", "batch", "--sequential", "--processes", "2"
    )
    bare_producer.create_topic(stack.settings.kafka_bootstrap, RAW_TOPIC)
    values = list(seed_values(TABLES[0]))
    raw = bare_producer.produce(stack.settings.kafka_bootstrap, RAW_TOPIC, values)
    return Figure(
        "emulator",
        records / seconds,
        raw,
        "records/s",
        2000,
        "more",
        "confluent-kafka's own producer, same rows",
    )


def _whole(stack: ScratchStack) -> tuple[float, float]:
    _drain(stack)
    seconds = timed(stack.environment, "spark_jobs.batch")
    return seconds, timed(stack.environment, "benchmarks.load.bare_spark", "copy")


def _nothing_new(stack: ScratchStack) -> float:
    return _median(stack, "spark_jobs.batch")


def _one_percent_new(stack: ScratchStack) -> float:
    seconds = []
    for _ in range(REPEATS):
        timed(stack.environment, "services.posting", "batch", "--count", str(ONE_PERCENT))
        _drain(stack)
        seconds.append(timed(stack.environment, "spark_jobs.batch"))
    return statistics.median(seconds)


def _lengthen_history(stack: ScratchStack) -> None:
    """Post the whole source again and again, past the gateway, and clean it."""
    for table in TABLES:
        topic = table.topic(stack.settings.user_id)
        bare_producer.produce(stack.settings.kafka_bootstrap, topic, seed_values(table, LONGER - 1))
    _drain(stack)
    timed(stack.environment, "spark_jobs.batch")


def _drain(stack: ScratchStack) -> None:
    timed(stack.environment, "services.s3_sink", "wait", "--timeout", "300")


def _median(stack: ScratchStack, *command: str) -> float:
    return statistics.median(timed(stack.environment, *command) for _ in range(REPEATS))
