"""The layers hold: imports go down only, and nothing below the desktop knows Qt."""

import subprocess
import sys
from pathlib import Path

import pytest

import avdesk

ROOT = Path(avdesk.__file__).parent
PROJECT = ROOT.parent
QT_LAYERS = ("bridge", "ui", "app")
"""The packages that may know Qt; every other one has to do without."""

IMPORT_WITHOUT_QT = """
import importlib, sys

class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"PySide6", "shiboken6"}:
            raise ImportError(name + " is blocked here")
        return None

sys.meta_path.insert(0, NoQt())
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ImportError as error:
        print(f"{name}: {error}")
"""

WATCH_IMPORTS = """
import importlib, sys, threading

problems = []
CHANGING = {"open", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate", "os.putenv",
            "socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.fork",
            "sqlite3.connect", "tempfile.mkstemp", "tempfile.mkdtemp", "signal.signal"}

def watch(event, arguments):
    if event not in CHANGING:
        return
    if event == "open":
        path, mode, flags = arguments
        if not isinstance(mode, str) or not set(mode) & set("wax+"):
            return
    frame = sys._getframe(1)
    # Past the import system's own frames begins somebody else's import: what a library does then is its affair.
    while frame is not None and not frame.f_code.co_filename.startswith("<frozen importlib"):
        if frame.f_globals.get("__name__", "").partition(".")[0] == "avdesk":
            problems.append(f"{frame.f_globals['__name__']}: {event} {arguments!r}")
            return
        frame = frame.f_back

sys.dont_write_bytecode = True
sys.addaudithook(watch)
before = threading.active_count()
for name in sys.argv[1:]:
    importlib.import_module(name)
    if threading.active_count() != before:
        problems.append(f"{name}: starts a thread")
        before = threading.active_count()
print("\\n".join(problems), end="")
"""


def module_name(path: Path) -> str:
    """Return the name that a file of the package is imported by."""
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules() -> list[str]:
    """Return the names of all modules of the project."""
    return sorted(module_name(path) for path in ROOT.rglob("*.py"))


def knows_qt(name: str) -> bool:
    """Tell whether a module is in one of the layers that may."""
    return name.split(".")[1:2] in [[layer] for layer in QT_LAYERS]


def packages() -> list[str]:
    """Return the names of the layers: packages and modules right below the project's own."""
    return sorted({".".join(name.split(".")[:2]) for name in modules()} - {"avdesk"})


def run_python(code: str, *arguments: str) -> str:
    """Run a piece of Python by itself, and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments],
        cwd=PROJECT,
        capture_output=True,
        check=False,
        timeout=100,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_import_contracts_of_the_project_file_are_kept() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=PROJECT, capture_output=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr


def test_all_but_the_desktop_imports_where_there_is_no_qt() -> None:
    names = [name for name in modules() if not knows_qt(name)]
    assert len(names) > 20
    assert run_python(IMPORT_WITHOUT_QT, *names) == ""


def test_the_block_of_qt_blocks() -> None:
    assert "is blocked here" in run_python(IMPORT_WITHOUT_QT, "PySide6.QtCore")


@pytest.mark.parametrize("package", packages())
def test_each_layer_imports_by_itself(package: str) -> None:
    inside = [name for name in modules() if name == package or name.startswith(package + ".")]
    # The other way round too: a cycle shows in one order and hides in another.
    run_python(WATCH_IMPORTS, *reversed(inside))


def test_importing_writes_nothing_asks_nobody_and_starts_no_thread() -> None:
    assert run_python(WATCH_IMPORTS, *modules()) == ""


def test_an_import_that_does_something_is_noticed(tmp_path: Path) -> None:
    code = f"__name__ = 'avdesk.sample'\nopen({str(tmp_path / 'made')!r}, 'w').close()"
    (tmp_path / "sample.py").write_text(code, "utf-8")
    found = run_python(f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{WATCH_IMPORTS}", "sample")
    assert found.startswith("avdesk.sample: open")
