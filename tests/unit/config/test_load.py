"""The configuration file: what is used of it, and what is told about it."""

import os
from pathlib import Path

import pytest

from avdesk.config.load import MAX_BYTES, Loaded, load_settings, load_text
from avdesk.config.paths import find_paths
from avdesk.config.settings import DEFAULT_REGIONS, Environment, Notifications, Polling, Settings


def load(text: str) -> Loaded:
    return load_text(text, Path("config.toml"))


def told(loaded: Loaded) -> dict[str, int | None]:
    """Return key → line of the problems."""
    return {problem.key: problem.line for problem in loaded.problems}


def of_bytes(home: Path, content: bytes) -> Loaded:
    paths = find_paths(home)
    paths.config.mkdir(parents=True)
    paths.config_file.write_bytes(content)
    return load_settings(paths)


def test_a_missing_file_is_one_environment_with_defaults(tmp_path: Path) -> None:
    loaded = load_settings(find_paths(tmp_path))
    assert not loaded.exists
    assert loaded.problems == ()
    assert loaded.settings.default_environment == "dev"
    assert dict(loaded.settings.environments) == {"dev": Environment("dev")}


def test_a_whole_file_is_read_as_it_stands() -> None:
    loaded = load(
        """
default_environment = "prod"
[environments.dev]
url = "http://127.0.0.1:8080/"
[environments.prod]
url = "https://av.example.com"
project = "av-8675309"
regions = ["us-central1", "us-west1"]
vertex = "rest"
google_endpoint = "http://127.0.0.1:9"
auth = "identity-token"
read_only = true
production = true
colour = "#aa0000"
polling.reserve = 3
[polling]
vertex_idle_s = 60
[notifications]
job_stuck = false
[appearance]
theme = "dark"
language = "de"
[alerts]
[logs]
"""
    )
    assert loaded.problems == ()
    settings = loaded.settings
    assert settings.default_environment == "prod"
    assert settings.environments["dev"].url == "http://127.0.0.1:8080"
    assert settings.environments["prod"] == Environment(
        "prod",
        url="https://av.example.com",
        project="av-8675309",
        regions=("us-central1", "us-west1"),
        vertex="rest",
        google_endpoint="http://127.0.0.1:9",
        auth="identity-token",
        read_only=True,
        production=True,
        colour="#aa0000",
        polling=Polling(vertex_idle_s=60.0, reserve=3),
        notifications=Notifications(job_stuck=False),
    )
    assert settings.environments["dev"].polling == Polling(vertex_idle_s=60.0)
    assert not settings.notifications.job_stuck
    assert settings.notifications.enabled
    assert (settings.appearance.theme, settings.appearance.language) == ("dark", "de")


def test_every_problem_is_told_at_once_with_its_line() -> None:
    loaded = load(
        """default_environment = "prdo"
[environments.dev]
urll = "x"
regions = ["us-central1",
  "Bad Region"]
[environments.prod]
colour = "gren"
read_only = ture
[polling]
requests = "10"
vertex_idle_s = -1
[notificatons]
enabled = false
[appearance]
theme = "Dark
"""
    )
    assert told(loaded) == {
        "default_environment": 1,
        "environments.dev.urll": 3,
        "environments.dev.regions": 4,
        "environments.prod.colour": 7,
        "environments.prod.read_only": 8,
        "polling.requests": 10,
        "polling.vertex_idle_s": 11,
        "notificatons": 12,
        "appearance.theme": 15,
    }
    hints = {problem.key: problem.hint for problem in loaded.problems}
    assert "url" in hints["environments.dev.urll"]
    assert "prod" in hints["default_environment"]
    assert "notifications" in hints["notificatons"]
    assert [problem.line for problem in loaded.problems] == sorted(told(loaded).values(), key=lambda line: line or 0)
    assert loaded.sentences()[1].startswith("config.toml:3: environments.dev.urll: ")


def test_usable_parts_are_used_and_defaults_stand_in_for_the_rest() -> None:
    loaded = load('[environments.dev]\nurl = "http://10.0.0.1:1"\nproject = "NO GOOD"\nregions = []\nvertex = 5\n')
    dev = loaded.settings.environments["dev"]
    assert dev.url == "http://10.0.0.1:1"
    assert (dev.project, dev.regions, dev.vertex) == ("", DEFAULT_REGIONS, "auto")
    assert set(told(loaded)) == {f"environments.dev.{key}" for key in ("project", "regions", "vertex")}


@pytest.mark.parametrize("value", ["ture", '"true"', "1", "["])
def test_a_switch_against_acting_that_cannot_be_read_is_on(value: str) -> None:
    loaded = load(f"[environments.prod]\nread_only = {value}\nproduction = {value}\n")
    assert loaded.problems
    assert loaded.settings.environments["prod"].read_only
    assert loaded.settings.environments["prod"].production


@pytest.mark.parametrize(
    "line",
    [
        'url = "ftp://x"',
        'url = "127.0.0.1:8080"',
        'url = "http://user:secret@host"',
        'url = "http://host:99999"',
        'url = "http://host/?token=1"',
        'url = "http://ho st"',
        'url = "http://[::1"',
        "url = 5",
        'url = "http://127.0.0.1:80',
        'google_endpoint = "file:///etc/passwd"',
        'google_endpoint = "http://x\\ny"',
    ],
)
def test_an_environment_whose_address_cannot_be_used_is_not_used(line: str) -> None:
    loaded = load(f'[environments.dev]\n{line}\n[environments.other]\nurl = "http://10.0.0.1"\n')
    assert list(loaded.settings.environments) == ["other"]
    assert [problem.line for problem in loaded.broken["dev"]] == [2]
    assert "secret" not in " ".join(loaded.sentences())


def test_an_empty_url_is_an_environment_in_batch_mode() -> None:
    loaded = load('[environments.dev]\nurl = ""\n')
    assert loaded.problems == ()
    assert loaded.settings.environments["dev"].url == ""


@pytest.mark.parametrize(
    "project", ["av-8675309", "example.com:av-8675309", "123456789012", ""], ids=["id", "domain", "number", "none"]
)
def test_project_ids_are_taken(project: str) -> None:
    assert load(f'[environments.dev]\nproject = "{project}"').problems == ()


@pytest.mark.parametrize("project", ["../x", "-x", "a b", "A", "a;b", "--project=x", "a/b", "x" * 200])
def test_what_is_no_project_id_reaches_no_path(project: str) -> None:
    loaded = load(f'[environments.dev]\nproject = "{project}"')
    assert told(loaded) == {"environments.dev.project": 2}
    assert loaded.settings.environments["dev"].project == ""


@pytest.mark.parametrize("region", ["us central1", "../us", "--help", "US-CENTRAL1", "us-central1/x", ""])
def test_what_is_no_region_reaches_no_path(region: str) -> None:
    assert told(load(f'[environments.dev]\nregions = ["{region}"]')) == {"environments.dev.regions": 2}


@pytest.mark.parametrize("name", ["a/b", "", "x" * 60, "a b", "-x"])
def test_a_name_that_fits_no_keyring_entry_is_refused(name: str) -> None:
    loaded = load(f'[environments."{name}"]\n[environments.dev]')
    assert list(loaded.settings.environments) == ["dev"]
    assert [problem.line for problem in loaded.problems] == [1]


def test_the_keys_below_a_damaged_header_do_not_fall_into_the_table_above() -> None:
    loaded = load(
        '[environments.dev]\nurl = "http://10.0.0.1"\n[environments.prod\nurl = "http://10.0.0.2"\nvertex="off"'
    )
    assert loaded.settings.environments["dev"].url == "http://10.0.0.1"
    assert loaded.settings.environments["dev"].vertex == "auto"
    assert list(loaded.broken) == ["prod"]
    assert [problem.line for problem in loaded.problems] == [3]


def test_a_list_that_is_never_closed_costs_only_itself() -> None:
    loaded = load(
        '[environments.dev]\nregions = ["us-central1"\nurl = "http://10.0.0.1"\n[appearance]\ntheme = "dark"\n'
    )
    assert loaded.settings.environments["dev"].url == "http://10.0.0.1"
    assert loaded.settings.appearance.theme == "dark"
    assert list(told(loaded)) == ["environments.dev.regions"]


def test_a_table_given_twice_is_told_and_the_first_one_holds() -> None:
    loaded = load('[environments.dev]\nurl = "http://10.0.0.1"\n[environments.dev]\nurl = "http://10.0.0.2"\n')
    assert [problem.line for problem in loaded.problems] == [3]
    # Which of the two is meant nobody can tell.
    assert "dev" in loaded.broken


def test_a_rule_that_leaves_no_request_for_watching_is_told() -> None:
    loaded = load("[polling]\nrequests = 5\nreserve = 5\n")
    assert told(loaded) == {"polling.reserve": 3}
    assert loaded.settings.environments["dev"].polling.reserve < 5


def test_values_too_large_or_too_deep_for_the_parser_are_told() -> None:
    loaded = load("[polling]\nrequests = " + "9" * 5000 + "\nalive_s = 30\n[appearance]\ntheme = " + "[" * 5000)
    assert "polling.requests" in told(loaded)
    assert "appearance.theme" in told(loaded)
    assert loaded.settings.environments["dev"].polling.alive_s == 30.0


def test_bytes_that_are_no_text_cost_only_their_line(tmp_path: Path) -> None:
    loaded = of_bytes(tmp_path, b'[environments.dev]\nurl = "http://10.0.0.1"\nproject = "\xff\xfe"\n')
    assert [problem.line for problem in loaded.problems] == [3]
    assert loaded.settings.environments["dev"].url == "http://10.0.0.1"


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b""])
def test_files_of_windows_editors_are_read(tmp_path: Path, start: bytes) -> None:
    loaded = of_bytes(tmp_path, start + b'[environments.dev]\r\nurl = "http://10.0.0.1"\r\nnope = 1\r\n')
    assert told(loaded) == {"environments.dev.nope": 3}
    assert loaded.settings.environments["dev"].url == "http://10.0.0.1"


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    loaded = of_bytes(tmp_path, b"#" * (MAX_BYTES + 1))
    assert len(loaded.problems) == 1
    assert loaded.invented


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    paths = find_paths(tmp_path)
    paths.config.mkdir(parents=True)
    os.mkfifo(paths.config_file)
    loaded = load_settings(paths)
    assert len(loaded.problems) == 1
    assert loaded.invented


def test_a_broken_file_is_never_overwritten(tmp_path: Path) -> None:
    content = b"[environments.dev\nurl = 5 = 6\n"
    loaded = of_bytes(tmp_path, content)
    assert loaded.problems
    assert loaded.invented
    assert isinstance(loaded.settings, Settings)
    assert loaded.path.read_bytes() == content


def test_an_environment_has_notifications_of_its_own_on_top_of_the_files() -> None:
    loaded = load(
        "[notifications]\njob_stuck = false\n[environments.dev]\n[environments.dev.notifications]\n"
        "enabled = false\n[environments.prod]\nnotifications = {run_finished = false}\n[environments.lab]\n"
    )
    assert loaded.problems == ()
    environments = loaded.settings.environments
    assert environments["dev"].notifications == Notifications(enabled=False, job_stuck=False)
    assert environments["prod"].notifications == Notifications(run_finished=False, job_stuck=False)
    assert environments["lab"].notifications == loaded.settings.notifications == Notifications(job_stuck=False)


def test_what_is_wrong_with_an_environments_own_notifications_is_told() -> None:
    loaded = load(
        "[environments.dev.notifications]\nenabled = 3\nrun_faild = true\n[environments.prod]\nnotifications = 1\n"
    )
    assert told(loaded) == {
        "environments.dev.notifications.enabled": 2,
        "environments.dev.notifications.run_faild": 3,
        "environments.prod.notifications": 5,
    }
    assert "run_failed" in next(p.hint for p in loaded.problems if p.key.endswith("run_faild"))
    assert loaded.settings.environments["dev"].notifications == Notifications()
