"""Posting to the gateway's streams at a steady rate, each record's time and number noted."""

import itertools
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import msgspec
import urllib3

from seed_data import generate
from services.settings import Settings
from services.tables import TABLES, Table

RecordId = tuple[str, int]
"""Shard and sequence number of one record in its stream."""

Row = Mapping[str, str | int | float]

ANSWER_SECONDS = 30.0


@dataclass
class StreamProgress:
    """What one stream took.

    Attributes:
        at: Record → when its request was begun, in `time.monotonic()` seconds.
        refused: Answers that were no acknowledgement.
    """

    at: dict[RecordId, float] = field(default_factory=dict)
    refused: int = 0


class StreamLoad:
    """Posts rows of the three tables, `rate` records a second and stream, until it is left.

    Attributes:
        progress: Table → what its stream took so far.
    """

    def __init__(self, settings: Settings, rate: float, records_per_request: int = 1) -> None:
        self._settings = settings
        self._rate = rate
        self._records_per_request = records_per_request
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._post, args=(table,)) for table in TABLES]
        self.progress = {table: StreamProgress() for table in TABLES}

    def __enter__(self) -> "StreamLoad":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def acked(self) -> int:
        """Records acknowledged so far, over all streams."""
        return sum(len(progress.at) for progress in self.progress.values())

    def _post(self, table: Table) -> None:
        http = urllib3.PoolManager(retries=False, timeout=ANSWER_SECONDS)
        stream = table.stream(self._settings.user_id)
        root = f"{self._settings.gateway_url}/{self._settings.gateway_stage}/streams/{stream}"
        for rows in self._steady(table):
            began = time.monotonic()
            last, body = _request(rows)
            answer = http.request("PUT", f"{root}/{last}", body=msgspec.json.encode(body))
            found = msgspec.json.decode(answer.data)
            self._note(table, began, answer.status, found.get("Records", [found]))

    def _steady(self, table: Table) -> Iterator[list[Row]]:
        """Rows by the clock: a late step is made up for, so the rate holds."""
        rows = itertools.cycle(generate(table.source))
        due = time.monotonic()
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            yield list(itertools.islice(rows, self._records_per_request))
            due += self._records_per_request / self._rate

    def _note(self, table: Table, began: float, status: int, entries: list[dict[str, str]]) -> None:
        progress = self.progress[table]
        for entry in entries:
            if status == HTTPStatus.OK and "SequenceNumber" in entry:
                progress.at[entry["ShardId"], int(entry["SequenceNumber"])] = began
            else:
                progress.refused += 1


def _request(rows: Sequence[Row]) -> tuple[str, dict[str, Any]]:
    """Last part of the address, and body."""
    entries = [{"Data": row, "PartitionKey": str(next(iter(row.values())))} for row in rows]
    return ("record", entries[0]) if len(rows) == 1 else ("records", {"records": entries})
