"""The window that shows an error of AVDesk's own and lets it be copied."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from avdesk.i18n import _


class CrashDialog(QDialog):
    """Says what happened in one sentence; the report is below it. Blocks nothing."""

    def __init__(self, report: str, *, sentence: str | None = None, parent: QWidget | None = None) -> None:
        """Show `report`, with `sentence` above it."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("AVDesk made a mistake"))
        said = QLabel(
            sentence
            or _(
                "Something in AVDesk went wrong; it keeps watching. Secrets are masked in the report, so pass it on."
            )
        )
        said.setWordWrap(True)
        self._report = QPlainTextEdit(report)
        self._report.setReadOnly(True)
        self._report.setAccessibleName(_("Report"))
        self._report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        said.setBuddy(self._report)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(_("Copy report"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(said)
        layout.addWidget(self._report)
        layout.addWidget(buttons)
        self.resize(720, 420)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report.toPlainText())
