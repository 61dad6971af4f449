"""The configuration as it is being edited: one text that form and text view share, with one undo for both."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from avdesk.config.document import Document, Key
from avdesk.config.problems import Problem
from avdesk.config.statements import KeyPath

if TYPE_CHECKING:
    from avdesk.services.configuration import Opened

MOST_STEPS = 200
TOGETHER_S = 1.5
"""Edits of the same thing within this time are one step of undo."""

TYPING = "typing"

Renamed = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """A state to go back to: the text, and the environments renamed until then."""

    text: str
    renamed: Renamed


class Draft(QObject):
    """What is edited. Nothing here reads or writes a file.

    Signals:
        changed: the text is another one, or what it is compared with is.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Begin with nothing; see `start`."""
        super().__init__(parent)
        self._opened: Opened | None = None
        self.document = Document()
        self._renamed: Renamed = ()
        self._past: list[_Step] = []
        self._future: list[_Step] = []
        self._last: tuple[object, float] | None = None

    @property
    def opened(self) -> "Opened | None":
        """The file that the edits began from; None before it was read."""
        return self._opened

    @property
    def text(self) -> str:
        """The text as it is now."""
        return self.document.text

    @property
    def base(self) -> str:
        """The file's text."""
        return self._opened.text if self._opened is not None else ""

    @property
    def dirty(self) -> bool:
        """Whether there is something to be saved."""
        return self._opened is not None and self.text != self._opened.text

    @property
    def editable(self) -> bool:
        """Whether it can be edited key by key."""
        return self._opened is not None and self._opened.unreadable is None and not self.document.damaged

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong with the text."""
        return self.document.problems

    @property
    def can_undo(self) -> bool:
        """Whether there is a step back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step forward again."""
        return bool(self._future)

    def start(self, opened: "Opened") -> None:
        """Edit another state of the file; what was edited is gone."""
        self._opened = opened
        self.document = opened.document()
        self._renamed = ()
        self._past.clear()
        self._future.clear()
        self._last = None
        self.changed.emit()

    def rebase(self, opened: "Opened", text: str | None = None) -> None:
        """Take `opened` for the file from now on; `text` replaces what is edited, which can be undone."""
        self._opened = opened
        self._renamed = tuple(pair for pair in self._renamed if pair[0] in self._names_in(opened))
        if text is not None and text != self.text:
            self._remember(None, self.text)
            self.document.replace(text)
        self.changed.emit()

    def edit(self, do: Callable[[Document], object], about: object = None) -> None:
        """Change the text by `do`; edits `about` the same thing in a row are one step of undo.

        Raises:
            KnownError: as `do`; nothing was changed then.
        """
        before = self.text
        do(self.document)
        if self.text != before:
            self._remember(about, before)
            self.changed.emit()

    def type_text(self, text: str) -> None:
        """Take a text as it was typed, whatever it holds."""
        self.edit(lambda document: document.replace(text), TYPING)

    def rename(self, old: str, new: str) -> None:
        """Rename an environment, and note that its credentials go with it."""
        before = self._renamed
        self.edit(lambda document: document.rename_environment(old, new))
        origin = next((first for first, last in before if last == old), old)
        self._renamed = (*(pair for pair in before if pair[1] != old), (origin, new))

    def undo(self) -> None:
        """Go a step back."""
        self._go(self._past, self._future)

    def redo(self) -> None:
        """Go the step forward again."""
        self._go(self._future, self._past)

    def revert(self) -> None:
        """Go back to the file's text; that can be undone."""
        if self.dirty:
            self._remember(None, self.text)
            self._renamed = ()
            self.document.replace(self.base)
            self.changed.emit()

    def renamed(self) -> Renamed:
        """Return (old, new) names of the environments that saving would rename."""
        now = set(self.document.environments())
        before = self._names_in(self._opened) if self._opened is not None else set()
        return tuple((old, new) for old, new in self._renamed if old in before and old not in now and new in now)

    def problems_of(self, key: Key) -> tuple[Problem, ...]:
        """Return what is wrong with one key."""
        from avdesk.config.keys import key_text

        path: KeyPath = (key,) if isinstance(key, str) else key
        names = {key_text(path), ".".join(path)}
        return tuple(problem for problem in self.problems if problem.key in names)

    def _go(self, source: list[_Step], target: list[_Step]) -> None:
        if source:
            step = source.pop()
            target.append(_Step(self.text, self._renamed))
            self._renamed = step.renamed
            self.document.replace(step.text)
            self._last = None
            self.changed.emit()

    def _remember(self, about: object, text: str) -> None:
        now = time.monotonic()
        last, self._last = self._last, (about, now) if about is not None else None
        self._future.clear()
        if last is not None and about is not None and last[0] == about and now - last[1] < TOGETHER_S and self._past:
            return
        self._past.append(_Step(text, self._renamed))
        del self._past[:-MOST_STEPS]

    @staticmethod
    def _names_in(opened: "Opened") -> set[str]:
        return set(opened.document().environments())
