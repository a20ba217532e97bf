"""The folder of an attempt: executed copy, logs, output, and how far it had come."""

from pathlib import Path

from services.files import write_private
from services.workspace.runs.store.run_record import AttemptOutput

_OUTPUT, _POSITION = "output.json", "position"


def write_output(folder: Path, output: AttemptOutput) -> None:
    write_private(folder / _OUTPUT, output.model_dump_json())


def read_output(folder: Path) -> AttemptOutput:
    """What an attempt left behind; empty before its end."""
    file = folder / _OUTPUT
    if not file.exists():
        return AttemptOutput()
    return AttemptOutput.model_validate_json(file.read_text(encoding="utf-8"))


def write_position(folder: Path, position: str) -> None:
    """Keep where an attempt is."""
    write_private(folder / _POSITION, position)


def read_position(folder: Path) -> str:
    """Where an attempt was last ("cell 3 of 12"); empty when it never said."""
    file = folder / _POSITION
    return file.read_text(encoding="utf-8") if file.exists() else ""


def position_phrase(folder: Path) -> str:
    """The position, to be put behind a sentence (" at cell 3 of 12", " (starting)"), or nothing."""
    position = read_position(folder)
    if position.startswith("cell "):
        return f" at {position}"
    return f" ({position})" if position else ""
