"""The desktop part of the trial in a clean root: `try_in_clean_root.sh` calls it.

    clean_root_session.py ROOT OTHER.deb NEW.deb

The session is this machine's own, as the tests start it; the program runs inside ROOT and reaches it through its
folder and the X server's socket, which are mounted there. While it runs, the package is upgraded to OTHER.deb, whose
program file is another one altogether: what the running program imports from then on must still be its own. NEW.deb
follows.
"""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging" / "bundle")]

from smoke import ODD  # noqa: E402 - the folders come first

from tests.harness.session import DesktopSession  # noqa: E402
from tests.harness.waiting import wait_until  # noqa: E402

LATE_PAGES = range(4, 7)
"""Their modules are imported when they are first looked at."""


def main(root: Path, other: str, new: str) -> int:
    """Run the app in the root; return the exit code."""
    with ExitStack() as stack:
        session = stack.enter_context(DesktopSession())
        for place in (session.folder, Path("/tmp/.X11-unix")):  # noqa: S108 - where X servers listen
            mount(stack, place, root)
        app = session.start(["chroot", root, "/usr/bin/avdesk", "demo", "--speed", "30"], name="avdesk")
        window = session.wait_for_window("AVDesk — demo", 90)
        session.wait_for_tray_item(app, 60)
        say("   its window is open and its item in the tray")
        upgrade(root, other)
        said = subprocess.run(
            ["chroot", str(root), "/usr/bin/avdesk", "--version"], capture_output=True, check=True, encoding="utf-8"
        ).stdout
        if "another build" not in said:
            raise SystemExit(f"the program's file was not replaced: {said!r}")
        session.windows.activate(window)
        for page in LATE_PAGES:
            session.windows.key(f"ctrl+{page}")
            session.screenshot(session.folder / f"page-{page}.png", window)
        own = wait_until(lambda: logs(root), "the app writes a log")
        upgrade(root, new)
        if app.poll() is not None:
            raise SystemExit(f"the app ended with {app.returncode} after the upgrade:\n{session.log('avdesk')}")
        keep(session.folder, os.environ.get("KEEP_PICTURES"))
        text = own[0].read_text("utf-8")
        app.send_signal(signal.SIGTERM)
        wait_until(lambda: app.poll() is not None, "the app ends", 30)
        printed = session.log("avdesk")
        if app.returncode != 0 or printed.strip():
            raise SystemExit(f"the app ended with {app.returncode} and said:\n{printed}")
        if odd := [line for line in text.splitlines() if ODD.search(line)]:
            raise SystemExit("the app's log tells of something odd:\n" + "\n".join(odd[:20]))
    say("   upgraded twice while running; its late pages opened, it ended without a word")
    return 0


def mount(stack: ExitStack, place: Path, root: Path) -> None:
    """Make a folder of this machine be seen at the same place in the root, for as long as it takes."""
    there = root / place.relative_to("/")
    there.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "--bind", str(place), str(there)], check=True)
    stack.callback(subprocess.run, ["umount", str(there)], check=True)


def upgrade(root: Path, package: str) -> None:
    """Install another version, as a user does."""
    done = subprocess.run(
        ["chroot", str(root), "apt-get", "install", "-qq", "-y", "--no-install-recommends", package],
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LANG": "C.UTF-8"},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    if done.returncode:
        raise SystemExit(f"apt could not upgrade to {package}:\n{done.stdout}{done.stderr}")


def logs(root: Path) -> list[Path]:
    """Return the demo's own log, which is in its throw-away home."""
    return sorted(root.glob("tmp/avdesk-demo-*/logs/avdesk.log"))


def keep(folder: Path, place: str | None) -> None:
    """Keep the pictures that were made, where somebody wants to see them."""
    for picture in sorted(folder.glob("page-*.png")) if place else []:
        (Path(str(place)) / picture.name).write_bytes(picture.read_bytes())


def say(line: str) -> None:
    """Print."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
