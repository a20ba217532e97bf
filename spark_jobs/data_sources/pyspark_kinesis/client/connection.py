"""Makes the boto3 client; the only module that needs boto3 to be imported."""

from datetime import UTC, datetime

import boto3
from botocore.config import Config
from botocore.session import Session, get_session
from botocore.utils import parse_timestamp

from ..options import Options
from .kinesis import Kinesis

_TIMEOUTS = Config(
    connect_timeout=5,
    read_timeout=10,
    retries={"total_max_attempts": 1},  # we wait and repeat ourselves, shard by shard
    tcp_keepalive=True,
)


def connect(options: Options) -> Kinesis:
    client = boto3.Session(botocore_session=_session()).client(
        "kinesis",
        region_name=options.region,
        endpoint_url=options.endpoint_url,
        aws_access_key_id=options.access_key,
        aws_secret_access_key=options.secret_key,
        aws_session_token=options.session_token,
        config=_TIMEOUTS,
    )
    return Kinesis(client, options.max_shards_per_describe)


def _session() -> Session:
    """Times come in UTC: botocore's own way, by the local zone of dateutil, is a third of the work of a read."""
    session = get_session()
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_moment)
    return session


def _moment(value: float | str) -> datetime:
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    moment: datetime = parse_timestamp(value)
    return moment
