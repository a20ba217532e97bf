"""Which of the two services a request is for; the port has no other."""

from enum import Enum

from services.aws_gate.request_head import RequestHead
from services.aws_gate.signature import Claim

_KINESIS_TARGET = "kinesis_"


class Service(Enum):
    """A service behind the gate."""

    S3 = "s3"
    KINESIS = "kinesis"


class UnknownServiceError(Exception):
    """The request is for another service of AWS'."""


def route(head: RequestHead, claim: Claim | None) -> Service:
    """The service that a request names by its target, else by its signature; S3 when it names none.

    Raises:
        UnknownServiceError: it names another one.
    """
    target = head.header("x-amz-target").lower()
    signed_for = claim.service if claim else ""
    if target:
        if target.startswith(_KINESIS_TARGET):
            return Service.KINESIS
        raise UnknownServiceError(target.partition(".")[0])
    try:
        return Service(signed_for or "s3")
    except ValueError:
        raise UnknownServiceError(signed_for) from None
