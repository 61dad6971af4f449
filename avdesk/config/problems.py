"""What is wrong with a configuration file, one finding at a time."""

from collections.abc import Iterable
from dataclasses import dataclass

from avdesk.core.redact import redact
from avdesk.core.text import one_line
from avdesk.i18n import _


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        line: where, counted from 1; None where it concerns the file as a whole.
        key: the key with its table, as ``environments.dev.url``; empty without one.
        message: what is wrong, one sentence.
        hint: what to write instead; may be empty.
    """

    line: int | None
    key: str
    message: str
    hint: str = ""

    def sentence(self, file: str) -> str:
        """Return it as one line that begins with the place: ``config.toml:12: environments.dev.url: …``."""
        place = file if self.line is None else f"{file}:{self.line}"
        words = f"{self.message} {self.hint}".strip()
        return f"{place}: {self.key}: {words}" if self.key else f"{place}: {words}"


class UnfitError(Exception):
    """A value that an option cannot take.

    Attributes:
        message, hint: as in `Problem`.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that is closest to `word`, None when none is close."""
    import difflib  # slow to import, needed only where something is misspelt

    names = {name.lower(): name for name in known}
    found = difflib.get_close_matches(word.lower()[:80], list(names), n=1, cutoff=0.6)
    return names[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint with the nearest known name, or with all of them when none is close."""
    names = list(known)
    close = nearest(word, names)
    if close is not None:
        return _("Did you mean “{name}”?").format(name=close)
    return _("Known: {names}.").format(names=", ".join(names)) if names else ""


def quoted(value: object) -> str:
    """Return a value from the file, short and harmless, for a message."""
    return one_line(redact(str(value)), 60)
