import asyncio
import subprocess
import sys

import pytest

from services import asgi
from services.free_ports import free_port
from services.settings import HOST


class _Broken:
    """A server that cannot go on."""

    async def serve(self) -> None:
        raise RuntimeError("no sockets left")

    def stop(self) -> None:
        """Nothing runs."""


def test_a_server_that_fails_is_not_taken_for_one_that_was_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its failure ends the service, with its reason."""
    monkeypatch.setattr(asgi, "embedded_server", lambda *_: _Broken())

    async def serve() -> None:
        await asgi.serve_until(asyncio.Event(), _no_app, HOST, free_port())

    with pytest.raises(OSError, match="the server failed: no sockets left"):
        asyncio.run(serve())


async def _no_app(*_: object) -> None:
    """Is never called."""


def test_leaving_keeps_the_code_and_what_was_written() -> None:
    """The process ends with its code and its output, without the interpreter's own end."""
    program = (
        "import atexit, logging; from services.asgi import leave\n"
        "logging.basicConfig(); logging.warning('a warning'); print('an answer', end='')\n"
        "atexit.register(print, 'torn down'); leave(3)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (3, "an answer")
    assert "a warning" in done.stderr
