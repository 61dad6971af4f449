"""The dialogs: what is asked before something is done, and what is told afterwards."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from avdesk.core.actions import ActionKind, ActionPreview, ActionRequest, ActionState
from avdesk.core.errors import UnreachableError
from avdesk.core.gpuquota import GpuQuota
from avdesk.core.jobs import Job, JobState
from avdesk.core.snapshot import Trouble
from avdesk.ui.dialogs.confirm import ConfirmDialog
from avdesk.ui.dialogs.name import NameDialog
from avdesk.ui.dialogs.new_video import NewVideoDialog
from avdesk.ui.dialogs.resubmit import ResubmitDialog
from avdesk.ui.dialogs.results import ResultsDialog
from avdesk.ui.main_window import MainWindow
from avdesk.ui.widgets.text import plain
from avdesk.ui.wishes import Wishes
from tests.harness.job_lists import many_jobs, raw_job, records
from tests.harness.snapshots import all_states
from tests.qt.conftest import MakeWindow, MemoryStore

JOBS = many_jobs(14)
RUNNING, PENDING, FAILED = JOBS[0], JOBS[1], JOBS[4]


class Asked:
    """Collects the requests that go out."""

    def __init__(self, wishes: Wishes) -> None:
        self.requests: list[ActionRequest] = []
        wishes.action_asked.connect(self.requests.append)

    @property
    def what(self) -> list[tuple[ActionKind, str]]:
        """The verbs and the jobs' ids."""
        return [(request.kind, request.job_id) for request in self.requests]


@pytest.fixture
def asked(wishes: Wishes) -> Asked:
    return Asked(wishes)


@pytest.fixture
def ask(make_window: MakeWindow, wishes: Wishes) -> Callable[..., MainWindow]:
    """Return what opens a window of an environment and wants an action there."""

    def begin(
        kind: ActionKind, jobs: Sequence[Job] = (), environment: str = "dev", quotas: tuple[GpuQuota, ...] = ()
    ) -> MainWindow:
        window = make_window(environment)
        sample = all_states()["idle"]
        window.show_snapshot(replace(sample, environment=environment, jobs=JOBS, gpu_quotas=quotas))
        wishes.act_wanted.emit(environment, kind, tuple(jobs))
        return window

    return begin


def the(kind: type[QDialog], window: MainWindow) -> QDialog:
    """Return the open dialog of a kind."""
    return next(dialog for dialog in window.asker.dialogs if isinstance(dialog, kind))


def confirm(window: MainWindow) -> ConfirmDialog:
    """Return the question that is asked."""
    dialog = the(ConfirmDialog, window)
    assert isinstance(dialog, ConfirmDialog)
    return dialog


# Asking


def test_cancelling_says_what_is_lost_and_sent_and_sends_nothing_before(
    ask: Callable[..., MainWindow], asked: Asked
) -> None:
    dialog = confirm(ask(ActionKind.CANCEL, [RUNNING]))
    assert plain(dialog.question.text()) == f"Cancel {RUNNING.id} in dev?"
    assert "lost" in plain(dialog.consequences.loses.text())
    assert ":cancel" in dialog.consequences.sends.text.toPlainText()
    assert dialog.go.text() == f"Cancel {RUNNING.id}"
    assert asked.what == []
    dialog.go.click()
    assert asked.what == [(ActionKind.CANCEL, RUNNING.id)]
    assert (asked.requests[0].region, asked.requests[0].number) == RUNNING.key


def test_the_destructive_button_is_never_the_default(ask: Callable[..., MainWindow], asked: Asked) -> None:
    for kind, jobs in ((ActionKind.CANCEL, [RUNNING]), (ActionKind.RESTART, [RUNNING]), (ActionKind.RESET, [])):
        dialog = confirm(ask(kind, jobs))
        assert not dialog.go.isDefault()
        assert not dialog.go.autoDefault()
        QTest.keyClick(dialog, Qt.Key.Key_Return)
        assert not dialog.isVisible()
    assert asked.what == []


def test_production_wants_its_name_typed(ask: Callable[..., MainWindow], asked: Asked) -> None:
    dialog = confirm(ask(ActionKind.CANCEL, [RUNNING], "prod"))
    assert dialog.typed.isVisible()
    assert not dialog.go.isEnabled()
    assert dialog.go.toolTip() == "Type the environment's name first."
    QTest.keyClicks(dialog.typed.edit, "pro")
    assert not dialog.go.isEnabled()
    QTest.keyClicks(dialog.typed.edit, "d")
    assert dialog.go.isEnabled()
    QTest.keyClick(dialog.typed.edit, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert asked.what == []
    QTest.keyClick(dialog.go, Qt.Key.Key_Space)
    assert asked.what == [(ActionKind.CANCEL, RUNNING.id)]


def test_read_only_opens_no_question_and_says_why(ask: Callable[..., MainWindow], asked: Asked) -> None:
    window = ask(ActionKind.CANCEL, [RUNNING], "staging")
    assert window.asker.dialogs == []
    assert "read only" in window.messages.texts()[0]
    assert asked.what == []


def test_a_retry_warns_that_the_run_does_not_pick_it_up(ask: Callable[..., MainWindow], asked: Asked) -> None:
    dialog = confirm(ask(ActionKind.RETRY, [FAILED]))
    assert "does not pick the result up" in plain(dialog.consequences.warnings.text())
    dialog.go.click()
    assert asked.what == [(ActionKind.RETRY, FAILED.id)]


def test_several_jobs_are_asked_for_once_and_told_of_one_by_one(ask: Callable[..., MainWindow], asked: Asked) -> None:
    window = ask(ActionKind.CANCEL, [RUNNING, PENDING, FAILED])
    dialog = confirm(window)
    assert plain(dialog.question.text()) == "Cancel 2 jobs in dev?"
    dialog.go.click()
    assert asked.what == [(ActionKind.CANCEL, RUNNING.id), (ActionKind.CANCEL, PENDING.id)]
    results = the(ResultsDialog, window)
    assert isinstance(results, ResultsDialog)
    assert [each.state for each in results.outcomes] == [None, None, ActionState.REFUSED]
    assert "does not allow it" in results.outcomes[2].words
    told = next(each for each in records(JOBS) if each.state is ActionState.FAILED)
    window.show_action(replace(told, request=asked.requests[1]))
    window.show_action(replace(told, request=asked.requests[0], state=ActionState.CONFIRMED))
    assert plain(results.sum.text()) == "1 of 3 confirmed, 2 not done."
    assert window.messages.texts() == []


def test_what_would_be_done_is_told_by_who_knows_the_server(ask: Callable[..., MainWindow], asked: Asked) -> None:
    window = ask(ActionKind.RESET)
    window.asker.dialogs[0].close()
    window.set_previewer(lambda request, _job: ActionPreview(request, refused="This server cannot."))
    window.asker.ask("dev", ActionKind.RESET, ())
    assert window.messages.texts() == ["Reset the server's state: This server cannot."]
    assert asked.what == []


# Results


def test_results_are_live_and_can_be_copied(make_window: MakeWindow) -> None:
    window = make_window("dev")
    told = records(JOBS)
    dialog = ResultsDialog([record.request for record in told], {}, "dev", window)
    dialog.show()
    assert plain(dialog.sum.text()) == "0 of 8 confirmed, 8 under way."
    for record in told:
        assert dialog.show_record(record)
    assert plain(dialog.sum.text()) == "1 of 8 confirmed, 3 under way, 4 not done."
    assert not dialog.show_record(replace(told[0], request=replace(told[0].request, id="action-other")))
    dialog.view.setCurrentIndex(dialog.model.index(5, 0))
    assert dialog.whole.text.toPlainText() == "Vertex AI did not answer within 20 s. Try again in a minute."
    dialog.copy.click()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[2].startswith(f"{JOBS[2].id}\trequested\t")


# Edit and resubmit


@pytest.fixture
def resubmit(ask: Callable[..., MainWindow], qtbot: QtBot, wishes: Wishes) -> ResubmitDialog:
    with qtbot.waitSignal(wishes.specification_asked) as wanted:
        window = ask(ActionKind.RESUBMIT, [FAILED])
    assert wanted.args == ["dev", FAILED]
    dialog = the(ResubmitDialog, window)
    assert isinstance(dialog, ResubmitDialog)
    assert not dialog.go.isEnabled()
    window.show_specification(FAILED, raw_job(FAILED), None)
    return dialog


def test_a_job_is_resubmitted_as_it_was_unless_something_is_changed(resubmit: ResubmitDialog, asked: Asked) -> None:
    assert resubmit.go.isEnabled()
    resubmit.go.click()
    assert asked.what == [(ActionKind.RESUBMIT, FAILED.id)]
    assert dict(asked.requests[0].parameters) == {}


def test_what_is_changed_goes_out_and_is_shown_before(resubmit: ResubmitDialog, asked: Asked) -> None:
    resubmit.machine.setCurrentIndex(resubmit.machine.findData("t4"))
    resubmit.region.setCurrentIndex(resubmit.region.findData("us-west1"))
    resubmit.capacity.setCurrentIndex(resubmit.capacity.findData("true"))
    resubmit.limit.setValue(90)
    resubmit.labels.setPlainText("phase=gpu\npipeline=autovideo\nteam=night")
    shown = resubmit.spec.toPlainText()
    assert "NVIDIA_TESLA_T4" in shown
    assert '"timeout": "5400s"' in shown
    assert '"region": "us_west1"' in shown
    assert "verysecret" not in shown
    resubmit.go.click()
    sent = dict(asked.requests[0].parameters)
    assert json.loads(sent.pop("labels")) == {"team": "night", "environment": None}
    assert sent == {"gpu": "t4", "region": "us-west1", "spot": "true", "time_limit_s": "5400"}


def test_labels_that_cannot_be_are_told_and_hold_it_back(resubmit: ResubmitDialog, asked: Asked) -> None:
    resubmit.labels.setPlainText("Team=Night")
    assert "Line 1 of the labels" in plain(resubmit.why.text())
    assert not resubmit.go.isEnabled()
    resubmit.labels.setPlainText("team=night")
    assert not resubmit.why.isVisible()
    assert resubmit.go.isEnabled()
    assert asked.what == []


def test_regions_tell_how_long_jobs_waited_there(resubmit: ResubmitDialog) -> None:
    texts = [resubmit.region.itemText(place) for place in range(resubmit.region.count())]
    assert any("waited about" in text for text in texts)
    assert "Quota NVIDIA_T4_GPUS in us-west1 is 0" in plain(resubmit.quota.text())


def test_regions_tell_what_is_free_of_the_machine_that_is_chosen(ask: Callable[..., MainWindow]) -> None:
    quotas = (
        GpuQuota("us-west1", "L4", spot=False, limit=4, usage=1),
        GpuQuota("us-west1", "L4", spot=True, limit=8, usage=8),
    )
    window = ask(ActionKind.RESUBMIT, [FAILED], quotas=quotas)
    dialog = the(ResubmitDialog, window)
    assert isinstance(dialog, ResubmitDialog)
    place = dialog.region.findData("us-west1")
    dialog.machine.setCurrentIndex(dialog.machine.findData("cpu"))
    assert "free" not in dialog.region.itemText(place)
    dialog.machine.setCurrentIndex(dialog.machine.findData("l4"))
    dialog.capacity.setCurrentIndex(dialog.capacity.findData("false"))
    assert "us-west1 · 3 of 4 L4 free" in dialog.region.itemText(place)
    dialog.capacity.setCurrentIndex(dialog.capacity.findData("true"))
    assert "us-west1 · 0 of 8 L4 free" in dialog.region.itemText(place)


def test_without_its_specification_nothing_can_be_sent(ask: Callable[..., MainWindow], asked: Asked) -> None:
    window = ask(ActionKind.RESUBMIT, [FAILED])
    dialog = the(ResubmitDialog, window)
    assert isinstance(dialog, ResubmitDialog)
    trouble = Trouble.of(UnreachableError("Vertex AI did not answer.", "Try again."))
    window.show_specification(RUNNING, raw_job(RUNNING), None)
    assert "Asking Vertex AI" in plain(dialog.why.text())
    window.show_specification(FAILED, None, trouble)
    assert plain(dialog.why.text()) == "Vertex AI did not answer. Try again."
    assert not dialog.go.isEnabled()
    assert asked.what == []


# New video


def test_a_video_needs_a_topic(ask: Callable[..., MainWindow], asked: Asked) -> None:
    dialog = the(NewVideoDialog, ask(ActionKind.GENERATE))
    assert isinstance(dialog, NewVideoDialog)
    assert not dialog.go.isEnabled()
    assert dialog.go.toolTip() == "Say what the video is about."
    QTest.keyClicks(dialog.topic, "  The   history of tea ")
    QTest.keyClick(dialog.topic, Qt.Key.Key_Return)
    assert asked.what == [(ActionKind.GENERATE, "")]
    assert dict(asked.requests[0].parameters) == {"topic": "The history of tea"}


def test_length_and_voice_go_along_and_all_is_remembered(
    ask: Callable[..., MainWindow], asked: Asked, store: MemoryStore
) -> None:
    window = ask(ActionKind.GENERATE)
    dialog = the(NewVideoDialog, window)
    assert isinstance(dialog, NewVideoDialog)
    dialog.topic.setText("Tea")
    dialog.length.setValue(90)
    dialog.voice.setCurrentIndex(dialog.voice.findData("google"))
    dialog.go.click()
    assert dict(asked.requests[0].parameters) == {"topic": "Tea", "max_length": "90", "tts": "google"}
    window.asker.ask_video("dev")
    again = the(NewVideoDialog, window)
    assert isinstance(again, NewVideoDialog)
    assert (again.topic.text(), again.length.value(), again.voice.currentData()) == ("Tea", 90, "google")
    assert json.loads(str(store.kept["video/topics"])) == ["Tea"]


def test_presets_are_saved_taken_and_removed(ask: Callable[..., MainWindow], store: MemoryStore) -> None:
    dialog = the(NewVideoDialog, ask(ActionKind.GENERATE))
    assert isinstance(dialog, NewVideoDialog)
    dialog.topic.setText("Tea")
    dialog.length.setValue(45)
    dialog.save.click()
    name = next(each for each in dialog.findChildren(NameDialog) if each.isVisible())
    name.edit.setText("Short")
    name.take.click()
    dialog.topic.setText("Coffee")
    dialog.length.setValue(0)
    dialog.presets.setCurrentIndex(dialog.presets.findData("Short"))
    dialog.presets.activated.emit(dialog.presets.currentIndex())
    assert (dialog.topic.text(), dialog.length.value()) == ("Tea", 45)
    dialog.remove.click()
    assert json.loads(str(store.kept["video/presets"])) == {}


@pytest.mark.parametrize("kept", ["{", "[1]", '{"topic": 1}', '{"topic": "x", "seconds": "y", "voice": 3}', "5"])
def test_wishes_that_cannot_be_read_are_none(ask: Callable[..., MainWindow], store: MemoryStore, kept: str) -> None:
    for key in ("video/last", "video/topics", "video/presets"):
        store.setValue(key, kept)
    dialog = the(NewVideoDialog, ask(ActionKind.GENERATE))
    assert isinstance(dialog, NewVideoDialog)
    assert dialog.topic.text() == ""


# Elsewhere in the window


def test_the_pipeline_page_asks_to_cancel_its_job(make_window: MakeWindow, wishes: Wishes, qtbot: QtBot) -> None:
    window = make_window("prod")
    snapshot = all_states()["running"]
    window.show_snapshot(snapshot)
    button = window.pages[0].job.cancel  # type: ignore[attr-defined]
    assert button.accessibleName() == "Cancel job"
    with qtbot.waitSignal(wishes.act_wanted) as wanted:
        button.click()
    assert wanted.args == ["prod", ActionKind.CANCEL, (snapshot.job,)]
    assert plain(confirm(window).question.text()) == "Cancel video-job-ab12cd34 in prod?"
    assert RUNNING.state is JobState.RUNNING


def test_a_new_video_can_be_asked_for_from_every_page(make_window: MakeWindow, wishes: Wishes, qtbot: QtBot) -> None:
    window = make_window("dev")
    window.show_snapshot(replace(all_states()["idle"], environment="dev"))
    with qtbot.waitSignal(wishes.new_video_wanted):
        window.foot.video.click()
    assert isinstance(window.asker.dialogs[0], NewVideoDialog)
    window.asker.dialogs[0].close()
    window.show_snapshot(replace(all_states()["running"], environment="dev"))
    assert not window.foot.video.isEnabled()
    assert "makes a video already" in window.foot.video.toolTip()
