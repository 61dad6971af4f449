"""A time as somebody types it, to go to it in a log. Pure."""

import re
from datetime import UTC, datetime, timedelta

_AGO = re.compile(r"[-−]?\s*(\d{1,6})\s*(s|sec|m|min|h|d)(?:\s+ago)?", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,6}))?)?")
_UNITS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}


def moment_of(typed: str, span: tuple[datetime, datetime] | None, now: datetime) -> datetime | None:
    """Return the time that was typed, None for what is no time.

    ``14:02`` and ``14:02:30.5`` are of the last day of the log (`span`) that has that time; ``10m`` is ten minutes
    before its end; a date, with or without a time, is local unless it says otherwise (``2025-05-05T12:57Z``).
    """
    text = typed.strip()
    end = span[1] if span is not None else now
    match = _AGO.fullmatch(text)
    if match is not None:
        return end - timedelta(seconds=int(match.group(1)) * _UNITS[match.group(2).lower()])
    match = _CLOCK.fullmatch(text)
    if match is not None:
        return _on_last_day(match, span, end)
    try:
        found = datetime.fromisoformat(text.replace(",", "."))
    except ValueError:
        return None
    return found.astimezone(UTC)  # a time without a zone is a local one


def _on_last_day(match: re.Match[str], span: tuple[datetime, datetime] | None, end: datetime) -> datetime | None:
    hour, minute, second = int(match.group(1)), int(match.group(2)), int(match.group(3) or 0)
    micro = int((match.group(4) or "0").ljust(6, "0"))
    if hour > 23 or minute > 59 or second > 59:
        return None
    here = end.astimezone()
    found = here.replace(hour=hour, minute=minute, second=second, microsecond=micro)
    if found > here and span is not None and found - timedelta(days=1) >= span[0] - timedelta(minutes=1):
        found -= timedelta(days=1)
    return found.astimezone(UTC)
