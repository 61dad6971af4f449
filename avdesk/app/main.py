"""The desktop app's entry. Without Qt until it is clear that this process is the one that runs."""

import os
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol

from avdesk.app.import_hook import import_qt_without_its_hook
from avdesk.bridge.instance_lock import InstanceLock
from avdesk.config.choose import choose_environment
from avdesk.config.load import Loaded
from avdesk.config.paths import Paths
from avdesk.core.errors import ConfigError, RequestRefusedError
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.core.places import Place

HAND_OVER_WITHIN_S = 5.0
"""The first start may still be busy starting."""

_RETRY_S = 0.1


class Demo(Protocol):
    """What belongs to this run of the app and ends with it: the demo's embedded AutoVideo."""

    @property
    def google_token(self) -> str: ...
    def close(self) -> None: ...


def run_app(
    paths: Paths,
    settings: Loaded,
    environment: str | None,
    *,
    background: bool,
    demo: Demo | None = None,
    place: "Place | None" = None,
) -> int:
    """Run the desktop app until it is quit, and return its exit code.

    Where it runs already, that one's window is raised instead, and 0 returned. `environment` is the one to look at
    first (None: the configuration's); `background` opens no window as long as there is a tray; `demo` is closed at
    the end; `place` is where the window is opened.

    Raises:
        UsageError: there is no such environment.
        NotAllowedError: the folder of the socket is not private to the user.
        RequestRefusedError: another process holds the lock but does not answer.
    """
    with ExitStack() as at_end:
        if demo is not None:
            at_end.callback(demo.close)
        current = _current(settings, environment)
        lock = InstanceLock(paths.socket)
        if not _is_first(lock, paths, place):
            return 0
        at_end.callback(lock.release)
        import_qt_without_its_hook()
        from avdesk.app.bootstrap import start

        token = demo.google_token if demo is not None else None
        return start(
            paths,
            settings,
            current,
            background=background,
            at_end=at_end.close,
            google_token=token,
            follow_file=demo is None,
            place=place,
        )


def _current(settings: Loaded, environment: str | None) -> str:
    """Return the environment to look at first; a broken file is shown in the window, it doesn't stop the start."""
    try:
        return choose_environment(settings, environment, os.environ).name
    except ConfigError:
        return settings.settings.default_environment


def _is_first(lock: InstanceLock, paths: Paths, place: "Place | None") -> bool:
    """Return True when this process is to run, False when the running one has been raised."""
    if lock.acquire():
        return True
    from avdesk.services import running_app  # with sockets, of which the first start needs none before its tray item

    request = running_app.open_request(place.address if place is not None else "", os.environ)
    deadline = time.monotonic() + HAND_OVER_WITHIN_S
    while time.monotonic() < deadline:
        answer = running_app.ask(paths, request)
        if answer is not None and answer.get("ok") is True:
            return False
        time.sleep(_RETRY_S)
        if lock.acquire():
            return True  # it ended meanwhile
    raise RequestRefusedError(
        _("AVDesk is already running, but it does not answer."), _("End that process, then start AVDesk again.")
    )
