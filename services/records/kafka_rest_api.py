"""A REST proxy's answer to a produce request (Confluent REST Proxy API v2): `gateway` and `posting` read it."""

import msgspec


class Entry(msgspec.Struct):
    """One record's entry in `offsets`."""

    partition: int | None = None
    offset: int | None = None
    error_code: int | None = None
    error: str | None = None


class ProduceAnswer(msgspec.Struct):
    """The body: an entry a record, or an error of the whole request; a gateway of ours gives both."""

    offsets: list[Entry] | None = None
    error_code: int | None = None
    message: str | None = None


_decoder = msgspec.json.Decoder(ProduceAnswer)


def read_produce_answer(body: bytes) -> ProduceAnswer | None:
    """The answer; None when the body is not one."""
    try:
        return _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
