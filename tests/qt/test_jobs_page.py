"""The Jobs page: finding jobs, seeing one, what stays where it is, keys."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QAbstractItemModel, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from avdesk.bridge.job_archive import OlderTold
from avdesk.core.actions import ActionKind, ActionState
from avdesk.core.jobs import Job, JobState
from avdesk.core.snapshot import Snapshot
from avdesk.core.summary import Sign
from avdesk.ui.dialogs.name import NameDialog
from avdesk.ui.jobs.older import MORE
from avdesk.ui.main_window import MainWindow
from avdesk.ui.pages.jobs import JobsPage
from avdesk.ui.widgets.listing import COUNT_ROLE
from avdesk.ui.widgets.text import plain
from avdesk.ui.wishes import Wishes
from tests.harness.job_lists import many_jobs, raw_job, records
from tests.harness.jobs import make_job
from tests.harness.snapshots import NOW, all_states
from tests.qt.conftest import MakeWindow, MemoryStore

JOBS = many_jobs(60)
POPUP = "This plugin does not support .*"
"""Of the offscreen platform, where a popup opens."""


def snapshot_of(jobs: Sequence[Job] = JOBS, environment: str = "dev") -> Snapshot:
    """Return a snapshot with these jobs and a server that is idle."""
    return replace(all_states()["idle"], environment=environment, jobs=tuple(jobs))


def jobs_page(window: MainWindow) -> JobsPage:
    """Return a window's Jobs page."""
    page = window.stack.page_at(window.stack.row_of("jobs"))
    assert isinstance(page, JobsPage)
    return page


@pytest.fixture
def window(make_window: MakeWindow) -> MainWindow:
    made = make_window("dev")
    made.navigation.setCurrentRow(1)
    made.show_snapshot(snapshot_of())
    return made


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> JobsPage:
    found = jobs_page(window)
    wait_for_rows(qtbot, found, len(JOBS))
    return found


def wait_for_rows(qtbot: QtBot, page: JobsPage, count: int) -> None:
    """Wait until the table shows so many rows and nothing is left to be done."""
    qtbot.waitUntil(lambda: page.table.jobs_model.rowCount() == count and not page.table.jobs_model.busy)


def select(page: JobsPage, state: JobState) -> Job:
    """Select the first job in a state, and return it."""
    found = next(job for job in page.table.jobs_model.jobs() if job.state is state)
    assert page.show_job(found.key)
    return found


def test_a_job_is_selected_as_soon_as_the_table_holds_it(page: JobsPage, window: MainWindow, qtbot: QtBot) -> None:
    fresh = make_job(400_711)
    many = many_jobs(20_000)
    window.show_snapshot(snapshot_of([fresh, *many]))
    assert page.table.jobs_model.busy
    assert page.show_job(fresh.key)
    wait_for_rows(qtbot, page, len(many) + 1)
    assert page.table.selected_jobs() == (fresh,)
    assert not page.show_job(("nowhere", "1"))


# Finding


def test_the_navigation_counts_what_is_active(page: JobsPage, window: MainWindow) -> None:
    item = window.navigation.item(1)
    active = sum(job.state.active for job in page.table.jobs_model.jobs())
    assert active
    assert (item.text(), item.data(COUNT_ROLE)) == ("Jobs", active)
    assert item.data(Qt.ItemDataRole.AccessibleDescriptionRole) == f"{active} active"


def test_the_view_bears_its_promised_name(page: JobsPage, window: MainWindow) -> None:
    assert page.table.accessibleName() == "Jobs"
    assert page.accessibleName() == "Jobs"
    assert [window.navigation.item(place).text() for place in range(2)] == ["Pipeline", "Jobs"]


def test_the_query_is_found_as_it_is_typed(page: JobsPage, qtbot: QtBot) -> None:
    QTest.keyClicks(page.query.edit, "state:failed")
    expected = [job for job in JOBS if job.state is JobState.FAILED]
    wait_for_rows(qtbot, page, len(expected))
    assert {job.key for job in page.table.jobs_model.jobs()} == {job.key for job in expected}
    assert page.older.words.text() == f"60 jobs · {len(expected)} shown"


def test_what_cannot_be_understood_is_said_not_ignored(page: JobsPage, qtbot: QtBot) -> None:
    page.query.set_text("regoin:us-west1")
    assert "regoin" in plain(page.query.problem.text())
    page.query.set_text("state:")
    assert plain(page.query.problem.text()) == ""
    qtbot.waitUntil(lambda: "needs a value" in plain(page.query.problem.text()))


def test_a_view_sets_the_query_and_is_shown_to_be_on(page: JobsPage, qtbot: QtBot) -> None:
    chip = next(chip for chip in page.chips.chips if chip.text() == "Active")
    chip.click()
    assert page.query.edit.text() == "state:active"
    wait_for_rows(qtbot, page, sum(job.state.active for job in JOBS))
    assert [each.text() for each in page.chips.chips if each.isChecked()] == ["Active"]
    page.query.set_text("state:active x")
    assert not any(each.isChecked() for each in page.chips.chips)


def test_an_own_view_is_saved_renamed_and_removed(page: JobsPage, window: MainWindow, store: MemoryStore) -> None:
    page.query.set_text("label:team=research")
    page.query.save.click()
    dialog = open_dialog(window)
    dialog.edit.setText("Active")
    assert "AVDesk has a view" in plain(dialog.why.text())
    assert not dialog.take.isEnabled()
    dialog.edit.setText("Research")
    dialog.take.click()
    own = page.chips.chips[-1]
    assert (own.text(), own.isChecked()) == ("Research", True)
    QTest.keyClick(own, Qt.Key.Key_F2)
    dialog = open_dialog(window)
    dialog.edit.setText("Research group")
    dialog.take.click()
    own = page.chips.chips[-1]
    assert own.text() == "Research group"
    assert "Research group" in str(store.kept["jobs/views"])
    QTest.keyClick(own, Qt.Key.Key_Delete)
    assert "Research" not in str(store.kept["jobs/views"])


@pytest.mark.qt_log_ignore(POPUP)
def test_terms_are_completed_at_the_cursor(page: JobsPage) -> None:
    edit = page.query.edit
    edit.setFocus()
    QTest.keyClicks(edit, "quota state:fai")
    popup = edit.popup.popup()
    assert popup is not None
    assert popup.isVisible()
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert edit.text() == "quota state:failed"
    assert not popup.isVisible()


@pytest.mark.qt_log_ignore(POPUP)
def test_enter_takes_no_offer_that_was_not_gone_to(page: JobsPage) -> None:
    edit = page.query.edit
    edit.setFocus()
    QTest.keyClicks(edit, "sp")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert edit.text() == "sp"
    assert page.table.hasFocus()


def test_help_puts_a_term_into_the_line(page: JobsPage) -> None:
    menu = page.query.help.menu()
    assert menu is not None
    menu.actions()[0].trigger()
    assert page.query.edit.text() == "state:failed"


# What stays


def test_a_poll_moves_nothing(page: JobsPage, window: MainWindow, qtbot: QtBot) -> None:
    QAbstractItemModelTester(page.table.jobs_model, QAbstractItemModelTester.FailureReportingMode.Warning)
    page.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: not page.table.jobs_model.busy)
    chosen = page.table.jobs_model.job_at(30)
    assert chosen is not None
    page.show_job(chosen.key)
    page.table.verticalScrollBar().setValue(25)
    changed = tuple(
        replace(job, state=JobState.SUCCEEDED, ended_at=NOW) if place < 4 else job for place, job in enumerate(JOBS)
    )
    window.show_snapshot(snapshot_of([*many_jobs(62)[60:], *changed[:-1]]))
    wait_for_rows(qtbot, page, 61)
    assert [job.key for job in page.table.selected_jobs()] == [chosen.key]
    assert page.table.verticalScrollBar().value() == 25
    assert page.table.jobs_model.order == ("name", False)


def test_a_look_without_news_changes_no_row(page: JobsPage, window: MainWindow) -> None:
    told: list[str] = []
    model: QAbstractItemModel = page.table.jobs_model
    for name, signal in (("in", model.rowsInserted), ("out", model.rowsRemoved), ("reset", model.modelReset)):
        signal.connect(lambda *_anything, name=name: told.append(name))
    window.show_snapshot(snapshot_of())
    QApplication.processEvents()
    assert told == []


def test_durations_tick(page: JobsPage) -> None:
    running = select(page, JobState.RUNNING)
    place = page.table.jobs_model.place_of(running.key)
    assert place is not None
    ran = page.table.jobs_model.column_of("ran")
    before = page.table.jobs_model.index(place, ran).data()
    page.tick(NOW + timedelta(seconds=5))
    assert page.table.jobs_model.index(place, ran).data() != before


def test_columns_are_chosen_and_remembered(page: JobsPage, make_window: MakeWindow) -> None:
    menu = page.table.column_menu()
    shown = {action.text(): action for action in menu.actions() if action.isCheckable()}
    assert not shown["Machine"].isChecked()
    shown["Machine"].trigger()
    shown["Error"].trigger()
    header = page.table.horizontalHeader()
    header.moveSection(header.visualIndex(page.table.jobs_model.column_of("region")), 0)
    header.resizeSection(page.table.jobs_model.column_of("region"), 222)
    page.table.sortByColumn(page.table.jobs_model.column_of("cost"), Qt.SortOrder.DescendingOrder)
    again = jobs_page(make_window("dev")).table
    model = again.jobs_model
    assert not again.isColumnHidden(model.column_of("machine"))
    assert again.isColumnHidden(model.column_of("error"))
    assert again.horizontalHeader().logicalIndex(0) == model.column_of("region")
    assert again.columnWidth(model.column_of("region")) == 222
    assert model.order == ("cost", True)


@pytest.mark.parametrize(
    "kept", ["", "{", "[1]", '[{"name": "x", "width": "y"}]', '[{"name": "name", "shown": false}]']
)
def test_columns_that_cannot_be_read_are_the_usual_ones(
    store: MemoryStore, make_window: MakeWindow, kept: str
) -> None:
    store.setValue("jobs/columns", kept)
    table = jobs_page(make_window("dev")).table
    assert not table.isColumnHidden(table.jobs_model.column_of("state"))


def test_the_last_column_cannot_be_hidden(page: JobsPage) -> None:
    for number in range(1, len(page.table.jobs_model.columns)):
        page.table.hideColumn(number)
    assert not page.table.column_menu().actions()[0].isEnabled()


def test_another_environment_has_jobs_of_its_own(page: JobsPage, window: MainWindow, qtbot: QtBot) -> None:
    window.set_environment("staging")
    assert page.table.jobs_model.rowCount() == 0
    window.show_snapshot(snapshot_of(many_jobs(3), "staging"))
    wait_for_rows(qtbot, page, 3)
    window.set_environment("dev")
    wait_for_rows(qtbot, page, 60)


# One job


def test_the_details_tell_of_the_selected_job(page: JobsPage) -> None:
    failed = select(page, JobState.FAILED)
    detail = page.detail.job
    assert detail.headline.accessibleName() or plain(detail.headline.text()).startswith("Failed · 1× L4")
    assert detail.sign.sign is Sign.FAILED
    assert plain(detail.error.text()) == "No GPU quota is left in the region"
    assert detail.full.isVisible()
    assert failed.error is not None
    assert failed.error.message in detail.full.text.toPlainText()
    assert detail.course.words[0] == "Created"


def test_the_specification_is_fetched_when_it_is_asked_for(
    page: JobsPage, window: MainWindow, wishes: Wishes, qtbot: QtBot
) -> None:
    running = select(page, JobState.RUNNING)
    view = page.detail.job.specification
    with qtbot.waitSignal(wishes.specification_asked) as asked:
        view.button.click()
    assert asked.args == ["dev", running]
    assert not view.button.isEnabled()
    window.show_specification(running, raw_job(running), None)
    assert not view.button.isVisible()
    assert {section.title for section in view.sections.sections} >= {"Worker pool", "Scheduling"}
    assert "verysecret" not in view.full.text.toPlainText()
    assert page.detail.job.folder.isVisible()
    select(page, JobState.FAILED)
    assert view.button.isVisible()
    select(page, JobState.RUNNING)
    assert view.sections.isVisible()


def test_show_log_asks_for_the_log_of_the_job(page: JobsPage, wishes: Wishes, qtbot: QtBot) -> None:
    failed = select(page, JobState.FAILED)
    assert page.detail.job.log.accessibleName() == "Show log"
    with qtbot.waitSignal(wishes.log_wanted) as asked:
        page.detail.job.log.click()
    assert asked.args == ["dev", failed]


def test_links_open_the_browser_and_copies_are_text(page: JobsPage) -> None:
    opened: list[str] = []
    page.detail.job.open_url = opened.append
    running = select(page, JobState.RUNNING)
    page.detail.job.console.click()
    assert f"/training/{running.number}/" in opened[0]
    page.detail.job.copy("gcloud")
    assert QGuiApplication.clipboard().text().startswith("gcloud ai custom-jobs describe")


def test_several_jobs_are_summed_up(page: JobsPage) -> None:
    page.table.selectAll()
    assert plain(page.detail.many.text()) == "60 jobs selected"


def test_the_details_can_be_hidden_and_that_is_remembered(page: JobsPage, store: MemoryStore) -> None:
    page.details_button.click()
    assert not page.detail.isVisible()
    assert store.kept["jobs/detail"] == "hidden"


# Actions


def test_buttons_are_open_only_where_the_state_allows(page: JobsPage) -> None:
    buttons = page.actions_bar.buttons
    assert all(not button.isEnabled() and button.toolTip() for button in buttons.values())
    for state in JobState:
        if not any(job.state is state for job in JOBS):
            continue
        job = select(page, state)
        for kind in (ActionKind.CANCEL, ActionKind.RETRY, ActionKind.RESTART):
            assert buttons[kind].isEnabled() is (kind.value in job.actions), (state, kind)
            assert buttons[kind].toolTip()


def test_the_buttons_bear_their_promised_names(page: JobsPage, window: MainWindow) -> None:
    names = {button.accessibleName() for button in page.actions_bar.buttons.values()}
    assert {"Cancel job", "Retry job", "Restart job", "Edit and resubmit…"} == names
    assert window.foot.video.accessibleName() == "New video…"


def test_a_read_only_environment_offers_nothing_and_says_why(window: MainWindow, qtbot: QtBot) -> None:
    window.show_snapshot(snapshot_of(environment="staging"))
    window.set_environment("staging")
    page = jobs_page(window)
    wait_for_rows(qtbot, page, 60)
    select(page, JobState.RUNNING)
    for button in (*page.actions_bar.buttons.values(), window.foot.video):
        assert not button.isEnabled()
        assert "read only" in button.toolTip()


def test_a_row_shows_what_was_requested(page: JobsPage, window: MainWindow, qtbot: QtBot) -> None:
    requested = next(each for each in records(JOBS) if each.state is ActionState.REQUESTED)
    window.show_action(requested)
    job = next(job for job in JOBS if job.number == requested.request.number)
    place = page.table.jobs_model.place_of(job.key)
    assert place is not None
    state = page.table.jobs_model.column_of("state")
    assert page.table.jobs_model.index(place, state).data() == "Cancelling… requested"
    page.show_job(job.key)
    assert plain(page.detail.job.note.text()) == "Cancel job: requested"
    assert "under way" in page.actions_bar.buttons[ActionKind.CANCEL].toolTip()
    assert window.status.text() == f"Cancelling… requested · {job.id} · dev"
    window.show_action(replace(requested, state=ActionState.CONFIRMED))
    ended = tuple(replace(each, state=JobState.CANCELLED) if each.key == job.key else each for each in JOBS)
    window.show_snapshot(snapshot_of(ended))
    qtbot.waitUntil(lambda: page.table.jobs_model.index(place, state).data() == "Cancelled")


def test_a_row_shows_its_new_state_where_the_table_took_its_time(
    page: JobsPage, window: MainWindow, qtbot: QtBot
) -> None:
    requested = next(each for each in records(JOBS) if each.state is ActionState.REQUESTED)
    window.show_action(replace(requested, state=ActionState.CONFIRMED, changed_at=NOW))
    model = page.table.jobs_model
    key = next(job.key for job in JOBS if job.number == requested.request.number)
    fresh = many_jobs(20_000)
    ended = tuple(replace(each, state=JobState.CANCELLED) if each.key == key else each for each in fresh)
    window.show_snapshot(snapshot_of(ended))
    assert model.busy, "else this shows nothing: the notes are made while the rows are still the old ones"
    wait_for_rows(qtbot, page, len(fresh))
    place = model.place_of(key)
    assert place is not None
    assert model.index(place, model.column_of("state")).data() == "Cancelled"


def test_what_did_not_come_about_is_told_above_every_page(window: MainWindow) -> None:
    window.navigation.setCurrentRow(0)
    for record in records(JOBS):
        window.show_action(record)
    assert len(window.messages.texts()) == 1
    assert "not confirmed in time" in window.messages.texts()[0]


@pytest.mark.qt_log_ignore(POPUP)
def test_the_context_menu_offers_what_the_buttons_do(page: JobsPage) -> None:
    select(page, JobState.RUNNING)
    page.table.menu_asked.emit(QPoint(10, 10))
    menu = next(each for each in page.findChildren(QMenu) if each.isVisible())
    entries = {action.text(): action for action in menu.actions() if action.text()}
    assert {"Cancel job", "Retry job", "Restart job", "Show log", "Open in console", "New video…"} <= set(entries)
    assert entries["Cancel job"].isEnabled()
    assert not entries["Retry job"].isEnabled()
    assert "still active" in entries["Retry job"].toolTip()
    menu.close()


# Keys


def test_slash_goes_to_the_query_and_enter_back(page: JobsPage) -> None:
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Slash)
    assert page.query.edit.hasFocus()
    assert page.query.edit.text() == ""
    QTest.keyClick(page.query.edit, Qt.Key.Key_Return)
    assert page.table.hasFocus()
    assert len(page.table.selected_jobs()) == 1


def test_typing_in_the_table_finds(page: JobsPage) -> None:
    page.table.setFocus()
    QTest.keyClicks(page.table, "l")
    assert page.query.edit.hasFocus()
    assert page.query.edit.text() == "l"


def test_escape_empties_the_query_then_leaves(page: JobsPage) -> None:
    page.query.edit.setFocus()
    page.query.set_text("x")
    QTest.keyClick(page.query.edit, Qt.Key.Key_Escape)
    assert page.query.edit.text() == ""
    QTest.keyClick(page.query.edit, Qt.Key.Key_Escape)
    assert page.table.hasFocus()


def test_del_asks_to_cancel_and_enter_opens_the_details(page: JobsPage, wishes: Wishes, qtbot: QtBot) -> None:
    running = select(page, JobState.RUNNING)
    page.table.setFocus()
    with qtbot.waitSignal(wishes.act_wanted) as wanted:
        QTest.keyClick(page.table, Qt.Key.Key_Delete)
    assert wanted.args == ["dev", ActionKind.CANCEL, (running,)]
    page.details_button.setChecked(False)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert page.detail.isVisible()


def test_ctrl_c_copies_the_rows_as_they_are_shown(page: JobsPage) -> None:
    running = select(page, JobState.RUNNING)
    QTest.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    cells = QGuiApplication.clipboard().text().split("\t")
    assert cells[:3] == [running.id, "Running", "us-central1"]


# Older jobs, empty states


def test_older_jobs_come_in_and_can_be_stopped(
    page: JobsPage, window: MainWindow, wishes: Wishes, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(wishes.more_jobs_asked) as asked:
        page.older.more.click()
    assert asked.args == ["dev", 60 + MORE]
    assert page.older.stop.isVisible()
    window.show_older_jobs(
        OlderTold(
            "dev", many_jobs(90)[60:], running=True, loaded=30, limit=1060, regions_left=("us-west1",), troubles={}
        )
    )
    wait_for_rows(qtbot, page, 90)
    assert page.older.words.text() == "90 jobs · loading us-west1…"
    with qtbot.waitSignal(wishes.loading_stopped) as stopped:
        page.older.stop.click()
    assert stopped.args == ["dev"]
    window.show_older_jobs(OlderTold("dev", (), running=False, loaded=30, limit=1060, regions_left=(), troubles={}))
    assert not page.older.stop.isVisible()
    assert not page.older.more.isVisible()
    window.show_snapshot(snapshot_of())
    wait_for_rows(qtbot, page, 90)


def test_a_query_that_nothing_answers_offers_to_clear_it(page: JobsPage, qtbot: QtBot) -> None:
    page.query.set_text("nothing-has-this")
    qtbot.waitUntil(page.notice.isVisible)
    assert page.notice.button.text() == "Clear the query"
    page.notice.button.click()
    wait_for_rows(qtbot, page, 60)
    assert page.table.isVisible()


def test_no_jobs_offer_a_new_video(window: MainWindow, page: JobsPage, wishes: Wishes, qtbot: QtBot) -> None:
    window.show_snapshot(snapshot_of(()))
    qtbot.waitUntil(page.notice.isVisible)
    with qtbot.waitSignal(wishes.new_video_wanted):
        page.notice.button.click()


def test_a_missing_permission_is_named_with_what_to_do(window: MainWindow, page: JobsPage, qtbot: QtBot) -> None:
    window.show_snapshot(replace(all_states()["denied"], environment="dev"))
    qtbot.waitUntil(page.notice.isVisible)
    assert plain(page.notice.headline.text()) == "Vertex AI refuses"
    assert "Grant roles/aiplatform.viewer" in page.notice.full.text.toPlainText()


def open_dialog(window: MainWindow) -> NameDialog:
    """Return the name dialog that is open."""
    return next(dialog for dialog in window.findChildren(NameDialog) if dialog.isVisible())
