"""Kafka through the gateway: REST proxy v2, `POST /{stage}/topics/<uid>.<table>`."""

from collections.abc import Sequence

import msgspec

from services.posting.destinations.gateway_client import GatewayDestination
from services.records.attempt import AttemptResult, FailedAttempt
from services.records.kafka_rest_answers import produce_results
from services.records.layer import Layer
from services.records.record import Record
from services.tables import Table

CONTENT_TYPE = "application/vnd.kafka.json.v2+json"
MOST_RECORDS = 10_000
MOST_BYTES = 4 * 1024 * 1024
"""API Gateway takes 10 MB, everything around the values included."""


class KafkaRestDestination(GatewayDestination):
    """The batch layer's destination: a topic for each table."""

    layer = Layer.BATCH
    most_records = MOST_RECORDS
    most_bytes = MOST_BYTES

    def name(self, table: Table) -> str:
        return table.topic(self._user_id)

    def send(self, records: Sequence[Record], timeout: float) -> list[AttemptResult]:
        """Post the records of one table in one request."""
        path = f"topics/{self.name(records[0].table)}"
        reply = self._gateway.send("POST", path, _body(records), CONTENT_TYPE, timeout)
        if isinstance(reply, FailedAttempt):
            return [reply] * len(records)
        return produce_results(reply, len(records))

    def check(self) -> None:
        self._gateway.check("topics", "Kafka")


def _body(records: Sequence[Record]) -> bytes:
    return msgspec.json.encode(
        {"records": [{"value": msgspec.Raw(record.value)} for record in records]}
    )
