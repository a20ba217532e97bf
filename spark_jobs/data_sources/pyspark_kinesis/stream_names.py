"""Which streams a query reads: the options `streamName` and `streamARN`."""

import re

from .errors import OptionError
from .given_options import GivenOptions

_ARN = re.compile(r"arn:[^:]+:kinesis:(?P<region>[^:]*):[^:]*:stream/(?P<name>.+)")


def streams(given: GivenOptions) -> tuple[tuple[str, ...], str | None]:
    """Names of the streams, and the region when an ARN tells it."""
    names, arn = given.text("streamName"), given.text("streamARN")
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
