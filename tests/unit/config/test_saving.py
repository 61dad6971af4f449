"""The configuration file is saved whole or not at all, keeps what it replaces, and never covers another's change."""

import json
import os
import stat
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from avdesk.config.saving import (
    ABSENT,
    MAX_BACKUPS,
    BrokenFileError,
    ChangedOutsideError,
    backups,
    read_file,
    restore,
    save,
)
from avdesk.core.errors import ConfigError, StoreError

ROOT = Path(__file__).resolve().parents[3]
TEXT = '[environments.dev]\nurl = "http://a"\n'
OTHER = '[environments.dev]\nurl = "http://b"\n'
BROKEN = "[environments.dev\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "config.toml"


def test_a_saver_killed_at_any_moment_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("needs fork")
    savers = []
    for place in range(4):  # side by side: each mostly waits for the disk
        folder = tmp_path / str(place)
        folder.mkdir()
        command = [sys.executable, "-m", "tests.harness.killed_saver", str(folder), "50"]
        savers.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True))
    found: Counter[str] = Counter()
    try:
        for saver in savers:
            out, _err = saver.communicate(timeout=100)
            assert saver.returncode == 0
            found.update(json.loads(out))
    finally:
        for saver in savers:
            saver.kill()
            saver.wait()
    assert found["old"] + found["new"] == 200
    assert found["old"] > 0
    assert found["new"] > 0
    assert found["struck"] > 0, "no saver was killed in the middle of a save"
    assert found["torn_backups"] == 0
    assert found["left_after"] == 0


def test_the_first_save_makes_the_folder_and_a_private_file(file: Path) -> None:
    written = save(file, TEXT, ABSENT)
    assert file.read_text() == TEXT
    assert read_file(file) == written
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert backups(file) == []


def test_the_mode_and_a_symbolic_link_stay(file: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "avdesk.toml"
    real.parent.mkdir()
    real.write_text(TEXT)
    real.chmod(0o640)
    file.parent.mkdir()
    file.symlink_to(real)
    save(file, OTHER, read_file(file).fingerprint)
    assert file.is_symlink()
    assert real.read_text() == OTHER
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert [each.path.read_text() for each in backups(file)] == [TEXT]
    assert sorted(each.name for each in real.parent.iterdir()) == ["avdesk.toml"]


def test_a_file_that_was_changed_outside_is_left_alone(file: Path) -> None:
    opened = save(file, TEXT, ABSENT)
    file.write_text("# mine\n" + TEXT)
    with pytest.raises(ChangedOutsideError) as caught:
        save(file, OTHER, opened.fingerprint)
    assert caught.value.current.text == "# mine\n" + TEXT
    assert file.read_text() == "# mine\n" + TEXT
    file.unlink()
    with pytest.raises(ChangedOutsideError):
        save(file, OTHER, opened.fingerprint)
    assert not file.exists()
    save(file, OTHER, ABSENT)
    with pytest.raises(ChangedOutsideError):
        save(file, TEXT, ABSENT)


@pytest.mark.parametrize("damage", [BROKEN.encode(), b"# \xff\xfe latin\n"], ids=["syntax", "encoding"])
def test_a_damaged_file_is_replaced_only_when_that_was_decided(file: Path, damage: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(damage)
    read = read_file(file)
    assert not read.sound
    with pytest.raises(BrokenFileError):
        save(file, TEXT, read.fingerprint)
    assert file.read_bytes() == damage
    save(file, TEXT, read.fingerprint, over_broken=True)
    assert file.read_text() == TEXT
    assert [each.path.read_bytes() for each in backups(file)] == [damage]


def test_a_damaged_text_is_never_written(file: Path) -> None:
    opened = save(file, TEXT, ABSENT)
    for text in (BROKEN, "x = '\ud800'", "# " + "x" * 200_000):
        with pytest.raises(ConfigError):
            save(file, text, opened.fingerprint)
    assert file.read_text() == TEXT


def test_backups_are_bounded_listed_newest_first_and_put_back(file: Path) -> None:
    opened = save(file, TEXT, ABSENT)
    for number in range(MAX_BACKUPS + 5):
        opened = save(file, f"# {number}\n{TEXT}", opened.fingerprint)
    kept = backups(file)
    assert len(kept) == MAX_BACKUPS
    assert kept[0].path.read_text().startswith(f"# {MAX_BACKUPS + 3}\n")
    assert [each.at for each in kept] == sorted((each.at for each in kept), reverse=True)
    restored = restore(file, kept[3], opened.fingerprint)
    assert file.read_text() == restored.text == f"# {MAX_BACKUPS}\n{TEXT}"
    assert backups(file)[0].path.read_text() == opened.text


def test_saving_the_same_text_writes_nothing(file: Path) -> None:
    opened = save(file, TEXT, ABSENT)
    before = file.stat().st_ino
    assert save(file, TEXT, opened.fingerprint) == opened
    assert file.stat().st_ino == before
    assert backups(file) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_is_said(file: Path) -> None:
    opened = save(file, TEXT, ABSENT)
    file.parent.chmod(0o500)
    try:
        with pytest.raises(StoreError):
            save(file, OTHER, opened.fingerprint)
    finally:
        file.parent.chmod(0o700)
    assert file.read_text() == TEXT


def test_what_is_no_plain_file_is_never_replaced(file: Path) -> None:
    file.mkdir(parents=True)
    with pytest.raises(ConfigError):
        save(file, TEXT, None)
    assert file.is_dir()


def test_a_full_disk_leaves_the_file_as_it_was(file: Path) -> None:
    resource = pytest.importorskip("resource")
    opened = save(file, TEXT, ABSENT)
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from avdesk.config.saving import save\n"
        "from avdesk.core.errors import StoreError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try:\n"
        "    save(Path(sys.argv[1]), '# ' + 'x' * 50000, sys.argv[2])\n"
        "except StoreError:\n"
        "    sys.exit(7)\n"
    )
    assert resource is not None
    done = subprocess.run(
        [sys.executable, "-c", script, str(file), opened.fingerprint], cwd=ROOT, timeout=60, check=False
    )
    assert done.returncode == 7
    assert file.read_text() == TEXT
    assert not list(file.parent.rglob("*.tmp"))
