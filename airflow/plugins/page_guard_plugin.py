"""Puts the page guard before all that Airflow's API server answers."""

import os
from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin
from page_guard import PageGuard


def _names(variable: str) -> list[str]:
    """A list with commas, as `.env` has it."""
    parts = os.environ.get(variable, "").split(",")
    return [part.strip().lower().rstrip("/") for part in parts if part.strip()]


class PageGuardPlugin(AirflowPlugin):  # type: ignore[misc]  # Airflow lives in an environment of its own
    """Airflow's hook for middleware."""

    name = "page_guard"
    fastapi_root_middlewares: ClassVar[list[dict[str, Any]]] = [
        {
            "name": "page guard",
            "middleware": PageGuard,
            "kwargs": {
                "hosts": _names("PINCLOUD_ALLOWED_HOSTS"),
                "origins": _names("PINCLOUD_ALLOWED_ORIGINS"),
            },
        }
    ]
