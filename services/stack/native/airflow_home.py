"""What Airflow expects to find: its database in the right version, and the password of its user."""

import fcntl
import json
import sqlite3
import subprocess
from contextlib import closing

from services.private_file import write_private
from services.settings import Settings
from services.setup.environment import environment_dir
from services.stack.native.airflow_config import database, home, passwords_file
from services.stack.native.airflow_process import command, environment
from services.stack.service import Layout


def prepare(settings: Settings, layout: Layout) -> None:
    """Make or update what is there; every component may ask for it at once.

    Raises:
        subprocess.CalledProcessError: the database could not be migrated.
    """
    home(layout).mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home(layout) / "prepare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        write_password(settings, layout)
        _migrate(settings, layout)


def write_password(settings: Settings, layout: Layout) -> None:
    """Give Airflow's one user the password of `.env`."""
    passwords = {settings.airflow_user: settings.airflow_password.get_secret_value()}
    write_private(passwords_file(layout), json.dumps(passwords))


def _migrate(settings: Settings, layout: Layout) -> None:
    """Bring the database to this Airflow's version; one look at a file when that was done before."""
    marker = home(layout) / "migrated-for"
    version = environment_dir("airflow").name
    if database(layout).exists() and marker.exists() and marker.read_text("utf-8") == version:
        return
    subprocess.run(
        command("db", "migrate"),
        env=environment(settings, layout),
        check=True,
        capture_output=True,
    )
    _let_readers_in(layout)
    marker.write_text(version, encoding="utf-8")


def _let_readers_in(layout: Layout) -> None:
    """Write-ahead logging, which SQLite remembers in the file: a writer does not lock readers out."""
    with closing(sqlite3.connect(database(layout))) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
