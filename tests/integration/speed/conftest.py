"""The streaming application of a user of one's own, on the real Spark and Kinesis."""

import json
import secrets
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from services.aws import kinesis_client
from services.settings import Settings
from services.stack.native.scratch import ScratchStack
from services.streams.readiness import is_streaming
from services.tables import TABLES, Table
from spark_jobs.lake import SpeedTier, speed_quarantine, speed_tier
from tests.support.commands import Commands
from tests.support.polling import eventually

PATIENCE = 120
"""Seconds within which Spark does what it is asked on a busy machine."""

Place = tuple[str, int]
"""Shard and sequence number of a record."""


@dataclass
class SpeedLayer:
    """The application as a command, and what it makes of the streams."""

    settings: Settings
    commands: Commands
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self) -> subprocess.Popen[str]:
        """Start the application; it streams when this returns."""
        process = self.commands.module("spark_jobs.speed", "run")
        self.started.append(process)

        def streams() -> bool:
            assert process.poll() is None, process.communicate()
            return is_streaming(self.settings.state_dir)

        eventually("the streams to run", streams, PATIENCE)
        return process

    def refused(self) -> str:
        """Start the application, which ends by itself, and return what it says."""
        process = self.commands.module("spark_jobs.speed", "run")
        self.started.append(process)
        _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 78, err
        return err

    def kill(self) -> None:
        """`kill -9` the application; its session lives on in the server."""
        self.started[-1].kill()
        self.started[-1].communicate()

    def stop(self) -> int:
        """End the application as the supervisor does."""
        process = self.started[-1]
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
        return process.returncode

    def put(self, table: Table, values: Sequence[bytes]) -> list[Place]:
        """Store records; returns where they are."""
        stream = table.stream(self.settings.user_id)
        entries = [{"Data": value, "PartitionKey": secrets.token_hex(4)} for value in values]
        answer = kinesis_client(self.settings).put_records(StreamName=stream, Records=entries)  # type: ignore[arg-type]
        assert answer["FailedRecordCount"] == 0
        return [(row["ShardId"], int(row["SequenceNumber"])) for row in answer["Records"]]

    def put_rows(self, table: Table, rows: Sequence[dict[str, Any]]) -> list[Place]:
        """Store JSON objects."""
        return self.put(table, [json.dumps(row).encode() for row in rows])

    def wait(self) -> None:
        """Until all that is in the streams now is in the tables."""
        self.commands.run("spark_jobs.speed", "wait", "--seconds", str(PATIENCE))

    def tier(self, table: Table) -> SpeedTier:
        """Where the table is."""
        return speed_tier(self.settings, table)

    def rows(self, table: Table) -> list[dict[str, Any]]:
        """Clean rows."""
        return table_rows(self.tier(table).rows.folder)

    def quarantine(self, table: Table) -> list[dict[str, Any]]:
        """The records of the table's stream that are no rows."""
        stream = table.stream(self.settings.user_id)
        found = table_rows(speed_quarantine(self.settings.lake).folder)
        return [row for row in found if row["stream"] == stream]

    def places(self, table: Table) -> Counter[Place]:
        """How often each record is in the table or in quarantine."""
        found = self.rows(table) + self.quarantine(table)
        return Counter((row["shardId"], int(row["sequenceNumber"])) for row in found)


def table_rows(folder: Path) -> list[dict[str, Any]]:
    """All rows of a Delta table."""
    found: list[dict[str, Any]] = DeltaTable(folder).to_pyarrow_table().to_pylist()
    return found


@pytest.fixture
def layer(infra_stack: ScratchStack, spark_infra: Settings, tmp_path: Path) -> Iterator[SpeedLayer]:
    """Three empty streams of two shards each, and the application to start."""
    user = secrets.token_hex(6)
    own = {"user_id": user, "state_dir": tmp_path, "lake_dir": tmp_path / "lake"}
    settings = spark_infra.model_copy(update=own)
    environment = {name.upper(): str(value) for name, value in own.items()}
    made = SpeedLayer(settings, Commands({**infra_stack.environment, **environment}))
    client = kinesis_client(settings)
    for table in TABLES:
        client.create_stream(StreamName=table.stream(user), ShardCount=2)
    for table in TABLES:
        client.get_waiter("stream_exists").wait(StreamName=table.stream(user))
    yield made
    for process in made.started:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=PATIENCE)
    for table in TABLES:
        client.delete_stream(StreamName=table.stream(user))
