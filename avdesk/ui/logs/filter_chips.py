"""Which lines are shown, as chips: severities, sources, and whatever else narrows the log at the moment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from avdesk.core import wording
from avdesk.core.logline import Severity
from avdesk.core.logsearch import Selection
from avdesk.i18n import _
from avdesk.ui.logs.looks import source_label
from avdesk.ui.theme import STEP
from avdesk.ui.widgets.chip import Chip
from avdesk.ui.widgets.wrap import WrapRow


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What narrows a log beside a text.

    Attributes:
        groups: keys of `severity_groups` that are shown; all while empty.
        sources, jobs: shown alone; all while empty.
        since, until: the time that is shown.
    """

    groups: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    jobs: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None

    def selection(self) -> Selection:
        """Return the lines that are left."""
        groups = severity_groups()
        severities = frozenset(severity for key in self.groups if key in groups for severity in groups[key][1])
        return Selection(
            severities=severities, sources=self.sources, jobs=self.jobs, since=self.since, until=self.until
        )


def severity_groups() -> Mapping[str, tuple[str, frozenset[Severity]]]:
    """Return the groups of severities that have a chip: key → name and severities, the worst first."""
    worst = frozenset(severity for severity in Severity if severity >= Severity.ERROR)
    return {
        "error": (_("Errors"), worst),
        "warning": (_("Warnings"), frozenset({Severity.WARNING})),
        "info": (_("Info"), frozenset({Severity.INFO, Severity.NOTICE, Severity.DEFAULT})),
        "debug": (_("Debug"), frozenset({Severity.DEBUG})),
    }


class FilterChips(WrapRow):
    """The chips.

    Signals:
        changed: a `Narrowing`.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(STEP - 2, parent)
        self.setAccessibleName(_("Filters"))
        self._narrowing = Narrowing()
        self._sources: tuple[str, ...] = ()
        self._severities: dict[str, Chip] = {}
        self._others: list[Chip] = []
        for key, (name, _severities) in severity_groups().items():
            chip = Chip(name)
            chip.setToolTip(_("Show these lines; several chips together show all of theirs, none of them all lines."))
            chip.clicked.connect(lambda _checked=False, key=key: self._toggle_group(key))
            self._severities[key] = chip
            self.flow.addWidget(chip)

    @property
    def narrowing(self) -> Narrowing:
        """What is shown."""
        return self._narrowing

    @property
    def others(self) -> tuple[Chip, ...]:
        """The chips beside those of the severities."""
        return tuple(self._others)

    def severity(self, key: str) -> Chip:
        """Return the chip of a group of severities."""
        return self._severities[key]

    def show_sources(self, sources: tuple[str, ...]) -> None:
        """Offer the sources that the log has; one alone needs no chip."""
        if sources != self._sources:
            self._sources = sources
            self._fill()

    def show_narrowing(self, narrowing: Narrowing) -> None:
        """Show other lines, and tell of it."""
        if narrowing != self._narrowing:
            self._narrowing = narrowing
            self._fill()
            self.changed.emit(narrowing)

    def _toggle_group(self, key: str) -> None:
        groups = self._narrowing.groups ^ {key}
        if len(groups) == len(self._severities):
            groups = frozenset()
        self.show_narrowing(replace(self._narrowing, groups=groups))

    def _toggle_source(self, source: str) -> None:
        sources = self._narrowing.sources ^ {source}
        if sources >= set(self._sources):
            sources = frozenset()
        self.show_narrowing(replace(self._narrowing, sources=sources))

    def _fill(self) -> None:
        for key, chip in self._severities.items():
            chip.setChecked(key in self._narrowing.groups)
        for chip in self._others:
            self.flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._others = []
        if len(self._sources) > 1 or self._narrowing.sources:
            for source in self._sources:
                chip = self._add(source_label(source), _("Show the lines of this source alone."))
                chip.setChecked(source in self._narrowing.sources)
                chip.clicked.connect(lambda _checked=False, source=source: self._toggle_source(source))
        for job in sorted(self._narrowing.jobs):
            jobs = self._narrowing.jobs - {job}
            self._add_removable(job, replace(self._narrowing, jobs=jobs))
        if self._narrowing.since is not None or self._narrowing.until is not None:
            self._add_removable(_span(self._narrowing), replace(self._narrowing, since=None, until=None))
        self.flow.invalidate()
        self.updateGeometry()

    def _add(self, name: str, hint: str) -> Chip:
        chip = Chip(name)
        chip.setToolTip(hint)
        self._others.append(chip)
        self.flow.addWidget(chip)
        chip.show()
        return chip

    def _add_removable(self, name: str, without: Narrowing) -> None:
        chip = self._add(f"{name}  ✕", _("Only these lines are shown. Click to show all again."))
        chip.setAccessibleName(name)
        chip.setChecked(True)
        chip.clicked.connect(lambda _checked=False: self.show_narrowing(without))


def _span(narrowing: Narrowing) -> str:
    since, until = narrowing.since, narrowing.until
    if since is not None and until is not None:
        return f"{wording.clock_time(since)} – {wording.clock_time(until)}"
    if since is not None:
        return _("since {time}").format(time=wording.clock_time(since))
    return _("until {time}").format(time=wording.clock_time(until)) if until is not None else ""
