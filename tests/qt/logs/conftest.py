"""A log in a view, without a page around it."""

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from avdesk.bridge.log_session import LogSession
from avdesk.services.logs.book import Book
from avdesk.ui.logs.pane import LogPane

MakePane = Callable[[Book], LogPane]


@pytest.fixture
def make_pane(qtbot: QtBot) -> Iterator[MakePane]:
    """Return a maker of panes that show a book; their threads have ended when the test has."""
    sessions: list[LogSession] = []

    def make(book: Book) -> LogPane:
        session = LogSession(book)
        pane = LogPane(session)
        sessions.append(session)
        qtbot.addWidget(pane)
        pane.resize(900, 500)
        with qtbot.waitExposed(pane):
            pane.show()
        session.watch(seen=True)
        pane.view.setFocus()
        qtbot.waitUntil(lambda: not book.count() or any(placed.line for placed in pane.view.placed))
        return pane

    yield make
    for session in sessions:
        session.close()
    assert all(session.wait(30.0) for session in sessions)
