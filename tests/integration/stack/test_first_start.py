"""The first start of a checkout, twice at once, and who can read what it leaves: MariaDB alone, for speed."""

import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from dotenv import dotenv_values

from services.checkout.environment import inherited
from services.settings import PROJECT_ROOT, load_settings
from services.source.engine import owner_engine
from services.stack.machine.processes import stack_processes
from services.stack.native.scratch import own_environment

_COMMAND = """
import sys
from services.stack.command_line import cli
from services.stack.native.services import catalog

every = catalog.services
catalog.services = lambda *given: [one for one in every(*given) if one.name == "mysql"]
catalog.tasks = lambda: []
sys.exit(cli.main(sys.argv[1:]))
"""
_NOBODY = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")


class Checkout:
    """A folder that everybody may enter, with a stack's state and settings of its own."""

    def __init__(self, folder: Path) -> None:
        self.state, self.env_file = folder / "state", folder / ".env"
        self.environment = {**inherited(), **own_environment(folder)}

    def begin(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start one of the stack's commands."""
        return subprocess.Popen(
            [sys.executable, "-c", _COMMAND, *arguments],
            cwd=PROJECT_ROOT,
            env=self.environment,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture(scope="module")
def checkout() -> Iterator[Checkout]:
    """The same one for all tests of this file; nothing of it is left running."""
    folder = Path(tempfile.mkdtemp(prefix="pincloud-first-"))
    folder.chmod(0o755)
    made = Checkout(folder)
    yield made
    for process in stack_processes(made.state):
        process.kill()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def temporary_table() -> Iterator[Path]:
    """A file of another database server's, in the folder that all programs of the machine share."""
    file = Path("/tmp", f"#sql-temptable-{uuid.uuid4().hex}.MAI")  # noqa: S108 - MariaDB's default
    file.touch()
    yield file
    file.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def started(checkout: Checkout, temporary_table: Path) -> list[str]:
    """What each of two first starts at once has said, beside another database server."""
    both = [checkout.begin("up", "--profile", "core") for _ in range(2)]
    said = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    return said


def test_two_first_starts_agree(started: list[str], checkout: Checkout) -> None:
    """One generates the passwords and starts, the other waits; the database takes what `.env` says."""
    assert sum("Passwords and keys were generated" in text for text in started) == 1
    assert sum("Waiting for another `make`" in text for text in started) == 1
    assert not any("Traceback" in text for text in started)
    settings = load_settings(
        _env_file=checkout.env_file,
        **{name.lower(): checkout.environment[name] for name in ("MYSQL_PORT", "STATE_DIR")},
    )
    engine = owner_engine(settings)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    engine.dispose()
    names = dotenv_values(checkout.env_file)
    assert len(checkout.env_file.read_text().split("MYSQL_PASSWORD=")) == 2
    assert names["MYSQL_PASSWORD"]


@pytest.mark.usefixtures("started")
def test_the_temporary_tables_of_other_servers_are_left_alone(temporary_table: Path) -> None:
    """Two checkouts can start at once; MariaDB deletes what it finds in its folder for such tables."""
    assert temporary_table.exists()


@pytest.mark.usefixtures("started")
def test_a_stop_beside_a_start_ends_in_one_of_the_two(checkout: Checkout) -> None:
    """One after the other, in either order; both succeed."""
    both = [checkout.begin("down"), checkout.begin("up", "--profile", "core")]
    said = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sum("Waiting for another `make`" in text for text in said) == 1


@pytest.mark.usefixtures("started")
def test_the_state_of_a_stack_is_closed(checkout: Checkout) -> None:
    """Its folder, its settings, and all that its services write."""
    assert checkout.state.stat().st_mode & 0o777 == 0o700
    assert checkout.env_file.stat().st_mode & 0o777 == 0o600
    assert (checkout.state / "logs" / "mysql.log").stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("started")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize(
    ("command", "place"),
    [("find", "state"), ("ls", "state/run"), ("cat", "state/run/mysql-init.sql"), ("cat", ".env")],
)
def test_another_user_reads_nothing_of_it(command: str, place: str, checkout: Checkout) -> None:
    """Not even names; nor the settings, although the folder around them is open."""
    asked = [*_NOBODY, command, str(checkout.env_file.parent / place)]
    tried = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert tried.returncode != 0
    assert "Permission denied" in tried.stderr
    assert tried.stdout in ("", f"{checkout.state}\n")


@pytest.mark.usefixtures("started")
def test_an_open_state_is_closed_at_the_next_command_and_said_once(checkout: Checkout) -> None:
    """Earlier releases made it readable by everybody; `.env` may have been edited."""
    checkout.state.chmod(0o755)
    checkout.env_file.chmod(0o644)
    said = [checkout.begin("up", "--profile", "core").communicate(timeout=120)[1] for _ in range(2)]
    assert [text.count("yours alone now") for text in said] == [2, 0]
    assert checkout.state.stat().st_mode & 0o777 == 0o700
    assert checkout.env_file.stat().st_mode & 0o777 == 0o600
    assert checkout.begin("down").wait(120) == 0


def test_a_script_that_runs_before_any_start_makes_a_closed_state(tmp_path: Path) -> None:
    """`make run` may be a newcomer's first command; what the script writes itself is the user's business."""
    made, script = Checkout(tmp_path), tmp_path / "post.py"
    script.write_text("open('out', 'w').close()\n")
    command = ["-m", "services.stack.run", "services.reroute", "--", str(script)]
    gateway = "127.0.0.1", int(made.environment["GATEWAY_PORT"])
    with ThreadingHTTPServer(gateway, BaseHTTPRequestHandler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        subprocess.run(
            [sys.executable, *command],
            cwd=PROJECT_ROOT,
            env=made.environment,
            umask=0o022,
            check=True,
            timeout=60,
        )
        server.shutdown()
    assert made.state.stat().st_mode & 0o777 == 0o700
    assert [file for file in made.state.rglob("*") if file.stat().st_mode & 0o077] == []
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o644
