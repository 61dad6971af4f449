"""The log view for assistive technology: a list whose items are the lines in sight."""

from PySide6.QtCore import QObject, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QColor, QWindow
from shiboken6 import isValid

from avdesk.ui.logs.interactive import InteractiveView

MOST_ITEMS = 400


class _LineItem(QAccessibleInterface):
    """The line at one place of the view, whichever that is at the moment."""

    def __init__(self, view: InteractiveView, place: int) -> None:
        super().__init__()
        self._view = view
        self.place = place

    def isValid(self) -> bool:
        return isValid(self._view) and self.place < len(self._view.placed)

    def object(self) -> QObject:
        return None  # type: ignore[return-value]  # an item is no object

    def window(self) -> QWindow:
        return self._view.window().windowHandle()

    def parent(self) -> QAccessibleInterface:
        return QAccessible.queryAccessibleInterface(self._view)

    def child(self, index: int) -> QAccessibleInterface:
        del index
        return None  # type: ignore[return-value]  # a line has no parts

    def childCount(self) -> int:
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        del child
        return -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        del x, y
        return None  # type: ignore[return-value]  # as above

    def focusChild(self) -> QAccessibleInterface:
        return None  # type: ignore[return-value]  # as above

    def text(self, kind: QAccessible.Text) -> str:
        if not self.isValid():
            return ""
        placed = self._view.placed[self.place]
        if kind == QAccessible.Text.Name:
            return self._view.spoken(placed)
        return self._view.circumstances(placed.line) if kind == QAccessible.Text.Description else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        del kind, text

    def rect(self) -> QRect:
        if not self.isValid():
            return QRect()
        at, size = self._view.text_rect(self._view.placed[self.place])
        return QRect(self._view.viewport().mapToGlobal(at), size)

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        if not self.isValid():
            state.invalid = True
            return state
        row = self._view.placed[self.place].row
        state.selectable = state.focusable = state.readOnly = True
        state.selected = row in self._view.caret.rows()
        state.focused = self._view.hasFocus() and row == self._view.caret.row
        return state

    def foregroundColor(self) -> QColor:
        return QColor()

    def backgroundColor(self) -> QColor:
        return QColor()


class _LogList(QAccessibleInterface):
    """The view: a list of what is in sight."""

    def __init__(self, view: InteractiveView) -> None:
        super().__init__()
        self._view = view
        self._items: list[_LineItem] = []

    def isValid(self) -> bool:
        return isValid(self._view)

    def object(self) -> QObject:
        return self._view

    def window(self) -> QWindow:
        return self._view.window().windowHandle()

    def parent(self) -> QAccessibleInterface:
        around = self._view.parentWidget()
        return QAccessible.queryAccessibleInterface(around if around is not None else self._view.window())

    def child(self, index: int) -> QAccessibleInterface:
        if not 0 <= index < self.childCount():
            return None  # type: ignore[return-value]  # there is none
        while len(self._items) <= index:
            item = _LineItem(self._view, len(self._items))
            QAccessible.registerAccessibleInterface(item)
            self._items.append(item)
        return self._items[index]

    def childCount(self) -> int:
        return min(len(self._view.placed), MOST_ITEMS) if self.isValid() else 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return child.place if isinstance(child, _LineItem) else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        inside = self._view.viewport().mapFromGlobal(QPoint(x, y))
        for place, placed in enumerate(self._view.placed):
            if placed.y <= inside.y() < placed.y + placed.height:
                return self.child(place)
        return None  # type: ignore[return-value]  # there is none

    def focusChild(self) -> QAccessibleInterface:
        for place, placed in enumerate(self._view.placed):
            if placed.row == self._view.caret.row and self._view.hasFocus():
                return self.child(place)
        return None  # type: ignore[return-value]  # none has it

    def text(self, kind: QAccessible.Text) -> str:
        if not self.isValid():
            return ""
        if kind == QAccessible.Text.Name:
            return self._view.accessibleName()
        return self._view.accessibleDescription() if kind == QAccessible.Text.Description else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        del kind, text

    def rect(self) -> QRect:
        if not self.isValid():
            return QRect()
        return QRect(self._view.mapToGlobal(QPoint(0, 0)), self._view.size())

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.List

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        if not self.isValid():
            state.invalid = True
            return state
        state.focusable = state.readOnly = state.extSelectable = True
        state.focused = self._view.hasFocus()
        state.invisible = not self._view.isVisible()
        state.offscreen = state.invisible
        state.disabled = not self._view.isEnabled()
        return state

    def foregroundColor(self) -> QColor:
        return QColor()

    def backgroundColor(self) -> QColor:
        return QColor()


_made: dict[int, _LogList] = {}
"""Qt asks for an interface once and keeps it by its address: it must not be collected before its view is."""

_installed: list[bool] = []


def prepare() -> None:
    """Let views that are made from now on be read; Qt keeps what a widget is told of first."""
    if not _installed:
        QAccessible.installFactory(_interface)
        _installed.append(True)


def follow(view: InteractiveView) -> None:
    """Let assistive technology follow the line that the keyboard is on."""
    view.moved.connect(lambda: _tell_moved(view))


def _interface(key: str, thing: QObject) -> QAccessibleInterface | None:
    del key
    if not isinstance(thing, InteractiveView):
        return None
    made = _LogList(thing)
    address = id(thing)
    _made[address] = made
    thing.destroyed.connect(lambda: _made.pop(address, None), Qt.ConnectionType.DirectConnection)
    return made


def _tell_moved(view: InteractiveView) -> None:
    if not QAccessible.isActive() or not view.hasFocus():
        return
    for place, placed in enumerate(view.placed):
        if placed.row == view.caret.row:
            event = QAccessibleEvent(view, QAccessible.Event.Focus)
            event.setChild(place)
            QAccessible.updateAccessibility(event)
