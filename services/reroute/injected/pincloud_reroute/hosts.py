"""Names of rented hosts."""

from __future__ import annotations

import re

_AMAZON = r"\.amazonaws\.com(\.cn)?\.?"
_API = re.compile(rf"[a-z0-9-]+\.execute-api\.[a-z0-9-]+{_AMAZON}", re.IGNORECASE)
_REST_PROXY = re.compile(rf"ec2-[\d-]+\.[a-z0-9.-]*compute(-1)?{_AMAZON}", re.IGNORECASE)
_RDS = re.compile(rf"[a-z0-9.-]+\.rds{_AMAZON}", re.IGNORECASE)
_BROKER = re.compile(rf"[a-z0-9.-]+\.kafka(-serverless)?\.[a-z0-9-]+{_AMAZON}", re.IGNORECASE)
_REST_PROXY_PORT = 8082


def is_api(host: str, port: int | None) -> bool:
    """An API of API Gateway, or the REST proxy on an EC2 machine that stood behind it."""
    if port == _REST_PROXY_PORT and _REST_PROXY.fullmatch(host):
        return True
    return _API.fullmatch(host) is not None


def is_rds(host: str) -> bool:
    return _RDS.fullmatch(host) is not None


def is_broker(server: str) -> bool:
    """A broker of MSK, with or without its port."""
    return _BROKER.fullmatch(server.strip().rpartition("://")[2].partition(":")[0]) is not None


def is_local(host: str) -> bool:
    return host.lower() in {"localhost", "127.0.0.1", "::1", "0.0.0.0"}  # noqa: S104  compared, not bound
