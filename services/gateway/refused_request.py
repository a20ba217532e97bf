"""A refused request, in the REST proxy's error shape `{"error_code": int, "message": str}`; Retry-After."""

from collections.abc import Mapping

import msgspec
from starlette.responses import Response

from services.records.kafka_rest_api import NOT_SENT

JSON = "application/json"
OVERLOADED_RETRY_SECONDS = 1
UNAVAILABLE_RETRY_SECONDS = 5


class RefusalError(Exception):
    """A request is refused; nothing of it was stored.

    Attributes:
        status: HTTP status.
        code: `error_code` of the body; the status itself unless a five-digit one says more.
        message: What happened, to which thing, what to do next.
        headers: Headers of the answer, such as Allow or Retry-After.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = status if code is None else code
        self.message = message
        self.headers = headers

    def response(self) -> Response:
        """A 406 has no body, because the client said that it could not read one."""
        if self.status == NOT_ACCEPTABLE and self.code == NOT_ACCEPTABLE:
            return Response(status_code=self.status)
        body = msgspec.json.encode({"error_code": self.code, "message": self.message})
        return Response(body, self.status, self.headers, media_type=JSON)


NOT_ACCEPTABLE = 406


def not_found() -> RefusalError:
    return RefusalError(404, "HTTP 404 Not Found")


def not_acceptable() -> RefusalError:
    """`Accept` rules out everything that the route can answer with."""
    return RefusalError(NOT_ACCEPTABLE, "HTTP 406 Not Acceptable")


def overloaded(what: str) -> RefusalError:
    """The gateway's own limit is reached; nothing of the request was sent to a backend."""
    return RefusalError(
        503,
        f"{what}; nothing of this request was stored, send it again",
        code=NOT_SENT,
        headers={"Retry-After": str(OVERLOADED_RETRY_SECONDS)},
    )


def kafka_unavailable(reason: str) -> RefusalError:
    """The broker does not answer, and the request did not reach it."""
    return RefusalError(
        503,
        f"Kafka does not answer ({reason}); nothing of this request was stored, send it again",
        code=NOT_SENT,
        headers={"Retry-After": str(UNAVAILABLE_RETRY_SECONDS)},
    )
