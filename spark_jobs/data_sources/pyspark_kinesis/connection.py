"""Makes the boto3 client; the only module that needs boto3 to be imported."""

import boto3
from botocore.config import Config

from .kinesis import Kinesis
from .options import Options

_TIMEOUTS = Config(
    connect_timeout=5,
    read_timeout=10,
    retries={"total_max_attempts": 1},  # we wait and repeat ourselves, shard by shard
    tcp_keepalive=True,
)


def connect(options: Options) -> Kinesis:
    """A client for one process."""
    client = boto3.client(
        "kinesis",
        region_name=options.region,
        endpoint_url=options.endpoint_url,
        aws_access_key_id=options.access_key,
        aws_secret_access_key=options.secret_key,
        aws_session_token=options.session_token,
        config=_TIMEOUTS,
    )
    return Kinesis(client, options.max_shards_per_describe)
