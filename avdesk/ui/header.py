"""The window's first line: which environment, which other one needs a look, how fresh, and the button that asks."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from avdesk.config.settings import Environment
from avdesk.core import wording
from avdesk.core.snapshot import STALE_AFTER_S, Snapshot
from avdesk.core.text import one_line
from avdesk.core.worst import Standing
from avdesk.i18n import _
from avdesk.ui import times
from avdesk.ui.colours import Tone
from avdesk.ui.marks import MARK, environment_mark
from avdesk.ui.signs import sign_icon
from avdesk.ui.theme import STEP, is_dark
from avdesk.ui.widgets.text import Role, Text

_ALARM_LETTERS = 44


class Header(QWidget):
    """Environment switcher, badges, what is wrong elsewhere, age of the data, and Check now.

    Signals:
        chosen: the environment of that name was picked, or the one that needs a look was.
        check_asked: Check now was pressed.
    """

    chosen = Signal(str)
    check_asked = Signal()

    def __init__(self, environments: Sequence[Environment], current: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._environments: dict[str, Environment] = {}
        self._alarm_of = ""
        self.switcher = QComboBox()
        self.switcher.setAccessibleName(_("Environment"))
        self.switcher.setToolTip(_("The environment that this window shows."))
        self.switcher.setIconSize(QSize(MARK, MARK))
        self.switcher.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        # A screen reader on Linux takes a combo box's name from its label, not from the box.
        self.name = Text(_("Environment"), Role.SECONDARY)
        self.name.setBuddy(self.switcher)
        self.badge = Text("", Role.TITLE)
        self.badge.set_tone(Tone.BAD)
        self.read_only = Text("", Role.SECONDARY)
        self.alarm = QPushButton()
        self.alarm.setFlat(True)
        self.alarm.hide()
        self.alarm.clicked.connect(lambda: self.chosen.emit(self._alarm_of))
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
        row.addWidget(self.alarm)
        row.addWidget(self.age)
        row.addWidget(self.check)
        self.set_environments(environments, current)
        self.switcher.textActivated.connect(self.chosen)

    def set_environments(self, environments: Sequence[Environment], current: str) -> None:
        """Offer these environments from now on, of which `current` is shown."""
        self._environments = {environment.name: environment for environment in environments}
        with QSignalBlocker(self.switcher):
            self.switcher.clear()
            for environment in environments:
                self.switcher.addItem(environment_mark(environment.colour), environment.name)
                hint = _("Production") if environment.production else environment.url or _("Without a server")
                self.switcher.setItemData(self.switcher.count() - 1, hint, Qt.ItemDataRole.ToolTipRole)
        self.show_environment(current)

    def show_environment(self, name: str) -> None:
        """Show which environment is looked at."""
        place = self.switcher.findText(name, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchCaseSensitive)
        self.switcher.setCurrentIndex(place)
        environment = self._environments.get(name)
        self.badge.show_text(_("Production") if environment is not None and environment.production else "")
        self.read_only.show_text(_("read only") if environment is not None and environment.read_only else "")

    def show_alarm(self, other: Standing | None) -> None:
        """Say which other environment needs a look, None: none does; a press of the button shows that one."""
        if other is None:
            self.alarm.hide()
            return
        self._alarm_of = other.snapshot.environment
        text = _("{environment}: {headline}").format(environment=self._alarm_of, headline=other.summary.headline)
        shown = one_line(text, _ALARM_LETTERS).replace("&", "&&")
        if self.alarm.text() != shown:
            self.alarm.setText(shown)
            self.alarm.setIcon(sign_icon(other.summary.sign, dark=is_dark(self.palette())))
        self.alarm.setAccessibleName(one_line(text, 200))
        self.alarm.setToolTip(_("{what}. Show this environment.").format(what=one_line(text, 200)))
        self.alarm.show()

    def show_age(self, snapshot: Snapshot | None, now: datetime) -> None:
        """Show how old the data is."""
        age_s = None if snapshot is None else snapshot.age_s(now)
        self.age.setText(_age_words(age_s))
        self.age.set_tone(Tone.WARN if age_s is not None and age_s > STALE_AFTER_S else None)
        self.age.setToolTip("" if snapshot is None else times.exact_utc(snapshot.observed_at))


def _age_words(age_s: float | None) -> str:
    return wording.age(age_s)
