"""Sends records to Kafka by way of the REST proxy and tells what became of each.

They go in the binary format, whatever the client sent: of JSON the proxy would store its own writing, in
which 1.10 is 1.1. So what is stored is the client's own bytes here, too.
"""

from collections.abc import Sequence
from urllib.parse import quote

import msgspec

from services.gateway.kafka.produce_body import KafkaRecord
from services.gateway.kafka.produce_outcome import KafkaOutcome
from services.gateway.kafka_rest.call_errors import CallError
from services.gateway.kafka_rest.connections import RestCall
from services.gateway.kafka_rest.outcomes import outcomes_of
from services.gateway.kafka_rest.rest_proxy_client import RestProxyClient
from services.gateway.media import V2, Format

_HEADERS = {"Content-Type": Format.BINARY.media_type, "Accept": V2}


class RestWriter:
    """A writer of records; belongs to one event loop."""

    def __init__(self, client: RestProxyClient) -> None:
        self._client = client
        self._out = 0

    def __len__(self) -> int:
        """Records that are out and not settled."""
        return self._out

    async def write(self, topic: str, records: Sequence[KafkaRecord]) -> list[KafkaOutcome]:
        """Send the records and wait until each is stored or failed.

        Returns:
            One outcome a record, in the same order.
        """
        self._out += len(records)
        try:
            answer = await self._client.produce(produce_call(topic, records))
        except CallError as error:
            return [error.outcome()] * len(records)
        finally:
            self._out -= len(records)
        return outcomes_of(answer, len(records))

    def abandon(self) -> None:
        """Settle at once, as unknown, whatever is out."""
        self._client.abandon()


def produce_call(topic: str, records: Sequence[KafkaRecord]) -> RestCall:
    """The request that stores the records; msgspec writes bytes as base64."""
    body = msgspec.json.encode({"records": records})
    return RestCall("POST", f"/topics/{quote(topic, safe='')}", _HEADERS, body)
