"""What Airflow expects to find: its database in the right version, and the password of its user."""

import sqlite3
import subprocess
from contextlib import closing

from services.files import lock, private_folder, write_private
from services.settings import Settings
from services.setup.environment import environment_dir
from services.stack.airflow_configuration.deployment import AirflowDeployment
from services.stack.airflow_configuration.secret_files import passwords
from services.stack.layout import Layout
from services.stack.native.airflow_process.component import command, environment


def prepare(settings: Settings, layout: Layout) -> None:
    """Make or update what is there; every component may ask for it at once.

    Raises:
        subprocess.CalledProcessError: the database could not be migrated.
    """
    deployment = AirflowDeployment.on_this_machine(settings, layout)
    private_folder(deployment.home)
    with lock(deployment.home / "prepare.lock"):
        write_private(deployment.passwords, passwords(settings))
        _migrate(settings, layout, deployment)


def _migrate(settings: Settings, layout: Layout, deployment: AirflowDeployment) -> None:
    """Bring the database to this Airflow's version; one look at a file when that was done before."""
    marker = deployment.home / "migrated-for"
    version = environment_dir("airflow").name
    if deployment.database.exists() and marker.exists() and marker.read_text("utf-8") == version:
        return
    subprocess.run(
        command("db", "migrate"),
        env=environment(settings, layout),
        check=True,
        capture_output=True,
    )
    _let_readers_in(deployment)
    marker.write_text(version, encoding="utf-8")


def _let_readers_in(deployment: AirflowDeployment) -> None:
    """Write-ahead logging, which SQLite remembers in the file: a writer does not lock readers out."""
    with closing(sqlite3.connect(deployment.database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
