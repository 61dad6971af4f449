"""A real desktop on a screen that nobody sees: X server, bus, window manager, panel, notifications, keyring.

    with DesktopSession() as session:
        app = session.start(["avdesk", "demo"])
        item = session.wait_for_tray_item(app)
        item.click("Open AVDesk")

Everything a session needs it starts itself, on a display and a bus of its own, and ends again by the ids of the
processes; sessions don't see each other. What the processes print is kept in `logs` until the session ends, and shown
when something doesn't come up.
"""

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from tests.harness.accessibility import Accessibility
from tests.harness.bus import Bus, BusError
from tests.harness.keyring_service import KeyringService, KeyringState
from tests.harness.notifications import NOTIFICATIONS, Notification, NotificationRecorder
from tests.harness.processes import Processes
from tests.harness.programs import ACCESSIBILITY_LAUNCHER, xfce4_notifyd
from tests.harness.session_files import write_bus_files, write_dunst_files, write_panel_files
from tests.harness.tray import WATCHER, TrayItem, registered_items
from tests.harness.waiting import PATIENCE_S, wait_until
from tests.harness.windows import Window, Windows
from tests.harness.xserver import start_x_server

Daemon = Literal["dunst", "xfce4-notifyd"]


class DesktopSession:
    """One desktop, from ``with`` to the end of its block."""

    def __init__(
        self,
        *,
        size: tuple[int, int] = (1280, 800),
        dpi: int = 96,
        scale: float = 1.0,
        tray: bool = True,
        dark_panel: bool = True,
        tray_icon_size: int = 16,
        notifications: Daemon | None = "dunst",
        keyring: KeyringState | None = None,
        accessibility: bool = True,
    ) -> None:
        """Describe the desktop: the screen in pixels, Qt's scale factor, and which of its services there are."""
        self._size, self._dpi, self._scale = size, dpi, scale
        self._tray, self._dark_panel, self._tray_icon_size = tray, dark_panel, tray_icon_size
        self._daemon, self._keyring, self._accessibility = notifications, keyring, accessibility
        self._stack = ExitStack()
        self._panel: subprocess.Popen[bytes] | None = None
        self._notifier: subprocess.Popen[bytes] | None = None
        self._display = ""
        self._number = 0

    # --- Beginning and end ----------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        """Bring the desktop up; RuntimeError, with what the processes printed, where it doesn't come."""
        # Short, because a socket's path must be; tests' own folders have long names.
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="desktop-")))
        self.logs = self.folder / "logs"
        for name in ("logs", "home", "run", "config", "data", "state", "cache", "etc"):
            (self.folder / name).mkdir(mode=0o700)
        self._processes = Processes(self.logs)
        self._stack.callback(self._processes.stop_all)
        try:
            self._bring_up()
        except BaseException as error:
            error.add_note(self.all_logs())
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End everything; RuntimeError where a process of the session can't be ended."""
        if error is not None:
            error.add_note(self.all_logs())
        self._stack.close()

    def _bring_up(self) -> None:
        self._display = start_x_server(self._processes, self.environment(), self._size, self._dpi)
        socket = self.folder / "run" / "bus"
        config = write_bus_files(self.folder / "etc", socket)
        self._start(
            "dbus-daemon", ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--nosyslog"]
        )
        self.bus = wait_until(self._connect, "the bus takes connections")
        self._stack.callback(self.bus.close)
        self.recorder = NotificationRecorder(self.bus_address)
        self._stack.callback(self.recorder.close)
        self.keyring = KeyringService(self._processes, self.environment, self.bus)
        self.windows = Windows(self.environment())
        self.a11y = Accessibility(self.environment())
        self._start("openbox", ["openbox", "--sm-disable"])
        if self._accessibility:
            self._start("at-spi", [ACCESSIBILITY_LAUNCHER, "--launch-immediately"])
        write_panel_files(self.folder / "config", dark=self._dark_panel, icon_size=self._tray_icon_size)
        if self._tray:
            self.start_tray(wait=False)
        if self._daemon is not None:
            self.start_notifications(self._daemon, wait=False)
        if self._keyring is not None:
            self.keyring.start(self._keyring)
        self._wait_until_up()

    def _connect(self) -> Bus | None:
        """Connect to the session's bus; None where it isn't there yet, or doesn't listen yet."""
        try:
            return Bus(self.bus_address)
        except OSError:
            return None

    def _wait_until_up(self) -> None:
        """Wait until all that was started in one go is there."""
        wait_until(self.windows.managed, "a window manager manages the screen")
        if self._accessibility:
            self._wait_for_name("org.a11y.Bus")
        if self._daemon is not None:
            self._wait_for_name(NOTIFICATIONS)
        if self._tray:
            self._wait_for_tray()

    def _start(self, name: str, argv: Sequence[str | os.PathLike[str]]) -> subprocess.Popen[bytes]:
        return self._processes.start(name, argv, self.environment())

    def _wait_for_name(self, name: str) -> None:
        wait_until(lambda: self.bus.owns(name), f"{name} is on the bus")

    # --- For the programs under test ------------------------------------------------------------------------------

    @property
    def bus_address(self) -> str:
        """The address of the session bus."""
        return f"unix:path={self.folder}/run/bus"

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return all variables for a program on this desktop, with `more` on top; none of the test's own get in."""
        kept = {name: os.environ[name] for name in ("PATH", "SSL_CERT_FILE", "SSL_CERT_DIR") if name in os.environ}
        variables = kept | {
            "HOME": str(self.folder / "home"),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "XDG_CURRENT_DESKTOP": "XFCE",
            "XDG_SESSION_TYPE": "x11",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "DISPLAY": self._display,
            "DBUS_SESSION_BUS_ADDRESS": self.bus_address,
            "GIO_USE_VFS": "local",
            "GSETTINGS_BACKEND": "memory",
            "QT_QPA_PLATFORM": "xcb",
            "QT_SCALE_FACTOR": f"{self._scale:g}",
        }
        # Without an accessibility bus GTK's programs would look for one, and complain.
        variables |= {"QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"} if self._accessibility else {"NO_AT_BRIDGE": "1"}
        return variables | dict(more or {})

    def start(
        self,
        argv: Sequence[str | os.PathLike[str]],
        *,
        name: str = "",
        environment: Mapping[str, str] | None = None,
        stdin: bytes = b"",
    ) -> subprocess.Popen[bytes]:
        """Start a program on this desktop, with `environment` on top of its own; it prints into ``<name>.log``."""
        self._number += 1
        name = name or f"{Path(argv[0]).name}-{self._number}"
        return self._processes.start(name, argv, self.environment(environment), stdin=stdin)

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """End a program that was started here."""
        self._processes.stop(process)

    def log(self, name: str) -> str:
        """Return what a process printed: ``dunst``, or the name given to `start`."""
        return self._processes.log(name)

    def all_logs(self) -> str:
        """Return what all processes printed, each under its name; the last 4,000 characters of each."""
        files = sorted(self.logs.glob("*.log"))
        return "\n".join(f"--- {file.stem}\n{file.read_text('utf-8', 'replace')[-4_000:]}" for file in files)

    def alive(self) -> list[int]:
        """Return the ids of the session's processes, and of those that they started."""
        return self._processes.alive()

    # --- The tray -------------------------------------------------------------------------------------------------

    def start_tray(self, *, wait: bool = True) -> None:
        """Start the panel with its tray, and wait until items can register."""
        self._panel = self._start("xfce4-panel", ["xfce4-panel", "--disable-wm-check", "--sm-client-disable"])
        if wait:
            self._wait_for_tray()

    def _wait_for_tray(self) -> None:
        self._wait_for_name(WATCHER.service)
        wait_until(lambda: self.bus.get(WATCHER, "IsStatusNotifierHostRegistered"), "the tray shows items")

    def stop_tray(self) -> None:
        """End the panel: no tray host from here on."""
        if self._panel is not None:
            self._processes.stop(self._panel)
            self._panel = None
        wait_until(lambda: not self.bus.owns(WATCHER.service), "the tray host is gone")

    def tray_items(self) -> list[TrayItem]:
        """Return what is in the tray."""
        return registered_items(self.bus)

    def wait_for_tray_item(
        self, process: subprocess.Popen[bytes] | None = None, timeout_s: float = PATIENCE_S
    ) -> TrayItem:
        """Wait for a tray item (that of `process`, if given), and return it."""

        def look() -> TrayItem | None:
            with suppress(BusError):  # it went away between two questions
                for item in self.tray_items():
                    if process is None or item.process == process.pid:
                        return item
            return None

        return wait_until(look, "an item is in the tray", timeout_s)

    # --- Notifications --------------------------------------------------------------------------------------------

    def start_notifications(self, daemon: Daemon, *, wait: bool = True) -> None:
        """Start a notification daemon, and wait until it takes notifications."""
        if daemon == "dunst":
            config = write_dunst_files(self.folder / "etc", self._choice)
            self._notifier = self._start("dunst", ["dunst", "-conf", config])
        else:
            program = xfce4_notifyd()
            if program is None:
                raise RuntimeError("xfce4-notifyd is not installed")
            self._notifier = self._start("xfce4-notifyd", [program])
        if wait:
            self._wait_for_name(NOTIFICATIONS)

    def stop_notifications(self) -> None:
        """End the notification daemon."""
        if self._notifier is not None:
            self._processes.stop(self._notifier)
            self._notifier = None
        wait_until(lambda: not self.bus.owns(NOTIFICATIONS), "no daemon takes notifications")

    def notifications(self) -> list[Notification]:
        """Return every notification since the session began, the oldest first."""
        return self.recorder.all()

    def wait_for_notification(self, part: str = "", timeout_s: float = PATIENCE_S) -> Notification:
        """Wait for a notification with `part` in its summary or body that the daemon took; return the newest."""

        def look() -> Notification | None:
            found = [entry for entry in self.notifications() if part in f"{entry.summary}\n{entry.body}"]
            return found[-1] if found and found[-1].id is not None else None

        return wait_until(look, f"a notification with {part!r} is there", timeout_s)

    def invoke_action(self, notification: Notification, key: str = "default") -> None:
        """Choose an action of a notification through dunst, as a user does; LookupError where it has none such."""
        if key not in notification.actions:
            raise LookupError(f"no action {key!r} among {notification.actions}")
        # What dunst hands to its menu ends so in each line.
        self._choice.write_text(f"[{notification.id},{key}]", "utf-8")
        self._run("dunstctl", "context")
        wait_until(lambda: self.notifications() and key in notification.invoked, f"the daemon reports action {key!r}")

    @property
    def _choice(self) -> Path:
        return self.folder / "etc" / "chosen-action"

    # --- Windows and pictures -------------------------------------------------------------------------------------

    def wait_for_window(self, title: str, timeout_s: float = PATIENCE_S) -> Window:
        """Wait for a window with exactly this title, and return it."""
        return wait_until(lambda: self.windows.titled(title), f"there is a window {title!r}", timeout_s)[0]

    def choose(self, shown: str, begins: str, app: str = "") -> None:
        """Choose in the list that shows `shown` the entry that begins so, with the keyboard.

        Not by its letters: those that a busy program takes too far apart begin a new search each.
        """
        self.a11y.press("combo box", shown, app)

        def entries() -> list[str]:  # before the list is open, keys go elsewhere
            return [
                entry.name
                for node in self.a11y.nodes(app, "combo box")
                if node.name == shown and "expanded" in node.states
                for entry in node.walk()
                if entry.role == "list item"
            ]

        names = wait_until(entries, f"the list that shows {shown!r} is open")
        [wanted] = [place for place, name in enumerate(names) if name.startswith(begins)]
        steps = wanted - names.index(shown)
        self.windows.key(*["Down" if steps > 0 else "Up"] * abs(steps), "Return")

    def screenshot(self, path: Path, window: Window | None = None) -> None:
        """Write a picture of the screen, or of one window."""
        self.windows.screenshot(path, window)

    def _run(self, *argv: str) -> str:
        done = subprocess.run(
            argv, env=self.environment(), capture_output=True, check=True, timeout=PATIENCE_S, encoding="utf-8"
        )
        return done.stdout
