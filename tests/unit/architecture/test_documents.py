"""Documents name files and modules; each of them is there."""

import re
from pathlib import Path

import pytest

from services.settings import PROJECT_ROOT

PAGES = sorted(
    page.relative_to(PROJECT_ROOT)
    for page in (*PROJECT_ROOT.glob("*.md"), *(PROJECT_ROOT / "docs").glob("*.md"))
    if page.name != "CHANGELOG.md"
)
FOLDERS = "services|spark_jobs|airflow|seed_data|benchmarks|tests|docs|requirements"
FILE = re.compile(rf"`((?:{FOLDERS})/[\w./-]+)`")
MODULE = re.compile(r"`(?:python -m )?((?:services|spark_jobs|benchmarks)(?:\.\w+)+)(?:\(\))?[` ]")


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    """Paths in backticks that begin with a folder of the checkout."""
    named = FILE.findall((PROJECT_ROOT / page).read_text(encoding="utf-8"))
    assert [name for name in named if not (PROJECT_ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_module_that_a_page_names_is_there(page: Path) -> None:
    """Dotted names in backticks; the last part may be a name within the module."""
    named = MODULE.findall((PROJECT_ROOT / page).read_text(encoding="utf-8"))
    assert [name for name in named if not _is_module(name)] == []


def _is_module(name: str) -> bool:
    path = PROJECT_ROOT / name.replace(".", "/")
    if path.is_dir() or path.with_suffix(".py").exists():
        return True
    module = path.parent.with_suffix(".py")
    return module.exists() and path.name in module.read_text(encoding="utf-8")
