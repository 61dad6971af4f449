"""Writes packaging/windows/avdesk.ico from the SVG, by Qt alone: any system that builds has it.

    make_icon.py [FILE.ico]

An .ico is a list of pictures; those since Windows Vista may be PNG, which is what these are.
"""

import os
import struct
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "resources" / "icons" / "avdesk.svg"
SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)


def main(arguments: list[str]) -> int:
    """Write the file; return the exit code."""
    application = QGuiApplication(arguments)
    target = Path(arguments[1]) if len(arguments) > 1 else Path(__file__).with_name("avdesk.ico")
    target.write_bytes(icon({size: png(size) for size in SIZES}))
    del application
    return 0


def png(size: int) -> bytes:
    """Return the picture, so many pixels wide and high."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(PICTURE)).render(painter)
    painter.end()
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):
        raise SystemExit(f"no picture of {size} pixels could be made")
    return bytes(held.data())


def icon(pictures: dict[int, bytes]) -> bytes:
    """Return an .ico file of pictures: its head, an entry for each, the pictures."""
    head = struct.pack("<HHH", 0, 1, len(pictures))
    place = len(head) + 16 * len(pictures)
    entries = b""
    for size, picture in pictures.items():
        # A width or height of 256 is written as 0.
        entries += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), place)
        place += len(picture)
    return head + entries + b"".join(pictures.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv))
