"""The beginnings of log lines: AutoVideo's own format and those of the other tools whose lines stand between.

A line that begins an entry has a `Head`; a line without one continues the entry above it. One file may mix formats.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any, NamedTuple

from avdesk.core.logline import Severity, severity_of

LOOKED_AT = 400
"""Characters of a line in which its head is sought."""

LONGEST_JSON = 262_144
"""Characters of a line that is read as JSON."""

_LEVELS = (
    "TRACE|FINE|DEBUG|DBG|INFO|INF|INFORMATION|NOTICE|WARNING|WARN|WRN|ERROR|ERR|SEVERE|EXCEPTION|CRITICAL|CRIT|FATAL"
    "|PANIC|ALERT|EMERGENCY|EMERG"
)
_ISO = re.compile(
    r"[\[(]?(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?"
    r"(?: ?(Z\b|UTC\b|GMT\b|[+-]\d\d:?\d\d(?!\d)))?[\])]?"
)
_AUTOVIDEO = re.compile(rf" - (?:([^\s][^\n]{{0,80}}?) - )?({_LEVELS}) - ")
_LEVEL_NEARBY = re.compile(
    rf"[\s|:\-\[(]{{1,4}}(?:[^\s\[\]|]{{1,80}}[\s\]|:\-\[]{{1,4}}){{0,3}}?[\[(<]?({_LEVELS})(?=[\])>\s:|,]|$)[\])>]?[:\s|\-]*",
    re.IGNORECASE,
)
_SYSLOG = re.compile(
    r"(?:<(\d{1,3})>)?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ([ 0-3]\d) (\d\d):(\d\d):(\d\d)"
    r" (\S{1,255}) ([^\s:\[]{1,80})(?:\[\d{1,9}\])?: "
)
_GLOG = re.compile(r"([DIWEFC])(\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{1,6})\s+\d+ ")
_ACCESS = re.compile(
    r"\S{1,255} \S{1,255} \S{1,255} \[(\d\d)/(\w{3})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d{4})\] \"[^\"]*\" (\d{3}) "
)
_BASIC = re.compile(rf"({_LEVELS}):([\w.\-]{{1,80}}):")
_LEADING = re.compile(
    rf"\[({_LEVELS})\]\s|(?:npm )?({_LEVELS})(?::\s|!\s|\s{{2,}}|\s(?=\[|\())|(error|warning|fatal): "
)
_COLOUR = re.compile("\x1b\\[[0-9;:]{0,60}m|^\ufeff")
_MONTHS = dict(zip(("Jan", "Feb", "Mar", "Apr", "May", "Jun"), range(1, 7), strict=True)) | dict(
    zip(("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), range(7, 13), strict=True)
)
_GLOG_LEVELS = {
    "D": Severity.DEBUG,
    "I": Severity.INFO,
    "W": Severity.WARNING,
    "E": Severity.ERROR,
    "F": Severity.CRITICAL,
    "C": Severity.CRITICAL,
}
_SYSLOG_LEVELS = (
    Severity.EMERGENCY,
    Severity.ALERT,
    Severity.CRITICAL,
    Severity.ERROR,
    Severity.WARNING,
    Severity.NOTICE,
    Severity.INFO,
    Severity.DEBUG,
)
TRACEBACK = "Traceback (most recent call last):"
_TIME_NAMES = ("timestamp", "time", "@timestamp", "ts", "asctime", "datetime", "date")
_LEVEL_NAMES = ("severity", "level", "levelname", "lvl", "log.level")
_TEXT_NAMES = ("message", "msg", "textPayload", "text", "event")


class Head(NamedTuple):
    """The beginning of an entry.

    Attributes:
        time: Unix seconds; None when the line has none of its own.
        severity: DEFAULT when the line does not say.
        length: characters of the line that are time, logger and level.
        zoned: the time names its zone; otherwise `Zone` says which one was assumed.
    """

    time: float | None
    severity: Severity
    length: int
    zoned: bool = False


@dataclass(frozen=True, slots=True)
class Zone:
    """What times mean that do not say it themselves.

    Attributes:
        zone: of times without one; None is this machine's.
        year: of times without one (syslog); a date later than `latest` is one of the year before.
        latest: Unix seconds that no line is newer than, as the file's own time and a day.
    """

    zone: tzinfo | None = UTC
    year: int = 1970
    latest: float = float("inf")

    def seconds(self, fields: tuple[int, int, int, int, int, int], zone: tzinfo | None = None) -> float | None:
        """Return a wall clock's time as Unix seconds; None when there is no such time."""
        try:
            return datetime(*fields, tzinfo=zone or self.zone).timestamp()
        except (ValueError, OverflowError, OSError):
            return None

    def of_a_year(self, month: int, day: int, hour: int, minute: int, second: int) -> float | None:
        """Return a time without a year as Unix seconds."""
        found = self.seconds((self.year, month, day, hour, minute, second))
        if found is None or found > self.latest:
            return self.seconds((self.year - 1, month, day, hour, minute, second))
        return found


def head_of(line: str, zone: Zone) -> Head | None:
    """Return how an entry begins; None for a line that begins none."""
    if "\x1b" in line[:LOOKED_AT] or line[:1] == "\ufeff":
        return _under_colours(line[: LOOKED_AT * 2], zone)
    reader = _READERS.get(line[:1])
    head = reader(line if line[:1] == "{" else line[:LOOKED_AT], zone) if reader else None
    return head or _access(line[:LOOKED_AT], zone)


def payload_of(line: str) -> Mapping[str, Any] | None:
    """Return the JSON object that a line is; None when it is none or longer than what is read."""
    text = line.strip()
    if not text.startswith("{") or not text.endswith("}") or len(text) > LONGEST_JSON:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def message_of(payload: Mapping[str, Any]) -> str | None:
    """Return the sentence for people that a structured line holds; None without one."""
    return next((str(payload[name]) for name in _TEXT_NAMES if isinstance(payload.get(name), str)), None)


def severity_in(payload: Mapping[str, Any]) -> Severity:
    """Return the severity that a structured line states."""
    for name in _LEVEL_NAMES:
        if name in payload:
            return _level(payload[name])
    return Severity.DEFAULT


def begins_traceback(line: str) -> bool:
    """Whether a line is the first one of a Python traceback."""
    return line.startswith((TRACEBACK, "  + Exception Group Traceback (most recent call last):"))


def _under_colours(line: str, zone: Zone) -> Head | None:
    bare = _COLOUR.sub("", line)
    head = head_of(bare, zone) if not bare.startswith("\ufeff") and "\x1b" not in bare[:LOOKED_AT] else None
    if head is None:
        return None
    length = head.length
    for match in _COLOUR.finditer(line):
        if match.start() > length:
            break
        length += len(match[0])
    return head._replace(length=length)


def _dated(line: str, zone: Zone) -> Head | None:
    match = _ISO.match(line)
    if match is None:
        return None
    fields = tuple(map(int, match.group(1, 2, 3, 4, 5, 6)))
    named = _zone_named(match[8])
    time = zone.seconds(fields, named)  # type: ignore[arg-type]  # six numbers
    if time is None:
        return None
    if match[7]:
        time += int(match[7]) / 10 ** len(match[7])
    level = _AUTOVIDEO.match(line, match.end())
    if level:
        return Head(time, severity_of(level[2]), level.end(), named is not None)
    nearby = _LEVEL_NEARBY.match(line, match.end())
    if nearby:
        return Head(time, severity_of(nearby[1]), nearby.end(), named is not None)
    return Head(time, Severity.DEFAULT, match.end(), named is not None)


def _zone_named(name: str | None) -> tzinfo | None:
    if not name:
        return None
    if name in ("Z", "UTC", "GMT"):
        return UTC
    minutes = int(name[1:3]) * 60 + int(name[-2:])
    if minutes >= 24 * 60:
        return None
    return timezone(timedelta(minutes=-minutes if name[0] == "-" else minutes))


def _syslog(line: str, zone: Zone) -> Head | None:
    match = _SYSLOG.match(line)
    if match is None:
        return None
    priority, month, *rest = match.group(1, 2, 3, 4, 5, 6)
    day, hour, minute, second = map(int, rest)
    severity = _SYSLOG_LEVELS[int(priority) % 8] if priority else Severity.DEFAULT
    return Head(zone.of_a_year(_MONTHS[month], day, hour, minute, second), severity, match.end())


def _glog(line: str, zone: Zone) -> Head | None:
    match = _GLOG.match(line)
    if match is None:
        return None
    time = zone.of_a_year(*map(int, match.group(2, 3, 4, 5, 6)))
    if time is not None:
        time += int(match[7]) / 10 ** len(match[7])
    return Head(time, _GLOG_LEVELS[match[1]], match.end())


def _access(line: str, zone: Zone) -> Head | None:
    match = _ACCESS.match(line)
    if match is None or match[2] not in _MONTHS:
        return None
    day, year, hour, minute, second, status = map(int, match.group(1, 3, 4, 5, 6, 8))
    offset = _zone_named(match[7])
    time = zone.seconds((year, _MONTHS[match[2]], day, hour, minute, second), offset)
    severity = Severity.ERROR if status >= 500 else Severity.WARNING if status >= 400 else Severity.INFO
    return Head(time, severity, match.end(7) + 2, offset is not None)


def _undated(line: str, zone: Zone) -> Head | None:
    match = _BASIC.match(line)
    if match:
        return Head(None, severity_of(match[1]), match.end())
    match = _LEADING.match(line)
    if match:
        return Head(None, severity_of(match[1] or match[2] or match[3]), match.end())
    return _glog(line, zone) or _syslog(line, zone)


def _json(line: str, zone: Zone) -> Head | None:
    payload = payload_of(line)
    if payload is None:
        return None
    for name in _TIME_NAMES:
        value = payload.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            # seconds, or milli-, micro- or nanoseconds: no log is of before 1973 or after the year 5000
            scale = next((scale for scale in (1, 1e3, 1e6, 1e9) if 1e8 < value / scale < 1e11), None)
            if scale:
                return Head(value / scale, severity_in(payload), 0, zoned=True)
        if isinstance(value, str) and (dated := _dated(value, zone)):
            return Head(dated.time, severity_in(payload), 0, dated.zoned)
    return Head(None, severity_in(payload), 0)


def _bracketed(line: str, zone: Zone) -> Head | None:
    return _dated(line, zone) or _undated(line, zone)


def _level(value: object) -> Severity:
    if isinstance(value, int | float) and not isinstance(value, bool) and value <= 60:
        # Python's and bunyan's numbers: 10 debug … 50 critical; bunyan's 60 is fatal and its 30 is info, which a
        # number alone does not tell: Python's meaning is taken.
        return severity_of(
            {10: "DEBUG", 20: "INFO", 30: "WARNING", 40: "ERROR"}.get(int(value), "CRITICAL" if value >= 50 else "")
        )
    return severity_of(value)


Reader = Callable[[str, Zone], Head | None]
_READERS: dict[str, Reader] = {
    **dict.fromkeys("0123456789", _dated),
    **dict.fromkeys("TFDINWESCPAefnwJMO", _undated),
    "[": _bracketed,
    "(": _bracketed,
    "{": _json,
    "<": _syslog,
}
"""By the first character of a line, which rules most lines out at once."""
