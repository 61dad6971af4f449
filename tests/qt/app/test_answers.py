"""What the running app answers to other processes."""

import pytest
from pytestqt.qtbot import QtBot

from avdesk import __version__
from avdesk.app.answers import Answers
from avdesk.app.latest import Latest
from avdesk.bridge.told import Told
from avdesk.core.places import Place
from tests.harness.snapshots import all_states


class Heard:
    """What the answers caused."""

    def __init__(self) -> None:
        self.raised: list[str] = []
        self.hurried: list[str] = []
        self.anew: list[str] = []
        self.shown: list[tuple[str, str]] = []

    def show(self, place: Place, token: str) -> None:
        """Note where the window was to be opened."""
        self.shown.append((place.address, token))


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def answers(qtbot: QtBot, heard: Heard) -> Answers:
    del qtbot
    latest = Latest(("prod", "dev"), "prod")
    latest.take(Told("prod", all_states()["running"]))
    return Answers(
        latest, heard.raised.append, heard.hurried.append, heard.anew.append, "mark of {}".format, heard.show
    )


def test_a_status_is_told_as_the_apps_with_its_true_age(answers: Answers) -> None:
    answer = answers({"do": "status", "environment": None})
    status = answer["status"]
    assert isinstance(status, dict)
    assert (answer["ok"], status["environment"], status["via"]) == (True, "prod", "app")
    assert status["age_s"] > 1_000_000  # the sample is from 2025
    assert status["summary"]["phase"] == "video_creation" or status["summary"]["state"] == "stale"


def test_an_asker_that_means_another_environment_of_the_same_name_is_declined(answers: Answers) -> None:
    assert answers({"do": "status", "environment": "prod", "mark": "mark of prod"})["ok"] is True
    for mark in ("mark of dev", "", 7, ["x"]):
        assert answers({"do": "status", "environment": "prod", "mark": mark})["ok"] is False


def test_what_no_poller_has_told_of_yet_is_declined(answers: Answers) -> None:
    assert answers({"do": "status", "environment": "dev"}) == {"ok": False, "error": "nothing is known yet"}


@pytest.mark.parametrize("name", ["nowhere", "", 7, ["prod"], {"a": 1}])
def test_an_unknown_environment_is_declined(answers: Answers, heard: Heard, name: object) -> None:
    for do in ("status", "hurry", "credentials"):
        assert answers({"do": do, "environment": name})["ok"] is False
    assert heard.hurried == heard.anew == []


def test_a_later_start_raises_the_window_with_its_token(answers: Answers, heard: Heard) -> None:
    assert answers({"do": "raise"}) == {"ok": True}
    assert answers({"do": "raise", "activation_token": "abc_TIME1"}) == {"ok": True}
    assert answers({"do": "raise", "activation_token": "x" * 10_000}) == {"ok": True}
    assert heard.raised == ["", "abc_TIME1", ""]


def test_hurrying_asks_the_environment_that_is_meant(answers: Answers, heard: Heard) -> None:
    assert answers({"do": "hurry"}) == {"ok": True}
    assert answers({"do": "hurry", "environment": "dev"}) == {"ok": True}
    assert heard.hurried == ["prod", "dev"]


def test_changed_credentials_are_asked_for_anew_of_one_environment_or_of_all(answers: Answers, heard: Heard) -> None:
    assert answers({"do": "credentials", "environment": "dev"}) == {"ok": True}
    assert heard.anew == ["dev"]
    assert answers({"do": "credentials"}) == {"ok": True}
    assert heard.anew == ["dev", "prod", "dev"]


def test_the_version_is_told_and_anything_else_declined(answers: Answers) -> None:
    assert answers({"do": "version"}) == {"ok": True, "version": __version__}
    assert answers({"do": "format"})["ok"] is False
    assert answers({})["ok"] is False


def test_a_link_opens_its_place_with_the_token(answers: Answers, heard: Heard) -> None:
    asked: dict[str, object] = {
        "do": "open",
        "place": "avdesk://job/video-job-0a1b2c3d",
        "activation_token": "abc_TIME1",
    }
    assert answers(asked) == {"ok": True}
    assert answers({"do": "open", "place": "avdesk://environment/dev"}) == {"ok": True}
    assert heard.shown == [("avdesk://job/video-job-0a1b2c3d", "abc_TIME1"), ("avdesk://environment/dev", "")]


@pytest.mark.parametrize("place", ["avdesk://environment/nowhere", "avdesk://job/../x", "http://x", None, 7, ["x"]])
def test_a_link_that_leads_nowhere_is_declined(answers: Answers, heard: Heard, place: object) -> None:
    assert answers({"do": "open", "place": place})["ok"] is False
    assert heard.shown == []
