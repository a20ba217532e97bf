"""botocore, and so boto3: S3 and Kinesis are the local ones."""

from __future__ import annotations

import functools
import inspect
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..hosts import is_local
from ..notes import AWS
from .kinesis_streams import make_missing

if TYPE_CHECKING:
    from ..process_context import ProcessContext

SERVICES = {"kinesis", "s3"}


def patch(module: ModuleType, context: ProcessContext) -> None:
    """Give clients of the two services the local address and keys, whoever makes them.

    Who names the local address himself, as for LocalStack, which takes any keys, gets the keys alone.
    """
    original = module.Session.create_client
    signature = inspect.signature(original)

    @functools.wraps(original)
    def create_client(self: Any, service_name: str, *args: Any, **named: Any) -> Any:
        wanted = dict(signature.bind(self, service_name, *args, **named).arguments)
        wanted.pop("self")
        ours = context.configuration.aws
        endpoint = wanted.get("endpoint_url")
        if service_name not in SERVICES or (
            _is_local(endpoint) and not _is_same(endpoint, ours.endpoint_url)
        ):
            return original(self, **wanted)
        keys = {
            "aws_access_key_id": ours.access_key_id,
            "aws_secret_access_key": ours.secret_access_key,
            "aws_session_token": None,
        }
        context.notes.add(AWS, service_name)
        if _is_local(endpoint):
            return _client(original(self, **{**wanted, **keys}))
        context.say(f"{service_name} of AWS → {ours.endpoint_url}", key=f"aws {service_name}")
        wanted.update(keys, endpoint_url=ours.endpoint_url, region_name=ours.region)
        return _client(original(self, **wanted))

    def _client(client: Any) -> Any:
        return make_missing(client, context)

    module.Session.create_client = create_client


def _is_same(url: str | None, ours: str) -> bool:
    """Whether a local address is the stack's own, by whatever name of this machine."""
    return urlsplit(str(url)).port == urlsplit(ours).port


def _is_local(url: str | None) -> bool:
    return bool(url) and is_local(urlsplit(str(url)).hostname or "")
