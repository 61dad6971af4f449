"""Walking a window's widgets, as a reader of its texts does."""

import re
from collections.abc import Iterator

from PySide6.QtWidgets import QAbstractButton, QLabel, QListWidget, QTreeView, QWidget

from avdesk.ui.widgets.text import Elided, plain

_INNERMOST_MARKED = re.compile(r"⟦[^⟦⟧]*⟧")
_DATA = re.compile(
    r"prod|staging|dev|video-job-[0-9a-f]{8}|\d+× \S+|us-central1:?|(?:n1|a2)-\S+|Nothing listens at .*|"
    r"The replica workerpool0-0 .*|<a href.*|(?:us-central1: )?Vertex AI refuses: .*|Failed at <.*|\W*",
    re.DOTALL,
)


def visible_texts(window: QWidget) -> Iterator[tuple[QWidget, str]]:
    """Yield every widget that shows a text, and each cell of a list, with the text."""
    for widget in window.findChildren(QWidget):
        if not widget.isVisibleTo(window):
            continue
        if isinstance(widget, QLabel | QAbstractButton):
            yield widget, plain(widget.text())
        elif isinstance(widget, QTreeView):
            model = widget.model()
            for row in range(model.rowCount()):
                for column in range(model.columnCount()):
                    yield widget, str(model.index(row, column).data())
        elif isinstance(widget, QListWidget):
            for row in range(widget.count()):
                yield widget, widget.item(row).text()


def untranslated(text: str) -> str:
    """Return what of a pseudo-translated text went through no catalogue; empty when that is data alone."""
    left = text
    while _INNERMOST_MARKED.search(left):
        left = _INNERMOST_MARKED.sub("", left)
    left = left.strip(" ·.:,\n")
    return "" if _DATA.fullmatch(left) or not re.search(r"[A-Za-z]", left) else left


def cut_off(window: QWidget) -> Iterator[str]:
    """Yield what of the window's texts cannot be read in whole, or stands outside of what it stands in."""
    for widget in window.findChildren(QWidget):
        if not widget.isVisibleTo(window) or not isinstance(widget, QLabel | QAbstractButton) or not widget.text():
            continue
        words = f"{type(widget).__name__} {widget.text()[:60]!r}"
        parent = widget.parentWidget()
        if parent is not None and widget.geometry().right() > parent.width():
            yield f"{words} reaches out of its {type(parent).__name__}"
        if isinstance(widget, Elided):
            if widget.cut and widget.toolTip() != widget.text():
                yield f"{words} is cut without a tooltip"
        elif isinstance(widget, QLabel) and widget.wordWrap():
            if widget.heightForWidth(widget.width()) > widget.height() + 1:
                yield f"{words} needs {widget.heightForWidth(widget.width())} px, has {widget.height()}"
        elif widget.sizeHint().width() > widget.width() + 1:
            yield f"{words} needs {widget.sizeHint().width()} px, has {widget.width()}"
