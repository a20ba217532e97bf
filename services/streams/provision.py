"""Creates the speed layer's missing streams, in any Kinesis: ours, LocalStack's, AWS'."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.config import Config

from services.tables import TABLES

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

POLL_SECONDS, POLLS = 1, 60
"""AWS takes some 20 s to create a stream."""

CLIENT_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 5})
"""A repeated request does no harm here: an existing stream is left as it is."""


@dataclass(frozen=True)
class StreamOptions:
    """Of all streams; a longer retention period that a stream has is kept."""

    user_id: str
    shards: int
    retention_hours: int
    shared: tuple[str, ...] = ()


def provision(client: "KinesisClient", options: StreamOptions) -> list[str]:
    """Create the missing streams and wait until all take records; an existing one keeps its shards.

    Returns:
        The names of the streams that were created.

    Raises:
        ClientError, BotoCoreError: Kinesis refuses, or does not answer, or takes over a minute.
    """
    names = [table.stream(options.user_id) for table in TABLES] + list(options.shared)
    created = [name for name in names if _create(client, name, options.shards)]
    for name in names:
        waiter = client.get_waiter("stream_exists")
        waiter.wait(StreamName=name, WaiterConfig={"Delay": POLL_SECONDS, "MaxAttempts": POLLS})
        _raise_retention(client, name, options.retention_hours)
    return created


def _create(client: "KinesisClient", name: str, shards: int) -> bool:
    try:
        client.create_stream(StreamName=name, ShardCount=shards)
    except client.exceptions.ResourceInUseException:
        return False
    return True


def _raise_retention(client: "KinesisClient", name: str, hours: int) -> None:
    """Raise the retention period; a longer one that somebody has set is left alone."""
    summary = client.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    if summary["RetentionPeriodHours"] < hours:
        client.increase_stream_retention_period(StreamName=name, RetentionPeriodHours=hours)
