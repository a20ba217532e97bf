"""What a reference such as `{{job.start_time.iso_date}}` says of a moment, always in UTC."""

from datetime import UTC, datetime

_LAST_WEEKDAY = 5
"""Friday, as ISO counts days: Monday is 1."""


def moment(milliseconds: int) -> dict[str, str]:
    """Each argument of a time's reference → its text; numbers without leading zeros."""
    at = datetime.fromtimestamp(milliseconds / 1000, UTC)
    parts = ("year", "month", "day", "hour", "minute", "second")
    return {
        "iso_date": at.date().isoformat(),
        "iso_datetime": at.isoformat(timespec="seconds"),
        "iso_weekday": str(at.isoweekday()),
        "is_weekday": str(at.isoweekday() <= _LAST_WEEKDAY).lower(),
        "timestamp_ms": str(milliseconds),
        **{part: str(getattr(at, part)) for part in parts},
    }
