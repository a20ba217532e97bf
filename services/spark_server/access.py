"""Who gets in: the tokens of Spark Connect, of its UI, and of Spark's own ports between its processes."""

import hmac
from collections.abc import Mapping

from services.settings import Settings, SettingsError
from services.spark_ui.jws import secret_key

_FILTER = "org.apache.spark.ui.JWSFilter"

_PURPOSE = b"pincloud: Spark's processes"


def configuration(settings: Settings) -> Mapping[str, str]:
    """Of the server; it holds secrets.

    Raises:
        SettingsError: there is no token.
    """
    return {
        "spark.connect.authenticate.token": _token(settings),
        "spark.ui.killEnabled": "false",
        "spark.ui.filters": _FILTER,
        f"spark.{_FILTER}.param.secretKey": secret_key(settings),
        **between_processes(settings),
    }


def between_processes(settings: Settings) -> Mapping[str, str]:
    """Driver, block managers, master, workers and executors talk to nobody who has not the same secret.

    Raises:
        SettingsError: there is no token.
    """
    key = hmac.new(_token(settings).encode(), _PURPOSE, "sha256").hexdigest()
    return {"spark.authenticate": "true", "spark.authenticate.secret": key}


def _token(settings: Settings) -> str:
    token = settings.spark_token.get_secret_value()
    if not token:
        raise SettingsError("SPARK_TOKEN is not set; `make up` generates it, or put one into .env")
    return token
