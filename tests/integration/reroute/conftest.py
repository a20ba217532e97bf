"""A gateway before the session's Kafka and Kinesis, and scripts as the course's graduates wrote them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.posting.journal import Layer, Line, journals, read_journal
from services.settings import PROJECT_ROOT, Settings
from services.stack.scratch import ScratchStack
from tests.integration.gateway.running import RunningGateway, running_gateway

SCRIPTS = Path(__file__).parent / "scripts"
WRITTEN_FOR = "0e1f2a3b4c5d"
"""The scripts' own user; each test gets another one."""


@pytest.fixture(scope="package")
def gateway(infra: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """One gateway for all scripts."""
    with running_gateway(infra, tmp_path_factory.mktemp("reroute")) as running:
        yield running


@dataclass(frozen=True)
class Course:
    """A graduate's project folder, and `python -m services.reroute` on what lies in it."""

    settings: Settings
    folder: Path
    environment: dict[str, str]

    def start(self, name: str, *options: str, arguments: tuple[str, ...] = ()) -> Any:
        """Start a script; what lies beside it under its name comes along."""
        for file in SCRIPTS.glob(f"{name}.*"):
            text = file.read_text().replace(WRITTEN_FOR, self.settings.user_id)
            (self.folder / file.name).write_text(text)
        command = [sys.executable, "-m", "services.reroute", *options]
        return subprocess.Popen(
            [*command, str(self.folder / f"{name}.py"), *arguments],
            cwd=PROJECT_ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(
        self, name: str, *options: str, arguments: tuple[str, ...] = (), typed: str = ""
    ) -> tuple[int, list[str], str]:
        """Run a script to its end: exit code, lines of its output, what was said beside it."""
        process = self.start(name, *options, arguments=arguments)
        try:
            out, err = process.communicate(typed, timeout=60)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(30)
        return process.returncode, out.splitlines(), err

    def lines(self, layer: Layer) -> list[Line]:
        """What the journals of a layer hold."""
        files = journals(self.settings.journal_dir / layer)
        return [line for file in files for line in read_journal(file, layer)]


@pytest.fixture
def course(gateway: RunningGateway, infra_stack: ScratchStack, tmp_path: Path) -> Course:
    """A project of its own user."""
    user, state, folder = uuid4().hex[:12], tmp_path / "state", tmp_path / "project"
    folder.mkdir()
    own = {"USER_ID": user, "STATE_DIR": str(state), "GATEWAY_URL": gateway.url}
    settings = gateway.settings.model_copy(update={"user_id": user, "state_dir": state})
    return Course(settings, folder, {**os.environ, **infra_stack.environment, **own})


@pytest.fixture
def logged(gateway: RunningGateway, course: Course) -> Callable[[str], list[Any]]:
    """Values in a topic of the course's user."""

    def read(table: str) -> list[Any]:
        records = gateway.records(f"{course.settings.user_id}.{table}")
        return [json.loads(value or b"null") for _, value in records]

    return read
