"""Which gcloud is installed, without starting it: that takes most of a second."""

from pathlib import Path

from avdesk.core.text import one_line


def version_beside(program: str) -> str | None:
    """Return the version that stands beside the program of that path; None where none does."""
    try:
        beside = Path(program).resolve().parent.parent / "VERSION"
        with beside.open(encoding="utf-8") as file:
            return one_line(file.read(64), 40) or None
    except (OSError, UnicodeError):
        return None
