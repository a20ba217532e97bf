"""A real Kinesis of the test's own, in a thread, with a real client."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config

from tests.support.kinesis import KinesisUnderTest, kinesis_under_test

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient


def client(url: str) -> "KinesisClient":
    """A boto3 client that never repeats a request on its own and checks no parameter itself."""
    config = Config(
        connect_timeout=5,
        read_timeout=20,
        retries={"total_max_attempts": 1},
        parameter_validation=False,
        max_pool_connections=20,
    )
    return boto3.client(
        "kinesis",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=config,
    )


@pytest.fixture
def under_test(tmp_path: Path) -> Iterator[KinesisUnderTest]:
    """A running Kinesis without streams."""
    with kinesis_under_test(tmp_path) as running:
        yield running


@pytest.fixture
def kinesis(under_test: KinesisUnderTest) -> "KinesisClient":
    """A client of it."""
    return client(under_test.url)
