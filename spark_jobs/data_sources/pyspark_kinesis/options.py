"""The options of `format("kinesis")`: Databricks' names, checked once, as a value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from . import initial_position, units
from .errors import OptionError
from .given_options import GivenOptions
from .initial_position import InitialPosition
from .stream_names import streams as stream_names

_AWS_RATE = 2
"""MB a second that AWS gives from one shard."""


@dataclass(frozen=True)
class Options:
    """What one query asked for; times are seconds, sizes bytes.

    Attributes:
        max_records_per_fetch: Limit of one GetRecords.
        max_records_per_trigger: Most records of one micro-batch, all shards together.
        max_bytes_per_trigger: A micro-batch takes no further page (10 MiB at most) once it holds this much.
        max_fetch_rate: Bytes a second and shard; None is as fast as Kinesis gives.
        min_fetch_period: Time between two reads of one shard; AWS allows five reads a second.
        fail_on_log_loss: Whether a stream that was made anew, or whose newest records are gone, ends the query.
        retry_timeout: For how long Kinesis may fail before the query fails.
        warnings: Sentences for the user about options that have no effect.
    """

    streams: tuple[str, ...]
    region: str
    endpoint_url: str | None
    initial_position: InitialPosition
    access_key: str | None = field(repr=False)
    secret_key: str | None = field(repr=False)
    session_token: str | None = field(repr=False)
    max_records_per_fetch: int
    max_records_per_trigger: int
    max_bytes_per_trigger: int
    max_fetch_rate: float | None
    min_fetch_period: float
    shard_fetch_interval: float
    max_shards_per_describe: int
    retry_timeout: float
    fail_on_data_loss: bool
    fail_on_log_loss: bool
    warnings: tuple[str, ...]


def parse(options_given: Mapping[str, str]) -> Options:
    """Check the options of one query; their names may be in any letter case.

    Raises:
        OptionError: a value cannot be used.
    """
    given = GivenOptions({name.lower(): value for name, value in options_given.items()})
    options = _options(given)
    both = (options.access_key, options.secret_key)
    if any(both) and not all(both):
        raise OptionError(
            "Option awsAccessKey or awsSecretKey is missing: give both of them, or neither "
            "(then AWS's default chain is searched)."
        )
    if options.session_token and not options.access_key:
        raise OptionError("Option awsSessionToken goes with awsAccessKey and awsSecretKey.")
    return options


def _options(given: GivenOptions) -> Options:
    streams, region = stream_names(given)
    rate = given.value("maxFetchRate", _rate, "MB a second above 0, 2 at most", None)
    return Options(
        streams=streams,
        region=given.text("region") or region or "us-east-1",
        endpoint_url=given.text("endpointUrl", "endpoint", "regionEndpoint"),
        initial_position=given.value(
            "initialPosition", initial_position.parse, _POSITIONS, InitialPosition("latest")
        ),
        access_key=given.text("awsAccessKey"),
        secret_key=given.text("awsSecretKey"),
        session_token=given.text("awsSessionToken"),
        max_records_per_fetch=given.value(
            "maxRecordsPerFetch", _between(1, 10_000), "a number from 1 to 10000", 10_000
        ),
        max_records_per_trigger=given.value(
            "maxRecordsPerTrigger", _between(1, 10**9), "a number from 1", 10_000
        ),
        max_bytes_per_trigger=given.value(
            "fetchBufferSize", units.size, "a size such as 64mb or 1gb", 64 * 2**20
        ),
        max_fetch_rate=rate,
        min_fetch_period=given.value("minFetchPeriod", units.seconds, _DURATION, 0.2),
        shard_fetch_interval=given.value("shardFetchInterval", units.seconds, _DURATION, 1.0),
        max_shards_per_describe=given.value(
            "maxShardsPerDescribe", _between(1, 10_000), "a number from 1 to 10000", 1000
        ),
        retry_timeout=given.value("retryTimeout", units.seconds, _DURATION, 60.0),
        fail_on_data_loss=given.value("failOnDataLoss", _flag, "true or false", default=True),
        fail_on_log_loss=given.value("failOnLogLoss", _flag, "true or false", default=True),
        warnings=tuple(given.warnings()),
    )


_DURATION = "a duration with its unit, such as 400ms or 1s"
_POSITIONS = (
    'latest, trim_horizon, earliest, or {"at_timestamp": "06/25/2020 10:23:45 PDT", '
    '"format": "MM/dd/yyyy HH:mm:ss ZZZ"} (without a format: ISO 8601)'
)


def _between(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    return read


def _rate(text: str) -> float:
    """MB a second, given as bytes a second."""
    rate = float(text)
    if not 0 < rate <= _AWS_RATE:
        raise ValueError(text)
    return rate * 1_000_000


def _flag(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]
