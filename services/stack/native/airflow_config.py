"""Airflow's configuration, as the environment variables of its own processes."""

import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from services.settings import HOST, PROJECT_ROOT, Settings
from services.stack.service import Layout

CHECKOUT = PROJECT_ROOT / "airflow"
"""MWAA's layout: `dags/`, `plugins/`, `requirements/`, `startup/`."""

TASKS_AT_ONCE = 4

_QUIET = "airflow.dag_processing.manager=WARNING airflow.dag_processing.bundles=WARNING"
"""It would log every look at the folders, several lines a second."""

_RECOVERY = {
    "enable_health_check": "False",
    "scheduler_health_check_threshold": "20",
    "orphaned_tasks_check_interval": "10",
    "task_instance_heartbeat_timeout": "60",
    "task_queued_timeout_check_interval": "30",
}
"""Seconds until what a killed scheduler or worker had begun is begun anew."""

_SUBMISSION = 587
_TLS_FROM_THE_START = 465


def home(layout: Layout) -> Path:
    """AIRFLOW_HOME: the database, the passwords and what was installed for the user's DAGs."""
    return layout.state / "airflow"


def database(layout: Layout) -> Path:
    """The metadata database."""
    return home(layout) / "airflow.db"


def passwords_file(layout: Layout) -> Path:
    """The passwords of SimpleAuthManager, name → password."""
    return home(layout) / "passwords.json"


def variables(settings: Settings, layout: Layout, component: str = "") -> dict[str, str]:
    """What Airflow's processes find in their environment, secrets included."""
    options = {
        f"AIRFLOW__{section.upper()}__{key.upper()}": value
        for section, keys in _sections(settings, layout, component).items()
        for key, value in keys.items()
    }
    return {
        "AIRFLOW_HOME": str(home(layout)),
        **options,
        **_connections(settings),
        **_for_dags(settings),
    }


def _sections(settings: Settings, layout: Layout, component: str) -> dict[str, Mapping[str, str]]:
    return {
        "core": _core(settings, layout),
        "database": {"sql_alchemy_conn": _connection(layout, component)},
        "api": {
            "host": HOST,
            "port": str(settings.airflow_port),
            "base_url": settings.airflow_url,
            "workers": "1",
            "worker_timeout": "10",
            "secret_key": settings.airflow_secret_key.get_secret_value(),
        },
        "api_auth": {"jwt_secret": settings.airflow_secret_key.get_secret_value()},
        "logging": {
            "base_log_folder": str(layout.logs / "airflow"),
            "dag_processor_child_process_log_directory": str(layout.logs / "airflow" / "dags"),
            "colored_console_log": "False",
            "namespace_levels": _QUIET,
        },
        "dag_processor": _dag_processor(settings, layout),
        "scheduler": _RECOVERY,
    }


def _connection(layout: Layout, component: str) -> str:
    """SQLite's address, with the seconds that a writer waits for another one.

    The API server logs each change (`log_action`) in the event loop that another request may need for its own commit:
    such two wait for each other until the time is up. The loser answers 500, and is asked again.
    """
    seconds = 5 if component == "api-server" else 30
    return f"sqlite:///{database(layout)}?timeout={seconds}"


def _core(settings: Settings, layout: Layout) -> dict[str, str]:
    return {
        "executor": "LocalExecutor",
        "parallelism": str(TASKS_AT_ONCE),
        "mp_start_method": "fork",
        "dags_folder": str(CHECKOUT / "dags"),
        "plugins_folder": str(CHECKOUT / "plugins"),
        "load_examples": "False",
        "hostname_callable": "socket.gethostname",
        "execution_api_server_url": f"http://{HOST}:{settings.airflow_port}/execution/",
        "simple_auth_manager_users": f"{settings.airflow_user}:admin",
        "simple_auth_manager_passwords_file": str(passwords_file(layout)),
        "fernet_key": settings.airflow_fernet_key.get_secret_value(),
        "min_serialized_dag_update_interval": "5",
        "test_connection": "Enabled",
    }


def _dag_processor(settings: Settings, layout: Layout) -> dict[str, str]:
    """A new or changed file of the user's is seen within some ten seconds."""
    return {
        "dag_bundle_config_list": json.dumps(_bundles(settings)),
        "dag_bundle_storage_path": str(home(layout) / "bundles"),
        "refresh_interval": "5",
        "bundle_refresh_check_interval": "2",
        "min_file_process_interval": "30",
        "parsing_processes": "1",
        "print_stats_interval": "0",
    }


def _bundles(settings: Settings) -> list[dict[str, object]]:
    """Our own DAGs, and the user's (`airflow/plugins/user_dags.py`)."""
    ours: dict[str, object] = {
        "name": "pincloud",
        "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
        "kwargs": {"path": str(CHECKOUT / "dags")},
    }
    users: dict[str, object] = {
        "name": "user",
        "classpath": "user_dags.UserDagBundle",
        "kwargs": {
            "path": str(settings.user_dags_dir.resolve()),
            "taken": f"{settings.user_id}_dag",
        },
    }
    return [ours, users]


def _connections(settings: Settings) -> dict[str, str]:
    """The workspace as the connection that the course's DAGs name; the mail server when there is one."""
    workspace = urlsplit(settings.workspace_url)
    databricks = {
        "conn_type": "databricks",
        "host": workspace.hostname,
        "schema": workspace.scheme,
        "port": workspace.port,
        "password": settings.workspace_token.get_secret_value(),
    }
    mail = (
        {"AIRFLOW_CONN_SMTP_DEFAULT": json.dumps(_mail(settings))} if settings.smtp_server else {}
    )
    return {"AIRFLOW_CONN_DATABRICKS_DEFAULT": json.dumps(databricks), **mail}


def _mail(settings: Settings) -> dict[str, object]:
    """The connection to `SMTP_SERVER` (`host` or `host:port`): TLS as that port expects it."""
    server = urlsplit(f"//{settings.smtp_server}")
    port = server.port or _SUBMISSION
    return {
        "conn_type": "smtp",
        "host": server.hostname,
        "port": port,
        "login": settings.smtp_user,
        "password": settings.smtp_password.get_secret_value(),
        "extra": {
            "from_email": settings.smtp_user or settings.alert_email,
            "disable_ssl": port != _TLS_FROM_THE_START,
            "disable_tls": port != _SUBMISSION,
        },
    }


def _for_dags(settings: Settings) -> dict[str, str]:
    """What our own DAGs and plugins read."""
    return {
        "PINCLOUD_USER_ID": settings.user_id,
        "PINCLOUD_WORKSPACE_URL": settings.workspace_url,
        "PINCLOUD_SMTP_SERVER": settings.smtp_server,
        "PINCLOUD_SMTP_USER": settings.smtp_user,
        "PINCLOUD_SMTP_PASSWORD": settings.smtp_password.get_secret_value(),
        "PINCLOUD_ALERT_EMAIL": settings.alert_email,
    }
