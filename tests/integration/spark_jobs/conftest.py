"""One Spark session for the folder, and a bucket, a lake and a user of its own for each test."""

import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from services.aws import s3_client
from services.records.object_key import ObjectKey
from services.settings import Settings
from services.tables import Table, bucket
from spark_jobs.session import session


@pytest.fixture(scope="session")
def spark(spark_infra: Settings) -> Iterator[SparkSession]:
    """A session on the shared server."""
    with session(spark_infra) as opened:
        yield opened


@dataclass(frozen=True)
class Sink:
    """Writes objects as the S3 sink does."""

    settings: Settings
    client: Any

    def write(self, table: Table, first: int, lines: Iterable[str], partition: int = 0) -> None:
        """One object, whose first line has the offset `first`."""
        key = ObjectKey(table.topic(self.settings.user_id), partition, first)
        body = "".join(f"{line}\n" for line in lines).encode()
        self.client.put_object(Bucket=bucket(self.settings.user_id), Key=str(key), Body=body)

    def rows(self, table: Table, first: int, rows: Iterable[dict[str, Any]]) -> None:
        """One object of JSON objects."""
        compact = (json.dumps(r, ensure_ascii=False, separators=(",", ":")) for r in rows)
        self.write(table, first, compact)


@pytest.fixture
def mine(spark_infra: Settings, tmp_path: Path) -> Settings:
    """Settings of a user of this test's own."""
    own = {"user_id": secrets.token_hex(6), "state_dir": tmp_path, "lake_dir": tmp_path / "lake"}
    return spark_infra.model_copy(update=own)


@pytest.fixture
def sink(mine: Settings) -> Sink:
    """A sink into this test's own bucket."""
    client = s3_client(mine)
    client.create_bucket(Bucket=bucket(mine.user_id))
    return Sink(mine, client)
