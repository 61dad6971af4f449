"""Telling of a newer version: in the window, and once by a notification. Nothing is installed."""

import json
import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from avdesk import __version__
from avdesk.app.in_force import InForce
from avdesk.app.monitors import IMPORTING
from avdesk.app.window_host import WindowHost
from avdesk.bridge.updates import Looker, ReleaseLike, UpdateWatch
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.services.updates import Release

MAX_FILE = 1000
TOPIC = "update"

log = logging.getLogger(__name__)


class UpdateDesk(QObject):
    """Tells once of each version, in the window; what was told is remembered in a small file."""

    def __init__(self, window: WindowHost, file: Path, watch: UpdateWatch) -> None:
        """Tell in `window` what `watch` finds, remember in `file`."""
        super().__init__()
        self._window = window
        self._file = file
        self.watch = watch
        watch.told.connect(self.on_told, Qt.ConnectionType.QueuedConnection)

    def on_told(self, release: ReleaseLike) -> None:
        """Show a version that was not shown before."""
        if release.version == self._told_before():
            return
        text = _("AVDesk {version} can be had: {url}")
        self._window.tell(TOPIC, text.format(version=release.version, url=release.url))
        self._remember(release.version)

    def _told_before(self) -> str:
        try:
            with self._file.open("rb") as file:
                found = json.loads(file.read(MAX_FILE))
        except (OSError, ValueError, RecursionError):
            return ""
        return str(found.get("version", "")) if isinstance(found, dict) else ""

    def _remember(self, version: str) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps({"version": version}), encoding="utf-8")
        except OSError as error:
            log.info("which version was told of is not remembered: %s", error)


def update_watch(in_force: InForce) -> UpdateWatch:
    """Return what looks for newer versions, by the settings that hold when it looks."""
    return UpdateWatch(update_looker(in_force), lambda: in_force.settings.updates.check)


def update_looker(in_force: InForce) -> Looker:
    """Return what asks for the newest version; call it off the GUI thread."""
    return partial(_look, in_force)


def _look(in_force: InForce) -> "Release | None":
    with IMPORTING:
        from avdesk.clients.transport import Transport
        from avdesk.services.updates import newer
    transport = Transport()
    try:
        return newer(in_force.settings.updates, transport, __version__)
    finally:
        transport.close()
