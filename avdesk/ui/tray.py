"""The item in the system tray: the icon of the environment that needs a look most, the menu of the one looked at."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QSystemTrayIcon

from avdesk.core.snapshot import Snapshot
from avdesk.ui.signs import sign_pixmap
from avdesk.ui.tray_menu import Choice, TrayMenu
from avdesk.ui.tray_state import TrayState, tray_state
from avdesk.ui.wishes import Wishes

ICON_SIZES = (16, 22, 24, 32, 48, 64)

YOUNG_S = 60.0
"""Data up to this age has its age shown in seconds."""

REFRESH_YOUNG_MS, REFRESH_OLD_MS, REFRESH_OPEN_MS = 5_000, 20_000, 1_000
OPEN_AT_MOST_S = 60.0
"""Not every panel tells when it has closed the menu."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


def panel_is_dark() -> bool | None:
    """Return True where the panel is dark as all of the desktop is; None: a light desktop's may be either."""
    from PySide6.QtCore import Qt  # its hundred enumerations take longer to make than the whole tray item

    return True if QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark else None


class Tray(QObject):
    """Shows all environments in one icon, and one of them in its menu.

    Text and icon are set when they change and else left alone: each change costs the panel.

    Signals:
        clicked: the icon was clicked.
        message_clicked: a message shown by the tray itself was clicked.
    """

    clicked = Signal()
    message_clicked = Signal()

    def __init__(
        self,
        environments: Sequence[Choice],
        snapshot: Snapshot,
        wishes: Wishes,
        *,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        """Prepare the item, with `snapshot` to begin with; `show` puts it into the tray."""
        super().__init__()
        self._now = now
        self._names = tuple(each.name for each in environments)
        self._snapshot = snapshot
        self._snapshots = {snapshot.environment: snapshot}
        self._drawn: tuple[object, ...] | None = None
        self._dark: bool | None = None
        self._open_since: datetime | None = None
        self._menu = TrayMenu(environments, wishes)
        self._item: QSystemTrayIcon | None = None
        self._menu.aboutToShow.connect(self._on_menu_opened)
        self._menu.aboutToHide.connect(self._on_menu_closed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.refresh)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self.follow_scheme)

    @property
    def is_shown(self) -> bool:
        """Whether the item has been put into a tray."""
        return self._item is not None and self._item.isVisible()

    def show(self) -> None:
        """Put the item into the tray, which must be there: Qt decides how to show an item when that is made."""
        if self._item is None:
            self._item = QSystemTrayIcon(self)
            self._item.activated.connect(self._on_activated)
            self._item.messageClicked.connect(self.message_clicked)
            self._item.setContextMenu(self._menu)
        self.refresh()
        self._item.show()

    def hide(self) -> None:
        """Take the item out of the tray and stop refreshing it."""
        self._timer.stop()
        if self._item is not None:
            self._item.hide()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Look at this snapshot from now on."""
        self._snapshot = self._snapshots[snapshot.environment] = snapshot
        self.refresh()

    def note(self, snapshot: Snapshot) -> None:
        """Take note of a snapshot of any environment: it may be the one that needs a look."""
        self._snapshots[snapshot.environment] = snapshot
        if snapshot.environment != self._snapshot.environment:
            self.refresh()

    def set_environments(
        self, environments: Sequence[Choice], snapshot: Snapshot, gone: Collection[str] = ()
    ) -> None:
        """Offer other environments from now on, and look at `snapshot`; what was known of those `gone` is dropped."""
        self._names = tuple(each.name for each in environments)
        kept = {name: known for name, known in self._snapshots.items() if name in self._names and name not in gone}
        self._snapshots = kept
        self._menu.set_environments(environments)
        self.show_snapshot(snapshot)

    def show_message(self, title: str, body: str, *, urgent: bool) -> None:
        """Show a message by the tray's own means."""
        kind = QSystemTrayIcon.MessageIcon.Warning if urgent else QSystemTrayIcon.MessageIcon.Information
        if self._item is not None:
            self._item.showMessage(title, body, kind)

    def follow_scheme(self) -> None:
        """Take note whether the desktop is dark; the tray does so by itself when that changes."""
        self._dark = panel_is_dark()
        self.refresh()

    def refresh(self) -> None:
        """Bring everything up to the time of day, and set out the next time. Nothing without an item."""
        if self._item is None:
            return
        now = self._now()
        state = tray_state(self._snapshot, now, self._others())
        self._draw(self._item, state)
        if self._item.toolTip() != state.tooltip:
            self._item.setToolTip(state.tooltip)
        self._menu.show_state(state)
        self._timer.start(self._refresh_in_ms(now))

    def _others(self) -> tuple[Snapshot, ...]:
        """Return what is known of those that are not looked at, in the configuration's order."""
        names = (name for name in self._names if name != self._snapshot.environment)
        return tuple(self._snapshots[name] for name in names if name in self._snapshots)

    def _refresh_in_ms(self, now: datetime) -> int:
        if self._open_since is not None and (now - self._open_since).total_seconds() < OPEN_AT_MOST_S:
            return REFRESH_OPEN_MS
        age = self._snapshot.age_s(now)
        return REFRESH_YOUNG_MS if age is not None and age < YOUNG_S else REFRESH_OLD_MS

    def _draw(self, item: QSystemTrayIcon, state: TrayState) -> None:
        look = (state.sign, state.done, state.total, self._dark)
        if look == self._drawn:
            return
        self._drawn = look
        icon = QIcon()
        for size in ICON_SIZES:
            icon.addPixmap(sign_pixmap(state.sign, size, dark=self._dark, done=state.done, total=state.total))
        item.setIcon(icon)

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        # A double click arrives as a click first, and two of these would open and hide.
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.clicked.emit()

    def _on_menu_opened(self) -> None:
        self._open_since = self._now()
        self.refresh()

    def _on_menu_closed(self) -> None:
        self._open_since = None
