"""Moments and spans as people read them."""

from datetime import UTC, datetime

_MINUTE, _HOUR = 60, 3600


def moment(milliseconds: int) -> str:
    """A moment in this machine's time zone; nothing for one that has not come."""
    if not milliseconds:
        return ""
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone():%Y-%m-%d %H:%M:%S}"


def span(begin: int, end: int, now: int) -> str:
    """How long something took, or has taken so far; in ms. Nothing before its begin."""
    if not begin:
        return ""
    seconds = max((end or now) - begin, 0) / 1000
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f} min {seconds % _MINUTE:.0f} s"
    return f"{seconds // _HOUR:.0f} h {seconds % _HOUR // _MINUTE:.0f} min"
