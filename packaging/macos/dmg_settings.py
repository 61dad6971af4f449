"""How the disk image for macOS looks: `dmgbuild -s packaging/macos/dmg_settings.py AVDesk dist/AVDesk.dmg`."""

from pathlib import Path

application = str(Path("dist", "AVDesk.app").resolve())
format = "UDZO"  # noqa: A001 - the name that dmgbuild reads
files = [application]
symlinks = {"Applications": "/Applications"}
icon_locations = {"AVDesk.app": (140, 130), "Applications": (400, 130)}
window_rect = ((200, 200), (540, 300))
default_view = "icon-view"
icon_size = 96
