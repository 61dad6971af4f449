"""What each line of a file is, in one byte: its severity, whether it continues an entry, whether it has a time."""

from collections.abc import Iterable
from dataclasses import dataclass

from avdesk.core.logformat import LOOKED_AT, Zone, begins_traceback, head_of
from avdesk.core.logline import Severity, severity_of

CONTINUES = 0x10
DATED = 0x20
LOOSE = 0x40
SEVERITIES: tuple[Severity, ...] = tuple(Severity)
_RANK = {severity: rank for rank, severity in enumerate(SEVERITIES)}
ERROR_RANK = _RANK[Severity.ERROR]
NO_ENTRY = -1
"""Before the first entry of a file: lines stand for themselves."""

WITHOUT_FLAGS = bytes(code & 0x0F for code in range(256))

_LEVELS = {
    name.encode(): _RANK[severity_of(name)] | DATED
    for name in ("DEBUG", "INFO", "NOTICE", "WARNING", "WARN", "ERROR", "CRITICAL", "FATAL")
}
_HEADLESS = frozenset(b" \t\r\n})\"'.,;:#/\\-+*=|_~^`!?&%$@>")
_TIMES = frozenset((19, 23))
LONGEST_JSON = 65536


@dataclass(slots=True)
class Entry:
    """The entry that goes on at some place.

    Attributes:
        rank: its severity's place in `SEVERITIES`; `NO_ENTRY` before the first one.
    """

    rank: int = NO_ENTRY


def rank_of(severity: Severity) -> int:
    """Return a severity's place in `SEVERITIES`."""
    return _RANK[severity]


def severity_in(code: int) -> Severity:
    """Return the severity that a line's byte holds."""
    return SEVERITIES[code & 0x0F]


def code_of(line: bytes, entry: Entry, zone: Zone) -> int:
    """Return a line's byte, and note in `entry` which entry goes on behind it."""
    rank = entry.rank
    if not line or line[0] in _HEADLESS:
        return CONTINUES | rank if rank >= 0 else LOOSE
    text = line[: LONGEST_JSON if line[0] == 0x7B else LOOKED_AT].decode("utf-8", "replace")
    if begins_traceback(text):
        if rank >= ERROR_RANK:
            return CONTINUES | rank
        entry.rank = ERROR_RANK
        return ERROR_RANK
    head = head_of(text, zone)
    if head is None:
        return CONTINUES | rank if rank >= 0 else LOOSE
    entry.rank = _RANK[head.severity]
    return entry.rank | (DATED if head.time is not None else 0)


def entry_after(code: int) -> Entry:
    """Return the entry that goes on behind a line with this byte."""
    return Entry() if code & LOOSE else Entry(code & 0x0F)


def codes_of(lines: Iterable[bytes], entry: Entry, zone: Zone) -> bytes:
    """Return the bytes of lines that follow each other."""
    codes = bytearray()
    add, known = codes.append, _LEVELS.get
    for line in lines:
        # AutoVideo's own format, by far the most lines, without a call: ten million lines are looked at here.
        if line[4:5] == b"-":
            parts = line.split(b" - ", 3)
            if len(parts) > 2 and len(parts[0]) in _TIMES:
                code = known(parts[1]) or known(parts[2])
                if code is not None and line[:4].isdigit():
                    entry.rank = code & 0x0F
                    add(code)
                    continue
        add(code_of(line, entry, zone))
    return bytes(codes)


def entry_behind(lines: list[bytes], zone: Zone) -> tuple[Entry | None, bool]:
    """Return the last entry that begins in lines whose past is not known, and whether a traceback follows it.

    A traceback belongs to the entry above it, if that is an error itself; so on its own it does not say how severe it
    is. The entry is None without any beginning.
    """
    traceback = False
    for line in reversed(lines):
        if not line or line[0] in _HEADLESS:
            continue
        text = line[: LONGEST_JSON if line[0] == 0x7B else LOOKED_AT].decode("utf-8", "replace")
        if begins_traceback(text):
            traceback = True
            continue
        entry = Entry()
        codes_of((line,), entry, zone)
        if entry.rank >= 0:
            return entry, traceback
    return None, traceback
