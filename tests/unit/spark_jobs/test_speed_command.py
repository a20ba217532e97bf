"""How the streaming application ends when it is refused."""

import signal
from pathlib import Path
from typing import NoReturn

import pytest

from services.streams.readiness import REFUSED
from spark_jobs.speed import __main__ as command
from spark_jobs.speed.guard import RefusedError


@pytest.fixture(autouse=True)
def _refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A table and its checkpoint do not belong together."""

    class Refused:
        def __init__(self, _: object) -> None:
            pass

        def run(self) -> NoReturn:
            raise RefusedError("reset it first")

    monkeypatch.setenv("ENV_FILE", str(tmp_path / ".env"))
    monkeypatch.setattr(command, "Application", Refused)


def test_refused_it_ends_with_a_code_of_its_own() -> None:
    """A supervisor that knows the code does not start it again."""
    assert command.main(["run"]) == REFUSED
    assert command.main([]) == REFUSED


def test_told_to_stay_it_waits_for_the_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Docker would start it again for ever."""
    waited: list[set[signal.Signals]] = []
    monkeypatch.setattr(signal, "pthread_sigmask", lambda *_: set())
    monkeypatch.setattr(signal, "sigwait", waited.append)
    assert command.main(["run", "--stay"]) == REFUSED
    assert waited == [{signal.SIGTERM, signal.SIGINT}]
