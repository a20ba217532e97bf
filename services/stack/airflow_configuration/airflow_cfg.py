"""Airflow's configuration, as the environment variables of its own processes."""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from services.settings import Settings
from services.stack.airflow_configuration.connections import connections
from services.stack.airflow_configuration.deployment import AirflowDeployment

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

_INTERVALS = {"create_cron_data_intervals": "True", "create_delta_data_intervals": "True"}
"""A daily run is that of the day before, as in Airflow 2; Airflow 3's own default gives it an empty interval."""

_EXECUTION_API_RETRIES = {
    "execution_api_retries": "12",
    "execution_api_retry_wait_max": "10",
    "execution_api_timeout": "15",
}
"""A task that has ended goes on telling so for a minute: the API server may be starting anew."""

_MWAA_NAMES = {"api-server": "webserver", "triggerer": "worker"}
"""What MWAA calls a component; it has one word for the scheduler and the DAG processor."""


def variables(
    settings: Settings, deployment: AirflowDeployment, component: str = "scheduler"
) -> dict[str, str]:
    """What a component of Airflow finds in its environment, secrets included."""
    options = {
        f"AIRFLOW__{section.upper()}__{key.upper()}": value
        for section, keys in _sections(settings, deployment, component).items()
        for key, value in keys.items()
    }
    return {
        "AIRFLOW_HOME": str(deployment.home),
        "PYTHONUNBUFFERED": "1",
        "MALLOC_ARENA_MAX": "2",
        "SPT_NOENV": "1",
        "MWAA_AIRFLOW_COMPONENT": _MWAA_NAMES.get(component, "scheduler"),
        **options,
        **connections(settings, deployment),
        **_for_dags(settings, deployment),
    }


def _sections(
    settings: Settings, deployment: AirflowDeployment, component: str
) -> dict[str, Mapping[str, str]]:
    return {
        "core": _core(settings, deployment),
        "database": {"sql_alchemy_conn": _connection(deployment, component)},
        "api": {
            "host": deployment.host,
            "port": str(deployment.port),
            "base_url": settings.airflow_url,
            "workers": "1",
            "worker_timeout": "10",
            "secret_key": settings.airflow_secret_key.get_secret_value(),
        },
        "api_auth": {"jwt_secret": settings.airflow_secret_key.get_secret_value()},
        "logging": {
            "base_log_folder": str(deployment.logs),
            "dag_processor_child_process_log_directory": str(deployment.logs / "dags"),
            "colored_console_log": "False",
            "namespace_levels": _QUIET,
        },
        "dag_processor": _dag_processor(settings, deployment),
        "scheduler": {**_RECOVERY, **_INTERVALS},
        "workers": _EXECUTION_API_RETRIES,
    }


def _connection(deployment: AirflowDeployment, component: str) -> str:
    """SQLite's address, with the seconds that a writer waits for another one.

    The API server logs each change (`log_action`) in the event loop that another request may need for its own commit:
    such two wait for each other until the time is up. The loser answers 500, and is asked again.
    """
    seconds = 5 if component == "api-server" else 30
    return f"sqlite:///{deployment.database}?timeout={seconds}"


def _core(settings: Settings, deployment: AirflowDeployment) -> dict[str, str]:
    return {
        "executor": "LocalExecutor",
        "parallelism": str(TASKS_AT_ONCE),
        "mp_start_method": "fork",
        "dags_folder": str(deployment.code / "dags"),
        "plugins_folder": str(deployment.code / "plugins"),
        "load_examples": "False",
        "dag_ignore_file_syntax": "regexp",
        "hostname_callable": "socket.gethostname",
        "execution_api_server_url": deployment.execution_api,
        "simple_auth_manager_users": f"{settings.airflow_user}:admin",
        "simple_auth_manager_passwords_file": str(deployment.passwords),
        "fernet_key": settings.airflow_fernet_key.get_secret_value(),
        "min_serialized_dag_update_interval": "5",
        "test_connection": "Enabled",
    }


def _dag_processor(settings: Settings, deployment: AirflowDeployment) -> dict[str, str]:
    """A new or changed file of the user's is seen within some ten seconds."""
    return {
        "dag_bundle_config_list": json.dumps(_bundles(settings, deployment)),
        "dag_bundle_storage_path": str(deployment.home / "bundles"),
        "refresh_interval": "5",
        "bundle_refresh_check_interval": "2",
        "min_file_process_interval": "30",
        "parsing_processes": "1",
        "print_stats_interval": "0",
    }


def _bundles(settings: Settings, deployment: AirflowDeployment) -> list[dict[str, object]]:
    """Our own DAGs, and the user's (`airflow/plugins/user_dags.py`)."""
    own: dict[str, object] = {
        "name": "pincloud",
        "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
        "kwargs": {"path": str(deployment.code / "dags")},
    }
    user: dict[str, object] = {
        "name": "user",
        "classpath": "user_dags.UserDagBundle",
        "kwargs": {
            "path": str(deployment.user_dags),
            "taken": f"{settings.user_id}_dag",
            "triggerer": settings.airflow_triggerer,
        },
    }
    return [own, user]


def _for_dags(settings: Settings, deployment: AirflowDeployment) -> dict[str, str]:
    """What our own DAGs and plugins read."""
    own = urlsplit(deployment.execution_api).hostname
    return {
        "PINCLOUD_USER_ID": settings.user_id,
        "PINCLOUD_ALLOWED_HOSTS": ",".join(filter(None, [own, settings.allowed_hosts])),
        "PINCLOUD_ALLOWED_ORIGINS": settings.allowed_origins,
        "PINCLOUD_WORKSPACE_URL": deployment.workspace,
        "PINCLOUD_SMTP_SERVER": settings.smtp_server,
        "PINCLOUD_SMTP_USER": settings.smtp_user,
        "PINCLOUD_SMTP_PASSWORD": settings.smtp_password.get_secret_value(),
        "PINCLOUD_ALERT_EMAIL": settings.alert_email,
    }
