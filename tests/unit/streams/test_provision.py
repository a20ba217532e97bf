from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from pydantic import SecretStr

from services.aws import kinesis_client
from services.settings import Settings
from services.streams.provision import StreamOptions, provision
from services.tables import TABLES
from tests.support.kinesis import KinesisUnderTest, fail, kinesis_under_test

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

USER_ID = "0123456789ab"
NAMES = [table.stream(USER_ID) for table in TABLES]


@pytest.fixture
def under_test(tmp_path: Path) -> Iterator[KinesisUnderTest]:
    """A Kinesis without streams."""
    with kinesis_under_test(tmp_path) as running:
        yield running


@pytest.fixture
def client(under_test: KinesisUnderTest) -> "KinesisClient":
    """A client that does not repeat a request."""
    settings = Settings(
        aws_endpoint_url=under_test.url,
        aws_access_key_id=SecretStr("test"),
        aws_secret_access_key=SecretStr("test"),
    )
    return kinesis_client(settings, Config(retries={"total_max_attempts": 1}))


def _hours(client: "KinesisClient") -> list[int]:
    return [
        client.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"][
            "RetentionPeriodHours"
        ]
        for name in NAMES
    ]


def test_missing_streams_are_made_once(client: "KinesisClient") -> None:
    """The second time nothing is left to do, and streams of others are left alone."""
    client.create_stream(StreamName="other", ShardCount=1)
    client.create_stream(StreamName=NAMES[1], ShardCount=1)
    assert provision(client, StreamOptions(USER_ID, 2, 24)) == [NAMES[0], NAMES[2]]
    assert provision(client, StreamOptions(USER_ID, 4, 24)) == []
    assert client.list_streams()["StreamNames"] == sorted([*NAMES, "other"])
    shards = [len(client.list_shards(StreamName=name)["Shards"]) for name in NAMES]
    assert shards == [2, 1, 2]


def test_the_retention_is_raised_and_never_lowered(client: "KinesisClient") -> None:
    """Lowering it would throw records away that somebody wanted to keep."""
    for wanted, expected in ((48, 48), (72, 72), (24, 72)):
        provision(client, StreamOptions(USER_ID, 1, wanted))
        assert _hours(client) == [expected] * 3


def test_a_refusal_is_not_taken_for_a_stream_that_is_there(
    under_test: KinesisUnderTest, client: "KinesisClient"
) -> None:
    """What Kinesis said reaches the caller."""
    under_test.inject("CreateStream", fail())
    with pytest.raises(ClientError, match="InternalFailure"):
        provision(client, StreamOptions(USER_ID, 1, 24))
