"""What Airflow's containers read from files, so that `docker inspect` shows no password or token."""

import json
import shlex
from urllib.parse import urlsplit

from services.settings import HOST, Settings
from services.stack.airflow_configuration.airflow_cfg import variables
from services.stack.airflow_configuration.deployment import AirflowDeployment


def airflow_environment(settings: Settings, component: str = "scheduler") -> dict[str, str]:
    """The environment of a component of Airflow that runs in a container."""
    deployment = AirflowDeployment.in_containers(settings)
    names = [
        HOST,
        "localhost",
        *(
            urlsplit(url).hostname
            for url in (deployment.execution_api, deployment.workspace, deployment.aws)
        ),
    ]
    direct = ",".join(filter(None, names))
    return {**variables(settings, deployment, component), "NO_PROXY": direct, "no_proxy": direct}


def passwords(settings: Settings) -> str:
    """The file of SimpleAuthManager: Airflow's one user has the password of `.env`."""
    return json.dumps({settings.airflow_user: settings.airflow_password.get_secret_value()})


def secret_files(settings: Settings) -> dict[str, str]:
    """The secrets of `docker-compose.yml` that are Airflow's, name → content."""
    return {
        "airflow_environment": _exports(airflow_environment(settings)),
        "airflow_api_environment": _exports(airflow_environment(settings, "api-server")),
        "airflow_passwords": passwords(settings),
    }


def _exports(environment: dict[str, str]) -> str:
    """Lines that a shell can source."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in environment.items())
