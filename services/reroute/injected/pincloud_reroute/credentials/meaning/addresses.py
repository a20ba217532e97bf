"""Addresses, as far as the script does not put them together itself."""

from __future__ import annotations

import re
from typing import Iterable

_AFTER_ROOT = re.compile(r"/(?:prod|dev|test|v\d+|stage|\{\})/(?:topics|streams)(?:/|$)")
_AFTER_STAGE = re.compile(r"/?(?:topics|streams)(?:/|$)")
_STREAM = re.compile(r"/?[\w{}.-]+/records?$")
_TOPIC = re.compile(r"/?(?:[0-9a-f]{12}|\{\})(?:\.[\w{}]+)?$")
_AMAZON = "pincloud.execute-api.us-east-1.amazonaws.com"


def fitted(kind: str, value: str, contexts: Iterable[tuple[str, str]]) -> str:
    """The part of an address that belongs before what the script appends to it."""
    found = sorted(contexts)
    if kind == "api host":
        return _AMAZON if any(before.endswith("https://") for before, _ in found) else value
    if kind == "url":
        return next((fit for _, after in found if (fit := _url(value, after))), value)
    if kind == "kafka" and any(after.startswith(":") for _, after in found):
        return value.rpartition(":")[0]
    if kind == "user_id" and any(after in _TABLES for _, after in found):
        return f"{value}."
    if kind == "stream prefix" and not any(after.startswith("-") for _, after in found):
        return f"{value}-"
    return value


_TABLES = {"pin", "geo", "user", "{}"}


def _url(value: str, after: str) -> str:
    slash = "" if after.startswith("/") else "/"
    if _AFTER_ROOT.match(after):
        return value.rpartition("/")[0]
    if _AFTER_STAGE.match(after):
        return value + slash
    if _STREAM.match(after):
        return f"{value}/streams{slash}"
    if _TOPIC.match(after):
        return f"{value}/topics{slash}"
    return ""
