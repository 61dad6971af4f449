"""The window's way to its Settings page and to the wizard, neither of which is made before it is wanted."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from avdesk.bridge.settings_desks import SettingsDesks

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMessageBox

    from avdesk.ui.main_window import MainWindow
    from avdesk.ui.pages.settings import SettingsPage

NAME = "settings"
"""What the registry calls the page."""


class SettingsAccess(QObject):
    """Gives the page its desks once it is made."""

    def __init__(self, window: "MainWindow", desks: SettingsDesks) -> None:
        super().__init__(window)
        self._window, self._desks = window, desks
        self._page: SettingsPage | None = None
        self._question: QMessageBox | None = None
        window.stack.made.connect(self._equip)
        for page in window.pages:
            self._equip(page)

    @property
    def unsaved(self) -> bool:
        """Whether there are edits that are not in the file."""
        return self._page is not None and self._page.unsaved

    def set_up(self) -> None:
        """Open the wizard, where there is a configuration to be written."""
        if self._desks.kept:
            self._window.stack.page_at(self._window.stack.row_of(NAME))
            assert self._page is not None, "it has been made now"
            self._page.begin_set_up()

    def ask_before_leaving(self, leave: Callable[[], object]) -> None:
        """Ask what is to become of the edits; one question at a time."""
        if self._page is None or (self._question is not None and self._question.isVisible()):
            return
        self._window.navigation.setCurrentRow(self._window.stack.row_of(NAME))
        self._question = self._page.ask_before_leaving(leave)

    def _equip(self, page: object) -> None:
        from avdesk.ui.pages.page import Page

        if not isinstance(page, Page) or page is not self._settings_page():
            return
        from avdesk.ui.pages.settings import SettingsPage  # made by now

        assert isinstance(page, SettingsPage), "the registry makes it"
        self._page = page
        page.use_desks(self._desks)
        page.set_up.connect(self._show_pipeline)

    def _settings_page(self) -> object:
        return self._window.stack.placed[self._window.stack.row_of(NAME)]

    def _show_pipeline(self) -> None:
        self._window.navigation.setCurrentRow(0)
