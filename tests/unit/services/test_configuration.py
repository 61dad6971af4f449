"""The configuration as windows and the command line edit it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from avdesk.config.changes import ChangeKind
from avdesk.config.paths import find_paths
from avdesk.config.saving import BrokenFileError, ChangedOutsideError
from avdesk.core.errors import ConfigError
from avdesk.services.configuration import Configuration

TEXT = """\
# mine
[environments.dev]
url = "http://a"  # here

[environments.prod]
url = "https://p"
"""


@pytest.fixture
def service(tmp_path: Path) -> Configuration:
    return Configuration(find_paths(tmp_path))


def test_the_first_save_begins_the_file_and_tells_of_it(service: Configuration) -> None:
    opened = service.open()
    assert not opened.exists
    assert opened.loaded.settings.default_environment == "dev"
    document = opened.document()
    document.set("environments.dev.url", "http://a")
    saved = service.save(opened, document.text)
    assert saved.exists
    assert saved == service.open()
    assert not service.changed_since(saved)
    service.path.write_text(TEXT)
    assert service.changed_since(saved)


def test_a_preview_tells_each_key_and_what_wants_a_restart(service: Configuration) -> None:
    after = TEXT.replace("http://a", "http://b").replace("environments.prod", "environments.live")
    after += '[appearance]\nlanguage = "de"\ntheme = "dark"\n[tools]\napi_token = "abc"\n'
    preview = service.preview(TEXT, after)
    told = {change.key: (change.kind, change.old, change.new, change.restart) for change in preview.changes}
    assert told == {
        "environments.prod": (ChangeKind.RENAMED, "prod", "live", False),
        "environments.dev.url": (ChangeKind.CHANGED, '"http://a"', '"http://b"', False),
        "appearance.language": (ChangeKind.ADDED, "", '"de"', True),
        "appearance.theme": (ChangeKind.ADDED, "", '"dark"', False),
        "tools.api_token": (ChangeKind.ADDED, "", "•••", False),
    }
    assert preview.restart
    assert [problem.key for problem in preview.problems] == ["tools"]
    assert preview.changes[1].label == "Server address"


def test_a_preview_shows_no_password_and_knows_a_change_of_words_alone(service: Configuration) -> None:
    preview = service.preview(TEXT, TEXT.replace("http://a", "http://me:hunter2@a"))
    assert "hunter2" not in repr(preview)
    words = service.preview(TEXT, TEXT.replace("# mine", "# ours"))
    assert words.differs
    assert words.changes == ()
    assert not service.preview(TEXT, "[environments.dev").readable


def test_a_change_from_outside_is_merged_or_asked_about(service: Configuration) -> None:
    opened = service.save(service.open(), TEXT)
    mine = opened.document()
    mine.set("environments.dev.url", "http://mine")
    service.path.write_text(TEXT.replace("https://p", "https://q"))
    with pytest.raises(ChangedOutsideError):
        service.save(opened, mine.text)
    saved, merged = service.save_merged(opened, mine.text)
    assert merged is not None
    assert saved.text == TEXT.replace("https://p", "https://q").replace("http://a", "http://mine")
    service.path.write_text(saved.text.replace("http://mine", "http://theirs"))
    mine = saved.document()
    mine.set("environments.dev.url", "http://again")
    now, merged = service.save_merged(saved, mine.text)
    assert merged is not None
    assert [conflict.key for conflict in merged.conflicts] == ["environments.dev.url"]
    assert now.text == service.path.read_text() == saved.text.replace("http://mine", "http://theirs")


def test_a_broken_file_is_usable_and_replaced_by_decision_alone(service: Configuration) -> None:
    service.path.parent.mkdir(parents=True)
    service.path.write_text(TEXT + "[polling\n")
    opened = service.open()
    assert not opened.sound
    assert list(opened.loaded.settings.environments) == ["dev", "prod"]
    with pytest.raises(BrokenFileError):
        service.save(opened, TEXT)
    assert service.path.read_text() == TEXT + "[polling\n"
    saved = service.save(opened, TEXT, over_broken=True)
    assert saved.sound
    [backup] = service.backups()
    assert service.backup_text(backup) == TEXT + "[polling\n"


def test_a_backup_is_put_back_and_can_be_undone(service: Configuration) -> None:
    first = service.save(service.open(), TEXT)
    second = service.save(first, TEXT.replace("http://a", "http://b"))
    [backup] = service.backups()
    restored = service.restore(backup, second)
    assert restored.text == service.path.read_text() == TEXT
    assert service.backup_text(service.backups()[0]) == second.text
    backup.path.unlink()
    with pytest.raises(ConfigError):
        service.restore(backup, restored)


def test_what_is_not_readable_is_said_and_never_written(service: Configuration) -> None:
    service.path.mkdir(parents=True)
    opened = service.open()
    assert opened.unreadable is not None
    with pytest.raises(ConfigError):
        service.save(opened, TEXT)
    assert service.path.is_dir()


def test_an_export_holds_no_secret_and_can_be_taken_in(service: Configuration, tmp_path: Path) -> None:
    canary = "c4n4ry-0123456789abcdef"
    text = (
        f'# token = "{canary}"\n# see https://me:{canary}@host/x\n{TEXT}'
        f'[mine]\npassword = "{canary}"\nkept = "yes"\nlink = "https://u:{canary}@h/"\n'
        f'nested = {{ api_key = "{canary}", n = 1 }}\nlist = ["Bearer {canary}"]\n'
        f'[environments.bad]\nurl = "https://me:{canary}@host/path"\n'
    )
    given = service.export(text)
    assert canary not in given
    other = Configuration(find_paths(tmp_path / "other"))
    taken = other.imported(given, "", whole=True)
    saved = other.save(other.open(), taken.text)
    assert saved.document().given("mine.kept") == "yes"
    assert saved.document().given("environments.bad.url") == "https://host/path"
    assert "# here" in saved.text
    with pytest.raises(ConfigError):
        service.export("[broken")


def test_an_import_is_previewed_sets_what_is_known_and_tells_what_not(service: Configuration) -> None:
    given = (
        'default_environment = "new"\n[environments.new]\nurl = "http://n"\nurll = 1\n'
        '[environments.dev]\nurl = "http://other"\n[polling]\nrequests = 0\n'
    )
    taken = service.imported(given, TEXT)
    assert [change.key for change in taken.preview.changes] == [
        "environments.dev.url",
        "default_environment",
        "environments.new.url",
    ]
    assert "# here" in taken.text
    assert "# mine" in taken.text
    said = " ".join(f"{problem.key} {problem.message}" for problem in taken.left_out)
    assert "urll" in said
    assert "polling.requests" in said
    assert not service.path.exists()
    with pytest.raises(ConfigError):
        service.imported("[broken", TEXT)


def test_what_many_save_at_the_same_time_is_all_there(service: Configuration) -> None:
    service.save(service.open(), TEXT)
    start = threading.Barrier(8)

    def save(number: int) -> None:
        mine = Configuration(service.paths)
        opened = mine.open()
        document = opened.document()
        document.put(f"tools.t{number}", number)
        start.wait(30)
        _now, merged = mine.save_merged(opened, document.text)
        assert merged is None or not merged.conflicts

    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(save, number) for number in range(8)]:
            future.result(60)
    saved = service.open()
    assert saved.document().given("tools") == {f"t{number}": number for number in range(8)}
    assert saved.text.startswith(TEXT)
