"""What stands around a log: sources, chips, the search line, what is said, and the notice in its place."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from avdesk.bridge.open_log import SourceState
from avdesk.core import wording
from avdesk.i18n import _, ngettext
from avdesk.ui.colours import Tone
from avdesk.ui.logs import view_menu
from avdesk.ui.logs.commands import Command
from avdesk.ui.logs.filter_chips import FilterChips
from avdesk.ui.logs.notice import LogNoticeView
from avdesk.ui.logs.pane import LogPane
from avdesk.ui.logs.search_bar import SearchBar
from avdesk.ui.logs.source_menu import SourceButton
from avdesk.ui.logs.states import LogNotice
from avdesk.ui.theme import GAP, STEP
from avdesk.ui.widgets.disclosure import Disclosure
from avdesk.ui.widgets.text import Elided, Role, Text


class LogFrame:
    """Lays the page out, and shows words in it."""

    def __init__(self, page: QWidget) -> None:
        """Fill a page."""
        self.sources = SourceButton()
        self.chips = FilterChips()
        self.search = SearchBar()
        self.details = QToolButton()
        self.view_button = QToolButton()
        self.menu = QMenu(self.view_button)
        self.notice = LogNoticeView()
        self.caution = Text("", wrap=True)
        self.caution_full = Disclosure(_("Full text"))
        self.words = Elided("", Role.SECONDARY)
        self.said = Elided("", Role.SECONDARY)
        self.following = QPushButton(_("Follow"))
        self.stack = QStackedWidget()
        self._page = page
        self._trouble = ""
        self._lay_out(page)

    # What is shown

    def put_in(self, pane: LogPane) -> None:
        """Show a log."""
        self.stack.addWidget(pane)
        self._order(pane)

    def take_out(self, pane: LogPane) -> None:
        """Show no log."""
        self.stack.setCurrentWidget(self.notice)
        self.stack.removeWidget(pane)
        pane.hide()
        pane.deleteLater()
        self.say("")
        self._trouble = ""

    def show_notice(self, told: LogNotice | None) -> None:
        """Show a notice in place of the log; None: the log."""
        if told is not None:
            self.notice.show_notice(told)
        pane = self.stack.widget(1)
        wanted = self.notice if told is not None or pane is None else pane
        if self.stack.currentWidget() is not wanted:
            was_free = self._is_free()
            self.stack.setCurrentWidget(wanted)
            if wanted is not self.notice and was_free and isinstance(wanted, LogPane):
                wanted.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_caution(self, short: str, full: str) -> None:
        """Say what is wrong beside the lines."""
        self.caution.show_text(short)
        self.caution_full.show_text(full)

    def refuse(self, why: str) -> None:
        """Say why something cannot be looked for."""
        self._trouble = why

    def say(self, text: str) -> None:
        """Say what came of something that was done."""
        self.said.show_text(text)

    def show_words(self, pane: LogPane | None, states: Sequence[SourceState]) -> None:
        """Say how long the log is, and whether it goes on."""
        self.following.setVisible(pane is not None)
        self.words.setText("" if pane is None else _words(pane, states))
        if pane is not None:
            following = pane.view.following
            self.following.setChecked(following)
            self.following.setText("● " + _("Following") if following else _("Follow"))

    def show_found(self, pane: LogPane | None) -> None:
        """Say how many matches there are and which one is shown."""
        self.search.show_found("" if pane is None else _found_words(pane), self._trouble)

    def open_menu(self, at: QPoint, do: Callable[[Command], object], pane: LogPane) -> None:
        """Open the menu of the selected lines."""
        menu = QMenu(self._page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        line = pane.view.current_line()
        view_menu.fill_for_lines(menu, do, job="" if line is None else line.job or "")
        menu.popup(at)

    def _is_free(self) -> bool:
        """Return whether nobody types elsewhere on the page."""
        return not self.search.edit.hasFocus()

    def _order(self, pane: LogPane) -> None:
        """Let Tab go from the search line to the lines."""
        QWidget.setTabOrder(self.search.saved, pane.histogram)
        QWidget.setTabOrder(pane.histogram, pane.view)

    def _lay_out(self, page: QWidget) -> None:
        self._set_up_buttons()
        top = QHBoxLayout()
        top.setSpacing(STEP)
        top.addWidget(self.sources, 0, Qt.AlignmentFlag.AlignTop)
        self.chips.setSizePolicy(QSizePolicy.Policy.Expanding, self.chips.sizePolicy().verticalPolicy())
        policy = self.chips.sizePolicy()
        policy.setHeightForWidth(True)
        self.chips.setSizePolicy(policy)
        top.addWidget(self.chips, 1)
        for button in (self.details, self.view_button):
            top.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        below = QHBoxLayout()
        below.setSpacing(STEP)
        below.addWidget(self.words, 2)
        below.addWidget(self.said, 3)
        below.addWidget(self.following)
        self.stack.addWidget(self.notice)
        column = QVBoxLayout(page)
        column.setContentsMargins(GAP, GAP, GAP, STEP)
        column.setSpacing(STEP)
        column.addLayout(top)
        column.addWidget(self.search)
        column.addWidget(self.caution)
        column.addWidget(self.caution_full)
        column.addWidget(self.stack, 1)
        column.addLayout(below)

    def _set_up_buttons(self) -> None:
        self.details.setText(_("Details"))
        self.details.setAccessibleName(_("Details"))
        self.details.setToolTip(_("Show or hide the details of the line (Enter)."))
        self.details.setCheckable(True)
        self.view_button.setText(_("View"))
        self.view_button.setAccessibleName(_("View"))
        self.view_button.setToolTip(_("How the log is shown, and what can be done with it (? shows the keys)."))
        self.view_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.view_button.setMenu(self.menu)
        self.following.setAccessibleName(_("Follow"))
        self.following.setToolTip(_("Stay at the end as lines come (F)."))
        self.following.setCheckable(True)
        self.following.setVisible(False)
        self.caution.set_tone(Tone.WARN)
        self.caution.show_text("")
        self.said.show_text("")
        self.said.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def _words(pane: LogPane, states: Sequence[SourceState]) -> str:
    reading = pane.reading
    total, shown = reading.cache.count, reading.rows.count
    words = ngettext("{n} line", "{n} lines", total).format(n=f"{total:,}")
    if reading.rows.filtered:
        words = _("{n} of {all} lines").format(n=f"{shown:,}", all=f"{total:,}")
        if not reading.filtered.ended:
            words += " · " + _("{share} % looked at").format(share=int(reading.filtered.share * 100))
    if any(state.view.loading for state in states):
        words += " · " + _("reading")
    errors = len(reading.errors.numbers)
    if errors:
        words += " · " + ngettext("{n} error line", "{n} error lines", errors).format(n=f"{errors:,}")
    if not pane.session.book.growing:
        words += " · " + _("ended")
    heard = [state.view.heard_at for state in states if state.view.heard_at is not None]
    if heard and pane.session.book.growing:
        words += " · " + _("asked {time}").format(time=wording.clock_time(max(heard)))
    return words


def _found_words(pane: LogPane) -> str:
    found = pane.reading.found
    if pane.reading.wanted is None:
        return ""
    count = len(found.numbers)
    if not count:
        return _("no match") if found.ended else _("looking… {share} %").format(share=int(found.share * 100))
    caret = pane.view.caret.number
    place = found.place(caret) if caret is not None else 0
    text = _("{place} of {n}") if found.ended else _("{place} of {n}+")
    return text.format(place=f"{place:,}" if place else "–", n=f"{count:,}")
