"""Quitting: in stages, once, with a bound. Everything is saved before anything is waited for."""

import logging
import os
import sys
import threading
from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QObject, QTimer

log = logging.getLogger(__name__)

Stage = Callable[[], object]


class Shutdown(QObject):
    """Ends the program.

    `at_once` are what the user sees end and what has to be saved; they run before `quit` returns. `afterwards` are
    what takes time; they run from the event loop. A stage that fails does not keep the next ones from running.
    """

    def __init__(
        self,
        at_once: Sequence[Stage],
        afterwards: Sequence[Stage],
        end_loop: Callable[[int], object] = QCoreApplication.exit,
    ) -> None:
        """Prepare the stages; `end_loop` ends the application's event loop with an exit code."""
        super().__init__()
        self._at_once = list(at_once)
        self._afterwards = list(afterwards)
        self._end_loop = end_loop
        self._code = 0
        self._begun = False

    @property
    def exit_code(self) -> int:
        """The code that was asked for."""
        return self._code

    @property
    def begun(self) -> bool:
        """Whether the program is ending."""
        return self._begun

    def quit(self, code: int = 0) -> None:
        """End the program; a second call changes nothing."""
        if self._begun:
            return
        self._begun = True
        self._code = code
        _run(self._at_once)
        QTimer.singleShot(0, self, self._finish_and_exit)

    def finish(self) -> None:
        """Run what has not run yet, at once: the event loop is about to end, the session is closing say."""
        if not self._begun:
            self._begun = True
            _run(self._at_once)
        _run(self._afterwards)

    def _finish_and_exit(self) -> None:
        self.finish()
        self._end_loop(self._code)


def leave(code: int, late: Sequence[str]) -> int:
    """Return `code`, or end the process here when something would keep it from ending by itself.

    `late` names watches that hang. Also a thread of a client's, in a name lookup that nothing can interrupt, would
    make the interpreter wait for it: all is saved by now, so nobody has to.
    """
    held_by = [t.name for t in threading.enumerate() if not t.daemon and t is not threading.main_thread()]
    if not late and not held_by:
        return code
    log.warning("ending without waiting for: %s", ", ".join([*late, *held_by]))
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _run(stages: list[Stage]) -> None:
    while stages:
        stage = stages.pop(0)
        try:
            stage()
        except Exception:
            log.exception("a stage of quitting failed")
