"""Why a service could not serve: only a port that is taken is told as one."""

import errno
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from services.listening import PortTakenError, binding, check_free, reason
from services.settings import HOST

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "a/file")
SERVICES = {
    "services.gateway": "GATEWAY_PORT",
    "services.kinesis": "KINESIS_PORT",
    "services.workspace": "WORKSPACE_PORT",
    "services.s3_sink": "SINK_PORT",
    "services.workspace.jupyter": "JUPYTER_PORT",
    "services.spark_ui": "SPARK_UI_PORT",
}


@dataclass(frozen=True)
class Command:
    """A service's own command: its module, and what runs it."""

    module: str
    run: Callable[[], int]


@pytest.fixture
def command(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Command]:
    """A service's own command, in a state folder of its own, at a port that another one has."""
    package, setting = request.param
    monkeypatch.setenv("STATE_DIR", str(tmp_path))
    monkeypatch.setenv("ENV_FILE", str(tmp_path / ".env"))
    monkeypatch.setenv("WORKSPACE_TOKEN", "dapi")
    monkeypatch.setenv("SPARK_TOKEN", "any")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{HOST}:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    name = package if package.endswith("jupyter") else f"{package}.__main__"
    module = import_module(name)
    with socket.create_server((HOST, 0)) as taken:
        monkeypatch.setenv(setting, str(taken.getsockname()[1]))
        yield Command(name, lambda: module.main([]))


@pytest.mark.parametrize(
    ("command", "setting"),
    [
        pytest.param((package, setting), setting, id=package)
        for package, setting in SERVICES.items()
        if package != "services.s3_sink"  # asks Kafka first
    ],
    indirect=["command"],
)
def test_a_taken_port_is_told_with_its_setting(
    command: Command, setting: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the port and what to set."""
    assert command.run() == 1
    said = capsys.readouterr().err
    assert "is taken" in said
    assert f"set another {setting}" in said


@pytest.mark.parametrize(
    ("command", "fails"),
    [
        pytest.param(("services.gateway", "GATEWAY_PORT"), "serve", id="gateway"),
        pytest.param(("services.kinesis", "KINESIS_PORT"), "serve", id="kinesis"),
        pytest.param(("services.workspace", "WORKSPACE_PORT"), "serve", id="workspace"),
        pytest.param(("services.aws_gate", "AWS_PORT"), "serve", id="aws_gate"),
        pytest.param(("services.spark_ui", "SPARK_UI_PORT"), "serve_until", id="spark_ui"),
        pytest.param(("services.s3_sink", "SINK_PORT"), "Sink", id="s3_sink"),
        pytest.param(("services.workspace.jupyter", "JUPYTER_PORT"), "prepare", id="jupyter"),
    ],
    indirect=["command"],
)
def test_a_full_disk_is_told_as_one(
    command: Command,
    fails: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A service that cannot write says so, and does not send its user to look for another port."""
    monkeypatch.setattr(f"{command.module}.{fails}", _full)
    if fails == "prepare":
        monkeypatch.setattr(f"{command.module}.check_free", lambda *_: None)
    assert command.run() == 1
    said = capsys.readouterr().err + caplog.text
    assert "the disk is full (a/file)" in said
    assert "_PORT" not in said


def _full(*_: object, **__: object) -> None:
    raise FULL


def test_an_address_that_is_not_this_machines_is_named() -> None:
    """It is no taken port: another one would not help."""
    with pytest.raises(OSError, match=r"cannot listen on 192\.0\.2\.1:0") as caught:
        check_free("192.0.2.1", 0)
    assert not isinstance(caught.value, PortTakenError)
    assert "SOME_PORT" not in reason(caught.value, "SOME_PORT")


def test_a_bind_that_works_is_left_alone() -> None:
    """Nothing is raised, and the port is free afterwards."""
    with binding(HOST, 0):
        pass
    check_free(HOST, 0)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TimeoutError(), "an answer did not come in time"),
        (TimeoutError("Kafka: no answer"), "Kafka: no answer"),
        (PermissionError(errno.EACCES, "Permission denied", "x"), "another user's"),
        (OSError(errno.EMFILE, "Too many open files"), "ulimit"),
        (ConnectionResetError("went away"), "went away"),
    ],
)
def test_each_kind_of_failure_has_its_own_words(error: OSError, expected: str) -> None:
    """None of them is told as a taken port."""
    said = reason(error, "SOME_PORT")
    assert expected in said
    assert "SOME_PORT" not in said
