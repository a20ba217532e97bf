"""urllib3 before 2: names of arguments and methods, which requests' users know as well."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from .keywords import take

if TYPE_CHECKING:
    from ..process_context import ProcessContext


def patch_retry(module: ModuleType, context: ProcessContext) -> None:
    """`Retry(method_whitelist=…)` and its class attributes."""
    retry: Any = module.Retry
    if hasattr(retry, "DEFAULT_METHOD_WHITELIST"):
        return
    retry.DEFAULT_METHOD_WHITELIST = retry.DEFAULT_ALLOWED_METHODS
    retry.DEFAULT_REDIRECT_HEADERS_BLACKLIST = retry.DEFAULT_REMOVE_HEADERS_ON_REDIRECT
    old = {
        "method_whitelist": "allowed_methods",
        "remove_headers_on_redirect_blacklist": "remove_headers_on_redirect",
    }
    take(retry, "__init__", old, context)


def patch_response(module: ModuleType, context: ProcessContext) -> None:
    """`response.getheader(name)` and `getheaders()`."""
    response: Any = module.HTTPResponse
    for name, method in (("getheader", _getheader), ("getheaders", _getheaders)):
        if not hasattr(response, name):
            setattr(response, name, method)


def _getheader(self: Any, name: str, default: Any = None) -> Any:
    return self.headers.get(name, default)


def _getheaders(self: Any) -> Any:
    return self.headers
