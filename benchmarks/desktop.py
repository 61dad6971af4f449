"""The desktop of the benchmarks: a real one, with the app and the bare tray item started on it in turn."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from jeepney import HeaderFields, MatchRule, message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from avdesk.config.paths import Paths, find_paths
from avdesk.services import running_app
from benchmarks.world import World, program
from tests.harness.session import DesktopSession
from tests.harness.tray import WATCHER
from tests.harness.waiting import wait_until
from tests.harness.windows import Window

BARE = Path(__file__).with_name("bare_tray.py")
START_WITHIN_S = 60.0
KNOWN_WITHIN_S = 60.0
DRAWN_S = 2.0
"""What a window takes to draw all that it will draw; longer changes nothing."""

Start = Callable[[], subprocess.Popen[bytes]]


@dataclass(frozen=True, slots=True)
class Desk:
    """A desktop session and a home, and the two programs that are started on it."""

    session: DesktopSession
    home: Path
    variables: dict[str, str]

    @property
    def paths(self) -> Paths:
        """The app's folders."""
        return find_paths(self.home, self.session.environment())

    def start_app(self) -> subprocess.Popen[bytes]:
        """Start AVDesk in the tray alone."""
        argv: list[str | Path] = [program("avdesk"), "--background", "--home", self.home]
        return self.session.start(argv, environment=self.variables, name="avdesk")

    def start_bare(self) -> subprocess.Popen[bytes]:
        """Start the bare tray item."""
        return self.session.start([sys.executable, BARE], name="bare")

    def wait_until_known(self) -> None:
        """Wait until the running app knows how its server and Vertex AI stand."""

        def known() -> bool:
            report = running_app.status_of(self.paths, None) or {}
            server = report.get("server")
            return isinstance(server, dict) and server.get("reachable") is True

        wait_until(known, "the app knows its server", KNOWN_WITHIN_S)

    def open_and_close_window(self, app: subprocess.Popen[bytes]) -> None:
        """Open the running app's window as a second start does, and close it as its frame does."""

        def windows() -> list[Window]:
            return [window for window in self.session.windows.all() if window.process == app.pid]

        running_app.ask(self.paths, {"do": "raise"})
        opened = wait_until(windows, "the app's window is open", START_WITHIN_S)
        time.sleep(DRAWN_S)
        for window in opened:
            self.session.windows.close(window)
        wait_until(lambda: not windows(), "the app's window is closed", START_WITHIN_S)


@contextmanager
def desk(world: World, name: str, *, vertex: str = "rest") -> Iterator[Desk]:
    """Bring up a desktop, with a home of this name in `world`."""
    home = world.home(name, vertex=vertex)
    variables = {"GOOGLE_APPLICATION_CREDENTIALS": str(world.key)}
    with DesktopSession(accessibility=False) as session:
        yield Desk(session, home, variables)


def time_to_tray(session: DesktopSession, start: Start) -> float:
    """Start a program, return the seconds until its tray item was registered, and end the program.

    Raises:
        RuntimeError: it ended by itself.
        TimeoutError: no item came.
    """
    with closing(open_dbus_connection(session.bus_address)) as connection:
        _listen(connection)
        began = time.monotonic()
        process = start()
        try:
            while time.monotonic() < began + START_WITHIN_S:
                service = _registered(connection)
                registered = time.monotonic()
                if service is not None and session.bus.process_of(service) == process.pid:
                    return registered - began
                if process.poll() is not None:
                    raise RuntimeError(f"the program ended with {process.returncode} instead of showing its item")
        finally:
            session.stop(process)
    raise TimeoutError(f"no tray item came within {START_WITHIN_S:g} s")


def _listen(connection: DBusConnection) -> None:
    rule = MatchRule(type="signal", interface=WATCHER.interface, member="StatusNotifierItemRegistered")
    connection.send_and_get_reply(message_bus.AddMatch(rule))


def _registered(connection: DBusConnection) -> str | None:
    """Return the bus name of the next program that registers an item; None if none did for a second."""
    deadline = time.monotonic() + 1.0
    while True:
        try:
            message = connection.receive(timeout=max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            return None
        if message.header.fields.get(HeaderFields.member) == "StatusNotifierItemRegistered":
            return str(message.body[0]).partition("/")[0]
