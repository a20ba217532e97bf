"""How a script's process comes to its end: by itself, by the limit, by a signal to us."""

import asyncio
import contextlib
import signal
from asyncio.subprocess import Process

from services.reroute.injected.pincloud_reroute.stop import SIGNAL

GRACE_SECONDS = 5.0
"""For the script to notice, at its next request, that there have been enough; then for each nudge."""

_NUDGES = tuple(s for s in (SIGNAL, signal.SIGTERM, getattr(signal, "SIGKILL", None)) if s)
SIGNALLED = 128


async def end_of(process: Process, enough: asyncio.Event, grace: float = GRACE_SECONDS) -> int:
    """Wait for the process and return its exit code, as a shell gives it.

    When there have been enough posts the script leaves at its next one. One that makes none is told by a
    signal; both raise SystemExit. One that does not heed that is terminated, and it counts as done.
    """
    ended = asyncio.create_task(process.wait())
    limit = asyncio.create_task(enough.wait())
    await asyncio.wait({ended, limit}, return_when=asyncio.FIRST_COMPLETED)
    limit.cancel()
    if enough.is_set():
        await _nudge(process, ended, grace)
    code = await ended
    if enough.is_set() and -code in _NUDGES:
        return 0
    return SIGNALLED - code if code < 0 else code


def send(process: Process, number: int) -> None:
    """Send a signal, unless the process has just ended."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(number)


async def _nudge(process: Process, ended: "asyncio.Task[int]", grace: float) -> None:
    """Ask ever more firmly."""
    for nudge in _NUDGES:
        done, _ = await asyncio.wait({ended}, timeout=grace)
        if done:
            break
        send(process, nudge)
