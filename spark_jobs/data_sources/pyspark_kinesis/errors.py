"""What can go wrong, for people (`SourceError`) and between our own modules (the others)."""


class SourceError(Exception):
    """The query cannot go on; the message says what happened, to which stream, and what to do next."""


class OptionError(ValueError):
    """An option cannot be used; the message names it, its value and what is expected."""


class DataLossError(SourceError):
    """Records were, or may have been, deleted by retention before they were read."""


class RetriableError(Exception):
    """Kinesis cannot answer now (throttled, unreachable, 5xx); the same call may succeed later."""


class IteratorExpiredError(Exception):
    """A shard iterator is older than the 300 s that Kinesis keeps it."""


class ResourceNotFoundError(Exception):
    """There is no such stream or shard."""


class InvalidArgumentError(Exception):
    """Kinesis calls an argument invalid; for a sequence number of ours: the shard is another one now."""
