"""A REST proxy's answer to a produce request (Confluent REST Proxy API v2): its shape and its error codes.

The gateway gives and reads such answers, posting and reroute read them.
"""

import msgspec

NOT_RETRIABLE = 50002
"""Confluent's "Kafka error": sending the record again is of no use."""
RETRIABLE = 50003
"""Confluent's "retriable Kafka error": the record may have been stored all the same."""
NOT_SENT = 50302
"""Our gateway's: the record was not sent to Kafka (a full queue, an unavailable broker), so it is not stored."""


class ProduceEntry(msgspec.Struct):
    partition: int | None = None
    offset: int | None = None
    error_code: int | None = None
    error: str | None = None


class ProduceAnswer(msgspec.Struct):
    """The body: an entry a record, or an error of the whole request; a gateway of ours gives both."""

    offsets: list[ProduceEntry] | None = None
    error_code: int | None = None
    message: str | None = None


_decoder = msgspec.json.Decoder(ProduceAnswer)


def read_produce_answer(body: bytes) -> ProduceAnswer | None:
    """The answer; None when the body is not one."""
    try:
        return _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
