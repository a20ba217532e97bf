"""Shows what lies in a folder, with the command for each part."""

import shlex
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console

from services.reroute.folder.survey import Survey, survey
from services.settings import PROJECT_ROOT, Settings
from services.terminal_text import one_line

MOST_SHOWN = 40

_ENDLESS = 'MAX_REQUESTS=500 ends an endless loop, FAST=1 skips its sleeps, ARGS="…" are a script\'s own arguments.'


def show_folder(console: Console, root: Path, settings: Settings) -> None:
    """Print it; a folder without code is said to have none."""
    found = survey(root)
    say = _Say(console, root)
    say.line(f"In {one_line(str(root))}:")
    notebooks = _shown(settings.workspace_dir / "user")
    dags = _shown(settings.user_dags_dir)
    say.part("posting scripts", [(path, _run(path)) for path in found.scripts])
    if found.scripts:
        say.line(_ENDLESS, 2)
    say.part(
        "notebooks",
        [(path, _copied(path, notebooks, "make notebooks")) for path in found.notebooks],
    )
    say.part(
        "DAGs", [(path, _copied(path, dags, _dag_run(ids))) for path, ids in found.dags.items()]
    )
    _show_rest(say, found)


class _Say:
    """Lines of plain text; names are a stranger's."""

    def __init__(self, console: Console, root: Path) -> None:
        self._console = console
        self._root = root

    def line(self, text: str, indent: int = 0) -> None:
        self._console.print(" " * indent + text, soft_wrap=True)

    def part(self, title: str, commands: list[tuple[Path, str]]) -> None:
        """One kind of thing: a file and its command below it."""
        self.line(f"{title}: {len(commands) or 'none found'}")
        for path, command in commands[:MOST_SHOWN]:
            self.line(self.name(path), 2)
            self.line(command, 6)
        self.more(len(commands))

    def more(self, number: int) -> None:
        if number > MOST_SHOWN:
            self.line(f"… and {number - MOST_SHOWN} more", 2)

    def name(self, path: Path) -> str:
        return one_line(str(path.relative_to(self._root)))


def _show_rest(say: _Say, found: Survey) -> None:
    if found.modules:
        names = ", ".join(map(say.name, found.modules[:MOST_SHOWN]))
        say.line(f"parts that others import, which do nothing by themselves: {names}")
        say.more(len(found.modules))
    if found.unknown:
        say.line(f"not known: {len(found.unknown)}")
        for path, why in list(found.unknown.items())[:MOST_SHOWN]:
            say.line(f"{say.name(path)}: {why}", 2)
        say.more(len(found.unknown))


def _run(path: Path) -> str:
    return _typed(["make", "run", "SCRIPT=", str(path)])


def _copied(path: Path, folder: str, then: str) -> str:
    return _typed(["cp", str(path), f"{folder}/"], of_make=False) + (f" && {then}" if then else "")


def _dag_run(ids: Iterable[str]) -> str:
    first = next(iter(ids), "")
    if not first:
        return "make airflow    # its id is not written out in the file; this shows it"
    return _typed(["make", "dag-run", "DAG=", first])


def _typed(words: list[str], *, of_make: bool = True) -> str:
    """Words as one types them in a shell; a word that ends with `=` belongs to the next one."""
    if not all(word.isprintable() for word in words):
        return "its name holds characters that no command line shows: rename it first"
    last = words[-1].replace("$", "$$") if of_make else words[-1]
    quoted = [word if word.endswith("=") else shlex.quote(word) for word in [*words[:-1], last]]
    return " ".join(quoted).replace("= ", "=", 1) if of_make else " ".join(quoted)


def _shown(folder: Path) -> str:
    """A folder as one names it in the checkout."""
    resolved = folder.resolve()
    return (
        str(resolved.relative_to(PROJECT_ROOT))
        if resolved.is_relative_to(PROJECT_ROOT)
        else str(resolved)
    )
