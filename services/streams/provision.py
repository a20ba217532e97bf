"""Makes the streams that are missing, in any Kinesis: ours, LocalStack's, AWS'."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.config import Config

from services.tables import TABLES

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

POLL_SECONDS, POLLS = 1, 60
"""AWS takes some 20 s to make a stream."""

CLIENT_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 5})
"""A repeated request does no harm here: a stream that is there already is left as it is."""


@dataclass(frozen=True)
class StreamOptions:
    """How the streams shall be."""

    user_id: str
    shards: int
    retention_hours: int


def provision(client: "KinesisClient", wanted: StreamOptions) -> list[str]:
    """Make the missing streams and wait until all take records; one that is there keeps its shards.

    Returns:
        The names of the streams that were made.

    Raises:
        ClientError, BotoCoreError: Kinesis refuses, or does not answer, or takes over a minute.
    """
    names = [table.stream(wanted.user_id) for table in TABLES]
    made = [name for name in names if _create(client, name, wanted.shards)]
    for name in names:
        waiter = client.get_waiter("stream_exists")
        waiter.wait(StreamName=name, WaiterConfig={"Delay": POLL_SECONDS, "MaxAttempts": POLLS})
        _retain(client, name, wanted.retention_hours)
    return made


def _create(client: "KinesisClient", name: str, shards: int) -> bool:
    try:
        client.create_stream(StreamName=name, ShardCount=shards)
    except client.exceptions.ResourceInUseException:
        return False
    return True


def _retain(client: "KinesisClient", name: str, hours: int) -> None:
    """Keep records as long as wanted; a longer period that somebody has set is left alone."""
    summary = client.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    if summary["RetentionPeriodHours"] < hours:
        client.increase_stream_retention_period(StreamName=name, RetentionPeriodHours=hours)
