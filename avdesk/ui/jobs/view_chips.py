"""The saved views as chips below the query line."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from avdesk.i18n import _
from avdesk.ui.dialogs.name import NameDialog
from avdesk.ui.jobs.views import SavedView, Views
from avdesk.ui.theme import STEP
from avdesk.ui.widgets.chip import Chip
from avdesk.ui.widgets.wrap import WrapRow


class ViewChip(Chip):
    """A view; one of the user's own can be renamed (F2) and removed (Del)."""

    renaming = Signal()
    removing = Signal()

    def __init__(self, view: SavedView, parent: QWidget | None = None) -> None:
        super().__init__(view.name, parent)
        self.view = view
        hint = view.query or _("no condition")
        self.setToolTip(_("{query}\nF2 renames, Del removes.").format(query=hint) if view.own else hint)
        if view.own:
            self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            self.customContextMenuRequested.connect(self._show_menu)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys of a view of one's own."""
        if self.view.own and event.key() == Qt.Key.Key_F2:
            self.renaming.emit()
        elif self.view.own and event.key() == Qt.Key.Key_Delete:
            self.removing.emit()
        else:
            super().keyPressEvent(event)

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(_("Rename view…")).triggered.connect(self.renaming)
        menu.addAction(_("Remove view")).triggered.connect(self.removing)
        menu.popup(self.mapToGlobal(at))


class ViewChips(WrapRow):
    """All views; the one whose query is shown is on.

    Signals:
        chosen: the query of the view that was picked.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(STEP - 2, parent)
        self.setAccessibleName(_("Saved views"))
        self._views = Views()
        self._query = ""
        self._chips: list[ViewChip] = []
        self._fill()

    @property
    def chips(self) -> tuple[ViewChip, ...]:
        """The chips, in order."""
        return tuple(self._chips)

    def use(self, views: Views) -> None:
        """Show these views from now on."""
        self._views = views
        self._fill()

    def show_query(self, query: str) -> None:
        """Switch the chip on whose query this is."""
        self._query = query
        matching = self._views.matching(query)
        for chip in self._chips:
            chip.setChecked(chip.view == matching)

    def ask_name(self, query: str) -> None:
        """Ask for a name and save the query under it."""
        dialog = NameDialog(_("Save view"), _("Save view"), "", self._views.refusal, self.window())
        dialog.named.connect(lambda name: self._save(name, query))
        _open(dialog)

    def ask_new_name(self, view: SavedView) -> None:
        """Ask for another name of a view of one's own."""
        dialog = NameDialog(
            _("Rename view"), _("Rename view"), view.name, lambda name: self._refusal(view, name), self.window()
        )
        dialog.named.connect(lambda name: self._rename(view, name))
        _open(dialog)

    def _save(self, name: str, query: str) -> None:
        self._views.save(name, query)
        self._fill()

    def _rename(self, view: SavedView, name: str) -> None:
        self._views.rename(view.name, name)
        self._fill()

    def _refusal(self, view: SavedView, name: str) -> str:
        return "" if name == view.name else self._views.refusal(name, new=True)

    def _remove(self, view: SavedView) -> None:
        self._views.remove(view.name)
        self._fill()

    def _fill(self) -> None:
        for chip in self._chips:
            self.flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = []
        for view in self._views.all():
            chip = ViewChip(view)
            chip.clicked.connect(lambda _checked=False, view=view: self._choose(view))
            chip.renaming.connect(lambda view=view: self.ask_new_name(view))
            chip.removing.connect(lambda view=view: self._remove(view))
            self._chips.append(chip)
            self.flow.addWidget(chip)
        self.show_query(self._query)

    def _choose(self, view: SavedView) -> None:
        self.show_query(view.query)
        self.chosen.emit(view.query)


def _open(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
