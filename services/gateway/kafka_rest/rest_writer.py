"""Sends records to Kafka by way of the REST proxy, and reads from its answer what became of each.

They go in the binary format, whatever the client sent: of JSON the proxy would store its own writing, in
which 1.10 is 1.1. So what is stored is the client's own bytes here, too. The proxy answers 200 also when
records failed; what counts is each record's entry.
"""

from collections.abc import Sequence
from urllib.parse import quote

import msgspec

from services.gateway.kafka.produce_body import KafkaRecord
from services.gateway.kafka.produce_outcome import (
    KafkaFailed,
    KafkaOutcome,
    KafkaStored,
    unknown,
)
from services.gateway.kafka_rest.call_errors import CallError
from services.gateway.kafka_rest.connection_pool import RestAnswer, RestCall
from services.gateway.kafka_rest.rest_proxy_client import RestProxyClient
from services.gateway.media import V2, Format
from services.gateway.refused_request import OVERLOADED_RETRY_SECONDS, UNAVAILABLE_RETRY_SECONDS
from services.records.kafka_rest_api import (
    NOT_SENT,
    RETRIABLE,
    ProduceAnswer,
    ProduceEntry,
    read_produce_answer,
)

CLIENT_ERRORS = range(400, 500)
ERRORS = range(400, 600)
TOO_MANY_REQUESTS = 429
_HEADERS = {"Content-Type": Format.BINARY.media_type, "Accept": V2}


class RestWriter:
    """A `RecordWriter`; belongs to one event loop."""

    def __init__(self, client: RestProxyClient) -> None:
        self._client = client
        self._in_flight = 0

    def __len__(self) -> int:
        return self._in_flight

    async def write(self, topic: str, records: Sequence[KafkaRecord]) -> list[KafkaOutcome]:
        """One outcome a record, in the same order, when each is stored or failed."""
        self._in_flight += len(records)
        try:
            answer = await self._client.produce(produce_call(topic, records))
        except CallError as error:
            return [error.outcome()] * len(records)
        finally:
            self._in_flight -= len(records)
        return outcomes_of(answer, len(records))

    def abandon(self) -> None:
        """Settle at once, as unknown, whatever is in flight."""
        self._client.abandon()


def produce_call(topic: str, records: Sequence[KafkaRecord]) -> RestCall:
    """The request that stores the records; msgspec writes bytes as base64."""
    body = msgspec.json.encode({"records": records})
    return RestCall("POST", f"/topics/{quote(topic, safe='')}", _HEADERS, body)


def outcomes_of(answer: RestAnswer, count: int) -> list[KafkaOutcome]:
    """What became of each of `count` records, in request order."""
    body = read_produce_answer(answer.body)
    if body is None:
        return [_unknown(answer)] * count
    if body.offsets is not None and len(body.offsets) == count:
        return [_outcome(entry) for entry in body.offsets]
    return [_failed_request(answer, body)] * count


def _outcome(entry: ProduceEntry) -> KafkaOutcome:
    code, reason = entry.error_code, entry.error or "the REST proxy gave no reason"
    if code is None:
        if entry.partition is None or entry.offset is None:
            return unknown("the REST proxy tells no offset")
        return KafkaStored(entry.partition, entry.offset)
    if code == RETRIABLE:
        return unknown(reason)
    retry_after = OVERLOADED_RETRY_SECONDS if code == NOT_SENT else None
    return KafkaFailed(_status(code), code, code, reason, retry_after)


def _status(code: int) -> int:
    """The HTTP status that an error code begins with: 50002 is 500, 413 is itself."""
    status = int(str(abs(code))[:3])
    return status if status in ERRORS else 500


def _failed_request(answer: RestAnswer, body: ProduceAnswer) -> KafkaFailed:
    """An answer without entries. A refusal in the proxy's own shape is its word that it stored nothing.

    Its 5xx is not: a server that fails in the middle of its work may have stored something.
    """
    if answer.status not in CLIENT_ERRORS or body.error_code is None:
        return _unknown(answer)
    code, reason = body.error_code, body.message or "the REST proxy gave no reason"
    retry_after = UNAVAILABLE_RETRY_SECONDS if answer.status == TOO_MANY_REQUESTS else None
    return KafkaFailed(answer.status, code, code, reason, retry_after)


def _unknown(answer: RestAnswer) -> KafkaFailed:
    return unknown(f"the REST proxy answered {answer.status} and tells no record's offset")
