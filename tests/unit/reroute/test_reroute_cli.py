"""The command: what it refuses, and what it says in the end."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from services.reroute.cli import main
from services.reroute.display import summarize
from services.reroute.errors import RerouteError
from services.reroute.post_results import PostCounts, PostResults
from services.reroute.script import find_script
from services.settings import Settings


@pytest.mark.parametrize("arguments", [[], ["--max-requests", "0", "x.py"]])
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    """As everywhere in the project."""
    with pytest.raises(SystemExit) as refused:
        main(arguments)
    assert refused.value.code == 2


def test_a_script_that_is_not_there_is_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the file, and nothing is started."""
    assert main([str(tmp_path / "gone.py")]) == 1
    assert "gone.py" in capsys.readouterr().err.replace("\n", "")


@pytest.mark.parametrize(
    ("name", "interpreter", "hint"),
    [
        ("folder", None, "Name the script in it"),
        ("book.ipynb", None, "make notebooks"),
        ("broken.ipynb", None, "no notebook that can be read"),
        ("launch.sh", None, "Name the Python file that it starts"),
        ("script.py", "no-such-python", "no interpreter no-such-python"),
        ("script.py", "true", "no Python"),
    ],
)
def test_what_cannot_be_run_is_refused_with_a_hint(
    name: str, interpreter: str | None, hint: str, tmp_path: Path
) -> None:
    """Before anything is started."""
    (tmp_path / "folder").mkdir()
    cell = {"cell_type": "code", "source": ["dbutils.fs.ls('/')"]}
    (tmp_path / "book.ipynb").write_text(json.dumps({"cells": [cell]}))
    (tmp_path / "broken.ipynb").touch()
    (tmp_path / "launch.sh").write_text("#!/usr/bin/env bash\npython x.py\n")
    (tmp_path / "script.py").touch()
    with pytest.raises(RerouteError, match=hint):
        find_script(str(tmp_path / name), [], interpreter)


def test_the_summary_counts_posts_and_quotes_reasons_as_plain_text(tmp_path: Path) -> None:
    """Names of topics are the script's, reasons the server's: neither is markup."""
    account = PostResults(Settings(state_dir=tmp_path))
    account.counts["[bold]x[/bold].pin"] = PostCounts(acked=1200, records=1201)
    account.counts["[bold]x[/bold].pin"].failed["HTTP 415: [red]no[/red]"] = 3
    output = io.StringIO()
    summarize(Console(file=output, width=200), account, "0a1b2c3d4e5f")
    said = output.getvalue()
    assert "[bold]x[/bold].pin" in said
    assert "1,200 posts acked" in said
    assert "3 × [bold]x[/bold].pin: HTTP 415: [red]no[/red]" in said


def test_a_script_that_posts_nothing_is_told_so(tmp_path: Path) -> None:
    """Perhaps it posts to a host that we do not know."""
    output = io.StringIO()
    summarize(
        Console(file=output, width=200), PostResults(Settings(state_dir=tmp_path)), "0a1b2c3d4e5f"
    )
    assert "posted nothing" in output.getvalue()
