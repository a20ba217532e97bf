"""The gateway's one client of the REST proxy."""

from functools import partial

from urllib3.util import Timeout

from services.gateway.kafka_rest.blocking_calls import AllThreadsBusyError, CallThreads
from services.gateway.kafka_rest.call_errors import CallError, overloaded
from services.gateway.kafka_rest.connections import ConnectionPool, RestAnswer, RestCall
from services.gateway.limits import Limits

CALLS_AT_A_TIME = 32
"""Of each kind: produce requests, and all others (a consumer's read lasts a second or more)."""
CHECKS_AT_A_TIME = 2
CONNECT_SECONDS = 2.0
CALL_TIMEOUT = Timeout(connect=CONNECT_SECONDS, read=29.0)
"""API Gateway's own; a consumer may read for long."""
CHECK_SECONDS = 1.0
CHECK_TIMEOUT = Timeout(connect=CHECK_SECONDS, read=CHECK_SECONDS)
WAIT_SECONDS = 8.0
"""For a free connection; with a record's own time it stays below API Gateway's timeout."""

OK = 200


class RestProxyClient:
    """Makes calls of three kinds, which do not wait for one another."""

    def __init__(self, url: str, limits: Limits) -> None:
        self._connections = ConnectionPool(url, 2 * CALLS_AT_A_TIME + CHECKS_AT_A_TIME)
        self._produce_timeout = Timeout(connect=CONNECT_SECONDS, read=limits.delivery_seconds)
        self._produces = CallThreads("produce", CALLS_AT_A_TIME, WAIT_SECONDS)
        self._calls = CallThreads("call", CALLS_AT_A_TIME, WAIT_SECONDS)
        self._checks = CallThreads("check", CHECKS_AT_A_TIME, CHECK_SECONDS)

    async def produce(self, call: RestCall) -> RestAnswer:
        """A call that stores records.

        Raises:
            CallError: there is no answer.
        """
        return await self._exchange(self._produces, call, self._produce_timeout)

    async def call(self, call: RestCall) -> RestAnswer:
        """Any other call.

        Raises:
            CallError: there is no answer.
        """
        return await self._exchange(self._calls, call, CALL_TIMEOUT)

    async def health(self) -> str | None:
        """What is wrong with the REST proxy, or None."""
        check = RestCall("GET", "/", {})
        try:
            answer = await self._exchange(self._checks, check, CHECK_TIMEOUT)
        except CallError as error:
            return error.reason
        if answer.status != OK:
            return f"{self._connections.url} answers {answer.status}; is KAFKA_REST_URL a REST proxy's?"
        return None

    def abandon(self) -> None:
        """Break the calls that are out, and make no more."""
        self._connections.abandon()

    def close(self) -> None:
        """Let go of the REST proxy."""
        for lane in (self._produces, self._calls, self._checks):
            lane.close()
        self._connections.close()

    async def _exchange(self, lane: CallThreads, call: RestCall, timeout: Timeout) -> RestAnswer:
        try:
            return await lane.run(partial(self._connections.exchange, call, timeout))
        except AllThreadsBusyError as error:
            raise overloaded(self._connections.url) from error
