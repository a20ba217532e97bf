"""Clients of the stack's S3 and Kinesis, emulated or real: only the settings differ."""

from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from services.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_s3 import S3Client


def s3_client(settings: Settings, config: Config | None = None) -> "S3Client":
    """A boto3 S3 client; `config` says how long it waits and how often it retries."""
    return boto3.client("s3", config=config, **_where(settings))


def kinesis_client(settings: Settings, config: Config | None = None) -> "KinesisClient":
    """A boto3 Kinesis client."""
    return boto3.client("kinesis", config=config, **_where(settings))


def _where(settings: Settings) -> dict[str, Any]:
    """Empty keys mean boto3's own search, as against real AWS."""
    return {
        "endpoint_url": settings.aws_endpoint_url,
        "region_name": settings.aws_default_region,
        "aws_access_key_id": settings.aws_access_key_id.get_secret_value() or None,
        "aws_secret_access_key": settings.aws_secret_access_key.get_secret_value() or None,
    }
