"""The reference pages in docs/ say what the program says."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_the_reference_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs/make_reference.py"), "--check"],
        capture_output=True,
        check=False,
        text=True,
        cwd=ROOT,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_option_and_command_is_in_them() -> None:
    from avdesk.cli.main import COMMANDS
    from avdesk.config.options import OPTIONS

    commands = (ROOT / "docs/command-line.md").read_text("utf-8")
    options = (ROOT / "docs/configuration.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"\n## avdesk {name}" not in commands] == []
    assert [option.key for option in OPTIONS if f"\n| `{option.key}` |" not in options] == []


def test_the_links_of_the_documents_lead_somewhere() -> None:
    import re

    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
