"""The gateway's HTTP client: one attempt for each request, and what its failure means."""

from typing import Self

from urllib3 import BaseHTTPResponse, HTTPConnectionPool, Retry, Timeout, connection_from_url
from urllib3.exceptions import ConnectTimeoutError, HTTPError, InvalidHeader, NewConnectionError
from urllib3.util import parse_url

from services.posting.destinations.destination import BackendUnavailableError, DestinationError
from services.records.attempt import FailedAttempt
from services.records.http_response import HttpResponse
from services.settings import Settings
from services.tables import TABLES
from services.terminal_text import one_line

CONNECT_SECONDS = 3.0
CHECK_SECONDS = 15.0
"""Longer than the gateway waits for its backend, so that the gateway names what is wrong."""

_SERVER_ERROR = 500


class GatewayClient:
    """Keeps one connection a table alive; all tables may be sent to at once."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.gateway_url.rstrip("/")
        self._pool = _pool(self._url)
        self._root = f"{parse_url(self._url).path or ''}/{settings.gateway_stage}/"

    def send(
        self, method: str, path: str, body: bytes, content_type: str, timeout: float
    ) -> HttpResponse | FailedAttempt:
        """Send a body to a path below the stage once, and wait `timeout` seconds for the response."""
        try:
            response = self._pool.urlopen(
                method,
                self._root + path,
                body=body,
                headers={"Content-Type": content_type},
                retries=False,
                redirect=False,
                timeout=Timeout(connect=min(CONNECT_SECONDS, timeout), read=timeout),
            )
        except HTTPError as error:
            return _no_answer(error)
        return HttpResponse(response.status, response.data, _retry_after(response))

    def check(self, path: str, backend: str) -> None:
        """Make sure that the gateway answers, and reaches its backend.

        Any answer but a 5xx will do: an API of the user's own need not have this route.

        Raises:
            DestinationError: it does not answer.
            BehindError: it does not reach `backend`.
        """
        timeout = Timeout(connect=CONNECT_SECONDS, read=CHECK_SECONDS)
        try:
            response = self._pool.urlopen(
                "GET", self._root + path, retries=False, redirect=False, timeout=timeout
            )
        except HTTPError as error:
            raise DestinationError(
                f"The gateway at {self._url} does not answer ({_reason(error)}). "
                "Start the stack with `make up`, or set GATEWAY_URL."
            ) from error
        if response.status >= _SERVER_ERROR:
            raise BackendUnavailableError(
                f"The gateway at {self._url} does not reach {backend} (HTTP {response.status}: "
                f"{one_line(response.data.decode(errors='replace'))}). See `make status`."
            )

    def close(self) -> None:
        self._pool.close()


class GatewayDestination:
    """What both destinations behind the gateway share: the user id in their names, and the client."""

    def __init__(self, settings: Settings) -> None:
        self._user_id = settings.user_id
        self._gateway = GatewayClient(settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._gateway.close()


def _pool(url: str) -> HTTPConnectionPool:
    try:
        return connection_from_url(url, maxsize=len(TABLES), block=True)
    except (HTTPError, ValueError) as error:
        raise DestinationError(f"GATEWAY_URL {url!r} is not an address ({error}).") from error


def _no_answer(error: HTTPError) -> FailedAttempt:
    """Without a connection nothing was sent; after that, anything may have happened."""
    unsent = isinstance(error, NewConnectionError | ConnectTimeoutError)
    return FailedAttempt(cause=f"no answer: {_reason(error)}", certain=unsent, retriable=True)


def _reason(error: HTTPError) -> str:
    """The system's own words for the innermost cause, without addresses of Python objects."""
    cause: BaseException = error
    while cause.__cause__ or cause.__context__:
        cause = cause.__cause__ or cause.__context__ or cause
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror.lower()
    return one_line(str(cause)) or type(cause).__name__


def _retry_after(response: BaseHTTPResponse) -> float | None:
    """Seconds that the server asks to wait, given as a number or as a date."""
    value = response.headers.get("Retry-After")
    if value is None:
        return None
    try:
        return max(0.0, float(Retry().parse_retry_after(value)))
    except (InvalidHeader, OverflowError):
        return 0.0
