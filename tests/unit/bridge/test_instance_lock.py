"""Only one process runs; which one, the kernel decides."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from avdesk.bridge.instance_lock import InstanceLock
from avdesk.core.errors import NotAllowedError

HOLD = """
import sys, time
from pathlib import Path
from avdesk.bridge.instance_lock import InstanceLock
lock = InstanceLock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
time.sleep(60)
"""


def held_elsewhere(socket: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(socket)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "True"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    assert process.stdout is not None
    process.stdout.close()


def test_a_second_process_does_not_get_the_lock_until_the_first_was_killed(tmp_path: Path) -> None:
    socket = tmp_path / "run" / "app.sock"
    process = held_elsewhere(socket)
    lock = InstanceLock(socket)
    assert not lock.acquire()
    end(process)
    assert lock.acquire()
    lock.release()


def test_of_many_starts_at_a_time_exactly_one_runs(tmp_path: Path) -> None:
    socket = tmp_path / "app.sock"
    tmp_path.chmod(0o700)
    code = HOLD.replace("time.sleep(60)", "sys.stdin.read()")
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(socket)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _number in range(4)
    ]
    words = []
    for process in processes:
        assert process.stdout is not None
        words.append(process.stdout.readline().strip())
    for process in processes:
        process.communicate(timeout=60)
    assert sorted(words) == ["False", "False", "False", "True"]


def test_the_folder_is_made_private(tmp_path: Path) -> None:
    lock = InstanceLock(tmp_path / "new" / "app.sock")
    assert lock.acquire()
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    lock.release()


def test_a_folder_that_others_can_enter_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o755)
    with pytest.raises(NotAllowedError, match="open to other users"):
        InstanceLock(folder / "app.sock").acquire()


def test_a_link_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(NotAllowedError, match="not a folder"):
        InstanceLock(tmp_path / "link" / "app.sock").acquire()
