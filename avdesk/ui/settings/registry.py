"""The sections of the Settings page, in their order. A new section is one more line here."""

from collections.abc import Callable
from dataclasses import dataclass

from avdesk.config.options import APPEARANCE, NOTIFICATIONS, POLLING, UPDATES
from avdesk.i18n import _
from avdesk.ui.settings.about import AboutSection
from avdesk.ui.settings.environments import EnvironmentsSection
from avdesk.ui.settings.section import Section, SectionTools, table_section
from avdesk.ui.settings.start import StartSection


@dataclass(frozen=True, slots=True)
class SectionKind:
    """How a section is registered.

    Attributes:
        title: its name in the list at the left, translated when it is called.
        make: makes it; returns None where there is nothing to be set.
    """

    title: Callable[[], str]
    make: Callable[[SectionTools], Section | None]


def _shared(table: str, title: Callable[[], str], note: Callable[[], str] = lambda: "") -> SectionKind:
    return SectionKind(title, lambda tools: table_section(table, title(), tools, note()))


def _for_all() -> str:
    return _("For all environments; each can have something of its own.")


SECTIONS: tuple[SectionKind, ...] = (
    SectionKind(lambda: _("Environments"), EnvironmentsSection),
    _shared(POLLING, lambda: _("Polling"), _for_all),
    _shared(NOTIFICATIONS, lambda: _("Notifications"), _for_all),
    _shared("alerts", lambda: _("Alerts")),
    _shared(APPEARANCE, lambda: _("Appearance")),
    _shared("logs", lambda: _("Logs")),
    SectionKind(lambda: _("Start at login"), StartSection),
    _shared(UPDATES, lambda: _("Updates")),
    SectionKind(lambda: _("About"), AboutSection),
)
"""The first one has the environments themselves below it."""
