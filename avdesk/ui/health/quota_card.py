"""GPU quotas as bars: a row for each region, a column for each kind."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from avdesk.core.gpuquota import GpuQuota
from avdesk.i18n import _
from avdesk.ui.colours import Tone
from avdesk.ui.theme import GAP, HALF, STEP
from avdesk.ui.widgets.bar import ThinBar
from avdesk.ui.widgets.card import Card
from avdesk.ui.widgets.text import Role, Text

MOST_KINDS = 6
"""Columns shown: those that come first in the most regions."""

_NEARLY_ALL = 0.8


class QuotaCard(Card):
    """Shows how many GPUs are used and allowed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("GPUs in use, by region"), parent)
        self._quotas: tuple[GpuQuota, ...] | None = None
        self.table = QWidget()
        self.hint = Text(
            _("By Compute Engine's quotas, which are a hint: Vertex AI counts its jobs by quotas of its own."),
            Role.SECONDARY,
            wrap=True,
        )
        self._grid = QGridLayout(self.table)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(STEP)
        self.body.addWidget(self.table)
        self.body.addWidget(self.hint)

    def show_quotas(self, quotas: Sequence[GpuQuota]) -> None:
        """Show quotas; takes no room without any."""
        told = tuple(quotas)
        self.setVisible(bool(told))
        if told == self._quotas:
            return
        self._quotas = told
        self._clear()
        kinds = list(dict.fromkeys((quota.kind, quota.spot) for quota in told))[:MOST_KINDS]
        regions = list(dict.fromkeys(quota.region for quota in told))
        known = {(quota.region, quota.kind, quota.spot): quota for quota in told}
        for column, (kind, spot) in enumerate(kinds, 1):
            title = _("{gpu} spot").format(gpu=kind_name(kind)) if spot else kind_name(kind)
            self._grid.addWidget(Text(title, Role.SECONDARY), 0, column)
            self._grid.setColumnStretch(column, 1)
        for row, region in enumerate(regions, 1):
            self._grid.addWidget(Text(region), row, 0)
            for column, (kind, spot) in enumerate(kinds, 1):
                quota = known.get((region, kind, spot))
                self._grid.addWidget(_cell(quota) if quota is not None else Text("–", Role.SECONDARY), row, column)

    def _clear(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()


def kind_name(kind: str) -> str:
    """Return a GPU's name as people write it."""
    return kind.replace("_", " ").replace("80GB", "80 GB")


def quota_words(quota: GpuQuota) -> str:
    """Return how much of a quota is used."""
    if quota.limit <= 0:
        return _("none allowed")
    return _("{used:g} of {limit:g}").format(used=quota.usage, limit=quota.limit)


def _cell(quota: GpuQuota) -> QWidget:
    cell = QWidget()
    column = QVBoxLayout(cell)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(HALF)
    column.setAlignment(Qt.AlignmentFlag.AlignVCenter)
    words = Text(quota_words(quota), Role.SECONDARY)
    bar = ThinBar()
    full = quota.limit > 0 and quota.share > _NEARLY_ALL
    bar.show_share(quota.share if quota.limit > 0 else None, Tone.WARN if full else Tone.BUSY)
    column.addWidget(words)
    column.addWidget(bar)
    cell.setAccessibleName(f"{quota.region}, {kind_name(quota.kind)}: {quota_words(quota)}")
    return cell
