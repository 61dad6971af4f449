"""The windows of a desktop, as the window manager lists them."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

COMMAND_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Window:
    """One window that the window manager manages; geometry in pixels of the screen, without the frame."""

    id: int
    title: str
    process: int | None
    x: int
    y: int
    width: int
    height: int


class Windows:
    """Looks at the windows of one display, and does with them what a user does."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Use the display named in `environment`."""
        self._environment = dict(environment)

    def all(self) -> list[Window]:
        """Return the windows, oldest first; panels and docks are among them."""
        listed = self._run("xprop", "-root", "_NET_CLIENT_LIST")
        found = (self._window(number) for number in re.findall(r"0x[0-9a-f]+", listed))
        return [window for window in found if window is not None]

    def managed(self) -> bool:
        """Tell whether a window manager has taken the screen."""
        return "0x" in self._run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK")

    def titled(self, title: str) -> list[Window]:
        """Return the windows with exactly this title."""
        return [window for window in self.all() if window.title == title]

    def active(self) -> int | None:
        """Return the id of the window that has the focus."""
        found = re.search(r"0x[0-9a-f]+", self._run("xprop", "-root", "_NET_ACTIVE_WINDOW"))
        return int(found[0], 16) or None if found else None

    def activate(self, window: Window) -> None:
        """Bring a window to the front and give it the focus."""
        self._run("xdotool", "windowactivate", "--sync", str(window.id))

    def close(self, window: Window) -> None:
        """Close a window as its frame's button does: the program may decide what that means."""
        self._run("wmctrl", "-i", "-c", f"{window.id:#x}")

    def key(self, *keys: str) -> None:
        """Press keys (``ctrl+q``, ``Tab``), one after the other, in the window that has the focus.

        Not the window manager's own shortcuts: it misses them now and then, while it learns of a new keyboard.
        """
        self._run("xdotool", "key", "--clearmodifiers", *keys)

    def screenshot(self, path: Path, window: Window | None = None) -> None:
        """Write a picture of the screen, or of one window without its frame, to `path` (its suffix is the format)."""
        self._run("import", "-window", "root" if window is None else str(window.id), str(path))

    def _window(self, number: str) -> Window | None:
        """Look at one window; None where it went away meanwhile."""
        try:
            text = self._run("xprop", "-id", number, "_NET_WM_NAME", "WM_NAME", "_NET_WM_PID")
            geometry = self._run("xwininfo", "-id", number)
        except subprocess.CalledProcessError:
            return None
        title = re.search(r'^(?:_NET_WM_NAME|WM_NAME)\([^)]*\) = "(.*)"$', text, re.MULTILINE)
        process = re.search(r"^_NET_WM_PID\(CARDINAL\) = (\d+)", text, re.MULTILINE)
        x, y, width, height = (
            int(re.findall(rf"{label}:\s+(-?\d+)", geometry)[0])
            for label in ("Absolute upper-left X", "Absolute upper-left Y", "Width", "Height")
        )
        return Window(
            id=int(number, 16),
            title=re.sub(r"\\(.)", r"\1", title[1]) if title else "",
            process=int(process[1]) if process else None,
            x=x,
            y=y,
            width=width,
            height=height,
        )

    def _run(self, *argv: str) -> str:
        done = subprocess.run(
            argv, env=self._environment, capture_output=True, check=True, timeout=COMMAND_TIMEOUT_S, encoding="utf-8"
        )
        return done.stdout
