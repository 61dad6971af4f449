"""A quiet table: comfortable rows, no grid, signs before the text."""

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from avdesk.core.summary import Sign
from avdesk.ui.models.rows import SIGN_ROLE
from avdesk.ui.signs import sign_pixmap
from avdesk.ui.theme import STEP, is_dark, scaled_font
from avdesk.ui.widgets.card import Card
from avdesk.ui.widgets.text import Role, Text

COUNT_ROLE = Qt.ItemDataRole.UserRole + 3
"""A number to be drawn beside an item's text."""

_SIGN_SIZE = 14
_LEAST_ROWS = 4


class SignDelegate(QStyledItemDelegate):
    """Draws a row's sign, in the colours of the view's theme, before its text."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Add the sign to what the style draws."""
        super().initStyleOption(option, index)
        if not option.state & QStyle.StateFlag.State_Selected:
            option.state |= QStyle.StateFlag.State_Active  # as readable behind other windows as before them
        sign = index.data(SIGN_ROLE)
        view = self.parent()
        if sign is not None and isinstance(view, QWidget):
            dark = is_dark(view.palette())
            option.icon = QIcon(
                sign_pixmap(Sign(sign), _SIGN_SIZE, dark=dark, done=2, ratio=view.devicePixelRatioF())
            )
            option.decorationSize = QSize(_SIGN_SIZE, _SIGN_SIZE)
            option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return a comfortable row."""
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + STEP, option.fontMetrics.height() + STEP)


class IndentedDelegate(QStyledItemDelegate):
    """Draws an item's text a little away from its edge, and a count at the other edge where there is one."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the item, then its count."""
        super().paint(painter, option, index)
        count = index.data(COUNT_ROLE)
        if count:
            selected = bool(option.state & QStyle.StateFlag.State_Selected)
            role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
            painter.save()
            painter.setPen(option.palette.color(role))
            box = option.rect.adjusted(STEP, 0, -STEP, 0)
            painter.drawText(box, (Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight).value, str(count))
            painter.restore()

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Begin the text as it is drawn, not as it is read out, with a blank."""
        super().initStyleOption(option, index)
        option.text = "\u2002" + option.text


class RowsView(QTreeView):
    """A table that asks for the room of a few rows, and takes what more there is."""

    def sizeHint(self) -> QSize:
        """Return room for the least rows."""
        return QSize(super().sizeHint().width(), _LEAST_ROWS * (self.fontMetrics().height() + STEP))

    def minimumSizeHint(self) -> QSize:
        """Return the same: fewer rows are of no use."""
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())


class Listing(Card):
    """A card with a table of rows, or a sentence while there are none.

    Attributes:
        view: the table; its accessible name is the card's title.
    """

    def __init__(self, title: str, empty: str, model: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._model = model
        self.view = RowsView()
        self._empty = Text(empty, Role.SECONDARY, wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        self.body.addWidget(self._stack, 1)
        self._set_up_view(title)
        model.rowsInserted.connect(self._show_what_there_is)
        model.rowsRemoved.connect(self._show_what_there_is)
        self._show_what_there_is()

    def _set_up_view(self, title: str) -> None:
        view = self.view
        view.setAccessibleName(title)
        view.setModel(self._model)
        view.setItemDelegate(SignDelegate(view))
        view.setFont(scaled_font(1.0))
        view.setRootIsDecorated(False)
        view.setUniformRowHeights(True)
        view.setAllColumnsShowFocus(True)
        view.setHeaderHidden(True)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setTabKeyNavigation(False)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setTextElideMode(Qt.TextElideMode.ElideRight)
        view.viewport().setBackgroundRole(QPalette.ColorRole.Base)
        header = view.header()
        last = self._model.columnCount() - 1
        for column in range(last):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(last, QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(True)

    def _show_what_there_is(self) -> None:
        self._stack.setCurrentWidget(self.view if self._model.rowCount() else self._empty)
