"""The raw text behind an explanation, one click away."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from avdesk.i18n import _
from avdesk.ui.theme import HALF, STEP

_LINES = 7


class Disclosure(QWidget):
    """A small button that opens a text to read, select and copy."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.toggle = QToolButton()
        self.toggle.setText(name)
        self.toggle.setAccessibleName(name)
        self.toggle.setCheckable(True)
        self.toggle.setAutoRaise(True)
        self.toggle.setArrowType(Qt.ArrowType.RightArrow)
        self.toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.toggle.toggled.connect(self._open)
        self.copy = QPushButton(_("Copy"))
        self.copy.setAccessibleName(_("Copy the full text"))
        self.copy.clicked.connect(self._copy)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(name)
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(_LINES * self.text.fontMetrics().lineSpacing() + STEP)
        row = QHBoxLayout()
        row.addWidget(self.toggle)
        row.addWidget(self.copy)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        column.addLayout(row)
        column.addWidget(self.text)
        self._open(checked=False)
        self.hide()

    def show_text(self, text: str) -> None:
        """Offer `text`; without any, take no room."""
        if text != self.text.toPlainText():
            self.text.setPlainText(text)
        self.setVisible(bool(text))
        if not text:
            self.toggle.setChecked(False)

    def _open(self, checked: bool) -> None:
        self.toggle.setArrowType(Qt.ArrowType.DownArrow if checked else Qt.ArrowType.RightArrow)
        self.text.setVisible(checked)
        self.copy.setVisible(checked)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
