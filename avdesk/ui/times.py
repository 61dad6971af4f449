"""Moments as people read them: local, with the exact UTC at hand."""

from datetime import datetime

from avdesk.core import wording
from avdesk.i18n import _


def local_moment(moment: datetime, now: datetime) -> str:
    """Return ``14:02`` for today, with the date before it for any other day."""
    here = moment.astimezone()
    clock = wording.clock_time(moment)
    if here.date() == now.astimezone().date():
        return clock
    return f"{here:%Y-%m-%d} {clock}"


def exact_utc(moment: datetime | None) -> str:
    """Return ``2025-06-08 12:02:13 UTC``; empty for None."""
    if moment is None:
        return ""
    offset = moment.utcoffset()
    assert offset is not None, "moments carry their zone"
    return f"{moment.replace(tzinfo=None) - offset:%Y-%m-%d %H:%M:%S} UTC"


def ago(moment: datetime, now: datetime) -> str:
    """Return ``40 s ago``, to the minute beyond the first one."""
    seconds = max(0.0, (now - moment).total_seconds())
    return _("{time} ago").format(time=wording.rough_duration(seconds))
