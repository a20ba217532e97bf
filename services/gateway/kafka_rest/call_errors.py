"""How a call of the REST proxy can fail, and how certain it is that nothing was stored."""

from services.gateway.kafka.produce_outcome import (
    KafkaFailed,
    not_sent,
    unknown,
)
from services.gateway.refused_request import (
    OVERLOADED_RETRY_SECONDS,
    UNAVAILABLE_RETRY_SECONDS,
    RefusalError,
)
from services.records.kafka_rest_api import NOT_SENT, RETRIABLE


class CallError(Exception):
    """The REST proxy gave no answer to a call.

    Attributes:
        reason: What happened.
        sent: Whether the proxy may have got the request, so that what became of it is unknown.
        retry_after: Seconds after which it is worth trying again.
    """

    def __init__(
        self, reason: str, *, sent: bool, retry_after: int = UNAVAILABLE_RETRY_SECONDS
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent
        self.retry_after = retry_after

    def outcome(self) -> KafkaFailed:
        """What the failure means to each record of a produce request."""
        if self.sent:
            return unknown(self.reason)
        return not_sent(self.reason, self.retry_after)

    def refusal(self) -> RefusalError:
        """What the failure means to any other request."""
        certain = "nothing of this request was done, send it again"
        doubtful = "this request may have been carried out or not"
        return RefusalError(
            503,
            f"{self.reason}; {doubtful if self.sent else certain}",
            code=RETRIABLE if self.sent else NOT_SENT,
            headers={"Retry-After": str(self.retry_after)},
        )


def unavailable(url: str) -> CallError:
    """No connection could be made."""
    return CallError(f"the REST proxy at {url} does not answer (no connection)", sent=False)


def overloaded(url: str) -> CallError:
    """All threads for such calls were in use for too long."""
    reason = f"the REST proxy at {url} is busy with other requests"
    return CallError(reason, sent=False, retry_after=OVERLOADED_RETRY_SECONDS)


def stopping() -> CallError:
    """The gateway makes no more calls."""
    return CallError("the gateway is being stopped", sent=False)


def unanswered(url: str, what: str) -> CallError:
    """The request was sent, and then the connection broke or nothing came."""
    return CallError(f"the REST proxy at {url} {what}", sent=True)


def no_instance_id() -> CallError:
    """A consumer instance was created, by an answer that does not name it."""
    reason = "the REST proxy's answer names no consumer instance; is KAFKA_REST_URL a REST proxy's?"
    return CallError(reason, sent=True)
