"""The diagnostics before they are written: file by file, exactly as they would be."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from avdesk.bridge.doctor import BundleLike, Gathered, Saved
from avdesk.i18n import _, ngettext
from avdesk.ui.colours import Tone
from avdesk.ui.dialogs.asking import title_text
from avdesk.ui.theme import GAP, STEP
from avdesk.ui.widgets.text import Role, Text

SIZE = (860, 560)
_MOST_SHOWN = 200_000
"""Characters of a file that are shown at once: its newest, as a log's end matters more than its beginning."""


class BundleDialog(QDialog):
    """Shows what would be written, and asks where to.

    Signals:
        save_asked: write it to the file of that path.
    """

    save_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bundle: BundleLike | None = None
        self.setWindowTitle(_("Diagnostics"))
        self.headline = title_text(_("What the diagnostics hold"))
        self.sum = Text(_("Gathering…"), Role.SECONDARY, wrap=True)
        self.files = QListWidget()
        self.files.setAccessibleName(_("Files of the diagnostics"))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(_("What the file holds"))
        self.box = QDialogButtonBox()
        self.save = QPushButton(_("Save…"))
        self.save.setAccessibleName(_("Save the diagnostics…"))
        self.save.setAutoDefault(False)
        self.save.setEnabled(False)
        self.box.addButton(self.save, QDialogButtonBox.ButtonRole.ActionRole)
        close = self.box.addButton(_("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setAccessibleName(_("Close"))
        close.setDefault(True)
        self.chooser: QFileDialog | None = None
        self._lay_out()
        self.files.currentRowChanged.connect(self._show_file)
        self.save.clicked.connect(self._ask_file)
        self.box.rejected.connect(self.reject)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def show_gathered(self, told: Gathered) -> None:
        """Show what was gathered."""
        bundle = self._bundle = told.bundle
        if bundle is None:
            trouble = told.trouble
            self._say(f"{trouble.message} {trouble.advice}".strip() if trouble is not None else "", bad=True)
            return
        self.files.clear()
        for each in bundle.files:
            size = _("{kb} KB").format(kb=max(1, round(each.size / 1000)))
            self.files.addItem(f"{each.name} · {size}")
            self.files.item(self.files.count() - 1).setToolTip(each.what)
        self.files.setCurrentRow(0)
        self.save.setEnabled(True)
        count = len(bundle.files)
        words = ngettext(
            "Nothing is written or sent yet. This is the file that would be in the zip, with secrets masked: look "
            "through it, and save it if you like.",
            "Nothing is written or sent yet. These are the {n} files that would be in the zip, with secrets masked: "
            "look through them, and save them if you like.",
            count,
        )
        self._say(words.format(n=count))

    def show_saved(self, told: Saved) -> None:
        """Say how the writing came out."""
        if told.trouble is not None:
            self._say(f"{told.trouble.message} {told.trouble.advice}".strip(), bad=True)
        else:
            self._say(_("Written to {file}. Only you can read it.").format(file=told.file))

    def _show_file(self, row: int) -> None:
        bundle = self._bundle
        if bundle is None or not 0 <= row < len(bundle.files):
            return
        text = bundle.files[row].text
        cut = len(text) - _MOST_SHOWN
        note = _("… the newest part is shown; the whole file goes into the zip …") + "\n" if cut > 0 else ""
        self.text.setPlainText(note + text[max(0, cut) :])

    def _ask_file(self) -> None:
        if self._bundle is None:
            return
        chooser = QFileDialog(self, _("Save the diagnostics"))
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setNameFilters([_("Zip files (*.zip)")])
        chooser.setDefaultSuffix("zip")
        chooser.selectFile(self._bundle.name)
        chooser.fileSelected.connect(self.save_asked)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.chooser = chooser
        chooser.open()

    def _say(self, text: str, *, bad: bool = False) -> None:
        self.sum.setText(text)
        self.sum.set_tone(Tone.WARN if bad else None)

    def _lay_out(self) -> None:
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.addWidget(self.files)
        parts.addWidget(self.text)
        parts.setStretchFactor(1, 1)
        parts.setSizes([240, SIZE[0] - 240])
        parts.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(STEP)
        column.addWidget(self.headline)
        column.addWidget(self.sum)
        column.addWidget(parts, 1)
        column.addWidget(self.box)
        self.resize(*SIZE)
