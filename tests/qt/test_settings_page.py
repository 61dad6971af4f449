"""The Settings page: a form and a text as two faces of one file, from the first look to the saved file."""

from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
)
from pytestqt.qtbot import QtBot

from avdesk import i18n
from avdesk.bridge.settings_desk import SettingsDesk
from avdesk.bridge.settings_told import ExportedTold, OpenedTold
from avdesk.config.load import load_settings
from avdesk.config.merging import Side
from avdesk.config.paths import Paths
from avdesk.core.redact import forget_known_secrets
from avdesk.ui.pages.settings import SettingsPage
from avdesk.ui.settings.editors import ChoiceEditor, FlagEditor, TextEditor
from avdesk.ui.settings.field import OptionField
from avdesk.ui.wishes import Wishes
from tests.harness.configurations import DAMAGED, SAMPLE, WRONG, settings_on
from tests.harness.keyring_memory import MemoryKeyring
from tests.qt.walk import cut_off, untranslated, visible_texts

Open = Callable[..., "Desk"]

TOKEN = "opaque-text-of-a-server-0123"  # noqa: S105 - made up


class Desk:
    """A user at the page, and the file behind it."""

    def __init__(self, qtbot: QtBot, page: SettingsPage, paths: Paths, desk: SettingsDesk) -> None:
        self.qtbot, self.page, self.paths, self.desk = qtbot, page, paths, desk

    @property
    def file(self) -> str:
        return self.paths.config_file.read_text("utf-8")

    def write(self, text: str) -> None:
        """Change the file as another program does, and let the page notice."""
        self.paths.config_file.write_text(text, "utf-8")
        with self.qtbot.waitSignal(
            self.desk.told, check_params_cb=lambda told: isinstance(told, OpenedTold), timeout=10_000
        ):
            self.desk.look_again()
        QApplication.processEvents()

    def field(self, environment: str, key: str) -> OptionField:
        """Return the field of an environment's key, shown."""
        form = self.page.form
        assert form is not None
        form.show_environment(environment)
        return next(each for each in form.environment.fields() if ".".join(each.path[2:]) == key)

    def shared(self, section: str, key: str) -> OptionField:
        """Return the field of a section's key, shown."""
        form = self.page.form
        assert form is not None
        form.show_section(section)
        found = [each for part in form.sections if part is not None for each in part.fields()]
        return next(each for each in found if ".".join(each.path) == key)

    def enter(self, field: OptionField, text: str) -> None:
        """Type into a field, in place of what is there."""
        editor = field.editor
        assert isinstance(editor, QLineEdit)
        editor.selectAll()
        QTest.keyClicks(editor, text) if text else QTest.keyClick(editor, Qt.Key.Key_Delete)

    def save(self) -> list[tuple[str, str, str]]:
        """Press Save…, agree, wait until it is in the file; return what was said to change."""
        saving = self.page.saving
        assert saving is not None
        rows = self.ask_to_save()
        assert saving.dialog is not None
        with self.qtbot.waitSignal(saving.saved):
            saving.dialog.save.click()
        return rows

    def ask_to_save(self) -> list[tuple[str, str, str]]:
        saving = self.page.saving
        assert saving is not None
        saving.forget_dialogs()
        QTest.mouseClick(self.page.parts.save, Qt.MouseButton.LeftButton)
        self.qtbot.waitUntil(lambda: saving.dialog is not None)
        dialog = saving.dialog
        assert dialog is not None
        table = dialog.changes.table
        items = [table.topLevelItem(row) for row in range(table.topLevelItemCount())]
        return [(item.text(0), item.text(1), item.text(2)) for item in items if item is not None]

    def state(self) -> str:
        return self.page.parts.state.text()


@pytest.fixture
def open_page(qtbot: QtBot, tmp_path: Path) -> Iterator[Open]:
    ends: list[Callable[[], object]] = []

    def make(text: str | None = SAMPLE, *, kept: bool = True, size: tuple[int, int] = (940, 640)) -> Desk:
        context = settings_on(tmp_path / "home", text, kept=kept)
        desks, paths = context.__enter__()
        ends.append(lambda: context.__exit__(None, None, None))
        page = SettingsPage(Wishes())
        qtbot.addWidget(page)
        page.use_desks(desks)
        page.resize(*size)
        page.show()
        if kept:
            qtbot.waitUntil(lambda: page.form is not None)
        QApplication.processEvents()
        return Desk(qtbot, page, paths, desks.settings)

    yield make
    for end in ends:
        end()
    i18n.install(None)


def test_what_is_edited_in_the_form_is_previewed_and_saved_with_every_comment(open_page: Open) -> None:
    desk = open_page()
    desk.enter(desk.field("staging", "url"), "https://new.example.com")
    desk.enter(desk.shared("Polling", "polling.requests"), "25")
    assert desk.state().startswith("Not saved yet.")
    assert desk.file == SAMPLE
    changed = desk.save()
    assert changed == [
        ("environments.staging.url", '"https://av-staging.example.com"', '"https://new.example.com"'),
        ("polling.requests", "10", "25"),
    ]
    assert desk.file == SAMPLE.replace("https://av-staging", "https://new").replace("requests = 10", "requests = 25")
    assert desk.state() == "Saved."
    assert not desk.page.unsaved


def test_a_default_is_shown_in_grey_and_come_back_to(open_page: Open) -> None:
    desk = open_page()
    field = desk.shared("Polling", "polling.window_s")
    assert isinstance(field.editor, TextEditor)
    assert (field.editor.text(), field.editor.placeholderText()) == ("", "300 (default)")
    assert not field.reset.isVisible()
    given = desk.shared("Polling", "polling.health_sweep_s")
    assert isinstance(given.editor, TextEditor)
    assert given.editor.text() == "3600"
    given.reset.click()
    assert "health_sweep_s" not in desk.page.draft.text
    assert given.editor.placeholderText() == "1800 (default)"
    own = desk.field("dev", "polling.requests")
    assert isinstance(own.editor, TextEditor)
    assert own.editor.placeholderText() == "10 (as for all)"


def test_a_value_that_does_not_fit_is_told_at_once_by_its_field_and_can_be_undone(open_page: Open) -> None:
    desk = open_page()
    field = desk.field("dev", "url")
    desk.enter(field, "htp://nowhere")
    assert "http" in field.problem.text()
    assert desk.page.parts.problems.isVisible()
    assert "Line 5: environments.dev.url" in desk.page.parts.problems.list.item(0).text()
    number = desk.shared("Polling", "polling.requests")
    desk.enter(number, "lots")
    assert "number" in number.problem.text()
    assert desk.page.parts.problems.list.count() == 2
    desk.page.parts.undo.click()
    desk.page.parts.undo.click()
    assert desk.page.draft.text == SAMPLE
    assert not desk.page.parts.problems.isVisible()
    assert not desk.page.parts.undo.isEnabled()


def test_what_is_typed_slowly_stays_as_it_is_typed(open_page: Open) -> None:
    desk = open_page()
    field = desk.field("staging", "regions")
    desk.enter(field, "us-central1, ")
    assert isinstance(field.editor, TextEditor)
    assert field.editor.text() == "us-central1, "
    QTest.keyClicks(field.editor, "europe-west1")
    assert desk.page.draft.document.given("environments.staging.regions") == ["us-central1", "europe-west1"]
    seconds = desk.shared("Polling", "polling.alive_s")
    desk.enter(seconds, "7.5")
    assert desk.page.draft.document.given("polling.alive_s") == 7.5


def test_both_faces_edit_one_text_with_one_undo(qtbot: QtBot, open_page: Open) -> None:
    desk = open_page()
    page = desk.page
    flag = desk.field("prod", "production")
    assert isinstance(flag.editor, FlagEditor)
    flag.editor.click()
    page.parts.text_button.click()
    assert page.text is not None
    editor = page.text.editor
    assert "production = false" in editor.toPlainText()
    editor.go_to(1)
    QTest.keyClicks(editor, "# mine")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.draft.text.startswith("# mine"), timeout=5_000)
    page.parts.undo.click()
    assert not editor.toPlainText().startswith("# mine")
    page.parts.undo.click()
    assert editor.toPlainText() == SAMPLE
    page.parts.redo.click()
    page.parts.form_button.click()
    assert isinstance(flag.editor, FlagEditor)
    assert not desk.field("prod", "production").editor.isChecked()  # type: ignore[union-attr]


def test_all_problems_stand_at_their_lines_with_the_nearest_name_and_lead_there(
    qtbot: QtBot, open_page: Open
) -> None:
    desk = open_page(WRONG)
    page = desk.page
    problems = page.parts.problems
    shown = [problems.list.item(row).text() for row in range(problems.list.count())]
    assert len(shown) == 3
    assert "Did you mean “bearer”?" in shown[0]
    assert "Did you mean “health_sweep_s”?" in shown[1]
    problems.list.itemActivated.emit(problems.list.item(0))
    assert page.form is not None
    assert page.form.chosen == "prod"
    assert "Did you mean" in desk.field("prod", "auth").problem.text()
    problems.list.itemActivated.emit(problems.list.item(1))  # no field is called so
    assert page.parts.text_button.isChecked()
    assert page.text is not None
    editor = page.text.editor
    line = WRONG[: WRONG.index("health_sweep = ")].count("\n") + 1
    assert editor.textCursor().blockNumber() + 1 == line
    qtbot.waitUntil(lambda: "health_sweep_s" in editor.mark_of(line))


def test_a_damaged_file_is_shown_as_far_as_it_can_be_read_and_left_alone_until_it_is_right(
    qtbot: QtBot, open_page: Open
) -> None:
    desk = open_page(DAMAGED)
    page = desk.page
    assert "left as it is" in page.parts.banner.words.text()
    field = desk.field("staging", "url")
    assert isinstance(field.editor, TextEditor)
    assert field.editor.text() == "https://av-staging.example.com"
    assert not field.editor.isEnabled()
    assert page.form is not None
    assert not any(button.isEnabled() for button in page.form.buttons.values())
    page.parts.banner.button.click()
    assert page.text is not None
    editor = page.text.editor
    line = DAMAGED[: DAMAGED.index('url = "https://av.example.com')].count("\n") + 1
    assert editor.textCursor().blockNumber() + 1 == line
    assert not page.parts.save.isEnabled()
    QTest.keyClick(editor, Qt.Key.Key_End)
    QTest.keyClicks(editor, '"')
    qtbot.waitUntil(page.parts.save.isEnabled, timeout=5_000)
    assert desk.file == DAMAGED
    desk.ask_to_save()
    assert page.saving is not None
    dialog = page.saving.dialog
    assert dialog is not None
    assert "damaged" in dialog.warning.text()
    assert dialog.save.text() == "Replace the damaged file"
    assert dialog.back.isDefault()
    with qtbot.waitSignal(page.saving.saved):
        dialog.save.click()
    assert desk.file == SAMPLE
    assert not page.parts.banner.isVisible()


def test_a_change_from_outside_is_taken_up_or_merged_or_asked_about(qtbot: QtBot, open_page: Open) -> None:
    desk = open_page()
    page = desk.page
    desk.write(SAMPLE.replace("requests = 10", "requests = 11"))
    assert page.draft.document.given("polling.requests") == 11
    assert not page.unsaved
    desk.enter(desk.field("dev", "url"), "http://mine:1")
    desk.write(SAMPLE.replace("requests = 10", "requests = 12") + "# theirs\n")
    qtbot.waitUntil(lambda: "brought together" in desk.state())
    assert page.draft.document.given("polling.requests") == 12
    assert page.draft.document.given("environments.dev.url") == "http://mine:1"
    # Now the same value, and nobody tells the page.
    text = desk.file.replace("http://127.0.0.1:8080", "http://theirs:2")
    desk.paths.config_file.write_text(text, "utf-8")
    desk.ask_to_save()
    assert page.saving is not None
    assert page.saving.dialog is not None
    page.saving.dialog.save.click()
    qtbot.waitUntil(lambda: page.saving is not None and page.saving.conflicts is not None)
    dialog = page.saving.conflicts
    assert dialog is not None
    assert desk.file == text
    dialog.buttons["environments.dev.url", Side.MINE].setChecked(True)
    with qtbot.waitSignal(page.saving.saved):
        dialog.take.click()
    assert desk.file == text.replace("http://theirs:2", "http://mine:1")


def test_a_file_that_another_program_damages_keeps_the_edits_here(qtbot: QtBot, open_page: Open) -> None:
    desk = open_page()
    desk.enter(desk.field("dev", "url"), "http://mine:1")
    desk.write(DAMAGED)
    qtbot.waitUntil(lambda: "still here" in desk.state())
    assert desk.page.draft.document.given("environments.dev.url") == "http://mine:1"
    desk.save()
    assert 'url = "http://mine:1"' in desk.file
    assert [path.read_text() for path in (desk.paths.config / "backups").iterdir()] == [DAMAGED]


def test_environments_are_added_duplicated_renamed_and_removed(open_page: Open) -> None:
    desk = open_page()
    page, actions = desk.page, desk.page.environments
    assert page.form is not None
    page.form.show_environment("prod")
    page.form.buttons["duplicate"].click()
    assert actions.dialog is not None
    actions.dialog.edit.setText("prod")
    assert not actions.dialog.take.isEnabled()
    actions.dialog.edit.setText("prod-eu")
    actions.dialog.take.click()
    assert page.form.chosen == "prod-eu"
    document = page.draft.document
    assert document.given("environments.prod-eu.auth") == "bearer"
    assert document.given("environments.prod-eu.production") is None
    page.form.show_environment("dev")
    page.form.buttons["rename"].click()
    actions.dialog.edit.setText("lab")
    actions.dialog.take.click()
    assert page.draft.renamed() == (("dev", "lab"),)
    page.form.show_environment("staging")
    page.form.buttons["remove"].click()
    question = actions.question
    assert question is not None
    assert question.defaultButton() is not None
    assert question.defaultButton().text() == "Keep"
    next(button for button in question.buttons() if button.text() == "Remove staging").click()
    assert document.environments() == ("lab", "prod", "prod-eu")
    page.form.buttons["add"].click()
    actions.dialog.edit.setText("dev")
    actions.dialog.take.click()
    desk.save()
    assert tuple(load_settings(desk.paths).settings.environments) == ("lab", "prod", "prod-eu", "dev")
    assert "# on this machine" in desk.file


def test_credentials_go_along_with_a_new_name_once_it_is_saved(qtbot: QtBot, open_page: Open) -> None:
    before = keyring.get_keyring()
    own = MemoryKeyring()
    keyring.set_keyring(own)
    try:
        own.kept["avdesk", "dev/bearer"] = TOKEN
        desk = open_page()
        assert desk.page.form is not None
        desk.page.draft.rename("dev", "lab")
        assert own.kept == {("avdesk", "dev/bearer"): TOKEN}
        changed = desk.save()
        assert changed == [("environments.dev", "dev", "lab")]
        qtbot.waitUntil(lambda: ("avdesk", "lab/bearer") in own.kept, timeout=10_000)
        qtbot.waitUntil(lambda: ("avdesk", "dev/bearer") not in own.kept, timeout=10_000)
        assert "# on this machine" in desk.file
    finally:
        keyring.set_keyring(before)
        forget_known_secrets()


def test_the_search_finds_options_by_name_help_and_key(open_page: Open) -> None:
    desk = open_page()
    page = desk.page
    assert page.form is not None
    QTest.keyClicks(page.parts.search, "rate limit")
    shown = [page.form.list.item(row).text() for row in range(page.form.list.count())]
    assert shown == ["dev", "staging", "prod", "Polling"]
    visible = [each.option.key for each in page.form.environment.fields() if each.editor.isVisibleTo(page)]
    assert visible == ["window_s"]
    page.parts.search.setText("default_environment")
    assert [page.form.list.item(row).text() for row in range(page.form.list.count())] == ["Environments"]
    page.parts.search.setText("staging")
    assert [page.form.list.item(row).text() for row in range(page.form.list.count())] == ["staging"]
    assert page.form.chosen == "staging"
    assert all(each.editor.isVisibleTo(page) for each in page.form.environment.fields())
    page.parts.search.setText("xyzzy")
    assert "No option" in page.form.nothing.text()
    assert page.form.stack.currentWidget() is page.form.nothing
    page.parts.search.clear()
    assert page.form.list.count() > 6


def test_choices_and_colours_offer_the_default_and_never_change_by_scrolling_past(open_page: Open) -> None:
    desk = open_page()
    field = desk.field("staging", "colour")
    editor = field.editor
    assert isinstance(editor, ChoiceEditor)
    assert editor.itemText(0) == "green (default)"
    assert editor.currentText() == "amber"
    editor.setCurrentIndex(editor.findText("Other colour…"))
    editor.activated.emit(editor.currentIndex())
    picker = editor.picker  # type: ignore[attr-defined]
    assert picker is not None
    assert editor.currentText() == "amber"
    picker.setCurrentColor("#123456")
    box = picker.findChild(QDialogButtonBox)
    box.button(QDialogButtonBox.StandardButton.Ok).click()
    assert desk.page.draft.document.given("environments.staging.colour") == "#123456"
    assert editor.currentText() == "#123456"
    editor.activated.emit(0)
    assert desk.page.draft.document.given("environments.staging.colour") is None


def test_backups_are_looked_into_and_restored(qtbot: QtBot, open_page: Open) -> None:
    desk = open_page()
    desk.enter(desk.shared("Polling", "polling.requests"), "25")
    desk.save()
    assert desk.page.files is not None
    desk.page.files.show_backups()
    dialog = desk.page.files.backups
    assert dialog is not None
    qtbot.waitUntil(dialog.restore.isEnabled)
    assert dialog.text.toPlainText() == SAMPLE
    item = dialog.changes.table.topLevelItem(0)
    assert item is not None
    assert (item.text(0), item.text(1), item.text(2)) == ("polling.requests", "25", "10")
    with qtbot.waitSignal(desk.page.saving.saved):  # type: ignore[union-attr]
        dialog.restore.click()
    assert desk.file == SAMPLE
    assert desk.page.draft.text == SAMPLE


def test_a_text_is_given_away_without_secrets_and_taken_in_after_a_look(
    qtbot: QtBot, open_page: Open, tmp_path: Path
) -> None:
    desk = open_page(SAMPLE + 'token = "opaque-secret-0123456789"\n')
    page = desk.page
    assert page.files is not None
    target = tmp_path / "given.toml"
    with qtbot.waitSignal(
        desk.desk.told, check_params_cb=lambda told: isinstance(told, ExportedTold), timeout=10_000
    ):
        desk.desk.export(page.draft.text, target)
    assert "opaque-secret" not in target.read_text("utf-8")
    assert "Exported without secrets" in desk.state()
    target.write_text('[polling]\nrequests = 99\nnonsense = 1\n[environments.eu]\nurl = "http://eu:1"\n', "utf-8")
    page.files.look_at(target)
    dialog = page.files.importing
    assert dialog is not None
    qtbot.waitUntil(dialog.take.isEnabled)
    assert dialog.left_out.list.count() == 1
    before = desk.file
    dialog.take.click()
    assert desk.file == before
    assert page.draft.document.given("polling.requests") == 99
    assert page.draft.document.given("environments.staging.polling.reserve") == 4
    assert "eu" in page.draft.document.environments()


def test_edits_that_are_not_saved_are_asked_about_before_leaving(qtbot: QtBot, open_page: Open) -> None:
    desk = open_page()
    at_first = desk.page.unsaved
    desk.enter(desk.shared("Polling", "polling.requests"), "25")
    desk.page.hide()
    desk.page.show()
    assert (at_first, desk.page.unsaved) == (False, True)
    left: list[bool] = []
    question = desk.page.ask_before_leaving(lambda: left.append(True))
    press(question, "Back")
    assert len(left) == 0
    press(desk.page.ask_before_leaving(lambda: left.append(True)), "Quit without saving")
    assert len(left) == 1
    assert desk.file == SAMPLE
    press(desk.page.ask_before_leaving(lambda: left.append(True)), "Save and quit")
    qtbot.waitUntil(lambda: len(left) == 2)
    assert "requests = 25" in desk.file


def press(question: QMessageBox, name: str) -> None:
    next(button for button in question.buttons() if button.text() == name).click()


def test_the_demo_says_that_it_has_nothing_to_be_set(open_page: Open) -> None:
    desk = open_page(None, kept=False)
    assert "demo" in desk.page.parts.waiting.text()
    assert not desk.page.parts.more.isEnabled()
    assert not desk.page.parts.save.isEnabled()


def test_without_a_file_the_form_begins_one(open_page: Open) -> None:
    desk = open_page(None)
    page = desk.page
    page.environments.add("dev")
    desk.enter(desk.field("dev", "url"), "http://here:8080")
    desk.save()
    assert load_settings(desk.paths).settings.environments["dev"].url == "http://here:8080"


@pytest.mark.parametrize("text", [SAMPLE, WRONG, DAMAGED])
def test_everything_that_takes_input_has_a_name(open_page: Open, text: str) -> None:
    desk = open_page(text)
    form = desk.page.form
    assert form is not None
    for name in ("Environments", "Polling", "Notifications", "Appearance", "Start at login"):
        form.show_section(name)
        check_names(desk.page)
    form.show_environment("prod")
    check_names(desk.page)
    desk.page.parts.text_button.click()
    check_names(desk.page)


def check_names(page: SettingsPage) -> None:
    for kind in (QAbstractButton, QComboBox, QAbstractItemView, QPlainTextEdit, QLineEdit):
        for widget in page.findChildren(kind):
            if widget.focusPolicy() is not Qt.FocusPolicy.NoFocus and widget.isVisibleTo(page):
                inside = isinstance(widget.parent(), QComboBox)
                assert widget.accessibleName() or inside, (type(widget), widget.parent())


@pytest.mark.parametrize("language", [None, i18n.PSEUDO_LOCALE])
@pytest.mark.parametrize("size", [(672, 500), (940, 640)])
def test_no_text_is_cut_off_and_each_comes_from_the_catalogue(
    open_page: Open, size: tuple[int, int], language: str | None
) -> None:
    i18n.install(language)
    desk = open_page(WRONG, size=size)
    form = desk.page.form
    assert form is not None
    for title in (i18n._("Polling"), i18n._("Environments"), "prod"):
        if title == "prod":
            form.show_environment(title)
        else:
            form.show_section(title)
        desk.qtbot.waitUntil(lambda: not unreadable(desk.page), timeout=5_000)
        if language is not None:
            texts = [text for _widget, text in visible_texts(desk.page)]
            left = {untranslated(text) for text in texts} - {"", "s"}
            assert {each for each in left if not any(name in each for name in NAMES)} == set()


def unreadable(page: SettingsPage) -> list[str]:
    return [words for words in cut_off(page) if "reaches out" in words or "needs" in words]


NAMES = ("dev", "staging", "prod", "environments.", "polling.", ".toml", "auto", "system", "gcloud", "keyring")
"""Values of the file, keys and paths: data, not words."""
