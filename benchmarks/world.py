"""What the benchmarks measure in: an embedded AutoVideo, credentials for it, and homes that use them."""

import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.processes import child
from benchmarks.signin import SignIn

REGIONS = ("us-central1", "us-west1", "us-east1")
ENVIRONMENT = "bench"


class World:
    """Started when entered; everything ends, and the folder goes, with the end of the block.

    Attributes:
        folder: for whatever a benchmark writes.
        url, google_url: where AutoVideo and the Google APIs listen.
        project, token: what the Google APIs ask for.
        key: a service-account key's file that is good there.
    """

    def __init__(self) -> None:
        """Prepare; nothing runs yet."""
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Start the embedded AutoVideo."""
        with ExitStack() as stack:
            self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="avdesk-bench-")))
            server = stack.enter_context(child([sys.executable, "-m", "benchmarks.served"], self._plain()))
            where = json.loads(_first_line(server))
            self.url, self.google_url = str(where["autovideo"]), str(where["google"])
            self.project, self.token = str(where["project"]), str(where["token"])
            signin = stack.enter_context(SignIn(self.token))
            self.key = signin.write_key(self.folder / "key.json", self.project)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End everything."""
        self._stack.close()

    def home(self, name: str, *, vertex: str, often: bool = False) -> Path:
        """Make a home of this name whose one environment is this world, and return its folder.

        `often` allows more requests than a real server does, to measure one after the other.
        """
        home = self.folder / name
        (home / "config").mkdir(parents=True)
        regions = ", ".join(f'"{region}"' for region in REGIONS)
        (home / "config" / "config.toml").write_text(
            f'default_environment = "{ENVIRONMENT}"\n'
            f"[environments.{ENVIRONMENT}]\n"
            f'url = "{self.url}"\nproject = "{self.project}"\nregions = [{regions}]\n'
            f'vertex = "{vertex}"\ngoogle_endpoint = "{self.google_url}"\n'
            + ("[polling]\nrequests = 1000\nwindow_s = 60\nreserve = 900\n" if often else ""),
            encoding="utf-8",
        )
        return home

    def environment(self) -> dict[str, str]:
        """Return the variables for a program without a display, with credentials."""
        return self._plain() | {"GOOGLE_APPLICATION_CREDENTIALS": str(self.key)}

    def _plain(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.folder),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
        }


def program(name: str) -> Path:
    """Return the path of a program of this virtual environment."""
    return Path(sys.executable).with_name(name)


def _first_line(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"the embedded AutoVideo ended with {process.wait(5)}")
    return line.decode("utf-8")
