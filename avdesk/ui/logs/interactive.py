"""The log view as it is handled: keys, mouse, hints, and what assistive technology is told."""

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip, QWidget

from avdesk.core.logline import LogLine
from avdesk.i18n import _, ngettext
from avdesk.ui import times
from avdesk.ui.logs.commands import Command, command_of
from avdesk.ui.logs.looks import Looks, source_label
from avdesk.ui.logs.placing import Placed
from avdesk.ui.logs.rows import Rows
from avdesk.ui.logs.view import LogView


class InteractiveView(LogView):
    """A view that is used.

    Signals:
        commanded: a `Command` was given by a key.
        menu_asked: a menu is wanted at that place of the screen.
        opened: a line was double-clicked: its number.
    """

    commanded = Signal(object)
    menu_asked = Signal(QPoint)
    opened = Signal(int)

    def __init__(self, rows: Rows, looks: Looks, name: str, parent: QWidget | None = None) -> None:
        """Show `rows` under an accessible name."""
        super().__init__(rows, looks, parent)
        self.setAccessibleName(name)
        self._dragging = False

    # Words for a line

    def spoken(self, placed: Placed) -> str:
        """Return a row's text as it is read out."""
        if placed.line is None:
            return _("being fetched")
        text = self.looks.set(placed.line, self.viewport().width() - self.looks.text_left - 8).text
        if placed.folded:
            words = ngettext("{n} line folded", "{n} lines folded", placed.folded).format(n=placed.folded)
            return f"{text} ({words})"
        return text

    def circumstances(self, line: LogLine | None) -> str:
        """Return a line's severity, time and source, as they are read out after its text."""
        if line is None:
            return ""
        when = self.looks.time_text(line.time)
        return ", ".join(part for part in (line.severity.label, when, source_label(line.source)) if part)

    def hint(self, placed: Placed) -> str:
        """Return what the mouse is told over a row: an explained failure, the exact time."""
        line = placed.line
        if line is None:
            return ""
        parts = []
        made = self.looks.set(line, self.viewport().width() - self.looks.text_left - 8)
        if made.failure is not None:
            reason = made.failure.reason
            parts.append(_("{what}.").format(what=reason.what[:1].upper() + reason.what[1:]))
            if reason.advice:
                parts.append(reason.advice)
        if placed.folded:
            parts.append(_("A traceback, folded to its last line: Enter or a click on the triangle opens it."))
        where = f"{line.severity.label} · {source_label(line.source)}"
        exact = times.exact_utc(line.time)
        parts.append(f"{where} · {exact}" if exact else where)
        return "\n".join(parts)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, select, or tell what is asked for."""
        if self._move(event):
            event.accept()
            return
        command = command_of(event)
        if command is None:
            event.ignore()
            return
        self.commanded.emit(command)
        event.accept()

    def _move(self, event: QKeyEvent) -> bool:
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        select = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        if control and key == Qt.Key.Key_A:
            self.caret.select_all()
            self.moved.emit()
            self.viewport().update()
            return True
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not control:
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() + (4 if key == Qt.Key.Key_Right else -4) * bar.singleStep())
            return True
        if control and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.scroll_rows(1 if key == Qt.Key.Key_Down else -1)
            return True
        target = self._target(key)
        if target is None:
            return False
        self.go_to(target, select=select)
        if target == self._last_row() and key in (Qt.Key.Key_End, Qt.Key.Key_Down, Qt.Key.Key_PageDown):
            self.set_following(following=True)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_PageUp, Qt.Key.Key_Home):
            self.set_following(following=False)
        return True

    def _target(self, key: Qt.Key) -> int | None:
        """Return the row that a key leads to; None for a key that leads nowhere."""
        row = self.caret.row
        if row is None:
            row = self._placed[-1].row if self._following and self._placed else self._top
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                return row
        page = max(1, self.rows_on_page() - 1)
        if key in (Qt.Key.Key_Up, Qt.Key.Key_PageUp):
            for _step in range(1 if key == Qt.Key.Key_Up else page):
                row = self.placing.previous_row(row)
            return row
        if key in (Qt.Key.Key_Down, Qt.Key.Key_PageDown):
            for _step in range(1 if key == Qt.Key.Key_Down else page):
                following = self.placing.next_row(row)
                row = following if following < self.rows.count else row
            return row
        if key == Qt.Key.Key_Home:
            return self.placing.shown_at_or_after(0)
        return self._last_row() if key == Qt.Key.Key_End else None

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to a line, or open a folded traceback by its triangle."""
        placed = self.placed_at(event.position().y())
        if placed is None or event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return
        if event.button() == Qt.MouseButton.RightButton and placed.row in self.caret.rows():
            return
        if event.button() == Qt.MouseButton.LeftButton and event.position().x() < self.looks.gutter:
            if (placed.folded or placed.opened) and self.folds.toggle(placed.row):
                self.lay_out()
            else:
                self.go_to(placed.row)
                self.commanded.emit(Command.BOOKMARK)
            return
        self._dragging = event.button() == Qt.MouseButton.LeftButton
        select = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.set_following(following=self._following and placed.row >= self._last_row())
        if self.caret.move(placed.row, select=select):
            self.moved.emit()
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select lines by dragging, scrolling beyond the edges."""
        if not self._dragging or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        y = event.position().y()
        if y < 0:
            self.scroll_rows(-1)
        elif y > self.viewport().height():
            self.scroll_rows(1)
        row = self.row_at(min(max(y, 0.0), self.viewport().height() - 1.0))
        if row is None and self._placed:
            row = self._placed[-1].row
        if row is not None and self.caret.move(row, select=True):
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell of the selection that was dragged."""
        del event
        if self._dragging:
            self._dragging = False
            self.moved.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open a line."""
        placed = self.placed_at(event.position().y())
        if placed is not None and event.button() == Qt.MouseButton.LeftButton and placed.line is not None:
            self.opened.emit(placed.line.number)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu; by the keyboard, at the line that it is on."""
        at = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            here = next((each for each in self._placed if each.row == self.caret.row), None)
            y = int(here.y + here.height) if here is not None else 0
            at = self.viewport().mapToGlobal(QPoint(int(self.looks.text_left), y))
        self.menu_asked.emit(at)

    def viewportEvent(self, event: QEvent) -> bool:
        """Show hints over lines."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            placed = self.placed_at(event.pos().y())
            text = self.hint(placed) if placed is not None else ""
            QToolTip.showText(event.globalPos(), text, self.viewport())
            return True
        return super().viewportEvent(event)
