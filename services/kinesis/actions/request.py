"""What the requests of all actions share: fields in AWS's spelling, and a stream by its name or its ARN.

Every field may be absent as far as the decoder goes: what is missing is reported in AWS's words.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from services.kinesis.engine import Engine
from services.kinesis.group_commit import Commit
from services.kinesis.stream import KinesisStream
from services.records.kinesis_api import (
    ACCOUNT,
    NOT_FOUND,
    KinesisError,
    fault,
    require,
    stream_name_faults,
)

ActionResponse = dict[str, object] | None
"""The response's fields; None is an empty body."""


class UnsyncedResponse(NamedTuple):
    """A response that may be given once these commits are synced."""

    fields: dict[str, object]
    commits: list[Commit]


_ARN = re.compile(r"arn:aws[a-z-]*:kinesis:[^:]*:(?P<account>\d{12}):stream/(?P<name>.+)")


class ActionRequest(msgspec.Struct, rename="pascal"):
    """The base of all requests; no field."""


class StreamRequest(ActionRequest):
    stream_name: str | None = None
    stream_arn: str | None = msgspec.field(name="StreamARN", default=None)


def required_name(request: StreamRequest, faults: Iterable[str] = ()) -> str:
    """The stream's name, when it and the rest of the request are valid.

    Raises:
        KinesisError: ValidationException with all faults; ResourceNotFoundException, another account's.
    """
    name, account = request.stream_name, ACCOUNT
    if name is None and request.stream_arn is not None:
        match = _ARN.fullmatch(request.stream_arn)
        if match is None:
            pattern = f"satisfy regular expression pattern: {_ARN.pattern}"
            require([fault("streamARN", request.stream_arn, pattern), *faults])
        else:
            name, account = match["name"], match["account"]
    require([*stream_name_faults(name), *faults])
    if account != ACCOUNT:
        raise KinesisError(NOT_FOUND, f"Stream {name} under account {account} not found.")
    return str(name)


def stream_of(engine: Engine, request: StreamRequest, faults: Iterable[str] = ()) -> KinesisStream:
    """The stream that a request names, when the rest of the request is valid.

    Raises:
        KinesisError: ValidationException with all faults; ResourceNotFoundException.
    """
    return engine.stream(required_name(request, faults))
