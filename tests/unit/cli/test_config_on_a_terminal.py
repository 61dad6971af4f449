"""`config edit` as a person meets it: told what is wrong, and asked again until it is right."""

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

TEXT = '[environments.dev]\nurl = "http://127.0.0.1:8080"\n'
TIME_S = 60


def edit(home: Path, editor: str, answers: Sequence[str]) -> tuple[int, str]:
    """Run ``config edit`` with an editor (Python that changes `text`), and answer each question in turn."""
    program = home / "editor.py"
    program.write_text(
        f"#!{sys.executable}\nimport sys, pathlib\nfile = pathlib.Path(sys.argv[1])\n"
        f"calls = pathlib.Path(__file__).with_suffix('.calls')\n"
        "turn = len(calls.read_text()) if calls.exists() else 0\ncalls.write_text('.' * (turn + 1))\n"
        f"text = file.read_text()\n{editor}\nfile.write_text(text)\n"
    )
    program.chmod(0o700)
    temporary = home / "temporary"
    temporary.mkdir()
    primary, secondary = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "avdesk", "--home", str(home), "config", "edit"],
        stdin=secondary,
        stdout=secondary,
        stderr=secondary,
        env={**os.environ, "EDITOR": str(program), "VISUAL": "", "TMPDIR": str(temporary), "TERM": "dumb"},
    )
    os.close(secondary)
    output, left = "", list(answers)
    deadline = time.monotonic() + TIME_S
    try:
        while time.monotonic() < deadline:
            if select.select([primary], [], [], 0.1)[0]:
                try:
                    output += os.read(primary, 65_536).decode("utf-8", "replace")
                except OSError:  # the other end is closed
                    break
            elif process.poll() is not None:
                break
            if left and output.count("[q]uit? ") > len(answers) - len(left):
                os.write(primary, left.pop(0).encode() + b"\n")
        return process.wait(TIME_S), output
    finally:
        process.kill()
        process.wait()
        os.close(primary)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config" / "config.toml"
    path.parent.mkdir()
    path.write_text(TEXT)
    return path


def test_a_wrong_text_is_asked_about_and_edited_again(tmp_path: Path, file: Path) -> None:
    editor = "text = text.replace('url', 'urll') if turn == 0 else text.replace('urll', 'url') + '# right\\n'"
    code, output = edit(tmp_path, editor, ["e"])
    assert code == 0, output
    assert "config.toml:2: environments.dev.urll: This key is not known. Did you mean “url”?" in output
    assert "[s]ave all the same" in output
    assert file.read_text() == TEXT + "# right\n"
    assert not list((tmp_path / "temporary").iterdir())


def test_an_unknown_key_may_be_saved_all_the_same(tmp_path: Path, file: Path) -> None:
    code, output = edit(tmp_path, "text += 'mine = 1\\n'", ["s"])
    assert code == 0, output
    assert file.read_text() == TEXT + "mine = 1\n"


def test_a_damaged_text_cannot_be_saved_and_is_kept_when_given_up(tmp_path: Path, file: Path) -> None:
    code, output = edit(tmp_path, "text += '[polling\\n' if turn == 0 else ''", ["s", "", "q"])
    assert code == 2, output
    assert "[s]ave" not in output
    assert file.read_text() == TEXT
    [kept] = (tmp_path / "temporary").rglob("config.toml")
    assert kept.read_text() == TEXT + "[polling\n"
    assert str(kept) in output.replace("\r\n", "")
