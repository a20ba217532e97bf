"""The environment variables of a kernel or a Python file: settings by file, no secret in sight."""

import os
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from services.aws import is_aws
from services.files import write_private
from services.settings import PROJECT_ROOT, Settings, inherited_without_settings

_FILE = "kernel.env"
_AWS_FILE = "aws_credentials"


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment of a process that executes users' code.

    It gets these very settings from a private file: no secret stands in its environment, where any notebook
    prints it, and none of the developer's own AWS keys are in sight: boto3 finds the local S3 and Kinesis. The
    checkout can be imported.
    """
    state = settings.workspace_state.resolve()
    write_private(state / _FILE, _env_file(settings))
    caller = inherited_without_settings()
    return {
        **caller,
        **_local_cloud(settings),
        "ENV_FILE": str(state / _FILE),
        "SPARK_REMOTE": settings.spark_remote,
        "PYTHONPATH": os.pathsep.join(filter(None, (str(PROJECT_ROOT), caller.get("PYTHONPATH")))),
        "PYTHONUNBUFFERED": "1",
        "IPYTHONDIR": str(state / "ipython"),
    }


def _local_cloud(settings: Settings) -> dict[str, str]:
    """What leads boto3 to the local S3 and Kinesis, with their keys if the code names none; not to another AWS.

    The keys are in a private file, as every secret. Against a real AWS no endpoint is set, and without keys nothing.
    """
    key = settings.aws_access_key_id.get_secret_value()
    secret = settings.aws_secret_access_key.get_secret_value()
    if not (key and secret):
        return {}
    file = settings.workspace_state.resolve() / _AWS_FILE
    profile = f"[default]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n"
    write_private(file, profile)
    endpoint = {} if is_aws(settings) else {"AWS_ENDPOINT_URL": settings.aws_endpoint_url}
    return {
        **endpoint,
        "AWS_DEFAULT_REGION": settings.aws_default_region,
        "AWS_SHARED_CREDENTIALS_FILE": str(file),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_PROFILE": "default",
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
