"""How a script's process comes to its end: by itself, by the limit, by a signal to us."""

import asyncio
import contextlib
import signal
from asyncio.subprocess import Process

from services.reroute.injected.pincloud_reroute.stop import SIGNAL

GRACE_SECONDS = 5.0
"""Seconds for the script to notice, at its next request, that the limit is reached; then for each signal."""

_SIGNALS = tuple(s for s in (SIGNAL, signal.SIGTERM, getattr(signal, "SIGKILL", None)) if s)
SIGNALLED = 128


async def wait_for_end(
    process: Process, limit_reached: asyncio.Event, grace: float = GRACE_SECONDS
) -> int:
    """Wait for the process and return its exit code, as a shell gives it.

    When the limit is reached the script ends at its next post. One that makes none is sent a
    signal; both raise SystemExit. One that goes on is terminated, and it counts as done.
    """
    ended = asyncio.create_task(process.wait())
    limit = asyncio.create_task(limit_reached.wait())
    await asyncio.wait({ended, limit}, return_when=asyncio.FIRST_COMPLETED)
    limit.cancel()
    if limit_reached.is_set():
        await _signal_until_ended(process, ended, grace)
    code = await ended
    if limit_reached.is_set() and -code in _SIGNALS:
        return 0
    return SIGNALLED - code if code < 0 else code


def send(process: Process, number: int) -> None:
    """Send a signal, unless the process has just ended."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(number)


async def _signal_until_ended(process: Process, ended: "asyncio.Task[int]", grace: float) -> None:
    """Send ever firmer signals."""
    for number in _SIGNALS:
        done, _ = await asyncio.wait({ended}, timeout=grace)
        if done:
            break
        send(process, number)
