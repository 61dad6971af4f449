"""What holds for every command: names, global options, wrong use, languages."""

import re
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

import avdesk
from avdesk import __version__, i18n
from avdesk.cli.exit_codes import Exit, exit_code
from avdesk.cli.main import COMMANDS, build, run
from avdesk.cli.session import Session
from avdesk.config.options import TABLES
from avdesk.core import errors
from avdesk.emulator.server import Emulator
from tests.unit.cli.conftest import Call


def test_the_version_is_told(call: Call) -> None:
    outcome = call("--version")
    assert (outcome.code, outcome.out) == (0, f"avdesk {__version__}\n")


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], *([name, "--help"] for name in COMMANDS)])
def test_help_is_there_for_everything(call: Call, arguments: list[str]) -> None:
    outcome = call(*arguments, program="avdesk")
    assert outcome.code == 0
    assert "--home" in outcome.out or arguments[0] in ("auth", "config", "env", "jobs", "logs")
    assert outcome.err == ""


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["stauts"], "status"),
        (["status", "--jsn"], "--json"),
        (["--evn", "x", "status"], "--env"),
        (["status", "--interval", "0"], "--help"),
        (["status", "--interval", "nan"], "--help"),
        (["status", "--env"], "--help"),
        (["status", "surplus"], "--help"),
        (["health", "main", "surplus"], "--help"),
        (["completion"], "--help"),
        (["completion", "tcsh"], "--help"),
        (["emulator", "--port", "70000"], "--help"),
        (["emulator", "--revision", "z"], "--help"),
        (["emulator", "--fault", "nonsense"], ""),
        (["--background", "status"], "--background"),
        (["demo", "--background", "--terminal"], ""),
        (["config", "pth"], "path"),
        (["config"], "--help"),
        (["--home", "~there-is-no-such-user/x", "status"], "--home"),
    ],
)
def test_wrong_use_is_two_lines_and_nothing_on_stdout(call: Call, arguments: list[str], hint: str) -> None:
    outcome = call(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert len(outcome.complaint) == 2
    assert hint in outcome.complaint[1]


@pytest.mark.parametrize(
    ("called", "program"),
    [
        ("avdesk", "avdesk"),
        ("/usr/bin/avmonitor", "avmonitor"),
        ("C:\\Tools\\AVMONITOR.EXE", "avmonitor"),
        ("/x/avdesk/__main__.py", "avdesk"),
        ("avdesk-gui", "avdesk"),
        ("", "avdesk"),
    ],
)
def test_the_name_that_it_is_called_by_decides(called: str, program: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([called, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: {program} ")


def test_home_works_before_and_behind_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = str(tmp_path / "one" / "config" / "config.toml")
    for arguments in (
        ["--home", str(tmp_path / "one"), "config", "path"],
        ["config", "path", "--home", str(tmp_path / "one")],
        ["config", "path", f"--home={tmp_path / 'one'}"],
    ):
        assert run(["avdesk", *arguments]) == 0
        assert capsys.readouterr().out.strip() == wanted
    monkeypatch.setenv("AVDESK_HOME", str(tmp_path / "one"))
    assert run(["avdesk", "config", "path"]) == 0
    assert capsys.readouterr().out.strip() == wanted
    assert not (tmp_path / "one").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_are_told_how_to_complete(call: Call, shell: str) -> None:
    outcome = call("completion", shell)
    assert outcome.code == 0
    assert "_AVMONITOR_COMPLETE" in outcome.out


@pytest.mark.parametrize(
    ("words", "typed", "offered"),
    [
        (["jobs"], "re", ["retry", "restart"]),
        (["jobs", "retry", "x", "--gpu"], "", ["l4", "t4", "cpu"]),
        (["jobs", "retry", "x", "--region"], "us-w", ["us-west1"]),
        (["jobs", "list", "--region"], "us-", ["us-central1", "us-west1"]),
        (["jobs", "list", "--region"], "europe", []),
        (["jobs", "list", "--state"], "canc", ["cancelling", "cancelled"]),
        (["generate", "--tts"], "", ["elevenlabs", "google"]),
        (["config", "get"], "environments.dev.po", [f"environments.dev.polling.{key}" for key in TABLES["polling"]]),
        (["config", "set"], "appearance.", ["appearance.theme", "appearance.language"]),
        (["config", "set", "appearance.theme"], "", ["system", "light", "dark"]),
        (["config", "set", "environments.dev.read_only"], "t", ["true"]),
        (["config", "set", "default_environment"], "", ["dev"]),
        (["env", "use"], "d", ["dev"]),
    ],
)
def test_shells_complete_what_acts_on_jobs(tmp_path: Path, words: list[str], typed: str, offered: list[str]) -> None:
    session = Session("avdesk", tmp_path)
    session.paths.config_file.parent.mkdir(parents=True)
    session.paths.config_file.write_text(
        '[environments.dev]\nurl = ""\nproject = "p"\nregions = ["us-central1", "us-west1"]\n', "utf-8"
    )
    completer = ShellComplete(build(), {"obj": session}, "avdesk", "_AVDESK_COMPLETE")
    assert [each.value for each in completer.get_completions(words, typed)] == offered


def test_the_readme_lists_every_command() -> None:
    readme = Path(avdesk.__file__).parents[1].joinpath("README.md").read_text("utf-8")
    group = build().get_command(click.Context(build()), "jobs")
    assert isinstance(group, click.Group)
    jobs = [f"jobs {name}" for name in group.list_commands(click.Context(group))]
    assert len(jobs) == 6
    assert [name for name in (*COMMANDS, *jobs) if f"`avdesk {name} " not in readme] == []


def test_without_a_display_bare_avdesk_says_so(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM")
    outcome = call(program="avdesk")
    assert (outcome.code, outcome.out) == (2, "")
    assert len(outcome.complaint) == 2


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.UsageError, Exit.USAGE),
        (errors.ConfigError, Exit.USAGE),
        (errors.TimedOutError, Exit.UNREACHABLE),
        (errors.BadAnswerError, Exit.UNREACHABLE),
        (errors.ServerFailedError, Exit.UNREACHABLE),
        (errors.CredentialsExpiredError, Exit.NOT_ALLOWED),
        (errors.PermissionDeniedError, Exit.NOT_ALLOWED),
        (errors.ReadOnlyError, Exit.NOT_ALLOWED),
        (errors.NotFoundError, Exit.REFUSED),
        (errors.RequestRefusedError, Exit.REFUSED),
        (errors.RateLimitedError, Exit.RATE_LIMITED),
        (errors.BugError, Exit.BAD),
        (ValueError, Exit.BAD),
    ],
)
def test_each_error_has_its_exit_code(kind: type[Exception], code: Exit) -> None:
    assert exit_code(kind("x")) is code


_WORD = re.compile(r"[A-Za-z]{4,}")
_UNTRANSLATED = re.compile(
    # Names, not words: options, programs, files, checks, values, JSON, keys of the configuration.
    r"--?[\w-]+|av\w+|AV\w+|\$\(.*?\)|\b(?:status|watch|health|doctor|demo|emulator|config|completion|bash|zsh|fish|main|"
    r"openai|vertex_ai|quota|service_account|machine_types|veo|vertex_minimal|tts|image_gen|deployment|path|between|"
    r"planned|eval|default_environment|jobs|list|show|wait|cancel|retry|restart|generate|elevenlabs|google|auth|clear|"
    r"unset|validate|edit|logs|tail|search|open)\b"
)


@pytest.mark.parametrize("arguments", [["--help"], *([name, "--help"] for name in COMMANDS)])
def test_every_word_of_the_help_is_translated(
    call: Call, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AVDESK_LANGUAGE", i18n.PSEUDO_LOCALE)
    monkeypatch.setenv("COLUMNS", "300")
    outcome = call(*arguments)
    forgotten = _words_outside_marks(outcome.out)
    assert not forgotten


def test_every_word_of_the_status_is_translated(
    call: Call, watched: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AVDESK_LANGUAGE", i18n.PSEUDO_LOCALE)
    watched.world.start_run()
    outcome = call("status")
    assert "⟦" in outcome.out
    assert not _words_outside_marks(outcome.out)


def _words_outside_marks(text: str) -> list[str]:
    """Return the words that did not go through the catalogue."""
    outside, depth = [], 0
    for character in text:
        depth += (character == "⟦") - (character == "⟧")
        outside.append(character if depth == 0 else " ")
    return _WORD.findall(_UNTRANSLATED.sub(" ", "".join(outside)))


def test_the_language_may_come_from_the_configuration(call: Call, configure: Callable[[str], None]) -> None:
    configure('[appearance]\nlanguage = "qps"\n')
    assert "⟦" in call("--help").out
    configure('[appearance]\nlanguage = ""\n')
    assert "⟦" not in call("--help").out


def test_every_listed_command_can_be_built() -> None:
    group = build("avdesk")
    context = click.Context(group)
    assert [group.get_command(context, name) is not None for name in group.list_commands(context)] == [True] * len(
        COMMANDS
    )
