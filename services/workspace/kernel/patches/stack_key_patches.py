"""boto3 in a notebook: whatever keys it brings for the local S3 and Kinesis, the stack's own are taken."""

import inspect
from typing import Any
from urllib.parse import urlsplit

from botocore.session import Session

from services.aws import is_aws
from services.settings import Settings
from services.workspace.kernel.patches.patching import Method, set_member

_SERVICES = {"s3", "kinesis"}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def install(settings: Settings) -> None:
    """Against AWS itself, keys are left as they are."""
    original = Session.create_client
    if not is_aws(settings) and original.__module__ != __name__:
        set_member(Session, "create_client", _create_client(settings, original))


def _create_client(settings: Settings, original: Method) -> Method:
    signature = inspect.signature(original)

    def create_client(*args: Any, **named: Any) -> Any:
        bound = signature.bind(*args, **named)
        wanted = bound.arguments
        if wanted.get("service_name") in _SERVICES and _is_ours(
            wanted.get("endpoint_url"), settings
        ):
            wanted.update(
                aws_access_key_id=settings.aws_access_key_id.get_secret_value(),
                aws_secret_access_key=settings.aws_secret_access_key.get_secret_value(),
                aws_session_token=None,
            )
        return original(*bound.args, **bound.kwargs)

    return create_client


def _is_ours(endpoint: str | None, settings: Settings) -> bool:
    """No address means the one of the environment, which is ours; else it is told by its port."""
    if not endpoint or endpoint.rstrip("/") == settings.aws_endpoint_url.rstrip("/"):
        return True
    given, ours = urlsplit(endpoint), urlsplit(settings.aws_endpoint_url)
    return given.hostname in _LOOPBACK and ours.hostname in _LOOPBACK and given.port == ours.port
