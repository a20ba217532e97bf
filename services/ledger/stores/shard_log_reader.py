"""Reads one shard of Kinesis from its trim horizon to its tip, through throttling and expired iterators."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from services.ledger.errors import LedgerError
from services.records.kinesis_api import EXPIRED_ITERATOR, THROTTLED

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_kinesis.type_defs import GetRecordsOutputTypeDef, RecordTypeDef

SILENT_SECONDS = 30
"""How long a shard may give nothing, though it says that it has more."""

_PAUSE_SECONDS = 0.2
"""Kinesis allows five readings of a shard a second."""


class ShardLogReader:
    """A shard's records from its trim horizon to the tip that it has when reading begins.

    A closed shard ends with its last record. An empty page is not the end: Kinesis gives some
    in between; nor can the tip be waited for while others write.
    """

    def __init__(self, client: "KinesisClient", stream: str, shard: str) -> None:
        self._client = client
        self.stream, self.shard = stream, shard
        self._last = ""

    def __iter__(self) -> Iterator["RecordTypeDef"]:
        began = datetime.now(UTC)
        deadline = time.monotonic() + SILENT_SECONDS
        iterator: str | None = self._iterator()
        while iterator:
            page = self._page(iterator)
            if records := page["Records"]:
                yield from records
                self._last = records[-1]["SequenceNumber"]
                deadline = time.monotonic() + SILENT_SECONDS
            if _at_tip(page, began):
                return
            self._check(deadline)
            iterator = page.get("NextShardIterator")

    def _page(self, iterator: str) -> "GetRecordsOutputTypeDef":
        """The next records, as soon as Kinesis gives them."""
        deadline = time.monotonic() + SILENT_SECONDS
        while True:
            try:
                return self._client.get_records(ShardIterator=iterator)
            except ClientError as error:
                self._check(deadline)
                if error_code(error) == THROTTLED:
                    time.sleep(_PAUSE_SECONDS)
                elif error_code(error) == EXPIRED_ITERATOR:
                    iterator = self._iterator()
                else:
                    raise

    def _iterator(self) -> str:
        """Where reading goes on: after the last record that came, else at the beginning."""
        if not self._last:
            return self._client.get_shard_iterator(
                StreamName=self.stream, ShardId=self.shard, ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
        return self._client.get_shard_iterator(
            StreamName=self.stream,
            ShardId=self.shard,
            ShardIteratorType="AFTER_SEQUENCE_NUMBER",
            StartingSequenceNumber=self._last,
        )["ShardIterator"]

    def _check(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise LedgerError(
                f"Kinesis has stopped to deliver {self.shard} of {self.stream}. See `make logs`."
            )


def _at_tip(page: "GetRecordsOutputTypeDef", began: datetime) -> bool:
    if records := page["Records"]:
        return records[-1]["ApproximateArrivalTimestamp"] >= began
    return not page.get("MillisBehindLatest")


def error_code(error: Exception) -> str:
    """AWS's name of an error; empty for one that is not AWS's."""
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else ""
