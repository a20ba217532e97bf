"""Kinesis through the gateway: `PUT /{stage}/streams/streaming-<uid>-<table>/record`, or `…/records`.

The routes and bodies are those of AWS's tutorial "Create a REST API as an Amazon Kinesis proxy".
"""

from collections.abc import Sequence

import msgspec

from services.posting.destinations.gateway_client import GatewayDestination
from services.records.attempt import AttemptResult, FailedAttempt
from services.records.kinesis_answers import put_results
from services.records.layer import Layer
from services.records.record import Record
from services.tables import Table

CONTENT_TYPE = "application/json"
MOST_RECORDS = 500
"""Kinesis' limit for PutRecords."""
MOST_BYTES = 1024 * 1024 - 256
"""What one record may have beside the longest key. Kinesis refuses a whole request for one record that
is too large, so such a one must have no neighbours."""


class KinesisProxyDestination(GatewayDestination):
    """The speed layer's destination: a stream for each table.

    A single record takes the course's own route, several share a request.
    """

    layer = Layer.SPEED
    most_records = MOST_RECORDS
    most_bytes = MOST_BYTES

    def name(self, table: Table) -> str:
        return table.stream(self._user_id)

    def send(self, records: Sequence[Record], timeout: float) -> list[AttemptResult]:
        """Put the records of one table in one request."""
        name = self.name(records[0].table)
        if len(records) == 1:
            path, body = f"streams/{name}/record", _single(name, records[0])
        else:
            path, body = f"streams/{name}/records", _several(records)
        reply = self._gateway.send("PUT", path, body, CONTENT_TYPE, timeout)
        if isinstance(reply, FailedAttempt):
            return [reply] * len(records)
        return put_results(reply, len(records))

    def check(self) -> None:
        self._gateway.check("streams", "Kinesis")


def partition_key(record: Record) -> str:
    """The row's key as text.

    Keys of rows are spread evenly over any number of shards, where a fixed key such as the course's
    `partition-1` fills one; and all events of one row go to one shard, whose order readers keep.
    """
    return str(record.ind)


def _single(name: str, record: Record) -> bytes:
    data = msgspec.Raw(record.value)
    return msgspec.json.encode(
        {"StreamName": name, "Data": data, "PartitionKey": partition_key(record)}
    )


def _several(records: Sequence[Record]) -> bytes:
    return msgspec.json.encode(
        {
            "records": [
                {"data": msgspec.Raw(record.value), "partition-key": partition_key(record)}
                for record in records
            ]
        }
    )
