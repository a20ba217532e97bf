"""Every setting of the project, typed; the only module that reads the environment.

Values come from, strongest first: arguments, the environment, the `.env` file, the files of the folder
`SECRETS_DIR` (a container's secrets: the file's name is the field's), the defaults below.
Ambient AWS credentials are not taken unless `AWS_ENDPOINT_URL` is set beside them: a developer's
real keys must not end up in a local emulator by accident.
"""

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from services.checkout.environment import inherited
from services.checkout.location import PROJECT_ROOT, env_file, env_text, home

__all__ = [
    "HOST",
    "PROJECT_ROOT",
    "Port",
    "Settings",
    "SettingsError",
    "env_file",
    "inherited_without_settings",
    "load_settings",
]

HOST = "127.0.0.1"
"""The only address of this machine that anything of ours listens on; a container listens on all of its own
(`LISTEN_HOST=0.0.0.0`), and is published on this one."""

Port = Annotated[int, Field(ge=1, le=65535)]


_AMBIENT = {"aws_access_key_id", "aws_secret_access_key", "aws_default_region"}


def _regex(text: str) -> str:
    """The text, when it is a regular expression."""
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    return text


class SettingsError(SystemExit):
    """A value cannot be used; the message names the setting, where it was set, and what is expected.

    No command can go on without its settings: uncaught, this ends it with the message and exit code 1.
    """


class _Environment(EnvSettingsSource):
    """The process environment, without AWS credentials that were meant for another cloud."""

    def __call__(self) -> dict[str, Any]:
        values = super().__call__()
        if "AWS_ENDPOINT_URL" in os.environ:
            return values
        return {key: value for key, value in values.items() if key not in _AMBIENT}


class Settings(BaseSettings):
    """Settings of one stack. The name in the environment is the field's, in capitals."""

    model_config = SettingsConfigDict(env_file_encoding="utf-8-sig", extra="ignore")

    user_id: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")] = "0a1b2c3d4e5f"
    stack_user_id: Annotated[str, Field(pattern=r"^([0-9a-f]{12})?$")] = ""
    state_dir: Path = Field(default_factory=lambda: home() / ".state")
    listen_host: str = HOST
    allowed_hosts: str = ""
    allowed_origins: str = ""
    lake_dir: Path | None = None

    mysql_host: str = HOST
    mysql_port: Port = 3306
    mysql_database: str = "pinterest_data"
    mysql_user: str = "pincloud"
    mysql_password: SecretStr = SecretStr("")
    mysql_reader_user: str = "reader"
    mysql_reader_password: SecretStr = SecretStr("")

    kafka_port: Port = 9092
    kafka_controller_port: Port = 9093
    kafka_bootstrap: str = ""
    kafka_rest_url: Annotated[str, Field(pattern=r"^(https?://[^\s/]+(/\S*)?)?$")] = ""
    kafka_log_flush_interval_messages: Annotated[int, Field(ge=1)] = 1
    topic_partitions: Annotated[int, Field(ge=1, le=64)] = 1

    gateway_port: Port = 8082
    gateway_url: str = ""
    gateway_stage: str = "prod"
    gateway_consumers: Annotated[int, Field(ge=1, le=1000)] = 64
    gateway_consumer_idle: Annotated[float, Field(gt=0)] = 300.0

    sink_port: Port = 8083
    sink_topics_regex: Annotated[str, AfterValidator(_regex)] = r"[0-9a-f]{12}\.(pin|geo|user)"
    sink_flush_size: Annotated[int, Field(ge=1)] = 1000
    sink_flush_bytes: Annotated[int, Field(ge=1)] = 8 * 1024 * 1024
    sink_rotate_interval: Annotated[float, Field(gt=0)] = 5.0

    aws_engine: Literal["localstack", "durable"] = "localstack"
    aws_port: Port = 4566
    aws_endpoint_url: str = ""
    aws_access_key_id: SecretStr = SecretStr("")
    aws_secret_access_key: SecretStr = SecretStr("")
    aws_default_region: str = "us-east-1"
    s3_fsync: bool = True

    kinesis_port: Port = 4568
    stream_shards: Annotated[int, Field(ge=1, le=64)] = 2
    stream_retention_hours: Annotated[int, Field(ge=24, le=8760)] = 24

    spark_port: Port = 15002
    spark_ui_port: Port = 4040
    spark_ui_backend_port: Port = 4041
    spark_remote: str = ""
    spark_token: SecretStr = SecretStr("")
    spark_master: str = "local[*]"
    spark_memory: Annotated[str, Field(pattern=r"^[1-9]\d*[mg]$")] = "1g"

    workspace_port: Port = 8070
    workspace_url: str = ""
    workspace_token: SecretStr = SecretStr("")
    workspace_dir: Path = PROJECT_ROOT / "spark_jobs" / "notebooks"
    jupyter_port: Port = 8888
    jupyter_token: SecretStr = SecretStr("")

    airflow_port: Port = 8080
    airflow_url: str = ""
    airflow_user: str = "admin"
    airflow_password: SecretStr = SecretStr("")
    airflow_secret_key: SecretStr = SecretStr("")
    airflow_fernet_key: SecretStr = SecretStr("")
    airflow_triggerer: bool = False
    user_dags_dir: Path = PROJECT_ROOT / "airflow" / "dags" / "user"

    smtp_server: str = ""
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    alert_email: str = ""

    @model_validator(mode="after")
    def _derive_endpoints(self) -> "Settings":
        """Fill the addresses that follow from the ports."""
        derived = {
            "kafka_bootstrap": f"{HOST}:{self.kafka_port}",
            "gateway_url": f"http://{HOST}:{self.gateway_port}",
            "aws_endpoint_url": f"http://{HOST}:{self.aws_port}",
            "spark_remote": f"sc://{HOST}:{self.spark_port}",
            "workspace_url": f"http://{HOST}:{self.workspace_port}",
            "airflow_url": f"http://{HOST}:{self.airflow_port}",
        }
        for name, value in derived.items():
            if not getattr(self, name):
                object.__setattr__(self, name, value)
        return self

    @model_validator(mode="after")
    def _take_token_of_remote(self) -> "Settings":
        """A token that stands in SPARK_REMOTE is a secret as SPARK_TOKEN is, and belongs to that very address."""
        address, *parameters = self.spark_remote.split(";")
        kept = [address]
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name in {"token", "authorization"}:
                token = unquote(value).removeprefix("Bearer ")
                object.__setattr__(self, "spark_token", SecretStr(token))
            else:
                kept.append(parameter)
        remote = ";".join(kept) if len(kept) > 1 else address.rstrip("/")
        object.__setattr__(self, "spark_remote", remote)
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """See the module's docstring for the order."""
        return init_settings, _Environment(settings_cls), dotenv_settings, file_secret_settings

    @property
    def lake(self) -> Path:
        """Root of the Delta lake."""
        return self.lake_dir or self.state_dir / "lake"

    @property
    def batch_lake(self) -> Path:
        """Root of the user's batch tables: the lake's own, unless the stack was started for another user."""
        if self.stack_user_id in {"", self.user_id}:
            return self.lake
        return self.lake / "users" / self.user_id

    @property
    def dbfs(self) -> Path:
        """What notebooks see as `dbfs:/`; their managed tables lie in its `user/hive/warehouse`."""
        return self.state_dir / "dbfs"

    @property
    def workspace_state(self) -> Path:
        """What the workspace remembers: jobs, runs with their executed notebooks, mounts, secrets."""
        return self.state_dir / "workspace"

    @property
    def journal_dir(self) -> Path:
        """Folder of the emulators' journals."""
        return self.state_dir / "journals"


def load_settings(**overrides: Any) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: a value is out of range.
        EnvFileError: `.env` cannot be read.
    """
    env_text(env_file())
    source: dict[str, Any] = {
        "_env_file": env_file(),
        "_secrets_dir": os.environ.get("SECRETS_DIR"),
        **overrides,
    }
    try:
        return Settings(**source)
    except ValidationError as error:
        raise SettingsError("\n".join(_complaint(row) for row in error.errors())) from error


def inherited_without_settings() -> dict[str, str]:
    """The environment for a child process that is to find none of our settings, but what it is given beside."""
    return inherited(without={name.upper() for name in Settings.model_fields})


def _complaint(error: ErrorDetails) -> str:
    name = str(error["loc"][0]).upper() if error["loc"] else "the settings"
    where = "the environment" if name in os.environ else env_file()
    return (
        f"{name}={error['input']} in {where}: {error['msg']}. Correct it and run the command again."
    )
