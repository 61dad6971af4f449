"""The window's first line: which environment, how fresh, and the button that asks now."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from avdesk.config.settings import Environment
from avdesk.core import wording
from avdesk.core.snapshot import STALE_AFTER_S, Snapshot
from avdesk.i18n import _
from avdesk.ui import times
from avdesk.ui.colours import Tone
from avdesk.ui.theme import STEP
from avdesk.ui.widgets.text import Role, Text

_MARK = 12
_UNKNOWN_COLOUR = "#808080"


class Header(QWidget):
    """Environment switcher, badges, age of the data, and Check now.

    Signals:
        chosen: the environment of that name was picked.
        check_asked: Check now was pressed.
    """

    chosen = Signal(str)
    check_asked = Signal()

    def __init__(self, environments: Sequence[Environment], current: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._environments = {environment.name: environment for environment in environments}
        self.switcher = QComboBox()
        self.switcher.setAccessibleName(_("Environment"))
        self.switcher.setToolTip(_("The environment that this window shows."))
        self.switcher.setIconSize(QSize(_MARK, _MARK))
        self.switcher.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for environment in environments:
            self.switcher.addItem(_mark(environment.colour), environment.name)
        # A screen reader on Linux takes a combo box's name from its label, not from the box.
        self.name = Text(_("Environment"), Role.SECONDARY)
        self.name.setBuddy(self.switcher)
        self.badge = Text("", Role.TITLE)
        self.badge.set_tone(Tone.BAD)
        self.read_only = Text("", Role.SECONDARY)
        self.age = Text("", Role.SECONDARY)
        self.check = QPushButton(_("Check now"))
        self.check.setAccessibleName(_("Check now"))
        self.check.setToolTip(_("Ask the server and Vertex AI at once (F5)."))
        self.check.clicked.connect(self.check_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * STEP, STEP, 2 * STEP, STEP)
        row.setSpacing(STEP)
        row.addWidget(self.name)
        row.addWidget(self.switcher)
        row.addWidget(self.badge)
        row.addWidget(self.read_only)
        row.addStretch(1)
        row.addWidget(self.age)
        row.addWidget(self.check)
        self.show_environment(current)
        self.switcher.textActivated.connect(self.chosen)

    def show_environment(self, name: str) -> None:
        """Show which environment is looked at."""
        place = self.switcher.findText(name, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchCaseSensitive)
        self.switcher.setCurrentIndex(place)
        environment = self._environments.get(name)
        self.badge.show_text(_("Production") if environment is not None and environment.production else "")
        self.read_only.show_text(_("read only") if environment is not None and environment.read_only else "")

    def show_age(self, snapshot: Snapshot | None, now: datetime) -> None:
        """Show how old the data is."""
        age_s = None if snapshot is None else snapshot.age_s(now)
        self.age.setText(_age_words(age_s))
        self.age.set_tone(Tone.WARN if age_s is not None and age_s > STALE_AFTER_S else None)
        self.age.setToolTip("" if snapshot is None else times.exact_utc(snapshot.observed_at))


def _age_words(age_s: float | None) -> str:
    return wording.age(age_s)


def _mark(colour: str) -> QIcon:
    """Return an environment's mark: a square of its colour."""
    wanted = QColor(colour)
    picture = QPixmap(2 * _MARK, 2 * _MARK)
    picture.setDevicePixelRatio(2.0)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(wanted if wanted.isValid() else QColor(_UNKNOWN_COLOUR))
    painter.drawRoundedRect(0, 0, _MARK, _MARK, 3, 3)
    painter.end()
    return QIcon(picture)
