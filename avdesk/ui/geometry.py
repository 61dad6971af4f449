"""Where the window was: remembered, and put back onto a screen that still exists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

KEY = "window/geometry"
START_SIZE = (1080, 720)
LEAST_SIZE = (640, 440)
_TITLE_BAR = 32
"""Pixels of the window's upper edge that must be on a screen for it to be moved by hand."""


class Store(Protocol):
    """What remembers: `QSettings`, or anything with these two methods of it."""

    def value(self, key: str, /) -> object:
        """Return what was kept under `key`, None without anything."""

    def setValue(self, key: str, value: object, /) -> None:
        """Keep `value` under `key`."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in device-independent pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a window is, and whether it is maximised."""

    box: Box
    maximised: bool = False

    def to_text(self) -> str:
        """Return the place as it is stored."""
        box = self.box
        return f"{box.x},{box.y},{box.width},{box.height},{int(self.maximised)}"

    @classmethod
    def from_text(cls, text: object) -> "Place | None":
        """Return a stored place; None for anything else."""
        parts = str(text).split(",")
        if len(parts) != 5:
            return None
        try:
            x, y, width, height, maximised = (int(part) for part in parts)
        except ValueError:
            return None
        if width <= 0 or height <= 0 or max(map(abs, (x, y, width, height))) > 100_000:
            return None
        return cls(Box(x, y, width, height), bool(maximised))


def clamp(box: Box, screens: Sequence[Box], least: tuple[int, int] = LEAST_SIZE) -> Box:
    """Return `box` moved and shrunk onto the screen that it lies on most, the first one when on none.

    `screens` are the usable areas. The result never exceeds its screen, and is at least `least` where that fits.
    """
    if not screens:
        return box
    home = max(screens, key=lambda screen: _overlap(box, screen))
    if _overlap(box, home) == 0:
        home = screens[0]
    width = min(max(box.width, least[0]), home.width)
    height = min(max(box.height, least[1]), home.height)
    x = min(max(box.x, home.x), home.x + home.width - width)
    y = min(max(box.y, home.y), home.y + home.height - height)
    return Box(x, y, width, height)


def reachable(box: Box, screens: Sequence[Box]) -> bool:
    """Return whether enough of the window's upper edge is on a screen to take hold of it."""
    bar = Box(box.x, box.y, box.width, min(box.height, _TITLE_BAR))
    return any(_overlap(bar, screen) >= bar.width * bar.height // 2 for screen in screens)


def _overlap(one: Box, other: Box) -> int:
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return max(0, width) * max(0, height)
