"""The address of a consumer instance (`base_uri`), as its creator gets it."""

import re
from urllib.parse import quote

from starlette.requests import Request

_AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?", re.IGNORECASE)


def instance_uri(request: Request, group: str, name: str) -> str:
    """The gateway's own address, with the stage, so that the next call finds the gateway.

    The authority is the one by which the client called, if the Host header is one: with a user name
    or a path in it, the next call would go elsewhere. `X-Forwarded-…` is never looked at.
    """
    stage = request.scope["stage"]
    segments = (*([stage] if stage else []), "consumers", group, "instances", name)
    path = "/".join(quote(segment, safe="") for segment in segments)
    return f"{request.url.scheme}://{_authority(request)}/{path}"


def _authority(request: Request) -> str:
    host = request.headers.get("host", "")
    if _AUTHORITY.fullmatch(host):
        return host
    address, port = request.scope["server"]
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
