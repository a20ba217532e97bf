"""`%fs ls /x`: `dbutils.fs` as a command line."""

from shlex import shlex
from typing import Any

from services.workspace.kernel.display.display_function import display
from services.workspace.kernel.magics.command_line import MagicError, split_words
from services.workspace.kernel.process.output import print_line

_FLAGS = {"-r": "recurse", "--recurse": "recurse", "--overwrite": "overwrite"}
_BOOLEANS = {"true": True, "false": False}
_COMMANDS = (
    *("ls", "head", "put", "rm", "cp", "mv", "mkdirs", "help"),
    *("mount", "updateMount", "unmount", "mounts", "refreshMounts"),
)


class FsMagic:
    """Runs each line of a cell."""

    def __init__(self, fs: Any) -> None:
        self._fs = fs

    def __call__(self, line: str, cell: str = "") -> None:
        """Call the method of the line's first word with the other words; show what it returns.

        Raises:
            MagicError: there is no such method.
        """
        for text in f"{line}\n{cell}".splitlines():
            words = split_words("fs", text, shlex(text, posix=True))
            if words:
                _show(self._call(words[0], words[1:]))

    def _call(self, command: str, words: list[str]) -> Any:
        if command not in _COMMANDS:
            raise MagicError(f"%fs {command}: no such command. There are {', '.join(_COMMANDS)}.")
        positional = [_BOOLEANS.get(word.lower(), word) for word in words if not _flag(word)]
        named = dict(flag for word in words if (flag := _flag(word)))
        return getattr(self._fs, command)(*positional, **named)


def _flag(word: str) -> tuple[str, Any] | None:
    name, equals, value = word.partition("=")
    if name in _FLAGS:
        return _FLAGS[name], value.lower() != "false"
    given = name.removeprefix("--")
    return (given, value) if equals and name.startswith("--") and given.isidentifier() else None


def _show(result: Any) -> None:
    if isinstance(result, list):
        display(result)
    elif result is not None:
        print_line(str(result))
