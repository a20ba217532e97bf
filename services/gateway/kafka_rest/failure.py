"""How a call of the REST proxy can fail, and how certain it is that nothing was stored."""

from services.gateway.errors import AWAY_RETRY_SECONDS, BUSY_RETRY_SECONDS, ApiError
from services.gateway.kafka.outcome import Failed, not_sent, unknown
from services.records.kafka_rest_api import NOT_SENT, RETRIABLE


class CallError(Exception):
    """A call has no answer.

    Attributes:
        reason: What happened.
        sent: Whether the proxy may have got the request, so that what became of it is unknown.
        retry_after: Seconds after which it is worth trying again.
    """

    def __init__(self, reason: str, *, sent: bool, retry_after: int = AWAY_RETRY_SECONDS) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent
        self.retry_after = retry_after

    def outcome(self) -> Failed:
        """What it means to each record of a produce request."""
        if self.sent:
            return unknown(self.reason)
        return not_sent(self.reason, self.retry_after)

    def refusal(self) -> ApiError:
        """What it means to any other request."""
        certain = "nothing of this request was done, send it again"
        doubtful = "this request may have been carried out or not"
        return ApiError(
            503,
            f"{self.reason}; {doubtful if self.sent else certain}",
            code=RETRIABLE if self.sent else NOT_SENT,
            headers={"Retry-After": str(self.retry_after)},
        )


def away(url: str) -> CallError:
    """No connection was ever made."""
    return CallError(f"the REST proxy at {url} does not answer (no connection)", sent=False)


def crowded(url: str) -> CallError:
    """All connections were in use for too long."""
    reason = f"the REST proxy at {url} is busy with other requests"
    return CallError(reason, sent=False, retry_after=BUSY_RETRY_SECONDS)


def stopping() -> CallError:
    """The gateway makes no more calls."""
    return CallError("the gateway is being stopped", sent=False)


def silent(url: str, what: str) -> CallError:
    """The request was sent, and then the connection broke or nothing came."""
    return CallError(f"the REST proxy at {url} {what}", sent=True)


def nameless() -> CallError:
    """A consumer instance was made, by an answer that does not say which."""
    reason = "the REST proxy's answer names no consumer instance; is KAFKA_REST_URL a REST proxy's?"
    return CallError(reason, sent=True)
