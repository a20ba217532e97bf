"""Where an Airflow runs: all that differs between the two runtimes."""

from dataclasses import dataclass
from pathlib import Path

from services.settings import HOST, PROJECT_ROOT, Settings
from services.stack.layout import Layout

CHECKOUT = PROJECT_ROOT / "airflow"
"""MWAA's layout: `dags/`, `plugins/`, `requirements/`, `startup/`."""

_PORT = 8080
"""Airflow's own, inside its container."""


def native_home(layout: Layout) -> Path:
    """AIRFLOW_HOME of the native runtime; what was installed for the user's DAGs lies there, too."""
    return layout.state / "airflow"


@dataclass(frozen=True)
class AirflowDeployment:
    """The folders and addresses of one Airflow, as its own processes see them.

    Attributes:
        home: AIRFLOW_HOME: the database and the copies of the user's DAGs.
        logs: Tasks' and DAG files' logs; the API server shows them.
        code: Our `dags/` and `plugins/`.
        user_dags: The user's DAGs, as they are.
        passwords: The file of SimpleAuthManager, name → password; it wants to write there.
        host: The address that the API server listens on.
        port: Its port.
        execution_api: Where tasks find it.
        workspace: The Databricks workspace's URL.
        aws: The local S3's URL.
    """

    home: Path
    logs: Path
    code: Path
    user_dags: Path
    passwords: Path
    host: str
    port: int
    execution_api: str
    workspace: str
    aws: str

    @property
    def database(self) -> Path:
        return self.home / "airflow.db"

    @classmethod
    def on_this_machine(cls, settings: Settings, layout: Layout) -> "AirflowDeployment":
        """That of the native runtime."""
        home = native_home(layout)
        return cls(
            home=home,
            logs=layout.logs / "airflow",
            code=CHECKOUT,
            user_dags=settings.user_dags_dir.resolve(),
            passwords=home / "passwords.json",
            host=HOST,
            port=settings.airflow_port,
            execution_api=f"http://{HOST}:{settings.airflow_port}/execution/",
            workspace=settings.workspace_url,
            aws=settings.aws_endpoint_url,
        )

    @classmethod
    def in_containers(cls, settings: Settings) -> "AirflowDeployment":
        """That of the Compose runtime: `airflow/Dockerfile` and `docker-compose.yml` have the same names."""
        code = Path("/app/airflow")
        return cls(
            home=Path("/state/airflow"),
            logs=Path("/state/logs"),
            code=code,
            user_dags=code / "user_dags",
            passwords=Path("/tmp/passwords.json"),  # noqa: S108 - a container's own tmpfs
            host="0.0.0.0",  # noqa: S104 - published on 127.0.0.1 alone
            port=_PORT,
            execution_api=f"http://airflow_api:{_PORT}/execution/",
            workspace=f"http://workspace:{settings.workspace_port}",
            aws="http://aws:4566",
        )
