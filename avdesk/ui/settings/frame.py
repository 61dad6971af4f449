"""The Settings page's widgets around its two faces: search and switch above, state and buttons below."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from avdesk.core.summary import Sign
from avdesk.i18n import _
from avdesk.ui.settings.problem_list import ProblemList
from avdesk.ui.theme import GAP, HALF, STEP
from avdesk.ui.widgets.card import Card
from avdesk.ui.widgets.chip import Chip
from avdesk.ui.widgets.edged import EdgedLine
from avdesk.ui.widgets.sign import SignView
from avdesk.ui.widgets.text import Role, Text


class Banner(Card):
    """One thing that stands in the way, with what can be done about it."""

    def __init__(self) -> None:
        super().__init__("")
        self.title.hide()
        self.sign = SignView(16)
        self.sign.show_sign(Sign.ATTENTION)
        self.words = Text("", wrap=True)
        self.button = QPushButton()
        self.head.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        self.head.addWidget(self.words, 1)
        self.head.addWidget(self.button)
        self.hide()

    def show_words(self, words: str, offer: str = "") -> None:
        """Show words and what is offered; nothing without words."""
        self.words.setText(words)
        self.setAccessibleName(words)
        self.button.setText(offer)
        self.button.setAccessibleName(offer)
        self.button.setVisible(bool(offer))
        self.setVisible(bool(words))


class SettingsFrame:
    """The page's widgets; `lay_out` puts them onto it."""

    def __init__(self) -> None:
        self.search = EdgedLine()
        self.search.setPlaceholderText(_("Search the options"))
        self.search.setAccessibleName(_("Search the options"))
        self.search.setClearButtonEnabled(True)
        self.form_button = Chip(_("Form"))
        self.text_button = Chip(_("Text"))
        for chip in (self.form_button, self.text_button):
            chip.setAutoExclusive(True)  # a screen reader then says that it is one of two
        self.faces = QButtonGroup()
        self.faces.addButton(self.form_button)
        self.faces.addButton(self.text_button)
        self.form_button.setChecked(True)
        self.undo = _tool(_("Undo"), "↶")
        self.redo = _tool(_("Redo"), "↷")
        self.more = QToolButton()
        self.more.setText(_("More"))
        self.more.setAccessibleName(_("More"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setArrowType(Qt.ArrowType.NoArrow)
        self.menu = QMenu(self.more)
        self.more.setMenu(self.menu)
        self.banner = Banner()
        self.stack = QStackedWidget()
        self.waiting = Text(_("Reading the configuration…"), wrap=True)
        self.waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack.addWidget(self.waiting)
        self.problems = ProblemList()
        self.state = Text("", Role.SECONDARY, wrap=True)
        self.revert = QPushButton(_("Revert"))
        self.revert.setToolTip(_("Goes back to what the file holds; that can be undone."))
        self.save = QPushButton(_("Save…"))
        self.save.setToolTip(_("Shows what changes, then saves (Ctrl+S)."))
        for button in (self.revert, self.save):
            button.setAccessibleName(button.text())

    def add_action(self, page: QWidget, text: str, keys: tuple[QKeySequence.StandardKey | str, ...]) -> QAction:
        """Add something that keys do while the page has the focus."""
        action = QAction(text, page)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        page.addAction(action)
        return action

    def lay_out(self, page: QWidget) -> None:
        """Put everything onto the page."""
        faces = QHBoxLayout()
        faces.setSpacing(HALF)
        faces.addWidget(self.form_button)
        faces.addWidget(self.text_button)
        head = QHBoxLayout()
        head.setSpacing(STEP)
        head.addWidget(self.search, 1)
        head.addLayout(faces)
        head.addWidget(self.undo)
        head.addWidget(self.redo)
        head.addWidget(self.more)
        foot = QHBoxLayout()
        foot.setSpacing(STEP)
        foot.addWidget(self.state, 1)
        foot.addWidget(self.revert)
        foot.addWidget(self.save)
        column = QVBoxLayout(page)
        column.setContentsMargins(GAP, GAP, STEP, STEP + HALF)
        column.setSpacing(STEP)
        column.addLayout(head)
        column.addWidget(self.banner)
        column.addWidget(self.stack, 1)
        column.addWidget(self.problems)
        column.addLayout(foot)


def _tool(name: str, sign: str) -> QToolButton:
    button = QToolButton()
    button.setText(sign)
    button.setAccessibleName(name)
    button.setToolTip(name)
    return button
