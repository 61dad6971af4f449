"""The programs that a desktop session runs, and the Debian packages that hold them."""

import shutil
from pathlib import Path

PROGRAMS = {
    "Xvfb": "xvfb",
    "dbus-daemon": "dbus-daemon",
    "openbox": "openbox",
    "dunst": "dunst",
    "dunstctl": "dunst",
    "xfce4-panel": "xfce4-panel",
    "gnome-keyring-daemon": "gnome-keyring",
    "notify-send": "libnotify-bin",
    "secret-tool": "libsecret-tools",
    "import": "imagemagick",
    "xdotool": "xdotool",
    "wmctrl": "wmctrl",
    "xprop": "x11-utils",
    "xwininfo": "x11-utils",
}
"""Debian package by program, of those that are on the PATH."""
ACCESSIBILITY_LAUNCHER = Path("/usr/libexec/at-spi-bus-launcher")
_PYATSPI = Path("/usr/lib/python3/dist-packages/pyatspi")


def missing_packages() -> list[str]:
    """Return the Debian packages that a session needs and this machine lacks."""
    missing = {package for program, package in PROGRAMS.items() if shutil.which(program) is None}
    if not ACCESSIBILITY_LAUNCHER.exists():
        missing.add("at-spi2-core")
    if not _PYATSPI.exists():
        missing.add("python3-pyatspi")
    if xfce4_notifyd() is None:
        missing.add("xfce4-notifyd")
    return sorted(missing)


def xfce4_notifyd() -> Path | None:
    """Return where the other notification daemon is; it is not on the PATH."""
    return next(iter(Path("/usr/lib").glob("*/xfce4/notifyd/xfce4-notifyd")), None)
