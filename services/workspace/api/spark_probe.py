"""Whether the Spark server is there: a TCP connection to its port, or 503."""

import asyncio

from services.workspace.api.error_answers import JobsApiError

_CONNECT_TIMEOUT_SECONDS = 2.0


class SparkProbe:
    """The Spark Connect server's host and port."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port

    async def is_reachable(self) -> bool:
        """Whether somebody listens."""
        try:
            async with asyncio.timeout(_CONNECT_TIMEOUT_SECONDS):
                _, writer = await asyncio.open_connection(self._host, self._port)
        except (OSError, TimeoutError):
            return False
        writer.close()
        return True

    async def require_reachable(self) -> None:
        """Refuse what needs Spark while it is away; the provider asks again.

        Raises:
            JobsApiError: 503.
        """
        if not await self.is_reachable():
            raise JobsApiError(
                503,
                "TEMPORARILY_UNAVAILABLE",
                f"The Spark server at {self._host}:{self._port} does not answer, so no run was made; "
                "`make status` says what is up, `make up` starts it.",
            )
