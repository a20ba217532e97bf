"""Clients of the stack's S3 and Kinesis, emulated or AWS' own: only the settings differ.

`AWS_ENDPOINT_URL=aws` means AWS' own endpoints: of each service, in the region. Any other value is one
address that answers for both, as LocalStack's does.
"""

from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from services.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_s3 import S3Client

AWS = "aws"
"""The value of `aws_endpoint_url` that means AWS itself."""


def s3_client(settings: Settings, config: Config | None = None) -> "S3Client":
    """A boto3 S3 client; `config` says how long it waits and how often it retries."""
    return boto3.client("s3", **_arguments(settings, config))


def kinesis_client(settings: Settings, config: Config | None = None) -> "KinesisClient":
    return boto3.client("kinesis", **_arguments(settings, config))


def is_aws(settings: Settings) -> bool:
    """Whether S3 and Kinesis are AWS' own."""
    return settings.aws_endpoint_url == AWS


def s3_url(settings: Settings) -> str:
    """Where S3 is; makes no call."""
    return str(s3_client(settings).meta.endpoint_url)


def kinesis_url(settings: Settings) -> str:
    """Where Kinesis is; makes no call."""
    return str(kinesis_client(settings).meta.endpoint_url)


def s3a_options(settings: Settings) -> dict[str, str]:
    """Spark's options of `s3a://`, Hadoop's names with `spark.hadoop.` before them.

    A local S3 is asked by path, since `<bucket>.127.0.0.1` is no host, and its folders' markers have no ETag.
    Of AWS only the region is told: Hadoop finds the endpoint itself, and without keys AWS' own search goes on.
    """
    options = {"endpoint.region": settings.aws_default_region, **_keys(settings)}
    if not is_aws(settings):
        secure = settings.aws_endpoint_url.startswith("https:")
        options |= {
            "endpoint": settings.aws_endpoint_url,
            "path.style.access": "true",
            "connection.ssl.enabled": str(secure).lower(),
            "change.detection.version.required": "false",
        }
    return {f"spark.hadoop.fs.s3a.{name}": value for name, value in options.items()}


def kinesis_options(settings: Settings) -> dict[str, str]:
    """Options of `format("kinesis")`: where Kinesis is, and as whom to ask.

    AWS' endpoint is told in full: a variable `AWS_ENDPOINT_URL=aws` of Spark's own process would mislead boto3.
    """
    options = {
        "endpointUrl": kinesis_url(settings),
        "region": settings.aws_default_region,
        "awsAccessKey": settings.aws_access_key_id.get_secret_value(),
        "awsSecretKey": settings.aws_secret_access_key.get_secret_value(),
    }
    return {name: value for name, value in options.items() if value}


def _keys(settings: Settings) -> dict[str, str]:
    keys = {
        "access.key": settings.aws_access_key_id.get_secret_value(),
        "secret.key": settings.aws_secret_access_key.get_secret_value(),
    }
    return {name: value for name, value in keys.items() if value}


def _arguments(settings: Settings, config: Config | None) -> dict[str, Any]:
    """Empty keys mean boto3's own search; boto3 must not read `AWS_ENDPOINT_URL` by itself, `aws` is no address."""
    own = Config(ignore_configured_endpoint_urls=True)  # type: ignore[call-arg]  # the stubs lack it
    return {
        "config": config.merge(own) if config else own,
        "endpoint_url": None if is_aws(settings) else settings.aws_endpoint_url,
        "region_name": settings.aws_default_region,
        "aws_access_key_id": settings.aws_access_key_id.get_secret_value() or None,
        "aws_secret_access_key": settings.aws_secret_access_key.get_secret_value() or None,
    }
