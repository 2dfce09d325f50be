"""Read spans and moments of time as people write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"([0-9]{1,9})([smhdw])")
_LONGEST_S = 10 * 366 * 86_400


def parse_duration(text: object) -> int:
    """Return the seconds of a duration such as `30s`, `90m`, `6h`, `2d` or `1w`.

    Raises:
        ValueError: It is no duration, or longer than ten years; the message says how to write one.
    """
    match = _DURATION.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError("must be a number and a unit: 30s, 90m, 6h, 2d or 1w")
    seconds = int(match[1]) * _UNITS[match[2]]
    if seconds > _LONGEST_S:
        raise ValueError("is longer than ten years")
    return seconds


def duration_text(seconds: float) -> str:
    """Return a duration as people write it, in the largest unit that fits without a rest."""
    for unit in ("w", "d", "h", "m"):
        if seconds and seconds % _UNITS[unit] == 0:
            return f"{int(seconds // _UNITS[unit])}{unit}"
    return f"{seconds:g}s"


def parse_moment(value: object) -> datetime:
    """Return an aware time in UTC from ISO 8601 text, a date or a time; without zone it is UTC.

    Raises:
        ValueError: It is no time; the message says how to write one.
    """
    moment = _moment(value)
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside of what a calendar holds") from None


def _moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    try:
        return datetime.fromisoformat(value.strip() if isinstance(value, str) else "")
    except ValueError:
        raise ValueError(
            "must be a time such as 2026-01-31 or 2026-01-31T18:00:00Z (without zone it is UTC)"
        ) from None


def age_text(moment: datetime, now: datetime) -> str:
    """Return how long ago a time was, for people: `3h 12m ago`, or `in 2m`."""
    distance = abs(now - moment)
    parts = _parts(distance)
    return f"{parts} ago" if moment <= now else f"in {parts}"


def _parts(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    counts = [(seconds // 86_400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "m")]
    spoken = [f"{count}{unit}" for count, unit in counts if count][:2]
    return " ".join(spoken) or f"{seconds}s"
