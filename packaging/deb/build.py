"""Makes the Debian package out of the bundle: `make installer`.

    build.py BUNDLE FOLDER    writes FOLDER/avdesk_VERSION_ARCHITECTURE.deb and prints its path

Nothing needs root: dpkg-deb says itself that the files belong to it. What the package depends on is found out by
dpkg-shlibdeps from the libraries that the bundle's files are linked with, so it is as true as they are.
"""

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from email.utils import formatdate
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APP_ID = "io.github.avdesk.AVDesk"
HOME = "https://github.com/avdesk/avdesk"
MAINTAINER = "The AVDesk authors <avdesk@users.noreply.github.com>"
ICON_SIZES = (16, 22, 24, 32, 48, 64, 128, 256)
LOADED_BY_QT = ("libegl1", "libgl1", "fonts-dejavu-core | fonts-noto-core", "xkb-data")
"""What no file is linked with and Qt needs all the same."""

CAN_BE_SPARED = ("libqgtk3.so",)
"""Plugins that Qt leaves alone where their libraries are not there: this one gives GTK's look of dialogs."""

DBUS = "default-dbus-session-bus | dbus-session-bus"

DESCRIPTION = """desktop monitor for the AutoVideo pipeline
 AVDesk sits in the system tray and tells what an AutoVideo pipeline does now,
 how long it will take, what failed and why, and what to do about it; and lets
 one do it: cancel, retry and restart render jobs at Vertex AI, start a video,
 read the logs, edit the configuration, for several environments at once.
 .
 A command line (avdesk, avmonitor) gives scripts the same."""


def main(bundle: Path, folder: Path) -> int:
    """Build the package; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="avdesk-deb-") as made:
        stage = Path(made) / "avdesk"
        stage.mkdir(mode=0o755)
        put_program(bundle, stage)
        put_desktop_files(stage)
        put_documents(stage, stage / "usr/lib/avdesk/avdesk")
        put_control(stage)
        name = f"avdesk_{version()}_{architecture()}.deb"
        folder.mkdir(parents=True, exist_ok=True)
        package = folder / name
        # xz packs Qt's libraries a fifth smaller than Debian's present default for speed would.
        run("dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(stage), str(package))
    sys.stdout.write(f"{package}\n")
    return 0


def put_program(bundle: Path, stage: Path) -> None:
    """Put the bundle into /usr/lib/avdesk, and its two names on the path."""
    target = stage / "usr/lib/avdesk"
    shutil.copytree(bundle, target, symlinks=True)
    for path in target.rglob("*"):
        if not path.is_symlink():
            needed = path.is_dir() or (path.parent == target and path.name == "avdesk")
            path.chmod(0o755 if needed else 0o644)
    binaries = stage / "usr/bin"
    binaries.mkdir(parents=True)
    for name in ("avdesk", "avmonitor"):
        (binaries / name).symlink_to("../lib/avdesk/avdesk")


def put_desktop_files(stage: Path) -> None:
    """Put what makes it an application of the desktop: entry, metainfo, icons of all sizes."""
    share = stage / "usr/share"
    copy(ROOT / f"resources/linux/{APP_ID}.desktop", share / f"applications/{APP_ID}.desktop")
    copy(ROOT / f"resources/linux/{APP_ID}.metainfo.xml", share / f"metainfo/{APP_ID}.metainfo.xml")
    icons = share / "icons/hicolor"
    picture = ROOT / "resources/icons/avdesk.svg"
    copy(picture, icons / f"scalable/apps/{APP_ID}.svg")
    copy(ROOT / f"resources/linux/{APP_ID}-symbolic.svg", icons / f"symbolic/apps/{APP_ID}-symbolic.svg")
    for size in ICON_SIZES:
        drawn = icons / f"{size}x{size}/apps/{APP_ID}.png"
        drawn.parent.mkdir(parents=True)
        run("rsvg-convert", f"--width={size}", f"--height={size}", f"--output={drawn}", str(picture))


def put_documents(stage: Path, program: Path) -> None:
    """Put man pages, shell completions, licence and changes."""
    share = stage / "usr/share"
    page = subprocess.run(
        [sys.executable, str(ROOT / "packaging/manpage.py")], check=True, capture_output=True, cwd=ROOT
    ).stdout
    packed(share / "man/man1/avdesk.1.gz", page)
    (share / "man/man1/avmonitor.1.gz").symlink_to("avdesk.1.gz")
    places = {
        "bash": "bash-completion/completions/{}",
        "zsh": "zsh/vendor-completions/_{}",
        "fish": "fish/vendor_completions.d/{}.fish",
    }
    with tempfile.TemporaryDirectory() as named:
        for name in ("avdesk", "avmonitor"):
            called = Path(named) / name
            called.symlink_to(program)
            for shell, place in places.items():
                script = run(str(called), "completion", shell)
                write(share / place.format(name), script)
    about = share / "doc/avdesk"
    write(about / "copyright", copyright_text())
    entry = (
        f"avdesk ({version()}) stable; urgency=medium\n\n  * Changes for users: {HOME}/blob/main/CHANGELOG.md\n\n"
        f" -- {MAINTAINER}  {formatdate(moment(), usegmt=False)}\n"
    )
    packed(about / "changelog.gz", entry.encode())
    packed(about / "NEWS.md.gz", (ROOT / "CHANGELOG.md").read_bytes())
    write(
        share / "lintian/overrides/avdesk",
        "# The program brings its own Python and Qt, each file of which is as its makers built it.\n"
        "avdesk: embedded-library *\navdesk: custom-library-search-path *\navdesk: hardening-no-pie *\n"
        "avdesk: shared-library-lacks-prerequisites *\navdesk: library-not-linked-against-libc *\n"
        "avdesk: unstripped-binary-or-object *\n",
    )


def put_control(stage: Path) -> None:
    """Put what dpkg reads: name, dependencies, sums."""
    size = sum(file.lstat().st_size for file in files(stage)) // 1024
    control = stage / "DEBIAN"
    control.mkdir(mode=0o755)
    needed, welcome = linked(stage)
    names = {name.split()[0] for name in needed}
    fields = {
        "Package": "avdesk",
        "Version": version(),
        "Section": "utils",
        "Priority": "optional",
        "Architecture": architecture(),
        "Maintainer": MAINTAINER,
        "Installed-Size": str(size),
        "Depends": ", ".join(sorted({*needed, *(name for name in LOADED_BY_QT if name not in names)})),
        "Recommends": ", ".join(["gnome-keyring | kwalletmanager", DBUS, *sorted(welcome)]),
        "Suggests": "google-cloud-cli",
        "Homepage": HOME,
        "Description": DESCRIPTION,
    }
    sums = [
        f"{hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()}  {file.relative_to(stage)}"
        for file in files(stage)
        if not file.is_symlink()
    ]
    write(control / "control", "".join(f"{name}: {value}\n" for name, value in fields.items()))
    write(control / "md5sums", "".join(f"{line}\n" for line in sums))


def linked(stage: Path) -> tuple[set[str], set[str]]:
    """Return what the program needs of other packages' libraries, and what the plugins it can do without need.

    dpkg-shlibdeps knows the oldest versions that do; it also names packages whose libraries are in the bundle, which
    are found there first: these are left out.
    """
    programs = [file for file in files(stage / "usr/lib/avdesk") if not file.is_symlink() and is_elf(file)]
    spared = [file for file in programs if file.name in CAN_BE_SPARED]
    kept = [file for file in programs if file not in spared]
    brought = {file.name for file in files(stage / "usr/lib/avdesk")}
    needed = depended_on(kept, brought)
    names = {name.split()[0] for name in needed}
    return needed, {name for name in depended_on(spared, brought) if name.split()[0] not in names}


def depended_on(programs: list[Path], brought: set[str]) -> set[str]:
    """Return the packages, with their oldest versions, of the libraries that files are linked with."""
    outside = {name for program in programs for name in needs(program)} - brought
    owners = {package_of(name) for name in outside}
    with tempfile.TemporaryDirectory() as source:
        write(Path(source) / "debian/control", "Source: avdesk\n\nPackage: avdesk\nArchitecture: any\n")
        folders = sorted({str(program.parent) for program in programs})
        asked = subprocess.run(
            [
                "dpkg-shlibdeps",
                "-O",
                "--ignore-missing-info",
                "--warnings=0",
                *(f"-l{folder}" for folder in folders),
                *(f"-e{program}" for program in programs),
            ],
            cwd=source,
            check=False,
            capture_output=True,
            text=True,
        )
    depends = asked.stdout.strip().partition("shlibs:Depends=")[2]
    if asked.returncode or not depends:
        errors = "\n".join(line for line in asked.stderr.splitlines() if "warning:" not in line)
        raise SystemExit(f"dpkg-shlibdeps cannot tell what the program depends on:\n{errors}")
    told = {name.strip() for name in depends.split(",")}
    unnamed = owners - {name.split()[0] for name in told}
    return {name for name in told if name.split()[0] in owners} | unnamed


def needs(program: Path) -> list[str]:
    """Return the names of the libraries that a file is linked with."""
    told = run("objdump", "-p", str(program))
    return re.findall(r"^\s+NEEDED\s+(\S+)$", told, re.MULTILINE)


@cache
def package_of(library: str) -> str:
    """Return the package that has a library; none is a fault of the bundle, which would not start elsewhere."""
    for line in run("/sbin/ldconfig", "-p").splitlines():
        name, _arrow, path = line.strip().partition(" => ")
        if name.split()[0] == library and Path(path).exists():
            for place in {path, str(Path(path).resolve())}:
                for tried in (place, f"/usr{place}", place.removeprefix("/usr")):
                    owner = subprocess.run(["dpkg", "-S", tried], check=False, capture_output=True, text=True)
                    if owner.returncode == 0:
                        return owner.stdout.partition(":")[0]
    raise SystemExit(f"no package has {library}")


def copyright_text() -> str:
    """Return the licence, and where those of what is bundled stand."""
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8").strip()
    indented = "\n".join(f" {line}" if line else " ." for line in licence.splitlines())
    return (
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        f"Upstream-Name: AVDesk\nSource: {HOME}\n"
        "Comment: The licences of Python, Qt and the libraries that the program brings are shown by its About page,\n"
        f" and lie in /usr/lib/avdesk/_internal/resources/licences.json\n\n"
        f"Files: *\nCopyright: The AVDesk authors\nLicense: MIT\n{indented}\n"
    )


def version() -> str:
    """Return AVDesk's version."""
    found = re.search(r'__version__ = "([^"]+)"', (ROOT / "avdesk/__init__.py").read_text(encoding="utf-8"))
    assert found is not None
    return found.group(1)


def architecture() -> str:
    """Return Debian's name of this machine's kind."""
    return run("dpkg", "--print-architecture").strip()


def moment() -> float:
    """Return the time that the files say they are from: the same for the same sources, where that is asked for."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    return float(given) if given else (ROOT / "CHANGELOG.md").stat().st_mtime


def files(folder: Path) -> Iterator[Path]:
    """Yield the files and links below a folder, in order, without dpkg's own."""
    for path in sorted(folder.rglob("*")):
        if (path.is_symlink() or path.is_file()) and "DEBIAN" not in path.relative_to(folder).parts[:1]:
            yield path


def is_elf(file: Path) -> bool:
    """Tell whether a file is a program or a library."""
    with file.open("rb") as opened:
        return opened.read(4) == b"\x7fELF"


def copy(source: Path, target: Path) -> None:
    """Copy one file, readable for all."""
    write(target, source.read_text(encoding="utf-8"))


def write(target: Path, text: str) -> None:
    """Write one file, readable for all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    target.chmod(0o644)


def packed(target: Path, content: bytes) -> None:
    """Write one file, packed the same way each time."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(content, mtime=0))
    target.chmod(0o644)


def run(*command: str) -> str:
    """Run a program; return what it printed."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()))
