"""The line below the table: how many jobs there are, and how older ones come in."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from avdesk.bridge.job_archive import OlderTold
from avdesk.i18n import _, ngettext
from avdesk.ui.theme import STEP
from avdesk.ui.widgets.text import Elided, Role

MORE = 1000
"""How many more jobs one wish loads."""


@dataclass(frozen=True, slots=True)
class Loading:
    """How far the loading of older jobs has come, in one environment.

    Attributes:
        begun: whether it was ever asked for.
        running: whether it is under way.
        loaded: jobs that came in.
        limit: how many were asked for.
        regions_left: the regions that have more.
        all_known: whether there are no more.
        trouble: why it stopped; empty when nothing went wrong.
    """

    begun: bool = False
    running: bool = False
    loaded: int = 0
    limit: int = 0
    regions_left: tuple[str, ...] = ()
    all_known: bool = False
    trouble: str = ""


def loading_of(told: OlderTold) -> Loading:
    """Return how far loading has come, as it was told."""
    region, trouble = next(iter(told.troubles.items()), ("", None))
    words = "" if trouble is None else trouble.message
    return Loading(
        begun=True,
        running=told.running,
        loaded=told.loaded,
        limit=told.limit,
        regions_left=told.regions_left,
        all_known=told.all_known,
        trouble=f"{region}: {words}" if region and words else words,
    )


def count_words(total: int, shown: int, loading: Loading) -> str:
    """Return ``1,200 jobs · 37 shown · loading us-west1…``."""
    parts = [ngettext("{n} job", "{n} jobs", total).format(n=f"{total:,}")]
    if shown != total:
        parts.append(_("{n} shown").format(n=f"{shown:,}"))
    if loading.running:
        regions = ", ".join(loading.regions_left)
        parts.append(_("loading {regions}…").format(regions=regions) if regions else _("loading older jobs…"))
    elif loading.trouble:
        parts.append(loading.trouble)
    elif loading.all_known:
        parts.append(_("these are all"))
    elif loading.begun and loading.loaded:
        parts.append(_("older ones are left"))
    return " · ".join(parts)


class OlderJobs(QWidget):
    """The count, and the buttons that load more jobs and stop that.

    Signals:
        more_asked: load older jobs.
        stop_asked: load no more.
    """

    more_asked = Signal()
    stop_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = Elided("", Role.SECONDARY)
        self.more = QPushButton(_("Load more"))
        self.more.setAccessibleName(_("Load more"))
        self.more.setToolTip(_("Ask Vertex AI for older jobs, page by page, up to {n} more.").format(n=f"{MORE:,}"))
        self.stop = QPushButton(_("Stop"))
        self.stop.setAccessibleName(_("Stop loading"))
        self.more.clicked.connect(self.more_asked)
        self.stop.clicked.connect(self.stop_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(STEP)
        row.addWidget(self.words, 1)
        row.addWidget(self.stop)
        row.addWidget(self.more)

    def show_state(self, total: int, shown: int, loading: Loading, *, can_load: bool) -> None:
        """Show the counts and how far loading has come."""
        self.words.setText(count_words(total, shown, loading))
        self.stop.setVisible(loading.running)
        self.more.setVisible(can_load and not loading.running and not loading.all_known)
