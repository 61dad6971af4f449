"""Reading loose JSON: numbers as strings, timestamps of every precision, missing and mistyped fields.

Each function returns None for what it cannot read and never raises: what an answer lacks is unknown, not wrong.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

_RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,12}))?\s*([Zz]|[+-]\d\d:?\d\d)?")
_DURATION = re.compile(r"(-?\d{1,12}(?:\.\d{1,9})?)s?")
_NANO = 1_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_NUMBER = 1e15
_LONGEST_S = 10 * 365 * 86_400.0
_YEARS = range(1970, 2200)
"""Other years are no times: Go's zero time is in the year 1, and what lies further off cannot be reckoned with."""


def as_object(value: object) -> Mapping[str, object]:
    """Return a JSON object, or an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: object) -> list[object]:
    """Return a JSON array, or an empty one for anything else."""
    return value if isinstance(value, list) else []


def as_text(value: object) -> str | None:
    """Return a non-empty string; numbers become their text; None for all else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return str(value) if -_MAX_NUMBER < value < _MAX_NUMBER else None
    return value if isinstance(value, str) and value else None


def as_bool(value: object) -> bool | None:
    """Return a bool, also from its usual texts and from 0 and 1."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and value in (0, 1):
        return bool(value)
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    return None


def as_number(value: object) -> float | None:
    """Return a finite number, also from its text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            value = float(value.strip()[:40])
        except ValueError:
            return None
    if isinstance(value, int | float) and -_MAX_NUMBER < value < _MAX_NUMBER and math.isfinite(value):
        return float(value)
    return None


def as_int(value: object) -> int | None:
    """Return a whole number, also from its text or from a float without a fraction."""
    number = as_number(value)
    return int(number) if number is not None and number == int(number) else None


def as_seconds(value: object) -> float | None:
    """Return seconds from a protobuf Duration (``"123.5s"``) or a plain number.

    Negative ones are unknown, and so are those of more than ten years.
    """
    if isinstance(value, str):
        match = _DURATION.fullmatch(value.strip())
        number = float(match.group(1)) if match else None
    else:
        number = as_number(value)
    return number if number is not None and 0 <= number <= _LONGEST_S else None


def as_time(value: object) -> datetime | None:
    """Return UTC from an RFC 3339 timestamp with 0 to 12 fraction digits and ``Z`` or an offset.

    A timestamp without a zone is unknown (`as_naive_time` reads those), and so is an impossible date.
    """
    found = _match_time(value)
    return found if found is not None and found.tzinfo is not None else None


def as_naive_time(value: object) -> datetime | None:
    """Return the wall-clock time of a timestamp that has no zone, as AutoVideo writes them."""
    found = _match_time(value)
    return found if found is not None and found.tzinfo is None else None


def as_http_date(value: object) -> datetime | None:
    """Return an HTTP date (``Mon, 23 Nov 2026 21:38:02 GMT``) as UTC."""
    if not isinstance(value, str) or len(value) > 80:
        return None
    try:
        from email.utils import parsedate_to_datetime  # slow to import, and only clocks ask for it

        found = parsedate_to_datetime(value)
        utc = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return utc if utc.year in _YEARS else None


def rfc3339(moment: datetime | None) -> str | None:
    """Return a UTC time as the JSON interface has it: ``2026-11-23T21:38:02.123Z``."""
    if moment is None:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def as_nanos(value: object) -> int | None:
    """Return Unix nanoseconds from an RFC 3339 timestamp with a zone, as `as_time` but with all of its digits."""
    moment = as_time(value)
    if moment is None or not isinstance(value, str):
        return None
    match = _RFC3339.fullmatch(value.strip())
    digits = (match.group(7) if match is not None else None) or "0"
    return _whole_seconds(moment) * _NANO + int(digits[:9].ljust(9, "0"))


def nanos_of_time(moment: datetime | None) -> int | None:
    """Return a UTC time as Unix nanoseconds; None for None."""
    if moment is None:
        return None
    return _whole_seconds(moment) * _NANO + moment.microsecond * 1000


def time_of_nanos(nanos: int | None) -> datetime | None:
    """Return Unix nanoseconds as a UTC time, cut to microseconds; None for None."""
    return None if nanos is None else _EPOCH + timedelta(microseconds=nanos // 1000)


def rfc3339_nanos(nanos: int) -> str:
    """Return Unix nanoseconds as ``2026-11-23T21:38:02.123456789Z``."""
    seconds, fraction = divmod(nanos, _NANO)
    whole = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    return f"{whole}.{fraction:09d}Z"


def _whole_seconds(moment: datetime) -> int:
    since = moment - _EPOCH
    return since.days * 86_400 + since.seconds


def _match_time(value: object) -> datetime | None:
    match = _RFC3339.fullmatch(value.strip()) if isinstance(value, str) and len(value) <= 60 else None
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(match.group(i)) for i in range(1, 7))
    if year not in _YEARS:
        return None
    micros = int((match.group(7) or "0")[:6].ljust(6, "0"))
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59), micros)  # noqa: DTZ001 - may be naive
        zone = match.group(8)
        if zone is None:
            return moment
        return moment.replace(tzinfo=_zone(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(text: str) -> timezone:
    if text in "Zz":
        return UTC
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))
