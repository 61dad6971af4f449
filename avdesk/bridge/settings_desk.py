"""The configuration worked on off the GUI thread: read, checked, saved, kept, and the server's own beside it.

The widgets edit a text in memory; whatever touches the disk, the keyring or a server is done here.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal

from avdesk.bridge.settings_told import (
    AutostartTold,
    BackupsTold,
    BackupTold,
    CarriedTold,
    CheckedTold,
    ExportedTold,
    ImportedTold,
    MergedTold,
    OpenedTold,
    PreviewTold,
    SavedTold,
    ServerSavedTold,
    ServerTold,
)
from avdesk.config.load import MAX_BYTES, Loaded
from avdesk.core.errors import KnownError, UsageError
from avdesk.core.snapshot import Trouble
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.config.changes import Change, Preview
    from avdesk.config.merging import Merged, Side
    from avdesk.config.saving import Backup
    from avdesk.services.autostart import AutostartState
    from avdesk.services.configuration import Imported, Opened
    from avdesk.services.server_configuration import ServerFacts, ServerSettings

log = logging.getLogger(__name__)

T = TypeVar("T")


class ConfigurationLike(Protocol):
    """The file; may be called from any thread."""

    def open(self) -> "Opened": ...
    def check(self, text: str) -> Loaded: ...
    def preview(self, before: str, after: str) -> "Preview": ...
    def save(self, opened: "Opened", text: str, *, over_broken: bool = False) -> "Opened": ...
    def save_merged(self, opened: "Opened", text: str) -> "tuple[Opened, Merged | None]": ...
    def merge(
        self, opened: "Opened", text: str, choices: "Mapping[str, Side] | None" = None
    ) -> "tuple[Opened, Merged]": ...
    def backups(self) -> "list[Backup]": ...
    def backup_text(self, backup: "Backup") -> str: ...
    def restore(self, backup: "Backup", opened: "Opened") -> "Opened": ...
    def export(self, text: str) -> str: ...
    def imported(self, text: str, into: str, *, whole: bool = False) -> "Imported": ...


class ServerLike(Protocol):
    """One server's own configuration."""

    def read(self) -> "ServerSettings | None": ...
    def facts(self) -> "ServerFacts": ...
    def preview(self, base: "ServerSettings", wishes: Mapping[str, object]) -> "tuple[Change, ...]": ...
    def save(self, base: "ServerSettings", wishes: Mapping[str, object]) -> "ServerSettings": ...
    def abort(self) -> None: ...
    def close(self) -> None: ...


class AutostartLike(Protocol):
    """Starting at login."""

    def state(self) -> "AutostartState": ...
    def set(self, *, on: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class Makers:
    """What makes the workers; called off the GUI thread, because they are heavy to import.

    Attributes:
        configuration, autostart: the file, and starting at login.
        server: an environment's server, by the environment's name.
        carry: carries the credentials of an environment over to its new name.
    """

    configuration: Callable[[], ConfigurationLike]
    server: Callable[[str], ServerLike]
    autostart: Callable[[], AutostartLike]
    carry: Callable[[str, str], None]


class SettingsDesk(QObject):
    """Works in short-lived threads, on the file in one at a time; lives in the GUI thread.

    Signals:
        told: what came of something, one of `avdesk.bridge.settings_told`.
        renewed: the name of an environment whose credentials are others now: it should be asked anew.
    """

    told = Signal(object)
    renewed = Signal(str)

    environment = "settings"
    """What it is called where watches are stopped."""

    def __init__(self, make: Makers, path: Path) -> None:
        """Work by what `make` makes; `path`, the file's, is only named."""
        super().__init__()
        self.path = path
        self._make = make
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._threads: set[threading.Thread] = set()
        self._servers: set[ServerLike] = set()
        self._checks = 0
        self._opened = False
        self._stopping = False

    # From the GUI thread

    def open(self) -> None:
        """Read the file."""
        self._opened = True
        self._run(lambda file: OpenedTold(*_attempt(file.open)))

    def look_again(self) -> None:
        """Read the file anew where anybody has asked for it: it has changed."""
        if self._opened:
            self.open()

    def check(self, text: str) -> int:
        """Find what is wrong with a text; returns the answer's number. Only the newest question is answered."""
        self._checks += 1
        number = self._checks

        def work(file: ConfigurationLike) -> object:
            return CheckedTold(number, file.check(text)) if number == self._checks else None

        self._run(work)
        return number

    def preview(self, before: str, after: str) -> None:
        """Find out what saving would change."""
        self._run(lambda file: PreviewTold(after, *_attempt(lambda: file.preview(before, after))))

    def save(
        self, opened: "Opened", text: str, *, over_broken: bool = False, renamed: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Save a text; edits from outside are merged into it where nothing conflicts.

        `over_broken`: the user has decided that a damaged file is replaced. `renamed`: (old, new) names of
        environments whose credentials are carried over once the text is saved.
        """

        def work(file: ConfigurationLike) -> object:
            merged: Merged | None = None

            def save() -> "Opened":
                nonlocal merged
                if over_broken:
                    return file.save(opened, text, over_broken=True)
                saved, merged = file.save_merged(opened, text)
                return saved

            saved, trouble = _attempt(save)
            conflicts = merged.conflicts if merged is not None else ()
            if saved is not None and not conflicts:
                self._carry(renamed)
            return SavedTold(text, saved, merged, trouble)

        self._run(work)

    def merge(self, opened: "Opened", text: str, choices: "Mapping[str, Side]") -> None:
        """Bring a text together with the file as it is now."""

        def work(file: ConfigurationLike) -> object:
            found, trouble = _attempt(lambda: file.merge(opened, text, choices))
            current, merged = found if found is not None else (None, None)
            return MergedTold(text, current, merged, trouble)

        self._run(work)

    def list_backups(self) -> None:
        """Find the kept earlier contents."""
        self._run(lambda file: BackupsTold(*_attempt(lambda: tuple(file.backups()))))

    def look_into(self, backup: "Backup", present: str) -> None:
        """Read a backup, and find out what restoring it would change."""

        def work(file: ConfigurationLike) -> object:
            text, trouble = _attempt(lambda: file.backup_text(backup))
            preview = None if text is None else _attempt(lambda: file.preview(present, text))[0]
            return BackupTold(backup, text, preview, trouble)

        self._run(work)

    def restore(self, backup: "Backup", opened: "Opened") -> None:
        """Put a backup in the file's place."""
        self._run(lambda file: SavedTold(None, *_restored(file, backup, opened)))

    def export(self, text: str, target: Path) -> None:
        """Write a text without secrets to a file of the user's."""

        def work(file: ConfigurationLike) -> object:
            return ExportedTold(target, _attempt(lambda: _write(target, file.export(text)))[1])

        self._run(work)

    def look_at_import(self, source: Path, into: str, *, whole: bool) -> None:
        """Read a file of the user's, and find out what would come of taking it in."""

        def work(file: ConfigurationLike) -> object:
            return ImportedTold(source, whole, *_attempt(lambda: file.imported(_read(source), into, whole=whole)))

        self._run(work)

    def read_server(self, environment: str) -> None:
        """Ask an environment's server for its configuration; where it tells none, for what else is known of it."""

        def work(server: ServerLike) -> object:
            settings, trouble = _attempt(server.read)
            facts = None
            if settings is None and trouble is None:
                facts, trouble = _attempt(server.facts)
            return ServerTold(environment, settings, facts, trouble)

        self._run_on_server(environment, work, lambda trouble: ServerTold(environment, trouble=trouble))

    def save_server(self, environment: str, base: "ServerSettings", wishes: Mapping[str, object]) -> None:
        """Change a server's configuration."""

        def work(server: ServerLike) -> object:
            from avdesk.services.server_configuration import ServerChangedError

            theirs: tuple[ServerSettings | None, tuple[str, ...]] | None = None

            def save() -> "ServerSettings":
                nonlocal theirs
                try:
                    return server.save(base, wishes)
                except ServerChangedError as error:
                    theirs = (error.current, error.keys)
                    raise

            saved, trouble = _attempt(save)
            return ServerSavedTold(environment, saved, trouble, *(theirs or (None, ())))

        self._run_on_server(environment, work, lambda trouble: ServerSavedTold(environment, trouble=trouble))

    def look_at_autostart(self) -> None:
        """Find out whether AVDesk is started at login."""
        self._begin(lambda: self._tell(AutostartTold(*_attempt(lambda: self._make.autostart().state()))))

    def set_autostart(self, *, on: bool) -> None:
        """Start at login from now on, or not; tells the real state afterwards."""

        def work() -> None:
            trouble = _attempt(lambda: self._make.autostart().set(on=on))[1]
            state, other = _attempt(lambda: self._make.autostart().state())
            self._tell(AutostartTold(state, trouble or other))

        self._begin(work)

    def ask_to_stop(self) -> None:
        """Begin nothing more, and give up what asks a server."""
        with self._lock:
            self._stopping = True
            servers = list(self._servers)
        for server in servers:
            server.abort()

    def wait(self, seconds: float) -> bool:
        """Wait for the threads to end, at most so long; return whether they have."""
        deadline = time.monotonic() + max(0.0, seconds)
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    # In threads of their own

    def _begin(self, work: Callable[[], object]) -> None:
        def run() -> None:
            try:
                work()
            finally:
                with self._lock:
                    self._threads.discard(thread)

        thread = threading.Thread(target=run, name="settings", daemon=True)
        with self._lock:
            if self._stopping:
                return
            self._threads.add(thread)
        thread.start()

    def _run(self, work: Callable[[ConfigurationLike], object]) -> None:
        def run() -> None:
            with self._turn:
                self._tell(work(self._make.configuration()))

        self._begin(run)

    def _run_on_server(
        self, environment: str, work: Callable[[ServerLike], object], failed: Callable[[Trouble | None], object]
    ) -> None:
        def run() -> None:
            server, trouble = _attempt(lambda: self._make.server(environment))
            if server is None:
                self._tell(failed(trouble))
                return
            with self._lock:
                self._servers.add(server)
                stopping = self._stopping
            try:
                if not stopping:
                    self._tell(work(server))
            finally:
                with self._lock:
                    self._servers.discard(server)
                server.close()

        self._begin(run)

    def _carry(self, renamed: Sequence[tuple[str, str]]) -> None:
        for former, name in renamed:
            _done, trouble = _attempt(partial(self._make.carry, former, name))
            self._tell(CarriedTold(former, name, trouble))
            if trouble is None and not self._stopping:
                self.renewed.emit(name)

    def _tell(self, told: object) -> None:
        if told is not None and not self._stopping:  # by then it may be that nobody is there any more
            self.told.emit(told)


def _restored(
    file: ConfigurationLike, backup: "Backup", opened: "Opened"
) -> "tuple[Opened | None, None, Trouble | None]":
    saved, trouble = _attempt(lambda: file.restore(backup, opened))
    return saved, None, trouble


def _attempt(do: Callable[[], T]) -> tuple[T | None, Trouble | None]:
    try:
        return do(), None
    except KnownError as error:
        return None, Trouble.of(error)
    except Exception as error:
        log.exception("the settings could not be worked on")
        return None, Trouble(type(error).__name__, _("AVDesk itself failed."), _("Its log holds the details."))


def _read(source: Path) -> str:
    try:
        with source.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise UsageError(
                _("The file is larger than {size} KB.").format(size=MAX_BYTES // 1024), _("Choose another one.")
            )
        return raw.decode()
    except OSError as error:
        raise UsageError(
            _("The file cannot be read: {words}.").format(words=error.strerror or type(error).__name__),
            _("Choose another one."),
        ) from None
    except UnicodeDecodeError:
        raise UsageError(_("The file is no text in UTF-8."), _("Choose another one.")) from None


def _write(target: Path, text: str) -> None:
    try:
        target.write_text(text, "utf-8", newline="")
    except OSError as error:
        raise UsageError(
            _("The file cannot be written: {words}.").format(words=error.strerror or type(error).__name__),
            _("Choose another place."),
        ) from None
