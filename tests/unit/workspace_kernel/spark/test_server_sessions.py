"""Names of sessions on the Spark server, locked while the process lives that registered them."""

import subprocess
import sys
from pathlib import Path

from services.settings import load_settings
from services.workspace.kernel.spark import server_sessions
from services.workspace.orphan_sessions import end_orphans

REGISTER = """
import sys
from services.settings import load_settings
from services.workspace.kernel.spark.server_sessions import register
print(register(load_settings(state_dir=sys.argv[1])), flush=True)
sys.stdin.read()
"""


def test_a_session_is_an_orphan_once_its_process_was_killed(tmp_path: Path) -> None:
    """Not before; Spark need not be up for its file to go."""
    settings = load_settings(state_dir=tmp_path, spark_remote="sc://127.0.0.1:1")
    command = [sys.executable, "-c", REGISTER, str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout
        name = process.stdout.readline().strip()
        assert end_orphans(settings) == []
        process.kill()
        process.wait()
        assert end_orphans(settings) == [name]
    assert end_orphans(settings) == []


def test_a_released_session_leaves_nothing(tmp_path: Path) -> None:
    """A kernel that ends by itself does so."""
    settings = load_settings(state_dir=tmp_path, spark_remote="sc://127.0.0.1:1")
    name = server_sessions.register(settings)
    assert name in server_sessions.connection_string(settings, name)
    server_sessions.release(settings, name)
    assert list((settings.workspace_state / "sessions").iterdir()) == []
