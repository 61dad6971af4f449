"""A plain text with line numbers, on which the lines of problems are marked and explained where one points."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QToolTip, QWidget

from avdesk.ui.colours import Tone
from avdesk.ui.settings.editors import is_undo
from avdesk.ui.settings.highlight import TomlHighlighter
from avdesk.ui.theme import HALF, STEP, blend, secondary_colour, tone_colour


class TextEditor(QPlainTextEdit):
    """The file's text. Undo and redo are left to who holds the text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marks: Mapping[int, str] = {}
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.highlighter = TomlHighlighter(self.document(), self.palette())
        self.margin = _Margin(self)
        self.blockCountChanged.connect(lambda _count: self._make_room())
        self.updateRequest.connect(self._follow)
        self.cursorPositionChanged.connect(self._mark_lines)
        self._make_room()

    def show_text(self, text: str) -> None:
        """Show another text; what is the same at its beginning and end, and the cursor there, stays."""
        old, new = self.toPlainText(), text.removeprefix("\ufeff").replace("\r\n", "\n")
        if old == new:
            return
        if not old:
            self.setPlainText(new)
            return
        head = _common(old, new)
        tail = _common(old[head:][::-1], new[head:][::-1])
        cursor = QTextCursor(self.document())
        cursor.setPosition(_place(old, head))
        cursor.setPosition(_place(old, len(old) - tail), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(new[head : len(new) - tail])
        self.setTextCursor(cursor)

    def mark(self, problems: Mapping[int, str]) -> None:
        """Mark lines (counted from 1), each with what is said where one points at it."""
        self._marks = dict(problems)
        self._mark_lines()
        self.margin.update()

    def mark_of(self, line: int) -> str:
        """Return what is wrong in a line; empty when nothing is."""
        return self._marks.get(line, "")

    def go_to(self, line: int) -> None:
        """Put the cursor at the beginning of a line."""
        block = self.document().findBlockByNumber(max(0, line - 1))
        if block.isValid():
            cursor = QTextCursor(block)
            self.setTextCursor(cursor)
            self.centerCursor()
        self.setFocus()

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to others, and explain a marked line."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and is_undo(event):
            event.ignore()
            return False
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            inside = self.viewport().mapFrom(self, event.pos())
            text = self._marks.get(self.cursorForPosition(inside).blockNumber() + 1, "")
            if text:
                QToolTip.showText(event.globalPos(), text, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange):
            self.highlighter.follow(self.palette())
            self._mark_lines()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the margin as high as the text."""
        super().resizeEvent(event)
        self._make_room()

    def margin_width(self) -> int:
        """Return the room that the numbers need."""
        digits = max(2, len(str(self.blockCount())))
        return digits * self.fontMetrics().horizontalAdvance("9") + 3 * STEP

    def paint_margin(self, painter: QPainter, box: QRect) -> None:
        """Paint the numbers of the lines that are seen, and a mark at those with problems."""
        palette = self.palette()
        painter.fillRect(box, palette.color(QPalette.ColorRole.Window))
        quiet, bad = secondary_colour(palette), tone_colour(Tone.BAD, palette)
        height = self.fontMetrics().height()
        block: QTextBlock = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= box.bottom():
            number = block.blockNumber() + 1
            marked = number in self._marks
            painter.setPen(bad if marked else quiet)
            line = QRect(0, round(top), self.margin.width() - STEP, height)
            painter.drawText(line, (Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter).value, str(number))
            if marked:
                painter.setBrush(bad)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.drawEllipse(HALF, round(top) + height // 2 - 3, 6, 6)
            top += self.blockBoundingRect(block).height()
            block = block.next()

    def _make_room(self) -> None:
        width = self.margin_width()
        self.setViewportMargins(width, 0, 0, 0)
        inside = self.contentsRect()
        self.margin.setGeometry(inside.left(), inside.top(), width, inside.height())

    def _follow(self, box: QRect, scrolled: int) -> None:
        if scrolled:
            self.margin.scroll(0, scrolled)
        else:
            self.margin.update(0, box.y(), self.margin.width(), box.height())

    def _mark_lines(self) -> None:
        shown: list[QTextEdit.ExtraSelection] = []
        palette = self.palette()
        base, bad = palette.color(QPalette.ColorRole.Base), tone_colour(Tone.BAD, palette)
        if not self.isReadOnly():
            here = _whole_line(self.textCursor(), blend(palette.color(QPalette.ColorRole.Text), base, 0.06))
            shown.append(here)
        for line in self._marks:
            block = self.document().findBlockByNumber(line - 1)
            if not block.isValid():
                continue
            cursor = QTextCursor(block)
            shown.append(_whole_line(cursor, blend(bad, base, 0.12)))
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            wave = QTextEdit.ExtraSelection()
            wave.cursor = cursor
            look = QTextCharFormat()
            look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            look.setUnderlineColor(bad)
            wave.format = look
            shown.append(wave)
        self.setExtraSelections(shown)


class _Margin(QWidget):
    """The numbers at the left."""

    def __init__(self, editor: TextEditor) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        return QSize(self._editor.margin_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._editor.paint_margin(QPainter(self), event.rect())

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            line = self._editor.cursorForPosition(event.pos()).blockNumber() + 1
            QToolTip.showText(event.globalPos(), self._editor.mark_of(line), self)
            return True
        return super().event(event)


def _whole_line(cursor: QTextCursor, colour: QColor) -> QTextEdit.ExtraSelection:
    found = QTextEdit.ExtraSelection()
    look = QTextCharFormat()
    look.setBackground(colour)
    whole = True
    look.setProperty(QTextFormat.Property.FullWidthSelection.value, whole)
    found.format = look
    place = QTextCursor(cursor)
    place.clearSelection()
    found.cursor = place
    return found


def _common(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    most = min(len(one), len(other))
    low = 0
    while low < most:
        step = 1024
        if one[low : low + step] == other[low : low + step] and low + step <= most:
            low += step
            continue
        while low < most and one[low] == other[low]:
            low += 1
        return low
    return low


def _place(text: str, place: int) -> int:
    """Return a place in a text as Qt counts: in UTF-16 units."""
    return len(text[:place].encode("utf-16-le", "surrogatepass")) // 2
