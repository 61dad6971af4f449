"""Times as Google's JSON has them: whole nanoseconds, written with 0, 3, 6 or 9 fraction digits."""

import re
import zlib
from datetime import UTC, datetime

from avdesk.core.wire import as_time

NANO = 1_000_000_000
_GRAINS = (NANO, 1_000_000, 1_000, 1)
_FRACTION = re.compile(r":\d\d\.(\d{1,12})")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def moment(seconds: float, salt: str, *, finest_of: int = 4) -> int:
    """Return Unix nanoseconds for `seconds`, cut to a grain that `salt` picks, the same one each time.

    Real services write some times to the second and others to the nanosecond. What is answered is also what
    filters compare with, so the cut is made once, here. `finest_of` leaves only that many of the finest grains.
    """
    grains = _GRAINS[-finest_of:]
    grain = grains[zlib.crc32(salt.encode("utf-8", "replace")) % len(grains)]
    nanos = round(seconds * 1_000_000) * 1_000
    if grain == 1:  # a float holds no nanoseconds: the last digits are made up, but always the same
        nanos += zlib.crc32(f"{salt}/{nanos}".encode("utf-8", "replace")) % 1_000
    return nanos - nanos % grain


def rfc3339(nanos: int) -> str:
    """Return Unix nanoseconds as protobuf's JSON has a Timestamp: as few groups of three digits as will do."""
    seconds, fraction = divmod(nanos, NANO)
    whole = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    if fraction == 0:
        return f"{whole}Z"
    digits = f"{fraction:09d}"
    while digits.endswith("000"):
        digits = digits[:-3]
    return f"{whole}.{digits}Z"


def parse(text: str) -> int | None:
    """Return the Unix nanoseconds of an RFC 3339 time, or of a date (midnight UTC); None for anything else."""
    found = as_time(f"{text}T00:00:00Z" if _DATE.fullmatch(text) else text)
    if found is None:
        return None
    seconds = int(found.replace(microsecond=0).timestamp())
    fraction = _FRACTION.search(text)
    return seconds * NANO + (int(fraction.group(1)[:9].ljust(9, "0")) if fraction else 0)
