"""Printing results for programs: JSON on stdout, nothing else."""

import json
import sys

from avdesk.core.report import JsonObject


def print_json(result: JsonObject, *, one_line: bool = False) -> None:
    """Print an object, on one line where a line is an object, and flush: whoever reads it waits."""
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "")
    text = json.dumps(result, indent=None if one_line else 2, ensure_ascii=encoding != "utf8")
    print(text, flush=True)  # noqa: T201 - the command's result
