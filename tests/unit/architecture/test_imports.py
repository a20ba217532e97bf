"""docs/architecture.md says which room may import which: its tables are read here, and the code is held to them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import grimp
import pytest

from services.settings import PROJECT_ROOT

PACKAGES = ("services", "spark_jobs", "seed_data", "benchmarks")
NAME = re.compile(r"`([a-z0-9_.]+)`")
ROW = re.compile(r"^\| (?P<rooms>`[^|]+) \| [^|]+ \| (?P<imports>[^|]+) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Import:
    """One import of a room by another, and a module that does it."""

    importer: str
    imported: str
    where: str


def _documented() -> dict[str, set[str]]:
    """Room → the rooms that it may import."""
    text = (PROJECT_ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    tables = [part for part in text.split("\n\n") if "| may import |" in part]
    return {
        room: set(NAME.findall(row["imports"]))
        for table in tables
        for row in ROW.finditer(table)
        for room in NAME.findall(row["rooms"])
    }


@pytest.fixture(scope="module")
def documented() -> dict[str, set[str]]:
    """What the tables say."""
    return _documented()


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Who imports whom, read from the sources; nothing is executed."""
    return grimp.build_graph(*PACKAGES, cache_dir=None)


def _room(module: str, rooms: dict[str, set[str]]) -> str:
    """The smallest room of the tables that holds a module; empty when none does."""
    holding = [room for room in rooms if module == room or module.startswith(f"{room}.")]
    return max(holding, key=len, default="")


def _imports(graph: grimp.ImportGraph, rooms: dict[str, set[str]]) -> Iterator[Import]:
    for module in sorted(graph.modules):
        importer = _room(module, rooms)
        for target in graph.find_modules_directly_imported_by(module):
            imported = _room(target, rooms)
            if imported != importer:
                yield Import(importer, imported, f"{module} → {target}")


def test_every_module_is_in_a_room_of_the_tables(
    graph: grimp.ImportGraph, documented: dict[str, set[str]]
) -> None:
    """A new room gets its row before it gets its second module."""
    homeless = {module for module in graph.modules if not _room(module, documented)}
    assert sorted(homeless - {"services"}) == []


def test_rooms_import_only_what_the_tables_allow(
    graph: grimp.ImportGraph, documented: dict[str, set[str]]
) -> None:
    """Each import from one room to another is in the importer's row."""
    found = _imports(graph, documented)
    assert [each for each in found if each.imported not in documented[each.importer]] == []


def test_the_tables_allow_nothing_that_no_module_needs(
    graph: grimp.ImportGraph, documented: dict[str, set[str]]
) -> None:
    """An import that went away leaves the row, too, so that it does not come back unseen."""
    used = {(each.importer, each.imported) for each in _imports(graph, documented)}
    allowed = {(room, other) for room, others in documented.items() for other in others}
    assert sorted(allowed - used) == []
