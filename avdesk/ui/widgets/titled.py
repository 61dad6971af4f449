"""A sign with words beside it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from avdesk.ui.theme import STEP


def titled_row(sign: QWidget, words: QWidget) -> QHBoxLayout:
    """Return a row of a sign and the words that it stands for, the sign at the words' first line."""
    row = QHBoxLayout()
    row.setSpacing(STEP)
    row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(words, 1)
    return row
