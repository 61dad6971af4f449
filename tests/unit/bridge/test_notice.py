"""How an alert is written down for a notification daemon."""

from avdesk.bridge.notice import action_of, notify_arguments
from avdesk.config.paths import APP_ID
from avdesk.core.alerts import Alert, AlertAction, Urgency

HOSTILE = "Quota & <a href='http://x'>more</a> \x1b[31mred\x07"
FAILED = Alert("run:prod:1", "prod", "Video failed · prod", HOSTILE, Urgency.CRITICAL)
LOST = Alert(
    "server:prod",
    "prod",
    "Server not reachable · prod",
    "Refused.",
    actions=(AlertAction.OPEN, AlertAction.CHECK_NOW),
)
RICH = {"body", "body-markup", "actions"}


def test_outside_text_is_escaped_where_markup_is_understood() -> None:
    body = notify_arguments(FAILED, RICH, 0)[4]
    assert body == "Quota &amp; &lt;a href='http://x'&gt;more&lt;/a&gt; red"


def test_outside_text_is_left_as_it_is_where_markup_is_not_understood() -> None:
    body = notify_arguments(FAILED, {"body"}, 0)[4]
    assert body == "Quota & <a href='http://x'>more</a> red"


def test_a_daemon_without_bodies_gets_all_in_the_title() -> None:
    arguments = notify_arguments(LOST, set(), 0)
    assert arguments[3] == "Server not reachable · prod: Refused."
    assert arguments[4] == ""


def test_buttons_are_offered_only_where_they_are_understood_and_open_is_always_one_of_them() -> None:
    assert notify_arguments(LOST, {"body"}, 0)[5] == []
    assert notify_arguments(LOST, RICH, 0)[5] == ["default", "Open", "open", "Open", "check", "Check now"]


def test_hints_tell_urgency_category_and_program() -> None:
    hints = notify_arguments(FAILED, RICH, 0)[6]
    assert hints == {
        "urgency": ("y", 2),
        "desktop-entry": ("s", APP_ID),
        "category": ("s", "transfer.error"),
    }
    assert notify_arguments(LOST, RICH, 0)[6]["category"] == ("s", "network.disconnected")


def test_a_later_notice_takes_the_place_of_an_earlier_one() -> None:
    assert notify_arguments(LOST, RICH, 7)[1] == 7


def test_an_endless_text_is_cut() -> None:
    arguments = notify_arguments(Alert("run:prod:1", "prod", "T" * 9999, "x" * 99_999), RICH, 0)
    assert len(arguments[3]) <= 120
    assert len(arguments[4]) <= 600


def test_only_actions_that_exist_are_understood() -> None:
    assert action_of("default") is AlertAction.OPEN
    assert action_of("check") is AlertAction.CHECK_NOW
    assert action_of("rm -rf") is None
