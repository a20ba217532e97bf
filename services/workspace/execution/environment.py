"""What a kernel or a Python file finds in its environment."""

import os
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from services.private_file import write_private
from services.settings import PROJECT_ROOT, Settings

_FILE = "kernel.env"


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment of a process that executes users' code.

    It gets these very settings from a private file: no secret stands in its environment, where any notebook
    prints it, and none of the developer's own AWS keys are in sight. The checkout can be imported.
    """
    state = settings.workspace_state.resolve()
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(state / _FILE, _env_file(settings))
    ours = {name.upper() for name in Settings.model_fields}
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    return {
        **inherited,
        "ENV_FILE": str(state / _FILE),
        "SPARK_REMOTE": settings.spark_remote,
        "PYTHONPATH": os.pathsep.join(
            filter(None, (str(PROJECT_ROOT), inherited.get("PYTHONPATH")))
        ),
        "PYTHONUNBUFFERED": "1",
        "IPYTHONDIR": str(state / "ipython"),
    }


def _env_file(settings: Settings) -> str:
    values = {name: getattr(settings, name) for name in Settings.model_fields}
    return "".join(
        f"{name.upper()}={_quoted(value)}\n" for name, value in values.items() if value is not None
    )


def _quoted(value: Any) -> str:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, Path):
        value = value.resolve()
    text = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"
