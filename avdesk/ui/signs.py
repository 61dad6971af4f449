"""The eight signs of the states, drawn from the SVG files of ``resources/icons``: shape first, colour second.

One drawing serves tray, window and notifications. The files are drawn on a grid of 16 × 16, the size at which a
panel shows them; ``currentColor`` in them becomes the state's colour for light or dark surroundings.
"""

import re
from functools import lru_cache
from math import cos, radians, sin
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QPixmapCache

from avdesk.config.paths import resources_folder
from avdesk.core.summary import Sign
from avdesk.ui.colours import sign_colour

MAX_SEGMENTS = 8
"""More segments than this could not be told apart at 16 pixels; the last one then stands for the rest."""

_ICON_SIZES = (16, 24, 32, 48, 64)
_GROUP = re.compile(r"(<g [^>]*>).*?(</g>)", re.DOTALL)
_CENTRE, _RADIUS = 8.0, 6.0
_GAP_DEGREES = 12.0
_UNFILLED = ' stroke-width="1.5" stroke-opacity="0.6"'


def icon_file(name: str) -> Path:
    """Return the path of an icon's SVG file, as ``avdesk`` or a sign's value."""
    return resources_folder() / "icons" / f"{name}.svg"


def sign_svg(sign: Sign, *, dark: bool | None, done: int = 0, total: int = 4) -> str:
    """Return a sign as SVG text in its colour.

    `done` of `total` phases are over: the running sign's ring has one segment for each phase.
    """
    text = _source(sign.value)
    if sign is Sign.RUNNING:
        text = _GROUP.sub(lambda group: group[1] + _segments(done, total) + group[2], text)
    return text.replace("currentColor", sign_colour(sign, dark=dark))


def sign_pixmap(
    sign: Sign, size: int, *, dark: bool | None, done: int = 0, total: int = 4, ratio: float = 1.0
) -> QPixmap:
    """Return a sign as a picture of `size` device-independent pixels a side.

    `dark` says that it stands on something dark (None: unknown), `ratio` how many device pixels make one.
    """
    key = f"avdesk-sign-{sign}-{size}-{dark}-{done}-{total}-{ratio}"
    known = QPixmap()
    if QPixmapCache.find(key, known):
        return known
    pixmap = _render(sign_svg(sign, dark=dark, done=done, total=total), size, ratio)
    QPixmapCache.insert(key, pixmap)
    return pixmap


def sign_icon(sign: Sign, *, dark: bool, done: int = 0, total: int = 4) -> QIcon:
    """Return a sign as an icon in the sizes that panels and lists ask for."""
    icon = QIcon()
    for size in _ICON_SIZES:
        icon.addPixmap(sign_pixmap(sign, size, dark=dark, done=done, total=total))
    return icon


def app_icon() -> QIcon:
    """Return AVDesk's own icon."""
    icon = QIcon()
    for size in (*_ICON_SIZES, 128):
        icon.addPixmap(_render(_source("avdesk"), size, 1.0))
    return icon


@lru_cache(maxsize=16)
def _source(name: str) -> str:
    return icon_file(name).read_text(encoding="utf-8")


def _segments(done: int, total: int) -> str:
    """Return the paths of a ring of `total` segments that begins at the top, the first `done` of them filled."""
    count = max(1, min(total, MAX_SEGMENTS))
    filled = max(0, min(done, count))
    gap = min(_GAP_DEGREES, 90.0 / count)
    paths = []
    for index in range(count):
        start = -90.0 + 360.0 * index / count + (gap if count > 1 else 0.0)
        end = -90.0 + 360.0 * (index + 1) / count - (gap if count > 1 else 0.01)
        large = 1 if end - start > 180.0 else 0
        look = "" if index < filled else _UNFILLED
        paths.append(f'<path d="M{_on_ring(start)} A6 6 0 {large} 1 {_on_ring(end)}"{look}/>')
    return "".join(paths)


def _on_ring(degrees: float) -> str:
    x = _CENTRE + _RADIUS * cos(radians(degrees))
    y = _CENTRE + _RADIUS * sin(radians(degrees))
    return f"{x:.3f} {y:.3f}"


def _render(svg: str, size: int, ratio: float) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer  # loaded with the first drawing, not with the program

    pixels = max(1, round(size * ratio))
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(QColor(0, 0, 0, 0))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
