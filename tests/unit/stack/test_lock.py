"""One command at a time for each stack."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

from services.settings import PROJECT_ROOT
from services.stack.machine.lock import one_command
from services.stack.report import Report
from services.terminal import Console

_HOLD = """
import sys
from pathlib import Path
from services.stack.machine.lock import one_command
from services.stack.report import Report
from services.terminal import Console
with one_command(Path(sys.argv[2]), Report(Console(quiet=True))):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_command_that_is_made_of_others_locks_once(tmp_path: Path) -> None:
    """A second lock would wait for the first one, for ever."""
    report = Report(Console(quiet=True))
    with one_command(tmp_path / "state", report), one_command(tmp_path / "state", report):
        assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


def test_who_waits_is_told_for_whom(tmp_path: Path) -> None:
    """The command and its process."""
    said = StringIO()
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, "up", str(tmp_path)],
        cwd=PROJECT_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"

        class Answering(StringIO):
            """Lets the holder go once this command has said that it waits."""

            def write(self, text: str) -> int:
                assert holder.stdin is not None
                holder.stdin.write("\n")
                holder.stdin.flush()
                return said.write(text)

        with one_command(tmp_path, Report(Console(file=Answering(), width=200))):
            assert f"(up, process {holder.pid})" in said.getvalue()
            assert f"process {os.getpid()}" in (tmp_path / "stack.lock").read_text()
