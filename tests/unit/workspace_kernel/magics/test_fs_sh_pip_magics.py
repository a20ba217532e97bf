from typing import Any

import pytest

from services.workspace.kernel.magics.command_line import MagicError
from services.workspace.kernel.magics.fs_magic import FsMagic
from services.workspace.kernel.magics.pip_magic import pip
from services.workspace.kernel.magics.sh_magic import ShellFailedError, sh


class FakeFs:
    """Remembers its calls."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **named: self.calls.append((name, args, named))


def test_fs_is_a_command_line_of_dbutils() -> None:
    """A line a call, quotes and flags as in a shell."""
    fs = FakeFs()
    FsMagic(fs)(
        "ls /a", "rm -r '/b c'\n\n# no\ncp /a /b true --recurse=false\nhead --maxBytes=9 /a"
    )
    assert fs.calls == [
        ("ls", ("/a",), {}),
        ("rm", ("/b c",), {"recurse": True}),
        ("cp", ("/a", "/b", True), {"recurse": False}),
        ("head", ("/a",), {"maxBytes": "9"}),
    ]


@pytest.mark.parametrize("line", ["format /", "ls 'open"])
def test_fs_says_what_it_does_not_know(line: str) -> None:
    """A command that is none, a quote that does not end."""
    with pytest.raises(MagicError, match=f"%fs {line[:2]}"):
        FsMagic(FakeFs())(line)


def test_sh_shows_output_before_errors(capfd: pytest.CaptureFixture[str]) -> None:
    """A failing command fails the cell only when it was asked to."""
    sh("", "echo é >&2; echo out\nexit 3\n")
    assert capfd.readouterr() == ("out\n", "é\n")
    with pytest.raises(ShellFailedError, match="exit code 1"):
        sh("-e false", "echo not reached")
    assert capfd.readouterr().out == ""


def test_sh_without_a_command_is_an_error() -> None:
    """Nothing was meant by it."""
    with pytest.raises(MagicError):
        sh("", "\n")


def test_pip_says_what_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    """And how the rest can be had, in a line."""
    pip("install -q pytest==1.0 'no-such-package>=2' -r requirements.txt ./local")
    there, missing = capsys.readouterr().out.splitlines()
    assert there.startswith("Already there: pytest ")
    assert missing.startswith("Not there: no-such-package. Add with: ")


@pytest.mark.parametrize("line", ["", "install", "list", "uninstall -y pytest"])
def test_pip_does_nothing_else(capsys: pytest.CaptureFixture[str], line: str) -> None:
    """It says so."""
    pip(line)
    assert "nothing was done" in capsys.readouterr().out
