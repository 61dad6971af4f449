"""Our own faults: logged, told once, never a reason to vanish from the tray."""

import contextlib
import faulthandler
import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO

from avdesk import __version__
from avdesk.core.redact import redact

MAX_REPORT = 20_000

log = logging.getLogger(__name__)

Shower = Callable[[str], None]


def report_of(kind: type[BaseException], error: BaseException, trace: TracebackType | None, where: str = "") -> str:
    """Return what a maintainer needs to know of an error, without secrets."""
    lines = "".join(traceback.format_exception(kind, error, trace))
    head = f"AVDesk {__version__}, Python {platform.python_version()}, {platform.platform()}"
    if "PySide6" in sys.modules:
        head += f", PySide6 {sys.modules['PySide6'].__version__}"
    if where:
        head += f", in {where}"
    return redact(f"{head}\n\n{lines}")[-MAX_REPORT:]


class CrashHooks:
    """Catches what nobody else has caught, in the GUI thread's slots and in other threads."""

    def __init__(self, show: Shower) -> None:
        """Log each fault and `show` (from whichever thread it happened in) the first one."""
        self._show = show
        self._busy = threading.Lock()
        self._shown = False
        self._old = (sys.excepthook, threading.excepthook)

    def install(self) -> None:
        """Take over the hooks."""
        self._old = (sys.excepthook, threading.excepthook)
        sys.excepthook = self.on_error
        threading.excepthook = self._on_thread_error

    def restore(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._old

    def on_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Take an error that nobody has caught."""
        self._take(kind, error, trace, "")

    def _on_thread_error(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is None or issubclass(arguments.exc_type, SystemExit):
            return
        where = arguments.thread.name if arguments.thread is not None else "a thread"
        self._take(arguments.exc_type, arguments.exc_value, arguments.exc_traceback, where)

    def _take(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None, where: str) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._old[0](kind, error, trace)
            return
        if not self._busy.acquire(blocking=False):
            return  # an error while an error is being told
        try:
            report = report_of(kind, error, trace, where)
            log.critical("unexpected error\n%s", report)
            if not self._shown:
                self._shown = True
                self._show(report)
        except Exception:  # noqa: BLE001 - the last resort must not raise into the hook
            with contextlib.suppress(OSError, ValueError):
                sys.__stderr__.write("avdesk: an error could not be reported\n") if sys.__stderr__ else None
        finally:
            self._busy.release()


class FaultFile:
    """Where the interpreter writes its stacks when it dies of a signal; what is in it is told at the next start."""

    def __init__(self, folder: Path) -> None:
        """Use a file in `folder`."""
        self._path = folder / "fault.txt"
        self._file: IO[str] | None = None

    def open(self) -> str:
        """Begin to catch, and return what the last run left: empty when it ended well."""
        try:
            left = self._path.read_text(encoding="utf-8", errors="replace")[:MAX_REPORT]
        except OSError:
            left = ""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if left:
                self._path.replace(self._path.with_name("fault-last.txt"))
            self._file = self._path.open("w", encoding="utf-8")
        except OSError as error:
            log.info("faults are not caught: %s", error)
            return redact(left)
        faulthandler.enable(self._file)
        return redact(left)

    def close(self) -> None:
        """Stop catching; the program ends well."""
        if self._file is None:
            return
        faulthandler.disable()
        self._file.close()
        self._file = None
        with contextlib.suppress(OSError):
            self._path.unlink()
