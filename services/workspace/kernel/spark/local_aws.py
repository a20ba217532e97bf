"""Settings with which notebooks reach real AWS, told apart or replaced by those of the local S3 and Kinesis."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from services.aws import is_aws
from services.aws import kinesis_options as local_options
from services.settings import Settings
from services.workspace.credentials import STAND_IN, own_keys

_S3_ACCESS = re.compile(
    r"""^(?:spark\.hadoop\.)?fs\.s3[an]?\.(?:bucket\.[^.]+\.)?(?:
        access\.key|secret\.key|session\.token|awsAccessKeyId|awsSecretAccessKey|
        endpoint|endpoint\.region|path\.style\.access|connection\.ssl\.enabled|
        impl|aws\.credentials\.provider|assumed\.role\..*
    )$""",
    re.VERBOSE | re.IGNORECASE,
)

_ENDPOINTS = ("endpointurl", "endpoint", "regionendpoint")
_KEYS = ("awsaccesskey", "awssecretkey", "awssessiontoken")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def is_s3_access_setting(key: str) -> bool:
    """Whether a Spark setting says where S3 is, or who asks: the server knows both."""
    return _S3_ACCESS.match(key) is not None


def kinesis_options(given: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """Options of `format("kinesis")` that reach the local Kinesis.

    Who names the local address himself gets its keys alone; another service's loopback address stays as it is.
    Against AWS itself what is given holds, and only what is missing is filled in. Stand-ins for keys become the keys.
    """
    own = dict(zip(STAND_IN, own_keys(settings), strict=True))
    given = {name: own.get(value, value) for name, value in given.items()}
    lower = {name.lower(): value for name, value in given.items()}
    if is_aws(settings):
        ours = local_options(settings)
        return {**given, **{name: ours[name] for name in ours if name.lower() not in lower}}
    named = next((lower[name] for name in _ENDPOINTS if lower.get(name)), "")
    replaced = {*_ENDPOINTS, "region", *_KEYS}
    spelled: dict[str, str] = {}
    if urlsplit(named).hostname in _LOOPBACK:
        if urlsplit(named).port != urlsplit(settings.aws_endpoint_url).port:
            return dict(given)
        replaced, spelled = set(_KEYS), {name.lower(): name for name in given}
    kept = {name: value for name, value in given.items() if name.lower() not in replaced}
    ours = {
        name: value for name, value in local_options(settings).items() if name.lower() in replaced
    }
    return {**kept, **{spelled.get(name.lower(), name): value for name, value in ours.items()}}
