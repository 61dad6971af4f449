"""The configuration in the terminal: shown, set, checked and edited, with nothing of it lost."""

import json
import os
import stat
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Call

FILE = """\
# mine
default_environment = "dev"

[environments.dev]   # at home
url = "http://127.0.0.1:8080"
my_note = "unknown, and mine"

[environments.prod]
url = "https://video.example"
production = true
read_only = true
colour = "red"
"""
SOUND = FILE.replace('my_note = "unknown, and mine"\n', "")
BROKEN = FILE + "\n[environments.staging\nurl = 5\n[polling]\nrequests = 0\n"

Configure = Callable[[str], None]


def held(home: Path) -> str:
    return (home / "config" / "config.toml").read_text("utf-8")


def test_without_a_file_the_defaults_are_shown_and_set_creates_one(call: Call, home: Path) -> None:
    shown = call("config", "show")
    assert shown.code == 0
    assert "does not exist: these are the defaults" in shown.out.splitlines()[0]
    assert tomllib.loads(shown.out)["environments"]["dev"]["url"] == "http://127.0.0.1:8080"
    assert not (home / "config").exists()
    assert call("config", "validate").code == 0
    outcome = call("config", "set", "environments.dev.url", "http://127.0.0.1:9")
    assert (outcome.code, outcome.out) == (0, "")
    assert held(home) == '[environments.dev]\nurl = "http://127.0.0.1:9"\n'


def test_set_keeps_everything_else_and_says_what_changed(call: Call, home: Path, configure: Configure) -> None:
    configure(FILE)
    outcome = call("config", "set", "environments.dev.url", "http://127.0.0.1:1")
    assert (outcome.code, outcome.out) == (0, "")
    assert 'environments.dev.url: "http://127.0.0.1:8080" → "http://127.0.0.1:1"' in outcome.err
    assert held(home) == FILE.replace("127.0.0.1:8080", "127.0.0.1:1")
    assert call("config", "get", "environments.dev.url").out == "http://127.0.0.1:1\n"
    [backup] = (home / "config" / "backups").iterdir()
    assert backup.read_text("utf-8") == FILE


@pytest.mark.parametrize(
    ("key", "typed", "printed"),
    [
        ("environments.dev.regions", "us-west1, us-east1", "us-west1,us-east1"),
        ("environments.dev.regions", '["us-west1"]', "us-west1"),
        ("environments.prod.read_only", "no", "false"),
        ("polling.window_s", "12.5s", "12.5"),
        ("polling.requests", "20", "20"),
        ("environments.prod.polling.requests", "4", "4"),
        ("appearance.language", "", ""),
        ("default_environment", "prod", "prod"),
        ("environments.new-one.url", "http://127.0.0.1:2", "http://127.0.0.1:2"),
    ],
)
def test_what_is_set_is_what_is_got(call: Call, configure: Configure, key: str, typed: str, printed: str) -> None:
    configure(SOUND)
    assert call("config", "set", key, typed).code == 0
    outcome = call("config", "get", key)
    assert (outcome.code, outcome.out, outcome.err) == (0, f"{printed}\n", "")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("set", "environments.dev.urll", "x"), "“environments.dev.url”"),
        (("set", "environments.dev.url", "ftp://x"), "http://"),
        (("set", "polling.requests", "many"), "from 1 to 100000"),
        (("set", "environments.dev.read_only", "maybe"), "true nor false"),
        (("set", "appearance.theme", "drak"), "“dark”"),
        (("set", "environments.a b.url", "http://x"), "Use letters"),
        (("set", "polling.requests", "2.5"), "as 2"),
        (("set", "default_environment", "pord"), "“prod”"),
        (("set", "polling.reserve", "10"), "Write at most 9."),
        (("get", "nothing"), "Known"),
        (("get", "environments.pord.url"), "“prod”"),
        (("unset", "environments"), "environments.dev.url"),
        (("unset", "apearance.theme"), "“appearance.theme”"),
        (("validate", "no-such-file.toml"), "name"),
    ],
)
def test_what_cannot_be_is_refused_in_two_lines(
    call: Call, home: Path, configure: Configure, arguments: tuple[str, ...], hint: str
) -> None:
    configure(SOUND)
    outcome = call("config", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert hint in outcome.err
    assert len(outcome.complaint) == 2
    assert held(home) == SOUND


def test_a_new_environment_is_said_and_a_near_name_too(call: Call, configure: Configure) -> None:
    configure(SOUND)
    outcome = call("config", "set", "environments.pord.url", "http://x")
    assert outcome.code == 0
    assert "“pord” is a new environment. Did you mean “prod”?" in outcome.err


def test_unset_goes_back_to_the_default_and_takes_unknown_keys_too(
    call: Call, home: Path, configure: Configure
) -> None:
    configure(FILE)
    assert call("config", "unset", "environments.dev.my_note").code == 0
    assert call("config", "unset", "environments.prod.colour").code == 0
    assert held(home) == SOUND.replace('colour = "red"\n', "")
    assert call("config", "get", "environments.prod.colour").out == "green\n"


def test_every_problem_is_told_by_line(call: Call, home: Path, configure: Configure) -> None:
    configure(BROKEN)
    for arguments in (["config", "validate"], ["config", "show"], ["env", "list"]):
        outcome = call(*arguments)
        assert outcome.code == 2
        lines = [line.split("config.toml:")[1].split(":")[0] for line in outcome.complaint]
        assert lines == ["6", "14", "17"], arguments
    outcome = call("config", "validate", "--json")
    assert outcome.code == 2
    assert outcome.json["valid"] is False
    problems = outcome.json["problems"]
    assert isinstance(problems, list)
    assert problems[0] == {
        "line": 6,
        "key": "environments.dev.my_note",
        "message": "This key is not known.",
        "hint": problems[0]["hint"],
    }
    assert held(home) == BROKEN


def test_a_damaged_file_is_not_edited_by_key(call: Call, home: Path, configure: Configure) -> None:
    configure(BROKEN)
    for arguments in (
        ("config", "set", "environments.dev.url", "http://x"),
        ("config", "unset", "environments.dev.url"),
        ("env", "use", "prod"),
    ):
        outcome = call(*arguments)
        assert (outcome.code, outcome.out) == (2, "")
        assert "config.toml:14" in outcome.err
        assert held(home) == BROKEN
    assert call("config", "get", "environments.dev.url").out == "http://127.0.0.1:8080\n"


def test_another_file_is_checked_without_touching_ones_own(call: Call, home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text("[environments.dev]\nurll = 1\n")
    outcome = call("config", "validate", str(other))
    assert outcome.code == 2
    assert f"{other}:2: environments.dev.urll" in outcome.err
    assert "“url”" in outcome.err
    assert not home.joinpath("config").exists()


def test_the_whole_configuration_is_one_json_object(call: Call, configure: Configure) -> None:
    configure(SOUND)
    outcome = call("config", "show", "--json")
    assert outcome.code == 0
    assert outcome.json["default_environment"] == "dev"
    environments = outcome.json["environments"]
    assert isinstance(environments, dict)
    assert environments["prod"]["read_only"] is True
    assert environments["prod"]["polling"]["requests"] == 10
    assert environments["prod"]["regions"][0] == "us-central1"


def test_what_is_shown_can_be_read_back_and_shows_no_password(call: Call, configure: Configure) -> None:
    configure(SOUND + '\n[environments.bad]\nurl = "https://me:hunter2@host"\n')
    outcome = call("config", "show")
    assert outcome.code == 2
    assert "hunter2" not in outcome.out + outcome.err
    assert tomllib.loads(outcome.out)["environments"]["prod"]["production"] is True
    assert "hunter2" not in call("config", "get", "environments.bad.url").err
    assert call("config", "get", "environments.bad.url").code == 2


def test_the_environments_are_listed_and_chosen(
    call: Call, home: Path, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(SOUND)
    listed = call("env", "list")
    assert listed.code == 0
    assert "* dev" in listed.out
    assert "production, read only" in listed.out
    assert call("env", "use", "prod").code == 0
    assert held(home) == SOUND.replace('default_environment = "dev"', 'default_environment = "prod"')
    assert "* prod" in call("env", "list").out
    assert "* dev" in call("env", "list", "--env", "dev").out
    monkeypatch.setenv("AVDESK_ENV", "dev")
    told = call("env", "list", "--json").json
    assert told["current"] == "dev"
    environments = told["environments"]
    assert isinstance(environments, list)
    assert [(each["name"], each["current"], each["default"]) for each in environments] == [
        ("dev", True, False),
        ("prod", False, True),
    ]
    assert "AVDESK_ENV" in call("env", "use", "prod").err
    unknown = call("env", "use", "pord")
    assert (unknown.code, unknown.out) == (2, "")
    assert "“prod”" in unknown.err
    assert call("env", "list", "--env", "nix").code == 2


def test_an_environment_that_cannot_be_used_is_listed_as_such_and_not_chosen(
    call: Call, home: Path, configure: Configure
) -> None:
    text = SOUND + '\n[environments.bad]\nurl = "nonsense"\n'
    configure(text)
    outcome = call("env", "list", "--json")
    assert outcome.code == 2
    environments = outcome.json["environments"]
    assert isinstance(environments, list)
    assert [each["usable"] for each in environments] == [True, True, False]
    assert len({frozenset(each) for each in environments}) == 1, "keys never vanish"
    assert "cannot be used" in call("env", "list").out
    assert call("env", "use", "bad").code == 2
    assert held(home) == text


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Make a program the editor: it runs Python with `text`, what the file holds, and writes `text` back."""

    def install(script: str) -> Path:
        program = tmp_path / "my editor.py"
        program.write_text(
            f"#!{sys.executable}\nimport sys, pathlib\n"
            "file = pathlib.Path(sys.argv[-1])\ntext = file.read_text('utf-8')\n"
            f"{script}\nfile.write_text(text, 'utf-8')\n"
        )
        program.chmod(0o700)
        temporary = tmp_path / "temporary"
        temporary.mkdir(exist_ok=True)
        monkeypatch.setattr("tempfile.tempdir", str(temporary))
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.setenv("EDITOR", f'"{program}" --wait')
        return temporary

    return install


needs_a_shell_script = pytest.mark.skipif(os.name == "nt", reason="the editor here is a script")


@needs_a_shell_script
def test_an_edit_is_checked_and_saved(
    call: Call, home: Path, configure: Configure, editor: Callable[[str], Path]
) -> None:
    configure(SOUND)
    temporary = editor("text = text.replace('8080', '9090') + '# at the end\\n'")
    outcome = call("config", "edit")
    assert (outcome.code, outcome.out) == (0, "")
    assert "environments.dev.url" in outcome.err
    assert held(home) == SOUND.replace("8080", "9090") + "# at the end\n"
    assert not list(temporary.iterdir())


@needs_a_shell_script
def test_a_wrong_edit_is_kept_and_the_file_stays(
    call: Call, home: Path, configure: Configure, editor: Callable[[str], Path]
) -> None:
    configure(SOUND)
    temporary = editor("text = text.replace('colour', 'color')")
    outcome = call("config", "edit")
    assert (outcome.code, outcome.out) == (2, "")
    assert "“colour”" in outcome.err
    assert held(home) == SOUND
    [kept] = temporary.rglob("config.toml")
    assert kept.read_text("utf-8") == SOUND.replace("colour", "color")
    assert str(kept) in outcome.err
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


@needs_a_shell_script
def test_an_editor_that_fails_changes_nothing(
    call: Call, home: Path, configure: Configure, editor: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(SOUND)
    editor("sys.exit(3)")
    outcome = call("config", "edit")
    assert (outcome.code, held(home)) == (1, SOUND)
    assert "3" in outcome.err
    monkeypatch.setenv("VISUAL", "/no/such/editor")
    assert call("config", "edit").code == 2


@needs_a_shell_script
def test_a_damaged_file_is_mended_in_the_editor_and_kept_as_a_backup(
    call: Call, home: Path, configure: Configure, editor: Callable[[str], Path]
) -> None:
    configure(SOUND + "[polling\n")
    editor("text = text.replace('[polling\\n', '[polling]\\n')")
    assert call("config", "edit").code == 0
    assert held(home) == SOUND + "[polling]\n"
    [backup] = (home / "config" / "backups").iterdir()
    assert backup.read_text("utf-8") == SOUND + "[polling\n"


@needs_a_shell_script
def test_what_another_program_wrote_during_the_edit_is_kept_too(
    call: Call, home: Path, configure: Configure, editor: Callable[[str], Path]
) -> None:
    configure(SOUND)
    file = home / "config" / "config.toml"
    theirs = SOUND.replace('colour = "red"', 'colour = "blue"')
    editor(f"pathlib.Path({str(file)!r}).write_text({theirs!r}, 'utf-8')\ntext = text.replace('8080', '9090')")
    assert call("config", "edit").code == 0
    assert held(home) == theirs.replace("8080", "9090")
    editor(
        f"pathlib.Path({str(file)!r}).write_text({SOUND.replace('8080', '1')!r}, 'utf-8')\n"
        "text = text.replace('9090', '2')"
    )
    outcome = call("config", "edit")
    assert outcome.code == 2
    assert "environments.dev.url was changed here and by another program." in outcome.err
    assert held(home) == SOUND.replace("8080", "1")


@needs_a_shell_script
def test_the_first_edit_starts_from_every_key_with_its_help(
    call: Call, home: Path, editor: Callable[[str], Path]
) -> None:
    editor("assert '# colour = \"green\"' in text\ntext = text.replace('# colour', 'colour')")
    assert call("config", "edit").code == 0
    assert tomllib.loads(held(home))["environments"]["dev"] == {"colour": "green"}
    assert call("config", "validate").code == 0


def test_the_json_is_valid_for_programs(call: Call, configure: Configure) -> None:
    configure(SOUND)
    for arguments in (("config", "show"), ("config", "validate"), ("env", "list")):
        assert json.loads(call(*arguments, "--json").out)
