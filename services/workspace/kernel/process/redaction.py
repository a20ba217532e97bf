"""Secrets, taken out of everything that a notebook's process sends.

What was fetched from `dbutils.secrets`, the local cloud's keys and whatever stands as `KEY:SECRET@` in an S3 address
is replaced in outputs, errors and answers, so that stored copies, logs and Airflow never see it. As on
Databricks this is a net and no wall: a value that is printed letter by letter passes.
"""

import html
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

from jupyter_client.session import Session

REDACTED = "[REDACTED]"

_ADDRESS_KEYS = re.compile(r"(?i)\b(?P<scheme>s3[an]?:/{1,2})[^\s:/@'\"<>]+:[^\s@'\"<>]+@")
"""Keys before the bucket of an S3 address."""

_SHOWN = 17
"""Characters that `DataFrame.show()` leaves of a longer text, before three dots."""

_UNTOUCHED_MESSAGES = {"status", "kernel_info_reply", "shutdown_reply", "connect_reply"}
_UNTOUCHED_KEYS = {"ename", "status", "name", "transient", "execution_count"}
"""Protocol, and no text of the notebook's."""


class Redactor:
    def __init__(self) -> None:
        self._spellings: tuple[str, ...] = ()

    def hide(self, *secrets: str) -> None:
        """From now on, leave these values out, also when quoted for an address, HTML, JSON or Python."""
        spellings = {*self._spellings, *(s for secret in secrets for s in _spellings(secret))}
        self._spellings = tuple(sorted(spellings, key=len, reverse=True))

    def text(self, text: str) -> str:
        """The text without secrets."""
        for spelling in self._spellings:
            text = text.replace(spelling, REDACTED)
        return _ADDRESS_KEYS.sub(rf"\g<scheme>{REDACTED}@", text)

    def content(self, value: Any) -> Any:
        """JSON content without secrets; encoded pictures stay as they are."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self._item(key, item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.content(item) for item in value]
        return value

    def _item(self, key: str, value: Any) -> Any:
        return value if key in _UNTOUCHED_KEYS or _is_picture(key) else self.content(value)


def _is_picture(key: Any) -> bool:
    return str(key).startswith("image/") and key != "image/svg+xml"


def _spellings(secret: str) -> Iterable[str]:
    if not secret:
        return ()
    quoted = {quote(secret), quote(secret, safe=""), quote_plus(secret)}
    cut = {f"{secret[:_SHOWN]}..."} if len(secret) > _SHOWN else set()
    escaped = {html.escape(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1]}
    return {secret, *quoted, *escaped, *cut}


redactor = Redactor()
"""This process' own; one process executes one notebook."""


class RedactingSession(Session):
    """Jupyter's message session, with the redactor before everything that leaves."""

    def serialize(
        self, msg: dict[str, Any], ident: list[bytes] | bytes | None = None
    ) -> list[bytes]:
        """Turn a message into bytes, its content without secrets."""
        if msg["header"]["msg_type"] not in _UNTOUCHED_MESSAGES:
            msg = {**msg, "content": redactor.content(msg.get("content", {}))}
        return super().serialize(msg, ident)
