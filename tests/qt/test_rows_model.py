"""Lists change by identity: no reset, selection and model rules kept."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QTreeView
from pytestqt.qtbot import QtBot

from avdesk.ui.models.recent import events_model, runs_model
from avdesk.ui.models.rows import Column, RowsModel
from tests.harness.snapshots import EVENTS, NOW, PAST_RUNS

FAIL = QAbstractItemModelTester.FailureReportingMode.Fatal


@dataclass(frozen=True)
class Row:
    key: int
    text: str


def _model() -> RowsModel[Row]:
    return RowsModel(
        (Column("Key", lambda row: str(row.key)), Column("Text", lambda row: row.text)), lambda row: row.key
    )


_rows = st.lists(st.builds(Row, st.integers(0, 8), st.sampled_from("ab")), max_size=10)


@given(st.lists(_rows, max_size=5))
def test_any_sequence_of_updates_ends_in_the_rows_given_and_keeps_to_the_rules(updates: list[list[Row]]) -> None:
    model = _model()
    tester = QAbstractItemModelTester(model, FAIL)
    for rows in updates:
        model.update(rows)
        assert list(model.rows) == rows
        assert [model.index(n, 1).data() for n in range(model.rowCount())] == [row.text for row in rows]
    del tester


def test_a_selected_row_stays_selected_when_others_come_go_and_change(qtbot: QtBot) -> None:
    model = _model()
    view = QTreeView()
    qtbot.addWidget(view)
    view.setModel(model)
    model.update([Row(1, "a"), Row(2, "b"), Row(3, "c")])
    view.selectionModel().setCurrentIndex(model.index(1, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect)
    model.update([Row(9, "new"), Row(2, "changed"), Row(4, "d")])
    assert view.currentIndex().row() == 1
    assert view.currentIndex().data() == "2"


def test_the_same_rows_again_change_nothing(qtbot: QtBot) -> None:
    model = events_model(lambda: NOW)
    model.update(EVENTS)
    with (
        qtbot.assertNotEmitted(model.dataChanged),
        qtbot.assertNotEmitted(model.rowsInserted),
        qtbot.assertNotEmitted(model.rowsRemoved),
        qtbot.assertNotEmitted(model.modelReset),
    ):
        model.update(EVENTS)


def test_a_new_event_is_one_inserted_row(qtbot: QtBot) -> None:
    model = events_model(lambda: NOW)
    QAbstractItemModelTester(model, FAIL, model)
    model.update(EVENTS[1:])
    with qtbot.waitSignal(model.rowsInserted) as inserted:
        model.update(EVENTS)
    assert inserted.args is not None
    assert inserted.args[1:] == [0, 0]


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [(0, 1, "22 min"), (1, 2, "Failed: the job reached its 3,600 s limit"), (2, 2, "Cancelled"), (3, 0, "–")],
)
def test_last_runs_tell_when_how_long_and_why(qtbot: QtBot, row: int, column: int, text: str) -> None:
    del qtbot
    model = runs_model(lambda: NOW)
    QAbstractItemModelTester(model, FAIL, model)
    model.update(PAST_RUNS)
    assert model.index(row, column).data() == text


def test_times_are_local_with_utc_on_hover(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    del qtbot
    import time

    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        model = events_model(lambda: NOW)
        model.update(EVENTS)
        assert model.index(0, 0).data() == "15:49"
        assert model.index(0, 0).data(3) == "2025-06-08 13:49:33 UTC"
        assert model.index(8, 0).data() == "2025-06-07 12:15"
    finally:
        monkeypatch.undo()
        time.tzset()
