"""How a script's process comes to its end."""

import asyncio
import signal
import sys

import pytest

from services.reroute.script_end import wait_for_end

_STUBBORN = "import signal; signal.signal(signal.SIGUSR1, signal.SIG_IGN); "
_WAIT = "print(flush=True); signal.pause()"


async def _end(code: str, *, enough: bool) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE
    )
    event = asyncio.Event()
    if enough:
        assert process.stdout is not None
        await process.stdout.readline()
        event.set()
    return await wait_for_end(process, event, grace=0.05)


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [
        ("raise SystemExit(3)", 3),
        ("pass", 0),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 128 + signal.SIGKILL),
    ],
)
def test_without_a_limit_the_scripts_end_is_ours(code: str, exit_code: int) -> None:
    """A signal's number as a shell gives it."""
    assert asyncio.run(_end(code, enough=False)) == exit_code


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [
        ("import signal; " + _WAIT, 0),
        (_STUBBORN + _WAIT, 0),
        (_STUBBORN + "signal.signal(signal.SIGTERM, signal.SIG_IGN); " + _WAIT, 0),
        ("print(flush=True); raise SystemExit(4)", 4),
    ],
)
def test_after_enough_posts_a_script_ends_whether_it_listens_or_not(
    code: str, exit_code: int
) -> None:
    """Being ended by us is no failure; failing while it cleans up is."""
    assert asyncio.run(_end(code, enough=True)) == exit_code
