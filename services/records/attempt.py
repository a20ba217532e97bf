"""What became of one attempt to send a record: stored in a topic, stored in a stream, or failed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoredInTopic:
    """The attempt was acknowledged: the record is in the topic, here."""

    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class StoredInStream:
    """The attempt was acknowledged: the record is in the stream, here."""

    shard_id: str
    sequence_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedAttempt:
    """The attempt was not acknowledged.

    Attributes:
        cause: What happened, in one line; may quote the server.
        status: HTTP status, of the record itself where the answer tells; 0 without an answer.
        certain: The attempt certainly stored nothing; else it may have.
        retriable: It is worth sending the record again.
        retry_after: Seconds that the server asks to wait before that.
    """

    cause: str
    status: int = 0
    certain: bool
    retriable: bool
    retry_after: float = 0.0


AttemptResult = StoredInTopic | StoredInStream | FailedAttempt
