"""`GET …/records`: a read waits in slices for records, for its time or for the end of its client."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.body import header
from services.gateway.kafka.consumers.instance_config import InstanceConfig
from services.gateway.kafka.consumers.registry import ConsumerRegistry
from services.gateway.kafka.consumers.rest_consumer import ReadWait, RestConsumer
from services.gateway.media import check_managed, records_format
from services.gateway.refused_request import RefusalError

SLICE_SECONDS = 0.1
"""A read that waits lets the instance's other calls in so often: a commit, a DELETE, a second read."""
MOST_BYTES = 4 * 1024 * 1024
"""Of one read: the whole gateway lives in 200 MB in Compose. The original's bound is 64 MiB."""


class RecordReads:
    def __init__(self, consumers: ConsumerRegistry) -> None:
        self._consumers = consumers

    async def serve(self, request: Request) -> Response:
        """Records in the instance's own format.

        A client that goes away while the read waits gets none, and they stay for the next read; what was given
        to the connection counts as handed out.
        """
        check_managed(header(request.scope, b"content-type"))
        config = self._consumers.config(request.path_params["group"], request.path_params["name"])
        if records_format(header(request.scope, b"accept")) is not config.format:
            message = (
                "The requested embedded data format does not match the deserializer for this "
                f"consumer instance; send Accept: {config.format.media_type}"
            )
            raise RefusalError(406, message, code=40601)
        async with _client_watch(request) as is_there:
            records = await self._read(request, config, is_there)
        body = b"[" + b",".join(records) + b"]"
        return Response(body, media_type=config.format.media_type)

    async def _read(
        self, request: Request, config: InstanceConfig, is_there: Callable[[], bool]
    ) -> list[bytes]:
        """Records as JSON, as soon as there are some; the instance is held only within slices of the wait."""
        timeout = _query(request, "timeout", int(config.request_seconds * 1000)) / 1000
        deadline = time.monotonic() + min(timeout, config.request_seconds)
        most = min(_query(request, "max_bytes", MOST_BYTES), MOST_BYTES)
        await self._consumers.call(config.group, config.name, RestConsumer.begin_read)
        while is_there():
            left = 0.0 if self._consumers.is_draining else max(0.0, deadline - time.monotonic())
            wait = ReadWait(min(left, SLICE_SECONDS), left <= SLICE_SECONDS, is_there)
            use = partial(RestConsumer.read, wait=wait, max_bytes=most)
            records = await self._consumers.call(config.group, config.name, use)
            if records or wait.is_last:
                return records
        return []


@contextlib.asynccontextmanager
async def _client_watch(request: Request) -> AsyncIterator[Callable[[], bool]]:
    """Tells whether the client is still connected."""
    gone = asyncio.create_task(_until_gone(request))
    try:
        yield lambda: not gone.done()
    finally:
        gone.cancel()


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _query(request: Request, name: str, default: int) -> int:
    """A number of the query; negative means the default, as in the original."""
    text = request.query_params.get(name, str(default))
    try:
        value = int(text)
    except ValueError as error:
        raise RefusalError(404, "HTTP 404 Not Found") from error
    return value if value >= 0 else default
