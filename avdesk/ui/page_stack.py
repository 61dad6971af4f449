"""The window's pages, one upon the other: those that nobody has looked at are not made, since they cost memory."""

from collections.abc import Collection

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from avdesk.core.actions import ActionRecord
from avdesk.ui.pages.page import Page
from avdesk.ui.pages.registry import PAGES
from avdesk.ui.wishes import Wishes

MOST_ENDED = 500
"""Actions that have ended and are still told to a page that is made later."""


class PageStack(QStackedWidget):
    """A place for each page of the registry.

    Signals:
        made: a page was made, which knows of nothing yet.
    """

    made = Signal(object)

    def __init__(self, wishes: Wishes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wishes = wishes
        self._pages: list[Page | None] = [None] * len(PAGES)
        self._records: dict[str, ActionRecord] = {}
        for _kind in PAGES:
            self.addWidget(QWidget())

    @property
    def placed(self) -> tuple[Page | None, ...]:
        """The pages in their order; None stands for one that has not been made."""
        return tuple(self._pages)

    @property
    def pages(self) -> list[Page]:
        """The pages that have been made, in their order."""
        return [page for page in self._pages if page is not None]

    @property
    def records(self) -> Collection[ActionRecord]:
        """How far the actions of late have come, the oldest first: for a page that is made after them."""
        return self._records.values()

    def show_action(self, record: ActionRecord) -> None:
        """Let the pages take note of an action, also those that are made later."""
        self._records.pop(record.request.id, None)
        self._records[record.request.id] = record
        ended = [name for name, each in self._records.items() if each.state.ended]
        for name in ended[: max(0, len(ended) - MOST_ENDED)]:
            del self._records[name]
        for page in self.pages:
            page.show_action(record)

    def forget(self, environment: str) -> None:
        """Drop what is kept of an environment that is gone, or is another installation now."""
        self._records = {key: each for key, each in self._records.items() if each.request.environment != environment}
        for page in self.pages:
            page.forget(environment)

    def row_of(self, name: str) -> int:
        """Return the place of the page that the registry calls so. Raises KeyError for an unknown one."""
        for place, kind in enumerate(PAGES):
            if kind.name == name:
                return place
        raise KeyError(name)

    def page_at(self, place: int) -> Page:
        """Return the page at a place, made where it was not."""
        page = self._pages[place]
        if page is None:
            kind = PAGES[place]
            page = self._pages[place] = kind.make(self._wishes)
            page.setAccessibleName(kind.title())
            blank = self.widget(place)
            self.insertWidget(place, page)
            if blank is not None:
                self.removeWidget(blank)
                blank.deleteLater()
            self.made.emit(page)
        return page

    def show_place(self, place: int) -> None:
        """Show the page at a place; nothing for a place that there is not."""
        if 0 <= place < len(PAGES):
            self.setCurrentWidget(self.page_at(place))
