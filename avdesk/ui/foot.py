"""The window's last line: what AVDesk is doing, one thing at a time, and the button for a new video."""

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from avdesk.config.settings import Environment
from avdesk.core.actions import ActionKind, ActionRecord
from avdesk.core.snapshot import Snapshot
from avdesk.i18n import _, ngettext
from avdesk.ui.jobs import notes
from avdesk.ui.jobs.offers import label, offers
from avdesk.ui.theme import HALF, STEP
from avdesk.ui.widgets.text import Elided, Role


class Foot(QWidget):
    """A line of words and `New video…`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._under_way: dict[str, ActionRecord] = {}
        self.words = Elided("", Role.SECONDARY)
        self.video = QPushButton(label(ActionKind.GENERATE))
        self.video.setAccessibleName(label(ActionKind.GENERATE))
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * STEP, HALF, 2 * STEP, HALF)
        row.setSpacing(STEP)
        row.addWidget(self.words, 1)
        row.addWidget(self.video)
        self.setMinimumHeight(3 * STEP)

    def show_action(self, record: ActionRecord) -> None:
        """Take note of an action."""
        self._under_way.pop(record.request.id, None)
        if not record.state.ended:
            self._under_way[record.request.id] = record

    def show_offer(self, environment: Environment | None, snapshot: Snapshot | None) -> None:
        """Allow a new video, or say why there can be none."""
        offer = offers(environment, (), snapshot)[ActionKind.GENERATE]
        self.video.setEnabled(offer.open)
        self.video.setToolTip(offer.why_not or offer.hint)
        self.video.setAccessibleDescription(offer.why_not or offer.hint)

    def show_words(self, otherwise: str) -> None:
        """Say what is under way; `otherwise` while no action is."""
        records = list(self._under_way.values())
        if not records:
            self.words.setText(otherwise)
        elif len(records) == 1:
            request = records[0].request
            about = " · ".join(text for text in (request.job_id, request.environment) if text)
            self.words.setText(_("{note} · {about}").format(note=notes.under_way(records[0]), about=about))
        else:
            count = len(records)
            self.words.setText(ngettext("{n} action under way", "{n} actions under way", count).format(n=count))
