"""`python -m services.source` where there is nothing to talk to."""

from pathlib import Path

import pytest

import services.source.__main__ as command_line
from services.source.__main__ import main
from services.source.files.data_file import DataFile
from services.source.load_options import LoadOptions
from services.tables import GEO, USER


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


WRONG = {"delimiter": "ab", "encoding": "utf-9", "table": "pins", "dayfirst": "perhaps"}


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["unload"],
        ["load", "--rows", "many"],
        *(["load", f"--{name}", value] for name, value in WRONG.items()),
    ],
)
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    """Unknown commands and values are wrong usage."""
    with pytest.raises(SystemExit, match="2"):
        main(arguments)


@pytest.mark.parametrize(
    ("given", "field", "value"),
    [
        ("--delimiter=tab", "delimiter", "\t"),
        ("--delimiter=;", "delimiter", ";"),
        ("--delimiter=", "delimiter", None),
        ("--encoding=latin-1", "encoding", "iso8859-1"),
        ("--table=GEO", "table", GEO),
        ("--table=user_data", "table", USER),
        ("--dayfirst=0", "day_first", False),
        ("--dayfirst=", "day_first", None),
        ("--database=", "database", None),
    ],
)
def test_options_reach_the_reader(
    given: str, field: str, value: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they are written in `make load`; an empty one says nothing."""
    seen: list[LoadOptions] = []

    def find(_: Path, options: LoadOptions) -> list[DataFile]:
        seen.append(options)
        return []

    monkeypatch.setattr(command_line, "find_files", find)
    main(["load", "--data", str(tmp_path), given])
    assert getattr(seen[0], field) == value
