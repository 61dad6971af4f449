"""Labels as lines of text that can be edited, and what such an edit changes. Pure."""

import re
from collections.abc import Mapping

from avdesk.core.text import one_line
from avdesk.i18n import _

OWN = frozenset({"job_id", "region", "retry_of", "instance_type", "gpu_type", "gpu_count", "compute_type"})
"""Labels that say what the new job is; AVDesk sets them itself."""

_NAME = re.compile(r"[a-z][a-z0-9_\-]{0,62}")
_VALUE = re.compile(r"[a-z0-9_\-]{0,63}")


class LabelsError(ValueError):
    """A line that is no label; the text says which and why."""


def label_text(labels: Mapping[str, str]) -> str:
    """Return the labels that may be edited, one a line."""
    return "\n".join(f"{name}={value}" for name, value in sorted(labels.items()) if name not in OWN)


def label_changes(labels: Mapping[str, str], text: str) -> dict[str, str | None]:
    """Return what the edited lines change: label → new value, None to leave it out.

    Raises:
        LabelsError: a line cannot be a label.
    """
    wanted: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, equals, value = (part.strip() for part in line.partition("="))
        if not equals or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise LabelsError(
                _(
                    "Line {number} of the labels, “{line}”: write name=value with lower-case letters, digits, "
                    "dashes and underscores, at most 63."
                ).format(number=number, line=one_line(line, 60))
            )
        if name in OWN:
            raise LabelsError(_("The label {name} is set by what is chosen above.").format(name=name))
        if name in wanted:
            raise LabelsError(_("The label {name} stands there twice.").format(name=name))
        wanted[name] = value
    known = {name: value for name, value in labels.items() if name not in OWN}
    changed: dict[str, str | None] = {name: value for name, value in wanted.items() if known.get(name) != value}
    return changed | dict.fromkeys(name for name in known if name not in wanted)
