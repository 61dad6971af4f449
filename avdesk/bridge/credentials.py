"""The credentials, looked at, tried, stored and cleared off the GUI thread: keyrings and servers take their time.

A secret comes down from the field that it was typed into, and never goes up again.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from avdesk.config.settings import Environment
from avdesk.core.credentials import GIVEN, CredentialView, Kind, Trial
from avdesk.core.errors import KnownError, UsageError
from avdesk.core.snapshot import Trouble
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.services.given_secret import Given

log = logging.getLogger(__name__)

MAX_FILE = 64 * 1024
"""Bytes of a file that a key is read from."""


class CredentialsLike(Protocol):
    """What does the work; may be called from any thread."""

    def view(self, environment: Environment) -> CredentialView: ...
    def try_given(self, environment: Environment, given: "Given") -> Trial: ...
    def try_stored(self, environment: Environment) -> tuple[Trial, ...]: ...
    def store(self, environment: str, given: "Given", *, session_only: bool = False) -> None: ...
    def clear(self, environment: str, kinds: Sequence[Kind] = GIVEN) -> tuple[Kind, ...]: ...
    def unlock_keyring(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Entered:
    """A secret as the user gave it: typed, or in a file. Its text shows nothing of it.

    Attributes:
        text: what was typed; empty where a file was chosen.
        file: the file; None where it was typed.
    """

    kind: Kind
    text: str = ""
    file: Path | None = None

    def __repr__(self) -> str:
        """Return what may be shown."""
        return f"Entered({self.kind.value})"


@dataclass(frozen=True, slots=True)
class TriedTold:
    """What a trial brought.

    Attributes:
        environment: whose.
        entered: what was tried; None: what the environment uses.
        trials: one for what was entered, one for each of those in use; empty where what was entered is no secret.
        trouble: why nothing could be tried; None when it was.
    """

    environment: str
    entered: Entered | None
    trials: tuple[Trial, ...] = ()
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class ChangedTold:
    """How storing or clearing came out.

    Attributes:
        environment: whose.
        entered: what was to be stored; None: something was cleared.
        session_only: whether it is held for the session.
        trouble: why it was not done; None when it was.
    """

    environment: str
    entered: Entered | None
    session_only: bool = False
    trouble: Trouble | None = None

    @property
    def by_keyring(self) -> bool:
        """Whether the keyring is what refused."""
        return self.trouble is not None and self.trouble.kind in ("KeyringAbsentError", "KeyringLockedError")


class CredentialDesk(QObject):
    """Works in short-lived threads; lives in the GUI thread. Give it environments as they are, saved or not.

    Signals:
        viewed: a `CredentialView`.
        tried: a `TriedTold`.
        changed: a `ChangedTold`.
        renewed: the name of an environment whose credentials are others now: it should be asked anew.
        unlocked: a `Trouble`, None when the keyring is open.
    """

    viewed = Signal(object)
    tried = Signal(object)
    changed = Signal(object)
    renewed = Signal(str)
    unlocked = Signal(object)

    environment = "credentials"
    """What it is called where watches are stopped."""

    def __init__(self, make: Callable[[], CredentialsLike]) -> None:
        """Work by what `make` makes, which is called off the GUI thread."""
        super().__init__()
        self._make = make
        self._lock = threading.Lock()
        self._threads: set[threading.Thread] = set()
        self._looks = 0
        self._seen: dict[str, int] = {}
        self._stopping = False

    # From the GUI thread

    def look(self, environment: Environment) -> None:
        """Find out what credentials an environment has."""
        self._run(lambda: self._look(environment))

    def try_entered(self, environment: Environment, entered: Entered) -> None:
        """Try a secret that is not stored."""
        self._run(lambda: self._try_entered(environment, entered))

    def try_stored(self, environment: Environment) -> None:
        """Try what the environment uses."""
        self._run(lambda: self._try_stored(environment))

    def store(self, environment: Environment, entered: Entered, *, session_only: bool = False) -> None:
        """Store a secret, or hold it until the app ends."""
        self._run(lambda: self._store(environment, entered, session_only=session_only))

    def clear(self, environment: Environment, kind: Kind) -> None:
        """Take a secret away."""
        self._run(lambda: self._clear(environment, kind))

    def unlock(self) -> None:
        """Have the desktop ask for the keyring's password."""
        self._run(self._unlock)

    def ask_to_stop(self) -> None:
        """Begin nothing more."""
        with self._lock:
            self._stopping = True

    def wait(self, seconds: float) -> bool:
        """Wait for the threads to end, at most so long; return whether they have."""
        deadline = time.monotonic() + max(0.0, seconds)
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    # In threads of their own

    def _run(self, work: Callable[[], None]) -> None:
        def run() -> None:
            try:
                work()
            finally:
                with self._lock:
                    self._threads.discard(thread)

        thread = threading.Thread(target=run, name="credentials", daemon=True)
        with self._lock:
            if self._stopping:
                return
            self._threads.add(thread)
        thread.start()

    def _look(self, environment: Environment) -> None:
        with self._lock:
            self._looks += 1
            look = self._looks
        try:
            found = self._make().view(environment)
        except Exception:
            log.exception("the credentials of %s could not be looked at", environment.name)
            return
        with self._lock:
            if look < self._seen.get(environment.name, 0):
                return  # a later look was quicker: this one shows what was before
            self._seen[environment.name] = look
        self._tell(lambda: self.viewed.emit(found))

    def _try_entered(self, environment: Environment, entered: Entered) -> None:
        trials: list[Trial] = []
        trouble = _attempt(lambda: trials.append(self._make().try_given(environment, _given(entered))))
        self._tell(lambda: self.tried.emit(TriedTold(environment.name, entered, tuple(trials), trouble)))

    def _try_stored(self, environment: Environment) -> None:
        trials: list[Trial] = []
        trouble = _attempt(lambda: trials.extend(self._make().try_stored(environment)))
        self._tell(lambda: self.tried.emit(TriedTold(environment.name, None, tuple(trials), trouble)))

    def _store(self, environment: Environment, entered: Entered, *, session_only: bool) -> None:
        def store() -> None:
            self._make().store(environment.name, _given(entered), session_only=session_only)

        trouble = _attempt(store)
        self._tell_changed(ChangedTold(environment.name, entered, session_only, trouble), environment)

    def _clear(self, environment: Environment, kind: Kind) -> None:
        trouble = _attempt(lambda: self._make().clear(environment.name, (kind,)))
        self._tell_changed(ChangedTold(environment.name, None, trouble=trouble), environment)

    def _unlock(self) -> None:
        trouble = _attempt(lambda: self._make().unlock_keyring())
        self._tell(lambda: self.unlocked.emit(trouble))

    def _tell_changed(self, told: ChangedTold, environment: Environment) -> None:
        self._tell(lambda: self.changed.emit(told))
        if told.trouble is None:
            self._tell(lambda: self.renewed.emit(environment.name))
        self._look(environment)

    def _tell(self, tell: Callable[[], None]) -> None:
        if not self._stopping:  # by then it may be that nobody is there any more
            tell()


def _attempt(do: Callable[[], object]) -> Trouble | None:
    try:
        do()
    except KnownError as error:
        return Trouble.of(error)
    except Exception as error:
        log.exception("the credentials could not be worked on")
        return Trouble(type(error).__name__, _("AVDesk itself failed."), _("Its log holds the details."))
    return None


def _given(entered: Entered) -> "Given":
    from avdesk.services.given_secret import read_given

    return read_given(entered.kind, entered.text if entered.file is None else _content(entered.file))


def _content(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            raw = opened.read(MAX_FILE + 1)
    except OSError as error:
        raise UsageError(
            _("The file cannot be read: {words}.").format(words=error.strerror or type(error).__name__),
            _("Choose another one."),
        ) from None
    if len(raw) > MAX_FILE:
        raise UsageError(_("The file is too long for a service-account key."), _("Choose another one."))
    return raw.decode("utf-8", "replace")
