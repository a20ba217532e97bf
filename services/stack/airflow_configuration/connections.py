"""The connections that DAGs name, as Airflow reads them from its environment."""

import json
from urllib.parse import urlsplit

from services.settings import Settings
from services.stack.airflow_configuration.deployment import AirflowDeployment

_SUBMISSION = 587
_TLS_FROM_THE_START = 465


def connections(settings: Settings, deployment: AirflowDeployment) -> dict[str, str]:
    """The workspace and S3 under the names that the course's DAGs use; the mail server when there is one."""
    found = {
        "AIRFLOW_CONN_DATABRICKS_DEFAULT": json.dumps(_databricks(settings, deployment)),
        "AIRFLOW_CONN_AWS_DEFAULT": json.dumps(_aws(settings, deployment)),
    }
    if settings.smtp_server:
        found["AIRFLOW_CONN_SMTP_DEFAULT"] = json.dumps(_mail(settings))
    return found


def _databricks(settings: Settings, deployment: AirflowDeployment) -> dict[str, object]:
    workspace = urlsplit(deployment.workspace)
    return {
        "conn_type": "databricks",
        "host": workspace.hostname,
        "schema": workspace.scheme,
        "port": workspace.port,
        "password": settings.workspace_token.get_secret_value(),
    }


def _aws(settings: Settings, deployment: AirflowDeployment) -> dict[str, object]:
    return {
        "conn_type": "aws",
        "login": settings.aws_access_key_id.get_secret_value(),
        "password": settings.aws_secret_access_key.get_secret_value(),
        "extra": {"endpoint_url": deployment.aws, "region_name": settings.aws_default_region},
    }


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
