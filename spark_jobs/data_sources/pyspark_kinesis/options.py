"""The options of `format("kinesis")`: Databricks' names, checked once, as a value."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from . import initial_position, units
from .errors import OptionError
from .initial_position import InitialPosition

Value = TypeVar("Value")

_AWS_RATE = 2
"""MB a second that AWS gives from one shard."""

_ARN = re.compile(r"arn:[^:]+:kinesis:(?P<region>[^:]*):[^:]*:stream/(?P<name>.+)")

_IGNORED = {
    "roleArn": "no role is assumed; the given keys, or AWS's default chain, are used",
    "roleExternalId": "no role is assumed",
    "roleSessionName": "no role is assumed",
    "stsEndpoint": "no role is assumed",
    "serviceCredential": "there is no Unity Catalog here",
    "shardsPerTask": "one process reads all shards",
    "coalesceThresholdBlockSize": "a batch is one block already",
    "coalesceBinSize": "a batch is one block already",
    "maxFetchDuration": "a batch takes one read of each shard",
    "consumerName": "shards are polled",
    "consumerNamePrefix": "shards are polled",
    "consumerRefreshInterval": "shards are polled",
    "registeredConsumerId": "shards are polled",
    "registeredConsumerIdType": "shards are polled",
    "requireConsumerDeregistration": "shards are polled",
    "maxPartitions": "a batch is one partition",
}
"""Accepted so that code written for Databricks runs; each is named once in a warning."""

_BY_LOWER = {name.lower(): name for name in _IGNORED}


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
        retry_timeout: For how long Kinesis may be in trouble before the query fails.
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


def parse(given: Mapping[str, str]) -> Options:
    """Check the options of one query; their names may be in any letter case.

    Raises:
        OptionError: a value cannot be used.
    """
    taken = _Taken({name.lower(): value for name, value in given.items()})
    options = _options(taken)
    both = (options.access_key, options.secret_key)
    if any(both) and not all(both):
        raise OptionError(
            "Option awsAccessKey or awsSecretKey is missing: give both of them, or neither "
            "(then AWS's default chain is searched)."
        )
    if options.session_token and not options.access_key:
        raise OptionError("Option awsSessionToken goes with awsAccessKey and awsSecretKey.")
    return options


def _options(taken: "_Taken") -> Options:
    streams, region = _streams(taken)
    rate = taken.value("maxFetchRate", _rate, "MB a second above 0, 2 at most", None)
    return Options(
        streams=streams,
        region=taken.text("region") or region or "us-east-1",
        endpoint_url=taken.text("endpointUrl", "endpoint", "regionEndpoint"),
        initial_position=taken.value(
            "initialPosition", initial_position.parse, _POSITIONS, InitialPosition("latest")
        ),
        access_key=taken.text("awsAccessKey"),
        secret_key=taken.text("awsSecretKey"),
        session_token=taken.text("awsSessionToken"),
        max_records_per_fetch=taken.value(
            "maxRecordsPerFetch", _between(1, 10_000), "a number from 1 to 10000", 10_000
        ),
        max_records_per_trigger=taken.value(
            "maxRecordsPerTrigger", _between(1, 10**9), "a number from 1", 10_000
        ),
        max_bytes_per_trigger=taken.value(
            "fetchBufferSize", units.size, "a size such as 64mb or 1gb", 64 * 2**20
        ),
        max_fetch_rate=rate,
        min_fetch_period=taken.value("minFetchPeriod", units.seconds, _DURATION, 0.2),
        shard_fetch_interval=taken.value("shardFetchInterval", units.seconds, _DURATION, 1.0),
        max_shards_per_describe=taken.value(
            "maxShardsPerDescribe", _between(1, 10_000), "a number from 1 to 10000", 1000
        ),
        retry_timeout=taken.value("retryTimeout", units.seconds, _DURATION, 60.0),
        fail_on_data_loss=taken.value("failOnDataLoss", _flag, "true or false", default=True),
        fail_on_log_loss=taken.value("failOnLogLoss", _flag, "true or false", default=True),
        warnings=tuple(taken.warnings()),
    )


_DURATION = "a duration with its unit, such as 400ms or 1s"
_POSITIONS = (
    'latest, trim_horizon, earliest, or {"at_timestamp": "06/25/2020 10:23:45 PDT", '
    '"format": "MM/dd/yyyy HH:mm:ss ZZZ"} (without a format: ISO 8601)'
)


class _Taken:
    """The given options, and which of them somebody has asked for."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self._asked: set[str] = {"path", "streamname", "streamarn"}

    def text(self, *names: str) -> str | None:
        """The first of these that was given; blank means not given."""
        self._asked |= {name.lower() for name in names}
        found = (self._given.get(name.lower(), "").strip() for name in names)
        return next((text for text in found if text), None)

    def value(
        self, name: str, read: Callable[[str], Value], expected: str, default: Value
    ) -> Value:
        """One option, read; or its default."""
        text = self.text(name)
        if text is None:
            return default
        try:
            return read(text)
        except (ValueError, KeyError, TypeError) as error:
            raise OptionError(f"Option {name}={text}: expected {expected}.") from error

    def warnings(self) -> list[str]:
        """A sentence for each option that has no effect."""
        mode = (self.text("consumerMode") or "polling").lower()
        found = [] if mode == "polling" else [f"Option consumerMode={mode}: shards are polled."]
        for given in sorted(set(self._given) - self._asked):
            name = _BY_LOWER.get(given, given)
            reason = _IGNORED.get(name, "there is no such option; is it spelled right?")
            found.append(f"Option {name} is ignored: {reason}.")
        return found


def _streams(taken: _Taken) -> tuple[tuple[str, ...], str | None]:
    """Names of the streams, and the region when an ARN tells it."""
    names, arn = taken.text("streamName"), taken.text("streamARN")
    if (names is None) == (arn is None):
        raise OptionError(
            "Give exactly one of the options streamName (one or more names with commas between) and streamARN."
        )
    if arn is not None:
        return _from_arns(arn)
    streams = _distinct(names or "")
    if not streams:
        raise OptionError(f"Option streamName={names}: expected at least one name.")
    return streams, None


def _distinct(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _from_arns(arns: str) -> tuple[tuple[str, ...], str | None]:
    names, regions = [], set()
    for arn in _distinct(arns):
        match = _ARN.fullmatch(arn)
        if match is None:
            raise OptionError(
                f"Option streamARN={arn}: expected arn:aws:kinesis:<region>:<account>:stream/<name>."
            )
        names.append(match["name"])
        regions.add(match["region"])
    if len(regions) > 1:
        raise OptionError(f"Option streamARN={arns}: the streams must be in one region.")
    return tuple(dict.fromkeys(names)), next(iter(regions), None) or None


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
