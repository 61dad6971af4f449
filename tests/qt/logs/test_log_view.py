"""The view of a log: what is in sight, where the keyboard is, what is fetched, and what is read out."""

import threading
import time
from dataclasses import replace

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from avdesk.core.logline import LogLine, Severity
from avdesk.core.logsearch import Wanted
from avdesk.services.logs.memorybook import MemoryBook
from avdesk.ui.logs.interactive import InteractiveView
from avdesk.ui.logs.pane import LogPane
from tests.harness.log_books import JOB, RENDER, EndlessBook, log_line, memory_book, sample_lines, traceback_lines
from tests.qt.logs.conftest import MakePane

MILLION = 1_000_000


def texts(view: InteractiveView) -> list[str]:
    """Return what can be read, from the top down."""
    return [view.spoken(placed) for placed in view.placed]


def settled(pane: LogPane) -> bool:
    """Tell whether every row in sight has its line."""
    return bool(pane.view.placed) and all(placed.line is not None for placed in pane.view.placed)


def follows(view: InteractiveView) -> bool:
    """Tell whether a view stays at the end."""
    return view.following


def wheel(view: InteractiveView, notches: int) -> None:
    """Turn the mouse's wheel, up where negative."""
    at = QPointF(60, 60)
    event = QWheelEvent(
        at,
        QPointF(view.viewport().mapToGlobal(QPoint(60, 60))),
        QPoint(),
        QPoint(0, -120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # noqa: FBT003 - Qt takes it by place alone
    )
    QGuiApplication.sendEvent(view.viewport(), event)


def test_ten_million_lines_are_shown_by_asking_for_some_hundred(make_pane: MakePane, qtbot: QtBot) -> None:
    book = EndlessBook(10 * MILLION)
    pane = make_pane(book)
    qtbot.waitUntil(lambda: settled(pane))
    assert texts(pane.view)[-1] == "line 9999999"
    pane.view.margin.setValue(5 * MILLION)
    qtbot.waitUntil(lambda: settled(pane) and texts(pane.view)[0] == "line 5000000")
    QTest.keyClick(pane.view, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: settled(pane) and texts(pane.view)[0] == "line 0")
    assert sum(count for _first, count in book.asked) < 3000


def test_the_gui_thread_never_waits_for_lines(make_pane: MakePane, qtbot: QtBot) -> None:
    class Slow(EndlessBook):
        def lines(self, first: int, count: int) -> list[LogLine]:
            asked.set()
            answering.wait(60)
            return super().lines(first, count)

    asked, answering = threading.Event(), threading.Event()
    answering.set()
    pane = make_pane(Slow(MILLION))
    answering.clear()
    asked.clear()
    began = time.monotonic()
    for value in range(0, MILLION, MILLION // 20):
        pane.view.margin.setValue(value)
        QGuiApplication.processEvents()
    qtbot.waitUntil(asked.is_set)
    assert time.monotonic() - began < 30.0, "a book that takes a minute to answer stalls nobody"
    assert not settled(pane)
    answering.set()
    qtbot.waitUntil(lambda: settled(pane))


def test_what_is_not_at_hand_is_a_placeholder_that_keeps_its_place(make_pane: MakePane, qtbot: QtBot) -> None:
    pane = make_pane(EndlessBook(MILLION))
    pane.view.margin.setValue(MILLION // 2)
    before = [placed.row for placed in pane.view.placed]
    assert [placed.line for placed in pane.view.placed] == [None] * len(before)
    assert texts(pane.view)[0] == "being fetched"
    qtbot.waitUntil(lambda: settled(pane))
    assert [placed.row for placed in pane.view.placed] == before


def test_the_end_is_followed_until_one_scrolls_up_and_again_at_the_end(make_pane: MakePane, qtbot: QtBot) -> None:
    book = MemoryBook("app")
    book.add(sample_lines(100))
    pane = make_pane(book)
    view = pane.view
    book.add([log_line("fresh one", 9000.0)])
    qtbot.waitUntil(lambda: texts(view)[-1] == "fresh one")
    wheel(view, -2)
    assert not follows(view)
    qtbot.waitUntil(lambda: settled(pane))
    before = texts(view)
    book.add([log_line(f"further {place}", 9001.0 + place) for place in range(132)])
    qtbot.waitUntil(pane.new_lines.isVisible)
    assert pane.new_lines.accessibleName() == "132 new lines"
    assert texts(view) == before
    QTest.mouseClick(pane.new_lines, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: texts(view)[-1] == "further 131")
    assert follows(view)
    assert not pane.new_lines.isVisible()
    wheel(view, -1)
    wheel(view, 3)
    assert follows(view)


def test_a_log_that_goes_on_for_ever_is_kept_up_with(make_pane: MakePane, qtbot: QtBot) -> None:
    book = EndlessBook(1000, growing=True)
    pane = make_pane(book)
    for _turn in range(10):
        book.length += 5000
        qtbot.wait(30)
    qtbot.waitUntil(lambda: settled(pane) and texts(pane.view)[-1] == f"line {book.length - 1}")


def test_the_keyboard_moves_selects_and_copies(make_pane: MakePane, qtbot: QtBot) -> None:
    pane = make_pane(EndlessBook(500))
    view = pane.view
    QTest.keyClick(view, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: settled(pane) and texts(view)[0] == "line 0")
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.caret.number == 2
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert list(view.caret.rows()) == [2, 3]
    QTest.keyClick(view, Qt.Key.Key_PageDown)
    assert view.caret.number is not None
    assert view.caret.number > 10
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.caret.number == 499
    QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(view.caret.rows()) == 500


def test_late_lines_move_nothing_under_the_keyboard(make_pane: MakePane, qtbot: QtBot) -> None:
    book = MemoryBook("app")
    book.add([log_line(f"line {place}", 10.0 * place, insert_id=str(place)) for place in range(200)])
    pane = make_pane(book)
    view = pane.view
    view.go_to(100)
    pane.reading.bookmarks.toggle(100)
    qtbot.waitUntil(lambda: settled(pane))
    top = texts(view)[0]
    book.add([log_line(f"late {place}", 10.0 * place + 1, insert_id=f"late{place}") for place in range(50)])
    qtbot.waitUntil(lambda: view.caret.number == 150 and settled(pane))
    line = view.current_line()
    assert line is not None
    assert line.text == "line 100"
    assert pane.reading.bookmarks.numbers == (150,)
    assert texts(view)[0] == top


def test_tracebacks_are_folded_to_their_last_line_and_open(make_pane: MakePane) -> None:
    pane = make_pane(memory_book([log_line("before"), *traceback_lines(5.0), log_line("after", 9.0)]))
    view = pane.view
    last = "ModuleNotFoundError: No module named 'moviepy.editor' (5 lines folded)"
    assert texts(view) == ["before", "❌ Video creation failed", last, "after"]
    view.go_to(7)
    assert view.folds.toggle(7)
    view.lay_out()
    assert len(texts(view)) == 9
    view.folds.toggle(7)
    view.go_to(4)
    assert len(texts(view)) == 9, "going to a hidden line opens its traceback"
    pane.set_folding(folding=False)
    assert len(texts(view)) == 9


def test_a_known_failure_is_explained_where_the_mouse_is(make_pane: MakePane) -> None:
    pane = make_pane(memory_book(traceback_lines(5.0)))
    hint = pane.view.hint(pane.view.placed[-1])
    assert hint.startswith("The render container lacks MoviePy.\nRebuild the av-gpu-job image")
    assert "12:57:25 UTC" in hint


def test_every_line_in_sight_can_be_read_out(make_pane: MakePane) -> None:
    pane = make_pane(memory_book(sample_lines(30)))
    pane.view.go_to(0)
    found = QAccessible.queryAccessibleInterface(pane.view)
    assert found is not None
    assert (found.role(), found.text(QAccessible.Text.Name)) == (QAccessible.Role.List, "Log")
    items = [found.child(place) for place in range(found.childCount())]
    assert [item.text(QAccessible.Text.Name) for item in items] == texts(pane.view)
    assert items[0].text(QAccessible.Text.Description).startswith("Info, 2025-05-05 ")
    assert items[0].state().selected
    assert not items[1].state().selected
    assert all(found.indexOfChild(item) == place for place, item in enumerate(items))
    middle = items[3].rect().center()
    assert found.childAt(middle.x(), middle.y()) is items[3]


def test_long_lines_wrap_or_scroll(make_pane: MakePane, qtbot: QtBot) -> None:
    pane = make_pane(memory_book([log_line("word " * 400), log_line("x" * 50_000, 1.0)]))
    view = pane.view
    assert view.horizontalScrollBar().maximum() > 1000
    heights = [placed.height for placed in view.placed]
    pane.set_wrap(wrap=True)
    assert view.horizontalScrollBar().maximum() == 0
    view.go_to(0)
    qtbot.waitUntil(lambda: view.placed[0].row == 0)
    assert view.placed[0].height > 5 * heights[0]
    assert "more" in texts(view)[-1][-20:] or len(view.placed) == 1


def test_the_font_grows_and_shrinks_within_bounds(make_pane: MakePane) -> None:
    pane = make_pane(memory_book(sample_lines(30)))
    usual = pane.looks.line_height
    assert pane.resize_font(4.0) == 4.0
    assert pane.looks.line_height > usual
    for _turn in range(60):
        pane.resize_font(-1.0)
    assert pane.looks.font.pointSizeF() >= 5.0
    assert pane.resize_font(None) == 0.0
    assert pane.looks.line_height == usual


def test_matches_are_marked_in_the_margin_and_shown(make_pane: MakePane, qtbot: QtBot) -> None:
    pane = make_pane(EndlessBook(5000))
    pane.look_for(Wanted("line 2500"))
    qtbot.waitUntil(lambda: pane.reading.found.ended)
    assert list(pane.reading.found.numbers) == [2500]
    [pixel] = pane.view.margin.marks("found")
    middle = pane.view.margin.height() / 2
    assert abs(pixel - middle) < 0.1 * middle
    qtbot.waitUntil(lambda: pane.view.caret.number == 2500)
    line = EndlessBook(5000).line(2500)
    assert pane.looks.set(line, 500.0).found
    assert not pane.looks.set(replace(line, number=1, text="line 1"), 500.0).found


def test_sources_have_a_column_of_their_own_where_there_are_several(make_pane: MakePane) -> None:
    alone = make_pane(memory_book(sample_lines(10)))
    assert alone.looks.source_width == 0.0
    both = make_pane(memory_book([*sample_lines(10), log_line("from the job", 3.0, source=RENDER, job=JOB)]))
    assert both.looks.source_width > 0.0
    assert both.looks.source_colour("app") != both.looks.source_colour(RENDER)
    assert "ab12cd34" in both.looks.short_source(RENDER)


def test_severities_differ_by_shape_and_are_read_out(make_pane: MakePane) -> None:
    book = memory_book([log_line("bad", 1.0, Severity.ERROR), log_line("so so", 2.0, Severity.WARNING)])
    pane = make_pane(book)
    told = [pane.view.circumstances(placed.line).split(",")[0] for placed in pane.view.placed]
    assert told == ["Error", "Warning"]
    picture = pane.view.viewport().grab().toImage()
    left, size = int(pane.looks.gutter + pane.looks.time_width), int(pane.looks.line_height)
    ratio = picture.devicePixelRatio()
    shapes = [
        picture.copy(int(left * ratio), int(place * size * ratio), int(16 * ratio), int(size * ratio))
        for place in (0, 1)
    ]
    assert shapes[0] != shapes[1]


def test_the_end_of_a_log_that_grows_faster_than_it_is_fetched_is_in_sight_all_the_same(
    make_pane: MakePane, qtbot: QtBot
) -> None:
    class Torrent(EndlessBook):
        """Ten thousand lines more with each look, each of which takes a while."""

        def count(self) -> int:
            self.length += 10_000
            return self.length

        def lines(self, first: int, count: int) -> list[LogLine]:
            time.sleep(0.15)
            return super().lines(first, count)

    pane = make_pane(Torrent(1000, growing=True))
    qtbot.waitUntil(lambda: texts(pane.view)[-1] != "being fetched")
    seen: set[str] = set()

    def look() -> bool:
        seen.add(texts(pane.view)[-1])
        return len(seen - {"being fetched"}) > 3

    qtbot.waitUntil(look, timeout=15_000)
    assert "being fetched" not in seen
