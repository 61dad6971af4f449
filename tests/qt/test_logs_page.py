"""The Logs page: sources, filters, searches, what is taken along, and what stands in place of an empty log."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from avdesk.bridge.logs import LogReader, LogWish
from avdesk.core.errors import ConfigError, PermissionDeniedError, TimedOutError
from avdesk.core.jobs import JobError, JobState
from avdesk.core.logchoice import LogChoice, LogKind
from avdesk.core.logline import Severity
from avdesk.core.logsearch import Wanted
from avdesk.services.logs.memorybook import MemoryBook
from avdesk.services.logs.source import SourceView
from avdesk.ui.logs.commands import LETTERS, Command, keys_told
from avdesk.ui.logs.filter_chips import Narrowing
from avdesk.ui.logs.pane import LogPane
from avdesk.ui.logs.search_bar import Showing
from avdesk.ui.pages.logs import LogsPage
from avdesk.ui.wishes import Wishes
from tests.harness.job_lists import many_jobs
from tests.harness.log_books import (
    BEGINNING,
    JOB,
    RENDER,
    FilledSource,
    OpenedBook,
    log_line,
    sample_lines,
)
from tests.harness.snapshots import ENVIRONMENTS, NOW, all_states, job
from tests.qt.conftest import MemoryStore

APP_LOG = LogChoice(LogKind.APP)
RENDER_LOG = LogChoice(LogKind.JOB, JOB)


class Shelf:
    """The logs that a page may open, and what it has asked for."""

    def __init__(self) -> None:
        """Hold a log of some lines."""
        self.lines = sample_lines(120)
        self.view = SourceView(way="rest", loading=False, heard_at=BEGINNING)
        self.error: Exception | None = None
        self.wishes: list[LogWish] = []
        self.sources: list[FilledSource] = []

    def open(self, wish: LogWish) -> OpenedBook:
        """Open the log, or fail as it was told to."""
        self.wishes.append(wish)
        if self.error is not None:
            raise self.error
        book = MemoryBook("app")
        book.add(self.lines)
        source = FilledSource(book, self.view)
        self.sources.append(source)
        return OpenedBook(book, wish.choices, source)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def page(shelf: Shelf, wishes: Wishes, store: MemoryStore, qtbot: QtBot) -> Iterator[LogsPage]:
    made = LogsPage(wishes)
    qtbot.addWidget(made)
    made.restore(store)
    made.resize(1000, 640)
    reader = LogReader(shelf.open)
    made.use_reader(reader)
    made.show_environment(ENVIRONMENTS[0])
    yield made
    reader.ask_to_stop()
    assert reader.wait(30.0)


def opened(page: LogsPage, qtbot: QtBot) -> LogPane:
    """Show the page, and return its pane as soon as its lines are in sight."""
    if not page.isVisible():
        with qtbot.waitExposed(page):
            page.show()
        page.activateWindow()
    qtbot.waitUntil(lambda: page.pane is not None and any(placed.line for placed in page.pane.view.placed))
    assert page.pane is not None
    return page.pane


def texts(pane: LogPane) -> list[str]:
    """Return what can be read of the lines in sight."""
    return [pane.view.spoken(placed) for placed in pane.view.placed]


def shown_numbers(pane: LogPane) -> list[int]:
    """Return the numbers of all rows."""
    return [pane.reading.rows.number(row) for row in range(pane.reading.rows.count)]


# Opening


def test_the_page_opens_the_apps_log_when_it_is_first_seen(page: LogsPage, shelf: Shelf, qtbot: QtBot) -> None:
    assert shelf.wishes == []
    pane = opened(page, qtbot)
    assert shelf.wishes == [LogWish(ENVIRONMENTS[0].name, (APP_LOG,))]
    assert pane.view.accessibleName() == "Log"
    assert page.parts.sources.accessibleName() == "Sources: AutoVideo app"
    assert page.parts.words.text().startswith("128 lines")


def test_another_environment_means_another_log(page: LogsPage, shelf: Shelf, qtbot: QtBot) -> None:
    first = opened(page, qtbot)
    page.show_environment(ENVIRONMENTS[1])
    qtbot.waitUntil(lambda: len(shelf.wishes) == 2)
    assert opened(page, qtbot) is not first
    assert shelf.wishes[1].environment == ENVIRONMENTS[1].name
    assert shelf.sources[0].aborted.is_set()


def test_nobody_is_asked_while_nobody_looks(page: LogsPage, shelf: Shelf, qtbot: QtBot) -> None:
    opened(page, qtbot)
    page.hide()
    qtbot.wait(150)
    before = shelf.sources[0].steps
    qtbot.wait(300)
    assert shelf.sources[0].steps - before <= 1
    page.show()
    qtbot.waitUntil(lambda: shelf.sources[0].steps > before + 1)


def test_dropped_files_are_opened_as_one_log(page: LogsPage, shelf: Shelf, qtbot: QtBot) -> None:
    opened(page, qtbot)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/var/log/one.log"), QUrl.fromLocalFile("/var/log/two.log.gz")])
    action, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    page.dropEvent(QDropEvent(QPointF(9, 9), action, data, left, Qt.KeyboardModifier.NoModifier))
    qtbot.waitUntil(lambda: len(shelf.wishes) == 2)
    names = [choice.name for choice in shelf.wishes[1].choices]
    assert names == ["/var/log/one.log", "/var/log/two.log.gz"]
    assert page.parts.sources.text() == "one.log + 1 more"


# A job's log, at its failure


def test_a_failed_jobs_log_opens_at_the_line_that_says_why(page: LogsPage, shelf: Shelf, qtbot: QtBot) -> None:
    shelf.lines = [
        *(replace(line, source=RENDER) for line in sample_lines(60)),
        log_line("t:  70%|███   | 70/100 [00:12, 9it/s]", 300.0, Severity.ERROR, RENDER),
    ]
    failed = replace(job(JobState.FAILED), error=JobError(3, "The replica workerpool0-0 exited with status 1."))
    page.show_job(failed)
    pane = opened(page, qtbot)
    qtbot.waitUntil(lambda: pane.view.caret.number is not None)
    line = pane.view.current_line()
    assert line is not None
    assert line.text == "ModuleNotFoundError: No module named 'moviepy.editor'"
    assert pane.detail.isVisible()
    assert pane.detail.reason.text() == "The render container lacks MoviePy."
    qtbot.waitUntil(lambda: "Traceback (most recent call last)" in pane.detail.text.toPlainText())


def test_a_running_jobs_log_is_followed(page: LogsPage, qtbot: QtBot) -> None:
    page.show_job(job(JobState.RUNNING))
    pane = opened(page, qtbot)
    qtbot.wait(100)
    assert pane.view.following
    assert pane.view.caret.number is None


# What stands in place of the lines


@pytest.mark.parametrize(
    ("error", "headline", "button"),
    [
        (
            PermissionDeniedError("The account lacks the permission logging.logEntries.list.", "Ask for it."),
            "Cloud Logging refuses",
            "Copy the command",
        ),
        (
            ConfigError("The environment dev does not say where its log is.", "Give it a project."),
            "This log is not asked for",
            "Choose a source",
        ),
        (TimedOutError("Google did not answer.", "Check the network."), "The log cannot be read", "Look again"),
    ],
)
def test_a_log_that_cannot_be_opened_says_what_to_do(
    page: LogsPage, shelf: Shelf, error: Exception, headline: str, button: str, qtbot: QtBot
) -> None:
    shelf.error = error
    page.show()
    qtbot.waitUntil(lambda: page.parts.notice.headline.text() == headline)
    assert page.parts.notice.isVisible()
    assert page.parts.notice.button.text() == button
    if button == "Copy the command":
        page.parts.notice.button.click()
        project = ENVIRONMENTS[0].project
        assert QGuiApplication.clipboard().text().startswith(f"gcloud projects add-iam-policy-binding {project} ")


def test_trouble_in_mid_tail_is_said_beside_the_lines(page: LogsPage, shelf: Shelf, qtbot: QtBot) -> None:
    shelf.view = replace(shelf.view, trouble=TimedOutError("Google did not answer.", "Check the network."))
    pane = opened(page, qtbot)
    qtbot.waitUntil(page.parts.caution.isVisible)
    assert page.parts.caution.text() == "No new lines at the moment: Google did not answer. Check the network."
    assert pane.isVisible()


@pytest.mark.parametrize(
    ("state", "headline"),
    [(JobState.PENDING, "The job waits for a GPU"), (JobState.SUCCEEDED, "This job has no lines")],
)
def test_a_jobs_empty_log_says_why(
    page: LogsPage, shelf: Shelf, state: JobState, headline: str, qtbot: QtBot
) -> None:
    shelf.lines = []
    page.show_job(replace(job(state), error=None))
    page.show()
    qtbot.waitUntil(lambda: page.parts.notice.headline.text() == headline)


def test_a_server_in_batch_mode_is_off_between_runs(page: LogsPage, shelf: Shelf, qtbot: QtBot) -> None:
    shelf.lines = []
    page.show_environment(replace(ENVIRONMENTS[0], url=""))
    page.show()
    qtbot.waitUntil(lambda: "batch mode" in page.parts.notice.advice.text())


def test_lines_that_come_take_the_notice_away(page: LogsPage, shelf: Shelf, qtbot: QtBot) -> None:
    shelf.lines = []
    page.show()
    qtbot.waitUntil(lambda: page.parts.notice.headline.text() == "No lines yet")
    shelf.sources[0].book.add([log_line("here it is")])
    assert texts(opened(page, qtbot)) == ["here it is"]
    assert not page.parts.notice.isVisible()


# Filters


def test_severity_chips_show_their_lines_alone_and_all_again(page: LogsPage, qtbot: QtBot) -> None:
    pane = opened(page, qtbot)
    QTest.mouseClick(page.parts.chips.severity("error"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: pane.reading.rows.count == 7)
    QTest.mouseClick(page.parts.chips.severity("warning"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: pane.reading.rows.count == 11)
    assert page.parts.words.text().startswith("11 of 128 lines")
    page.parts.chips.show_narrowing(Narrowing())
    qtbot.waitUntil(lambda: pane.reading.rows.count == 128)


def test_a_filter_that_leaves_nothing_says_so_and_can_be_cleared(page: LogsPage, shelf: Shelf, qtbot: QtBot) -> None:
    shelf.lines = [log_line("all well")]
    pane = opened(page, qtbot)
    QTest.mouseClick(page.parts.chips.severity("error"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.parts.notice.headline.text() == "No line fits")
    page.parts.notice.button.click()
    qtbot.waitUntil(lambda: pane.isVisible() and pane.reading.rows.count == 1)


def test_sources_and_jobs_can_be_shown_alone(page: LogsPage, shelf: Shelf, qtbot: QtBot) -> None:
    shelf.lines += [log_line(f"from the job {place}", place, source=RENDER, job=JOB) for place in range(9)]
    pane = opened(page, qtbot)
    qtbot.waitUntil(lambda: [chip.text() for chip in page.parts.chips.others] == ["AutoVideo app", JOB])
    QTest.mouseClick(page.parts.chips.others[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: pane.reading.rows.count == 9)
    page.parts.chips.show_narrowing(Narrowing(jobs=frozenset({JOB})))
    assert page.parts.chips.others[-1].accessibleName() == JOB
    qtbot.waitUntil(lambda: pane.reading.rows.count == 9)
    QTest.mouseClick(page.parts.chips.others[-1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: pane.reading.rows.count == 137)


def test_a_drag_over_the_histogram_shows_that_time_alone(page: LogsPage, qtbot: QtBot) -> None:
    pane = opened(page, qtbot)
    histogram = pane.histogram
    qtbot.waitUntil(lambda: len(histogram.bars) > 50)
    assert sum(sum(bar.counts.values()) for bar in histogram.bars) == 128
    width, middle = histogram.width(), histogram.height() // 2
    QTest.mousePress(histogram, Qt.MouseButton.LeftButton, pos=QPoint(width // 4, middle))
    QTest.mouseMove(histogram, QPoint(width // 3, middle))
    QTest.mouseRelease(histogram, Qt.MouseButton.LeftButton, pos=QPoint(width // 2, middle))
    qtbot.waitUntil(lambda: pane.reading.rows.filtered and 20 < pane.reading.rows.count < 45)
    [chip] = page.parts.chips.others
    assert " – " in chip.accessibleName()


def test_the_histogram_is_used_by_keyboard_too(page: LogsPage, qtbot: QtBot) -> None:
    pane = opened(page, qtbot)
    qtbot.waitUntil(lambda: len(pane.histogram.bars) > 50)
    pane.histogram.setFocus()
    for _turn in range(3):
        QTest.keyClick(pane.histogram, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert "line" in pane.histogram.accessibleDescription()
    QTest.keyClick(pane.histogram, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: pane.reading.rows.filtered and 0 < pane.reading.rows.count < 20)


# Searches


def test_find_as_you_type_goes_to_the_first_match_from_here(page: LogsPage, qtbot: QtBot) -> None:
    pane = opened(page, qtbot)
    QTest.keyClick(pane.view, Qt.Key.Key_Home)
    QTest.keyClick(pane.view, Qt.Key.Key_Slash)
    assert page.parts.search.edit.hasFocus()
    QTest.keyClicks(page.parts.search.edit, "chunk 21")
    qtbot.waitUntil(lambda: page.parts.search.count.text() == "1 of 1")
    line = pane.view.current_line()
    assert line is not None
    assert line.text.startswith("Uploading chunk 21 ")
    assert page.parts.search.edit.hasFocus(), "one types on"


def test_n_goes_on_and_shift_n_back_round_the_ends(page: LogsPage, qtbot: QtBot) -> None:
    pane = opened(page, qtbot)
    page.parts.search.show_wanted(Wanted("Retrying"))
    qtbot.waitUntil(lambda: page.parts.search.count.text().endswith("of 3"))
    first = pane.reading.found.numbers[0]
    pane.view.go_to(first)
    QTest.keyClicks(pane.view, "n")
    assert pane.view.caret.number == pane.reading.found.numbers[1]
    QTest.keyClicks(pane.view, "N")
    assert pane.view.caret.number == first
    QTest.keyClicks(pane.view, "N")
    assert pane.view.caret.number == pane.reading.found.numbers[-1]


def test_an_expression_that_cannot_be_looked_for_says_why(page: LogsPage, qtbot: QtBot) -> None:
    opened(page, qtbot)
    page.parts.search.regex.setChecked(True)
    page.parts.search.edit.setText(r"(?<=a)b")
    qtbot.waitUntil(lambda: page.parts.search.count.text().startswith("Look-around"))
    page.parts.search.edit.setText("(a+)+$")
    qtbot.waitUntil(lambda: " of " in page.parts.search.count.text() or page.parts.search.count.text() == "no match")


def test_only_matches_with_lines_around_them(page: LogsPage, qtbot: QtBot) -> None:
    pane = opened(page, qtbot)
    page.parts.search.show_wanted(Wanted("Too Many Requests"))
    page.parts.search.context.setValue(2)
    page.parts.search.set_mode(Showing.ONLY)
    qtbot.waitUntil(lambda: pane.reading.rows.count == 5)
    [hit] = pane.reading.found.numbers
    assert shown_numbers(pane) == list(range(hit - 2, hit + 3))
    assert [pane.reading.rows.is_context(row) for row in range(5)] == [True, True, False, True, True]
    page.parts.search.context.setValue(0)
    qtbot.waitUntil(lambda: pane.reading.rows.count == 1)
    page.parts.search.set_mode(Showing.ALL)
    qtbot.waitUntil(lambda: pane.reading.rows.count == 128)


def test_matches_stand_beside_the_whole_log_and_lead_to_their_lines(page: LogsPage, qtbot: QtBot) -> None:
    pane = opened(page, qtbot)
    page.parts.search.set_mode(Showing.PANE)
    page.parts.search.show_wanted(Wanted("Retrying"))
    qtbot.waitUntil(lambda: pane.reading.matches.count == 3)
    assert pane.matches.isVisible()
    assert pane.reading.rows.count == 128
    pane.matches.go_to(1)
    qtbot.waitUntil(lambda: pane.view.caret.number == pane.reading.found.numbers[1])


def test_matches_go_on_to_come_as_the_log_grows(page: LogsPage, shelf: Shelf, qtbot: QtBot) -> None:
    pane = opened(page, qtbot)
    page.parts.search.show_wanted(Wanted("Retrying"))
    page.parts.search.set_mode(Showing.ONLY)
    page.parts.search.context.setValue(0)
    qtbot.waitUntil(lambda: pane.reading.rows.count == 3)
    shelf.sources[0].book.add([log_line("Retrying for good", 5000.0), log_line("Retrying before all", -5.0)])
    qtbot.waitUntil(lambda: pane.reading.rows.count == 5 and len(pane.reading.found.numbers) == 5)
    assert shown_numbers(pane) == list(pane.reading.found.numbers)
    assert shown_numbers(pane)[0] == 0


def test_predefined_searches_find_the_failures_that_users_meet(page: LogsPage, qtbot: QtBot) -> None:
    pane = opened(page, qtbot)
    menu = page.parts.search.saved.menu()
    assert menu is not None
    menu.aboutToShow.emit()
    actions = {action.text(): action for action in menu.actions()}
    actions["Any known failure"].trigger()
    qtbot.waitUntil(lambda: pane.reading.found.ended and len(pane.reading.found.numbers) == 2)


def test_a_search_is_saved_under_a_name_and_found_again(page: LogsPage, store: MemoryStore, qtbot: QtBot) -> None:
    opened(page, qtbot)
    page.parts.search.show_wanted(Wanted("chunk [0-9]+", regex=True))
    page.parts.search.searches.save("Chunks", Wanted("chunk [0-9]+", regex=True))
    assert json.loads(str(store.kept["logs/searches"])) == [
        {"name": "Chunks", "text": "chunk [0-9]+", "regex": True, "case": "smart"}
    ]


# Going about


def test_errors_warnings_and_bookmarks_by_key(page: LogsPage, shelf: Shelf, qtbot: QtBot) -> None:
    shelf.lines = [*sample_lines(100), *[log_line(f"later {place}", 400.0 + place) for place in range(50)]]
    pane = opened(page, qtbot)
    qtbot.waitUntil(lambda: pane.reading.errors.ended)
    QTest.keyClicks(pane.view, "g")
    assert pane.view.caret.number == 0
    QTest.keyClicks(pane.view, "e")
    line = pane.view.current_line()
    assert line is not None
    assert line.severity is Severity.ERROR
    QTest.keyClicks(pane.view, "m")
    marked = line.number
    QTest.keyClicks(pane.view, "G")
    assert pane.view.caret.number == pane.reading.cache.count - 1
    QTest.keyClicks(pane.view, "U")
    assert pane.view.caret.number == marked
    QTest.keyClicks(pane.view, "u")
    assert page.parts.said.text() == "No further bookmark."
    QTest.keyClicks(pane.view, "w")
    qtbot.waitUntil(lambda: page.parts.said.text() == "No further warning.")
    QTest.keyClicks(pane.view, "W")
    qtbot.waitUntil(lambda: pane.view.current_line() is not None and pane.view.caret.number != marked)


def test_every_letter_is_told_by_the_help(page: LogsPage, qtbot: QtBot) -> None:
    pane = opened(page, qtbot)
    told = " ".join(key for _title, keys in keys_told() for key, _words in keys)
    assert [letter for letter in LETTERS if letter not in told and letter != "?"] == []
    QTest.keyClicks(pane.view, "?")
    assert pane.help.isVisible()
    QTest.keyClick(pane.help, Qt.Key.Key_Escape)
    assert not pane.help.isVisible()
    assert pane.view.hasFocus()


def test_a_jump_goes_to_the_first_line_at_a_time(page: LogsPage, qtbot: QtBot) -> None:
    pane = opened(page, qtbot)
    pane.jump_to(BEGINNING.replace(minute=58, second=0))
    qtbot.waitUntil(lambda: pane.view.caret.number is not None)
    line = pane.view.current_line()
    assert line is not None
    assert line.time is not None
    assert line.time >= BEGINNING.replace(minute=58, second=0)


def test_escape_takes_the_search_away_then_the_filter(page: LogsPage, qtbot: QtBot) -> None:
    pane = opened(page, qtbot)
    page.parts.search.show_wanted(Wanted("chunk"))
    page.parts.chips.show_narrowing(Narrowing(groups=frozenset({"error"})))
    QTest.keyClick(pane.view, Qt.Key.Key_Escape)
    assert page.parts.search.wanted is None
    assert page.parts.chips.narrowing.groups
    QTest.keyClick(pane.view, Qt.Key.Key_Escape)
    assert page.parts.chips.narrowing == Narrowing()


# Taken along


def test_copies_and_exports_are_masked_and_without_colours(
    page: LogsPage, shelf: Shelf, tmp_path: Path, qtbot: QtBot
) -> None:
    shelf.lines = [
        log_line("\x1b[32mgreen\x1b[0m", 0.0),
        log_line("settings", 1.0, payload={"api_key": "sk-verysecretverysecret", "n": 1}),
    ]
    pane = opened(page, qtbot)
    QTest.keyClick(pane.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    page.do(Command.COPY)
    qtbot.waitUntil(lambda: page.parts.said.text() == "Copied 2 lines.")
    assert QGuiApplication.clipboard().text() == "green\nsettings"
    page.do(Command.COPY_JSON)
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text().startswith("{"))
    rows = [json.loads(line) for line in QGuiApplication.clipboard().text().split("\n")]
    assert rows[1]["payload"]["n"] == 1
    assert "verysecret" not in QGuiApplication.clipboard().text()
    assert page._deeds is not None  # noqa: SLF001 - a file dialog is the only other way
    page._deeds.export_to(str(tmp_path / "out.jsonl"))  # noqa: SLF001 - as above
    qtbot.waitUntil(lambda: page.parts.said.text().startswith("Exported 2 lines to "))
    assert "verysecret" not in (tmp_path / "out.jsonl").read_text("utf-8")
    page._deeds.export_to(str(tmp_path / "nowhere" / "out.log"))  # noqa: SLF001 - as above
    qtbot.waitUntil(lambda: page.parts.said.text().startswith("The file could not be written: No such file"))


def test_an_export_holds_what_is_shown(page: LogsPage, tmp_path: Path, qtbot: QtBot) -> None:
    pane = opened(page, qtbot)
    page.parts.chips.show_narrowing(Narrowing(groups=frozenset({"error"})))
    qtbot.waitUntil(lambda: pane.reading.rows.count == 7)
    assert page._deeds is not None  # noqa: SLF001 - as above
    page._deeds.export_to(str(tmp_path / "errors.log"))  # noqa: SLF001 - as above
    qtbot.waitUntil(lambda: page.parts.said.text().startswith("Exported 7 lines to "))
    assert (tmp_path / "errors.log").read_text("utf-8").startswith("❌ Video creation failed\nTraceback ")


def test_the_cloud_console_opens_with_the_same_query(page: LogsPage, qtbot: QtBot) -> None:
    urls: list[str] = []
    page.open_url = urls.append
    opened(page, qtbot)
    page.parts.search.show_wanted(Wanted("quota"))
    page.parts.chips.show_narrowing(Narrowing(groups=frozenset({"error"})))
    page.do(Command.CONSOLE)
    [url] = urls
    assert url.startswith("https://console.cloud.google.com/logs/query;query=resource.type")
    assert "severity%3D%28ERROR%20OR%20CRITICAL%20OR%20ALERT%20OR%20EMERGENCY%29" in url
    assert "quota" in url
    assert url.endswith(f"?project={ENVIRONMENTS[0].project}")


# The details


def test_a_payload_is_shown_indented_and_masked(page: LogsPage, shelf: Shelf, qtbot: QtBot) -> None:
    shelf.lines = [log_line("gpu", payload={"event": "gpu", "password": "hunter2hunter2"})]
    pane = opened(page, qtbot)
    pane.view.go_to(0)
    page.do(Command.DETAIL)
    assert pane.detail.isVisible()
    assert '{\n  "event": "gpu"' in pane.detail.payload.toPlainText()
    assert "hunter2" not in pane.detail.payload.toPlainText()


def test_what_was_switched_on_is_so_again(page: LogsPage, store: MemoryStore, wishes: Wishes, qtbot: QtBot) -> None:
    pane = opened(page, qtbot)
    for command in (Command.WRAP, Command.FOLD, Command.LARGER, Command.LARGER, Command.DETAIL):
        page.do(command)
    page.parts.search.set_mode(Showing.PANE)
    assert pane.looks.wrap
    assert {key: store.kept[f"logs/{key}"] for key in ("wrap", "folding", "size", "detail", "mode")} == {
        "wrap": "True",
        "folding": "False",
        "size": "2.0",
        "detail": "True",
        "mode": "pane",
    }
    other = LogsPage(wishes)
    qtbot.addWidget(other)
    other.restore(store)
    assert other.parts.search.mode is Showing.PANE
    assert other.parts.details.isChecked()


def test_the_menu_of_sources_offers_the_environments_jobs(page: LogsPage, shelf: Shelf, qtbot: QtBot) -> None:
    opened(page, qtbot)
    page.show_snapshot(replace(all_states()["failed"], jobs=many_jobs(8)), NOW)
    menu = page.parts.sources.menu()
    assert menu is not None
    menu.aboutToShow.emit()
    entries = [action.text() for action in menu.actions() if action.text()]
    assert entries[:4] == ["AutoVideo app", "All render jobs", "Batch runs on Cloud Run", "Render job"]
    together = next(action for action in menu.actions() if action.text() == "Show together with").menu()
    assert isinstance(together, QMenu)
    next(action for action in together.actions() if action.text() == "All render jobs").trigger()
    qtbot.waitUntil(lambda: len(shelf.wishes) == 2)
    assert shelf.wishes[1].choices == (APP_LOG, LogChoice(LogKind.JOBS))
