"""The Health page: what it says in each state, and what it lets be asked."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot

from avdesk import i18n
from avdesk.core import wording
from avdesk.core.health import Health
from avdesk.core.ownchecks import CLOCK, CREDENTIALS, VERTEX, region_check
from avdesk.core.snapshot import Budget, Reach, ServerView
from avdesk.core.summary import Sign
from avdesk.ui.health import words
from avdesk.ui.health.card import CheckCard
from avdesk.ui.health.words import needing_look
from avdesk.ui.pages.health import HealthPage
from avdesk.ui.widgets.text import plain
from avdesk.ui.wishes import Wishes
from tests.harness.health_states import REGIONS, health_states, result
from tests.harness.snapshots import NOW
from tests.qt.conftest import MakeWindow
from tests.qt.walk import cut_off, untranslated, visible_texts

STATES = tuple(health_states())
Show = Callable[[str], HealthPage]


@pytest.fixture
def page(qtbot: QtBot, wishes: Wishes) -> Iterator[HealthPage]:
    made = HealthPage(wishes)
    qtbot.addWidget(made)
    made.resize(940, 640)
    made.show()
    yield made
    i18n.install(None)


@pytest.fixture
def asked(wishes: Wishes) -> list[tuple[str, tuple[str, ...]]]:
    """Return the wishes for checks, as they come."""
    found: list[tuple[str, tuple[str, ...]]] = []
    wishes.checks_asked.connect(lambda environment, names: found.append((environment, names)))
    return found


def in_sight(page: HealthPage) -> list[CheckCard]:
    """Return the cards as they lie, row by row."""
    QApplication.processEvents()
    cards = [card for card in page.cards.values() if card.isVisibleTo(page)]
    return sorted(cards, key=lambda card: (card.y(), card.x()))


def click(card: CheckCard) -> None:
    card.check.click()


@pytest.mark.parametrize(
    ("state", "sign", "sentence", "count"),
    [
        ("nothing", Sign.STALE, "No check has answered yet", 0),
        ("well", Sign.SUCCEEDED, "All checks are well", 0),
        ("failing", Sign.FAILED, "2 of 17 checks need a look", 2),
        ("spent", Sign.FAILED, "2 of 17 checks need a look", 2),
        ("flapping", Sign.FAILED, "1 of 17 checks needs a look", 1),
        ("no vertex", Sign.SUCCEEDED, "All checks are well", 0),
        ("region denied", Sign.FAILED, "1 of 17 checks needs a look", 1),
    ],
)
def test_each_state_says_how_all_is(page: HealthPage, state: str, sign: Sign, sentence: str, count: int) -> None:
    page.show_snapshot(health_states()[state], NOW)
    assert page.sign.sign is sign
    assert plain(page.sentence.text()) == sentence
    assert needing_look(health_states()[state]) == count


def test_the_worst_come_first_and_what_is_off_last(page: HealthPage) -> None:
    page.show_snapshot(health_states()["failing"], NOW)
    ranks = [card.state.text() for card in in_sight(page)]
    assert ranks[:2] == ["Unhealthy", "Unhealthy"]
    assert ranks[-2:] == ["Disabled", "Disabled"]
    assert set(ranks[2:-2]) == {"Healthy"}


def test_a_card_says_since_when_how_fast_how_old_and_when_it_was_last_well(page: HealthPage) -> None:
    page.show_snapshot(health_states()["failing"], NOW)
    card = page.cards["quota"]
    assert card.since.text() == f"since {wording.clock_time(NOW - timedelta(seconds=2220))}"
    assert card.facts.text() == "Server · 231 ms · 7 min ago"
    assert plain(card.last_good.text()).startswith("Last well 2 h 07")
    assert card.said.text() == "list index out of range"
    assert plain(card.advice.text()).startswith("The server cannot read its quota.")
    assert card.strip.accessibleDescription() == "20 of the last 24 answers were good"
    assert card.accessibleName() == "GPU quota"


def test_what_has_lasted_for_days_says_so(page: HealthPage) -> None:
    page.show_snapshot(health_states()["failing"], NOW)
    page.tick(NOW + timedelta(days=3))
    assert page.cards["quota"].since.text() == "for 3 days"
    assert page.cards["quota"].since.toolTip().endswith("UTC")


def test_long_words_are_one_click_away_and_never_markup(page: HealthPage) -> None:
    page.show_snapshot(health_states()["hostile"], NOW)
    card = page.cards["quota"]
    assert len(plain(card.said.text())) <= words.SHORT
    assert card.full.isVisibleTo(card)
    assert "<img src=x>" in card.full.text.toPlainText()
    assert "abcdefghijklmnop" not in card.full.text.toPlainText()
    for label in page.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText
    assert page.cards["openai"].stops == (page.cards["openai"].check,)


def test_one_check_is_asked_from_its_card(page: HealthPage, asked: list[tuple[str, tuple[str, ...]]]) -> None:
    page.show_snapshot(health_states()["failing"], NOW)
    card = page.cards["quota"]
    assert card.check.isEnabled()
    click(card)
    assert asked == [("prod", ("quota",))]
    assert (card.check.isEnabled(), card.note.text()) == (False, "Asking…")
    assert page.cards["openai"].check.isEnabled()
    page.tick(NOW + timedelta(seconds=4))  # nothing has come of it
    assert card.check.isEnabled()


def test_all_are_asked_at_once(page: HealthPage, asked: list[tuple[str, tuple[str, ...]]]) -> None:
    page.show_snapshot(health_states()["failing"], NOW)
    page.check_all.click()
    assert asked == [("prod", ())]
    assert not page.check_all.isEnabled()


def test_what_is_being_asked_says_so_until_it_has_answered(page: HealthPage) -> None:
    page.show_snapshot(health_states()["asking"], NOW)
    assert page.cards["quota"].note.text() == "Asking…"
    page.show_snapshot(health_states()["failing"], NOW)
    assert page.cards["quota"].note.text() == ""
    assert page.cards["quota"].check.isEnabled()


def test_with_the_allowance_spent_a_card_says_when_it_can_be_asked(page: HealthPage) -> None:
    page.show_snapshot(health_states()["spent"], NOW)
    quota, openai, own = page.cards["quota"], page.cards["openai"], page.cards[CREDENTIALS]
    assert (quota.check.isEnabled(), quota.note.text()) == (False, "in 1 min 35 s")
    assert "GPU quota" in quota.check.accessibleDescription()
    assert "in 1 min 35 s" in quota.check.accessibleDescription()
    assert openai.check.isEnabled()  # the server does not count it
    assert own.check.isEnabled()
    assert page.check_all.isEnabled()
    assert "The next one is free in 1 min 35 s." in plain(page.allowance.text())
    page.tick(NOW + timedelta(seconds=96))
    assert (quota.check.isEnabled(), quota.note.text()) == (True, "")


def test_what_a_sweep_left_over_is_said_to_follow_by_itself(page: HealthPage) -> None:
    page.show_snapshot(replace(health_states()["spent"], queued=("deployment",)), NOW)
    assert page.cards["deployment"].note.text() == "by itself in 1 min 35 s"
    page.show_snapshot(replace(health_states()["failing"], queued=("deployment",)), NOW)
    assert page.cards["deployment"].note.text() == "follows by itself"


def test_flapping_is_shown_as_flapping(page: HealthPage) -> None:
    page.show_snapshot(health_states()["flapping"], NOW)
    card = in_sight(page)[0]
    assert (card.name, card.state.text(), card.sign.sign) == ("openai", "Comes and goes", Sign.ATTENTION)
    assert "told once" in plain(card.advice.text())
    assert card.strip.accessibleDescription().endswith("it comes and goes")


def test_without_vertex_ai_the_page_says_so_and_what_to_do(page: HealthPage) -> None:
    page.show_snapshot(health_states()["no vertex"], NOW)
    card = page.cards[VERTEX]
    assert card.state.text() == "Disabled"
    assert "project" in plain(card.advice.text())
    assert not page.quotas.isVisibleTo(page)
    assert region_check("us-central1") not in page.cards


def test_without_a_server_only_own_checks_are_shown(page: HealthPage) -> None:
    batch = replace(health_states()["well"], server=ServerView(Reach.OFF), checks={}, absent_checks=(), budget=None)
    page.show_snapshot(batch, NOW)
    assert plain(page.allowance.text()) == "This environment has no server to check."
    assert {card.name for card in in_sight(page)} == set(batch.own_checks)


def test_what_the_server_does_not_have_is_named_and_can_be_looked_for(
    page: HealthPage, asked: list[tuple[str, tuple[str, ...]]]
) -> None:
    page.show_snapshot(health_states()["well"], NOW)
    assert plain(page.absent.text()) == (
        "This server does not have: Service account, Vertex AI client. "
        "Retired on this server: Text to speech, Image generation."
    )
    assert {"service_account", "tts"}.isdisjoint(card.name for card in in_sight(page))
    page.look_again.click()
    assert asked == [("prod", ("service_account", "vertex_minimal", "tts", "image_gen"))]


def test_quotas_are_bars_by_region_and_kind(page: HealthPage) -> None:
    page.show_snapshot(health_states()["well"], NOW)
    read = [cell.accessibleName() for cell in page.quotas.table.findChildren(type(page.quotas.table))]
    assert "us-west1, L4: 8 of 8" in read
    assert "asia-southeast1, T4: none allowed" in read
    assert len([name for name in read if name]) == 15


def test_nothing_is_offered_while_asking_is_paused(page: HealthPage) -> None:
    page.show_snapshot(health_states()["paused"], NOW)
    assert not page.check_all.isEnabled()
    assert not page.cards["openai"].check.isEnabled()
    assert page.cards["openai"].check.toolTip() == "Asking is paused."


def test_ages_go_on_without_new_data(page: HealthPage) -> None:
    page.show_snapshot(health_states()["well"], NOW)
    page.tick(NOW + timedelta(minutes=2))
    assert page.cards["openai"].facts.text().endswith("9 min ago")
    assert page.cards[CLOCK].facts.text().endswith("2 min ago")


def test_cards_stay_and_change_places_when_a_check_gets_worse(page: HealthPage) -> None:
    well = health_states()["well"]
    page.show_snapshot(well, NOW)
    card = page.cards["deployment"]
    assert in_sight(page)[0] is not card
    worse = {**well.checks, "deployment": result("deployment", Health.UNHEALTHY, error="deployment info missing")}
    page.show_snapshot(replace(well, checks=worse), NOW)
    assert in_sight(page)[0] is card


def test_with_few_requests_left_check_all_says_what_comes_first(page: HealthPage) -> None:
    page.show_snapshot(replace(health_states()["well"], budget=Budget(10, 300.0, 8)), NOW)
    assert "2 of 5 counted checks" in page.check_all.toolTip()


def test_the_keyboard_goes_through_the_cards_in_their_order(page: HealthPage, qtbot: QtBot) -> None:
    page.show_snapshot(health_states()["failing"], NOW)
    with qtbot.waitActive(page):
        page.activateWindow()
    page.doctor.setFocus()
    seen: list[str] = []
    for _turn in range(40):
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        card = focus.parentWidget() if focus is not None else None
        if isinstance(card, CheckCard) and focus is card.check and card.name not in seen:
            seen.append(card.name)
    assert seen == [card.name for card in in_sight(page)]


@pytest.mark.parametrize("language", [None, i18n.PSEUDO_LOCALE])
@pytest.mark.parametrize("state", STATES)
def test_every_text_is_translated_named_and_whole_in_the_smallest_window(
    make_window: MakeWindow, state: str, language: str | None
) -> None:
    i18n.install(language)
    window = make_window(size=(800, 560))
    window.show_snapshot(health_states()[state])
    window.navigation.setCurrentRow(2)
    for _turn in range(5):
        QApplication.processEvents()
    assert isinstance(window.stack.currentWidget(), HealthPage)
    assert list(cut_off(window)) == []
    for button in window.findChildren(QAbstractButton):
        if button.isVisibleTo(window) and button.focusPolicy() is not Qt.FocusPolicy.NoFocus:
            assert button.accessibleName()
    if language is not None:
        data = {"L4", "T4", *REGIONS}
        texts = [text for widget, text in visible_texts(window) if not _is_data(widget) and text not in data]
        assert [text for text in texts if untranslated(text)] == []


def _is_data(widget: object) -> bool:
    """Whether a widget shows what came from outside."""
    parent = widget.parent() if isinstance(widget, QLabel) else None
    return isinstance(parent, CheckCard) and widget in (parent.said, parent.advice, parent.facts, parent.title)
