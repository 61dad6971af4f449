"""The pages that exist, in the order of the navigation. A new page is one more entry here, and a function above it.

Each is imported when it is made: most windows are closed again before every page was looked at. What stands beside
its name is worked out without it.
"""

from avdesk.core.snapshot import Snapshot
from avdesk.i18n import _, ngettext
from avdesk.ui.pages.page import Page, PageKind, Tally
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


def _active_jobs(snapshot: Snapshot) -> Tally:
    count = sum(job.state.active for job in snapshot.jobs)
    return Tally(count, ngettext("{n} active", "{n} active", count).format(n=count))


def _checks_to_look_at(snapshot: Snapshot) -> Tally:
    from avdesk.ui.health.words import needing_look

    count = needing_look(snapshot)
    return Tally(count, ngettext("{n} needs a look", "{n} need a look", count).format(n=count))


PAGES: tuple[PageKind, ...] = (
    PageKind("pipeline", lambda: _("Pipeline"), _pipeline),
    PageKind("jobs", lambda: _("Jobs"), _jobs, _active_jobs),
    PageKind("health", lambda: _("Health"), _health, _checks_to_look_at),
    PageKind("logs", lambda: _("Logs"), _logs),
    PageKind("history", lambda: _("History"), _history),
    PageKind("settings", lambda: _("Settings"), _settings),
)
