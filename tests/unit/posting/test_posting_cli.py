import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.posting.cli import main


@pytest.fixture(autouse=True)
def empty_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings of a stack in which nothing runs: a port that is bound but does not listen."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("ENV_FILE", str(tmp_path / "none"))
        monkeypatch.setenv("STATE_DIR", str(tmp_path))
        monkeypatch.setenv("GATEWAY_URL", f"http://127.0.0.1:{taken.getsockname()[1]}")
        yield


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["speed-of-light"],
        ["batch", "--count", "-1"],
        ["batch", "--count", "many"],
        ["batch", "--rate", "-0.5"],
        ["batch", "--rate", "inf"],
        ["batch", "--rate", "nan"],
        ["batch", "--processes", "0"],
        ["batch", "--processes", "65"],
        ["batch", "--batch-size", "0"],
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    """Nothing is started with options that make no sense."""
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    """A newcomer finds all there is."""
    with pytest.raises(SystemExit) as end:
        main(["batch", "--help"])
    assert end.value.code == 0
    text = capsys.readouterr().out
    for option in ("count", "sequential", "seed", "rate", "processes", "batch-size", "deadline"):
        assert f"--{option}" in text


def test_a_gateway_that_is_not_there_is_said_at_once(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The message says what to do, and no journal is begun."""
    assert main(["batch", "--count", "1"]) == 1
    text = " ".join(capsys.readouterr().err.split())
    assert "does not answer (connection refused)" in text
    assert "make up" in text
    assert not (tmp_path / "journals").exists()


def test_an_address_that_is_none_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip in GATEWAY_URL is told as one."""
    monkeypatch.setenv("GATEWAY_URL", "http://[nonsense")
    assert main(["batch"]) == 1
    assert "GATEWAY_URL" in capsys.readouterr().err
