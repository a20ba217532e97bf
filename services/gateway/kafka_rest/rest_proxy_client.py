"""The gateway's one client of the REST proxy: calls off the event loop, a bounded number of each kind."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from urllib3.util import Timeout

from services.gateway.kafka_rest.call_errors import CallError, overloaded
from services.gateway.kafka_rest.connection_pool import ConnectionPool, RestAnswer, RestCall
from services.gateway.limits import Limits

T = TypeVar("T")

CONCURRENT_CALLS = 32
"""Of each kind: produce requests, and all others (a consumer's read lasts a second or more)."""
CONCURRENT_CHECKS = 2
CONNECT_SECONDS = 2.0
CALL_TIMEOUT = Timeout(connect=CONNECT_SECONDS, read=29.0)
"""API Gateway's own; a consumer may read for long."""
CHECK_SECONDS = 1.0
CHECK_TIMEOUT = Timeout(connect=CHECK_SECONDS, read=CHECK_SECONDS)
WAIT_SECONDS = 8.0
"""For a free thread; with a record's own time it stays below API Gateway's timeout."""

OK = 200


class RestProxyClient:
    """Calls of three kinds, which do not wait for one another: readers cannot keep writers waiting."""

    def __init__(self, url: str, limits: Limits) -> None:
        self._connections = ConnectionPool(url, 2 * CONCURRENT_CALLS + CONCURRENT_CHECKS)
        self._produce_timeout = Timeout(connect=CONNECT_SECONDS, read=limits.delivery_seconds)
        self._produces = CallThreads("produce", CONCURRENT_CALLS, WAIT_SECONDS)
        self._calls = CallThreads("call", CONCURRENT_CALLS, WAIT_SECONDS)
        self._checks = CallThreads("check", CONCURRENT_CHECKS, CHECK_SECONDS)

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
        """Break the calls that are in flight, and make no more."""
        self._connections.abandon()

    def close(self) -> None:
        for threads in (self._produces, self._calls, self._checks):
            threads.close()
        self._connections.close()

    async def _exchange(
        self, threads: "CallThreads", call: RestCall, timeout: Timeout
    ) -> RestAnswer:
        try:
            return await threads.run(partial(self._connections.exchange, call, timeout))
        except AllThreadsBusyError as error:
            raise overloaded(self._connections.url) from error


class AllThreadsBusyError(Exception):
    """No thread became free within the time that the call may wait; it was not begun."""


class CallThreads:
    """`size` threads for one kind of blocking call; belongs to one event loop."""

    def __init__(self, name: str, size: int, wait_seconds: float) -> None:
        self._free = asyncio.Semaphore(size)
        self._executor = ThreadPoolExecutor(size, thread_name_prefix=f"kafka-rest-{name}")
        self._wait_seconds = wait_seconds

    async def run(self, function: Callable[[], T]) -> T:
        """Run a call in a thread.

        Raises:
            AllThreadsBusyError: none became free in time.
        """
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._free.acquire()
        except TimeoutError as error:
            raise AllThreadsBusyError from error
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, function)
        finally:
            self._free.release()

    def close(self) -> None:
        """Begin no more calls; those in flight are left behind."""
        self._executor.shutdown(wait=False, cancel_futures=True)
