"""Where a query without a checkpoint begins: the option `initialPosition`."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from zoneinfo import ZoneInfo

LATEST = "latest"
TRIM_HORIZON = "trim_horizon"
AT_TIMESTAMP = "at_timestamp"

_NAMES = {LATEST: LATEST, TRIM_HORIZON: TRIM_HORIZON, "earliest": TRIM_HORIZON}

_FIELDS = {
    "yyyy": r"(?P<year>\d{4})",
    "MM": r"(?P<month>\d{2})",
    "dd": r"(?P<day>\d{2})",
    "HH": r"(?P<hour>\d{2})",
    "mm": r"(?P<minute>\d{2})",
    "ss": r"(?P<second>\d{2})",
    "SSS": r"(?P<milli>\d{3})",
}
_ZONE = r"(?P<zone>\S+)"
_TOKEN = re.compile(r"yyyy|MM|dd|HH|mm|ss|SSS|[zZXVO]+|'[^']*'|.", re.DOTALL)


@dataclass(frozen=True)
class InitialPosition:
    """A kind (`latest`, `trim_horizon`, `at_timestamp`) and, for the last, epoch milliseconds."""

    kind: str
    at: int | None = None


def parse(text: str) -> InitialPosition:
    """Read the option.

    Raises:
        ValueError: it is none of the known forms.
    """
    name = text.strip().lower()
    if name in _NAMES:
        return InitialPosition(_NAMES[name])
    given = {key.lower(): value for key, value in dict(json.loads(text)).items()}
    moment = _moment(str(given[AT_TIMESTAMP]), given.get("format"))
    return InitialPosition(AT_TIMESTAMP, round(moment.timestamp() * 1000))


def _moment(text: str, pattern: str | None) -> datetime:
    """ISO 8601 unless a Java pattern says otherwise; without a zone it is UTC."""
    moment = datetime.fromisoformat(text) if pattern is None else _by_pattern(text, pattern)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _by_pattern(text: str, pattern: str) -> datetime:
    match = re.fullmatch("".join(map(_regex, _TOKEN.findall(pattern))), text.strip())
    if match is None:
        raise ValueError(text)
    found = match.groupdict()
    numbers = {name: int(value) for name, value in found.items() if name not in {"zone", "milli"}}
    micros = int(found.get("milli") or 0) * 1000
    zone = _zone(found["zone"]) if "zone" in found else UTC
    return datetime(**{"month": 1, "day": 1, **numbers}, microsecond=micros, tzinfo=zone)


def _regex(token: str) -> str:
    if token in _FIELDS:
        return _FIELDS[token]
    if token[0] in "zZXVO":
        return _ZONE
    return re.escape(token.strip("'") if len(token) > 1 else token)


def _zone(name: str) -> timezone | ZoneInfo:
    """`+02:00`, `-0700`, `PDT` (RFC 2822's names) or `Europe/London`."""
    if name in {"Z", "UTC", "GMT"}:
        return UTC
    if "/" in name:
        return ZoneInfo(name)
    parsed = parsedate_tz(f"1 Jan 2000 00:00:00 {name.replace(':', '')}")
    if parsed is None or parsed[9] is None:
        raise ValueError(name)
    return timezone(timedelta(seconds=parsed[9]))
