"""The gateway as a destination: Kafka REST proxy v2, `POST /{stage}/topics/<uid>.<table>`."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

import msgspec
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, Retry, Timeout, connection_from_url
from urllib3.exceptions import ConnectTimeoutError, HTTPError, InvalidHeader, NewConnectionError
from urllib3.util import parse_url

from services.posting.answers import read_answer
from services.posting.destination import DestinationError
from services.posting.record import Attempt, Failed, Record
from services.posting.wording import plain
from services.settings import Settings
from services.tables import TABLES, Table

CONTENT_TYPE = "application/vnd.kafka.json.v2+json"
CONNECT_SECONDS = 3.0


class KafkaRest:
    """Keeps one connection a table alive; all tables may be sent to at once."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.gateway_url.rstrip("/")
        self._user_id = settings.user_id
        self._pool = _pool(self._url)
        prefix = parse_url(self._url).path or ""
        self._path = f"{prefix}/{settings.gateway_stage}/topics/"

    def name(self, table: Table) -> str:
        """The topic of a table."""
        return table.topic(self._user_id)

    def send(self, records: Sequence[Record], timeout: float) -> list[Attempt]:
        """Post the records of one table in one request."""
        try:
            response = self._post(self.name(records[0].table), _body(records), timeout)
        except HTTPError as error:
            return [_no_answer(error)] * len(records)
        return read_answer(response.status, response.data, len(records), _retry_after(response))

    def _post(self, topic: str, body: bytes, timeout: float) -> BaseHTTPResponse:
        return self._pool.urlopen(
            "POST",
            self._path + topic,
            body=body,
            headers={"Content-Type": CONTENT_TYPE},
            retries=False,
            redirect=False,
            timeout=Timeout(connect=min(CONNECT_SECONDS, timeout), read=timeout),
        )

    def check(self) -> None:
        """Make sure that something speaks HTTP there; whatever it answers, it is there."""
        timeout = Timeout(connect=CONNECT_SECONDS, read=CONNECT_SECONDS)
        try:
            self._pool.urlopen("GET", self._path, retries=False, redirect=False, timeout=timeout)
        except HTTPError as error:
            raise DestinationError(
                f"The gateway at {self._url} does not answer ({_reason(error)}). "
                "Start the stack with `make up`, or set GATEWAY_URL."
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.close()


def _pool(url: str) -> HTTPConnectionPool:
    try:
        return connection_from_url(url, maxsize=len(TABLES), block=True)
    except (HTTPError, ValueError) as error:
        raise DestinationError(f"GATEWAY_URL {url!r} is not an address ({error}).") from error


def _body(records: Sequence[Record]) -> bytes:
    return msgspec.json.encode(
        {"records": [{"value": msgspec.Raw(record.value)} for record in records]}
    )


def _no_answer(error: HTTPError) -> Failed:
    """Without a connection nothing was sent; after that, anything may have happened."""
    unsent = isinstance(error, NewConnectionError | ConnectTimeoutError)
    return Failed(cause=f"no answer: {_reason(error)}", certain=unsent, retriable=True)


def _reason(error: HTTPError) -> str:
    """The system's own words for the innermost cause, without addresses of Python objects."""
    cause: BaseException = error
    while cause.__cause__ or cause.__context__:
        cause = cause.__cause__ or cause.__context__ or cause
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror.lower()
    return plain(str(cause)) or type(cause).__name__


def _retry_after(response: BaseHTTPResponse) -> float:
    """Seconds that the server asks to wait, given as a number or as a date."""
    value = response.headers.get("Retry-After")
    if value is None:
        return 0.0
    try:
        return max(0.0, float(Retry().parse_retry_after(value)))
    except (InvalidHeader, OverflowError):
        return 0.0
