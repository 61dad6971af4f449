"""Which incidents were announced: kept in a small file, so that a restart does not tell them twice."""

import contextlib
import json
import logging
import os
from collections import OrderedDict
from pathlib import Path

KEPT = 200
"""The most recent announcements that are remembered, and the most open incidents."""

MAX_FILE = 200_000

log = logging.getLogger(__name__)


class Announced:
    """What has been told, and which incidents are still open."""

    def __init__(self, file: Path | None) -> None:
        """Remember in `file`; None: only as long as the program runs. A file that can't be read starts afresh."""
        self._file = file
        self._told: OrderedDict[str, None] = OrderedDict()
        self._open: OrderedDict[str, None] = OrderedDict()
        if file is not None:
            self._load(file)

    @property
    def open_incidents(self) -> frozenset[str]:
        """The incidents that were announced and are not over."""
        return frozenset(self._open)

    def was_told(self, key: str) -> bool:
        """Whether this very news was announced already."""
        return key in self._told

    def note(self, key: str, incident: str, *, over: bool) -> None:
        """Remember that the news `key` of `incident` was announced; `over` says that it ends the incident."""
        self._told[key] = None
        if over:
            self._open.pop(incident, None)
        else:
            self._open[incident] = None
        for kept in (self._told, self._open):
            while len(kept) > KEPT:
                kept.popitem(last=False)
        self._save()

    def _load(self, file: Path) -> None:
        try:
            with file.open("rb") as opened:
                found = json.loads(opened.read(MAX_FILE))
        except FileNotFoundError:
            return
        except (OSError, ValueError, RecursionError) as error:
            log.info("what was announced is not known: %s", error)
            return
        if not isinstance(found, dict):
            return
        for name, kept in (("told", self._told), ("open", self._open)):
            values = found.get(name)
            if isinstance(values, list):
                kept.update((value, None) for value in values[-KEPT:] if isinstance(value, str))

    def _save(self) -> None:
        if self._file is None:
            return
        fresh = self._file.with_suffix(".new")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps({"told": list(self._told), "open": list(self._open)}), encoding="utf-8")
            os.replace(fresh, self._file)  # noqa: PTH105 - its atomicity is the point, and its name says so
        except OSError as error:
            log.info("what was announced is not kept: %s", error)
            with contextlib.suppress(OSError):
                fresh.unlink()
