"""The pages that exist, in the order of the navigation. A new page is one more line here."""

from avdesk.i18n import _
from avdesk.ui.pages.health import HealthPage
from avdesk.ui.pages.history import HistoryPage
from avdesk.ui.pages.jobs import JobsPage
from avdesk.ui.pages.logs import LogsPage
from avdesk.ui.pages.page import PageKind
from avdesk.ui.pages.pipeline import PipelinePage

PAGES: tuple[PageKind, ...] = (
    PageKind(lambda: _("Pipeline"), PipelinePage),
    PageKind(lambda: _("Jobs"), JobsPage),
    PageKind(lambda: _("Health"), HealthPage),
    PageKind(lambda: _("Logs"), LogsPage),
    PageKind(lambda: _("History"), HistoryPage),
)
