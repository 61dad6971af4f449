"""The pages that exist, in the order of the navigation. A new page is one more entry here, and a function above it.

Each is imported when it is made: most windows are closed again before every page was looked at.
"""

from avdesk.i18n import _
from avdesk.ui.pages.page import Page, PageKind
from avdesk.ui.wishes import Wishes


def _pipeline(wishes: Wishes) -> Page:
    from avdesk.ui.pages.pipeline import PipelinePage

    return PipelinePage(wishes)


def _jobs(wishes: Wishes) -> Page:
    from avdesk.ui.pages.jobs import JobsPage

    return JobsPage(wishes)


def _health(wishes: Wishes) -> Page:
    from avdesk.ui.pages.health import HealthPage

    return HealthPage(wishes)


def _logs(wishes: Wishes) -> Page:
    from avdesk.ui.pages.logs import LogsPage

    return LogsPage(wishes)


def _history(wishes: Wishes) -> Page:
    from avdesk.ui.pages.history import HistoryPage

    return HistoryPage(wishes)


def _settings(wishes: Wishes) -> Page:
    from avdesk.ui.pages.settings import SettingsPage

    return SettingsPage(wishes)


PAGES: tuple[PageKind, ...] = (
    PageKind("pipeline", lambda: _("Pipeline"), _pipeline, early=True),
    PageKind("jobs", lambda: _("Jobs"), _jobs, early=True),
    PageKind("health", lambda: _("Health"), _health, early=True),
    PageKind("logs", lambda: _("Logs"), _logs),
    PageKind("history", lambda: _("History"), _history),
    PageKind("settings", lambda: _("Settings"), _settings),
)
