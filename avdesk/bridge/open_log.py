"""A log that is kept filled, by a thread of its own, and told of by signals."""

import logging
import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance

from avdesk.bridge.log_session import LogSession
from avdesk.bridge.logs import LogOpener, LogWish
from avdesk.core.errors import AbortedError, AvdeskError
from avdesk.core.logchoice import LogChoice
from avdesk.core.redact import redact
from avdesk.core.snapshot import Trouble
from avdesk.core.text import one_line
from avdesk.services.logs.book import Book
from avdesk.services.logs.source import LogSource, SourceView

REST_S = 3600.0
"""The longest that nothing is looked at; whatever is due wakes the thread before."""

BUSY_PIECES = 50
"""Pieces that one source may do before the others have their turn."""

log = logging.getLogger(__name__)


class OpenedLike(Protocol):
    """A log that was opened: one book, and the sources that fill it. Belongs to the thread that opened it."""

    @property
    def book(self) -> Book: ...
    @property
    def parts(self) -> Sequence[tuple[tuple[LogChoice, ...], LogSource]]: ...
    def step(self) -> float:
        """Put what the sources have read together; return the seconds until that is due again."""

    def abort(self) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class SourceState:
    """How one source of a log stands.

    Attributes:
        choices: what it reads.
        view: how it stands by its own word.
        trouble: why it cannot be read at the moment; None when it can.
    """

    choices: tuple[LogChoice, ...]
    view: SourceView
    trouble: Trouble | None


class OpenLog(QObject):
    """One log being read; lives in the GUI thread.

    Signals:
        opened: a `LogSession` to read it by.
        failed: a `Trouble`: it cannot be opened.
        told: a tuple of `SourceState`, whenever one has changed.
    """

    opened = Signal(object)
    failed = Signal(object)
    told = Signal(object)
    _ready = Signal(object)

    def __init__(self, wish: LogWish, opener: LogOpener) -> None:
        """Begin to open a log."""
        super().__init__()
        self.wish = wish
        self.session: LogSession | None = None
        self._opener = opener
        self._log: OpenedLike | None = None
        self._changed = threading.Condition()
        self._older = False
        self._hurried = False
        self._seen = True
        self._stop = threading.Event()
        self._states: tuple[SourceState, ...] = ()
        self._ready.connect(self._begin)
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)

    def start(self) -> None:
        """Open it; signals come from here on."""
        self._thread.start()

    def set_seen(self, *, seen: bool) -> None:
        """Ask for more lines only while somebody sees them; what was missed comes when somebody looks again."""
        with self._changed:
            self._seen = seen
            self._changed.notify()

    def hurry(self) -> None:
        """Look as soon as may be."""
        with self._changed:
            self._hurried = True
            self._changed.notify()

    def older(self) -> None:
        """Fetch older lines."""
        with self._changed:
            self._older = True
            self._changed.notify()

    def stop(self) -> None:
        """Read no more; the threads end soon."""
        with self._changed:
            self._stop.set()
            opened = self._log
            self._changed.notify()
        if self.session is not None:
            self.session.close()
        if opened is not None:
            opened.abort()

    def wait(self, seconds: float) -> bool:
        """Wait for the threads to end, at most so long; return whether they have."""
        deadline = time.monotonic() + seconds
        if self._thread.ident is not None:
            self._thread.join(max(0.0, seconds))
        rest = deadline - time.monotonic()
        return not self._thread.is_alive() and (self.session is None or self.session.wait(max(0.0, rest)))

    def _begin(self, opened: OpenedLike) -> None:
        if self._stop.is_set():
            return
        self.session = LogSession(opened.book, self)
        self.opened.emit(self.session)
        self.told.emit(self._states)

    # In the thread

    def _run(self) -> None:
        try:
            opened = self._opener(self.wish)
        except AvdeskError as error:
            self._tell(self.failed, Trouble.of(error))
            return
        except Exception as error:
            log.exception("a log could not be opened")
            self._tell(self.failed, _crash(error))
            return
        with self._changed:
            self._log = opened
            stopping = self._stop.is_set()
        try:
            if not stopping:
                self._tell(self._ready, opened)
                self._fill(opened)
        except AbortedError:
            log.info("reading a log was stopped")
        except Exception as error:
            log.exception("reading a log failed")
            self._tell(self.failed, _crash(error))
        finally:
            opened.close()
            opened.book.close()

    def _fill(self, opened: OpenedLike) -> None:
        sources = [source for _choices, source in opened.parts]
        due = [0.0 for _source in sources]
        while not self._stop.is_set():
            self._do_wishes(opened, due)
            for place, source in enumerate(sources):
                for _piece in range(BUSY_PIECES):
                    if due[place] > time.monotonic() or self._stop.is_set() or not self._wanted(source):
                        break
                    due[place] = time.monotonic() + source.step()
            together = opened.step()
            self._tell_states(opened)
            with self._changed:
                rest = min(min(due, default=math.inf) - time.monotonic(), together)
                if not (self._stop.is_set() or self._older or self._hurried) and (rest > 0 or not self._seen):
                    self._changed.wait(max(0.05, min(rest, REST_S)) if self._seen else REST_S)

    def _wanted(self, source: LogSource) -> bool:
        """Return whether to go on: what is not seen is read to its first end, and then left alone."""
        return self._seen or source.view.loading

    def _do_wishes(self, opened: OpenedLike, due: list[float]) -> None:
        with self._changed:
            older, self._older = self._older, False
            hurried, self._hurried = self._hurried, False
        for place, (_choices, source) in enumerate(opened.parts):
            if hurried:
                source.hurry()
                due[place] = 0.0
            if older and source.view.older:
                try:
                    source.older()
                except AbortedError:
                    raise
                except AvdeskError as error:
                    log.info("older lines could not be had: %s", one_line(redact(str(error))))

    def _tell_states(self, opened: OpenedLike) -> None:
        parts = [(choices, source.view) for choices, source in opened.parts]
        states = tuple(
            SourceState(choices, view, None if view.trouble is None else Trouble.of(view.trouble))
            for choices, view in parts
        )
        if states != self._states:
            self._states = states
            self._tell(self.told, states)

    def _tell(self, signal: SignalInstance, what: object) -> None:
        if not self._stop.is_set():
            signal.emit(what)


def _crash(error: Exception) -> Trouble:
    return Trouble(type(error).__name__, one_line(redact(f"{type(error).__name__}: {error}")), "")
