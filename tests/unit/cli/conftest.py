"""The command line as a function: arguments in; exit code, stdout and stderr out."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from avdesk import i18n
from avdesk.cli.main import run
from avdesk.emulator.server import Emulator


@dataclass(frozen=True)
class Outcome:
    """How one call ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, object]:
        """What stdout holds, as one JSON object."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def complaint(self) -> list[str]:
        """The lines on stderr, which never hold a traceback."""
        assert "Traceback" not in self.err
        return self.err.splitlines()


Call = Callable[..., Outcome]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The one folder of AVDesk in this test."""
    return tmp_path / "avdesk"


@pytest.fixture
def configure(home: Path) -> Callable[[str], None]:
    """Write the configuration file."""

    def write(text: str) -> None:
        (home / "config").mkdir(parents=True, exist_ok=True)
        (home / "config" / "config.toml").write_text(text, "utf-8")

    return write


@pytest.fixture
def call(home: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """Call the program in `home`, by the name avmonitor."""

    def do(*arguments: str, program: str = "avmonitor") -> Outcome:
        capsys.readouterr()
        code = run([program, "--home", str(home), *arguments])
        told = capsys.readouterr()
        return Outcome(int(code), told.out, told.err)

    yield do
    i18n.install(None)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """The embedded AutoVideo, of the newest revision, without the network's faults."""
    with Emulator(speed=1.0, seed=3, utc_offset_s=0.0) as running:
        yield running


@pytest.fixture
def watched(emulator: Emulator, configure: Callable[[str], None]) -> Emulator:
    """The embedded AutoVideo, configured as the environment dev; Vertex AI is not asked."""
    configure(f'[environments.dev]\nurl = "{emulator.autovideo_url}"\nvertex = "off"\n')
    return emulator
