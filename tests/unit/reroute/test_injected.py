"""What is loaded into a user's process."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from services.reroute.configuration import INJECTED, environment, write
from services.reroute.injected.pincloud_reroute.configuration import Configuration

FILES = sorted(INJECTED.rglob("*.py"))


def _run(
    configuration: Configuration, script: str, *more: tuple[str, str]
) -> subprocess.CompletedProcess[str]:
    """A script in the project's folder, with nothing of the stack running."""
    project = Path(configuration.root)
    (project / "script.py").write_text(script)
    variables = environment({**dict(more)}, write(configuration))
    return subprocess.run(
        [sys.executable, "script.py"], cwd=project, env=variables, capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_it_keeps_to_the_grammar_and_the_library_of_the_oldest_python(file: Path) -> None:
    """Python 3.8's grammar, and nothing that has to be installed."""
    tree = ast.parse(file.read_text(), feature_version=(3, 8))
    for node in ast.walk(tree):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names.append(node.module or "")
        assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_a_process_of_no_run_is_left_as_it_is(configuration: Configuration) -> None:
    """The variable may outlive the run's folder."""
    variables = environment({}, Path(configuration.folder) / "gone.json")
    code = "import builtins, time; print(builtins.open, time.sleep)"
    told_by = subprocess.run(
        [sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=True
    )
    assert told_by.stdout.count("built-in function") == 2


def test_the_users_own_sitecustomize_is_still_run(
    configuration: Configuration, tmp_path: Path
) -> None:
    """Ours stands before it on the path."""
    (tmp_path / "sitecustomize.py").write_text("import builtins; builtins.mine = 'ran'")
    done = _run(
        configuration,
        "print(mine, __import__('sitecustomize').__file__)",
        ("PYTHONPATH", str(tmp_path)),
    )
    assert done.stdout.split() == ["ran", str(tmp_path / "sitecustomize.py")]


def test_only_the_scripts_own_sleeps_are_skipped(configuration: Configuration) -> None:
    """Those of libraries are there for a reason: here one is counted by the clock of the script."""
    library = Path(configuration.folder) / "library.py"
    library.write_text("import time\ndef nap(): time.sleep(0.05)")
    script = """
import time, asyncio, library
from time import sleep
sleep(1000); time.sleep(1000); asyncio.run(asyncio.sleep(1000))
begun = time.monotonic(); library.nap()
print(time.monotonic() - begun >= 0.05)
"""
    done = _run(configuration, script, ("PYTHONPATH", configuration.folder))
    assert done.stdout.split() == ["True"], done.stderr


def test_what_stands_in_for_a_function_can_be_sent_to_other_processes(
    configuration: Configuration,
) -> None:
    """As `pool.map(time.sleep, …)` does."""
    script = """
import asyncio, io, pickle, time
for function in (open, time.sleep, asyncio.sleep): print(pickle.loads(pickle.dumps(function)) is function)
class Holder: nap = time.sleep; read = open
Holder().nap(0); Holder().read('script.py').close()
"""
    done = _run(configuration, script)
    assert done.stdout.split() == ["True"] * 3, done.stderr


def test_missing_credential_files_seem_to_be_there_for_every_reader(
    configuration: Configuration,
) -> None:
    """open, pathlib, configparser, a module and the question whether they exist."""
    script = """
import os, json, configparser
from pathlib import Path
from db_creds import HOST, PORT
import credentials
print(HOST, PORT, credentials.RDS_USER, os.path.isfile('db_creds.yaml'), Path('x/creds.json').exists())
print(json.loads(Path('x/creds.json').read_text())['HOST'])
parser = configparser.ConfigParser(); parser.read('config.ini'); print(parser['mysql']['port'])
print(os.path.exists('pin.csv'), os.listdir('.'))
try: open('db_creds.yaml', 'r+')
except FileNotFoundError: print('not for writing')
try: import no_such_library
except ModuleNotFoundError: print('nor any module')
"""
    done = _run(configuration, script)
    assert done.stdout.splitlines() == [
        "127.0.0.1 13306 reader True True",
        "127.0.0.1",
        "13306",
        "False ['script.py']",
        "not for writing",
        "nor any module",
    ], done.stderr
    assert done.stderr.count("is missing: offered") == 4


def test_the_file_with_the_credentials_is_the_users_alone(configuration: Configuration) -> None:
    """It holds the reader's password and the local keys."""
    assert write(configuration).stat().st_mode & 0o777 == 0o600


def test_modules_above_the_script_are_found_as_from_where_it_was_started(
    configuration: Configuration,
) -> None:
    """`python emulation/post.py` or `-m emulation.post` in the repository; nothing above the repository is."""
    repository = Path(configuration.root).parent
    (repository / "utils").mkdir()
    (repository / "utils" / "database.py").write_text(
        "import time; time.sleep(60); from secrets_db import HOST; from shared import NAME"
    )
    (repository / "shared.py").write_text("NAME = 'x'")
    (repository / "empty").mkdir()
    script = """
from utils.database import HOST, NAME
print(HOST, NAME)
try: import empty
except ModuleNotFoundError: print('no package')
"""
    done = _run(configuration, script)
    assert done.stdout.splitlines() == ["127.0.0.1 x", "no package"], done.stderr
    assert f"module utils lies in {repository}" in done.stderr
    (Path(configuration.root) / ".git").mkdir()
    (Path(configuration.folder) / "configuration.json").unlink()
    assert "module utils lies in" not in _run(configuration, script).stderr
