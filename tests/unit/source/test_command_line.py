"""`python -m services.source` where there is nothing to talk to."""

from pathlib import Path

import pytest

from services.source.__main__ import main


@pytest.fixture(autouse=True)
def no_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of a stack that does not run: port 1 answers nobody."""
    monkeypatch.setenv("ENV_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("MYSQL_PORT", "1")
    monkeypatch.setenv("STATE_DIR", str(tmp_path))


@pytest.mark.parametrize("arguments", [["load"], ["load", "--data", ""], ["provision"]])
def test_a_server_that_does_not_answer_is_named(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The message says where nothing answers and what to do; the exit code is 1."""
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert "127.0.0.1:1" in error
    assert "make up" in error


def test_data_that_does_not_exist_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong path is told before the server is asked."""
    assert main(["load", "--data", str(tmp_path / "gone")]) == 1
    assert "gone does not exist" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["unload"], ["load", "--rows", "many"]])
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    """Unknown commands and values are wrong usage."""
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
