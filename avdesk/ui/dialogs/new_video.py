"""The form for a new video: what about, how long, in whose voice."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from avdesk.config.settings import Environment
from avdesk.core.actions import ActionKind, ActionRequest
from avdesk.i18n import _
from avdesk.services.previews import new_request
from avdesk.services.server_actions import LONGEST_TOPIC, LONGEST_VIDEO_S
from avdesk.ui.colours import Tone
from avdesk.ui.dialogs.asking import AskingDialog, Previewer, title_text
from avdesk.ui.dialogs.name import NameDialog
from avdesk.ui.dialogs.video_wishes import VideoWish, VideoWishes
from avdesk.ui.theme import GAP, STEP
from avdesk.ui.widgets.text import Role, Text

_WIDTH = 480
_STEP_S = 15


class NewVideoDialog(AskingDialog):
    """Asks for topic, length and voice, and says what will be sent.

    Signals:
        asked: the request (`ActionRequest`) that is to go out.
    """

    asked = Signal(object)

    def __init__(
        self, environment: Environment, wishes: VideoWishes, previewer: Previewer, parent: QWidget | None = None
    ) -> None:
        """Ask for a video in `environment`, beginning with what was wished for last."""
        super().__init__(environment.name, parent)
        self._environment = environment
        self._wishes = wishes
        self._previewer = previewer
        self._request: ActionRequest | None = None
        self.setWindowTitle(_("New video — {environment}").format(environment=environment.name))
        self._make_form()
        self.note = Text(
            _("Not every revision of the server takes length and voice; one that doesn't uses its own."),
            Role.SECONDARY,
            wrap=True,
        )
        self.why = Text("", wrap=True)
        self.why.set_tone(Tone.WARN)
        self.name_buttons(_("Start video"), _("Back"))
        self._lay_out()
        self.show_wish(wishes.last())
        for signal in (self.topic.textChanged, self.length.valueChanged, self.voice.currentIndexChanged):
            signal.connect(self._check)
        self.typed.changed.connect(self._check)
        self.accepted.connect(self._send)
        self._check()
        self.topic.setFocus()
        self.topic.selectAll()

    def wish(self) -> VideoWish:
        """Return what is wished for now."""
        return VideoWish(" ".join(self.topic.text().split()), self.length.value(), str(self.voice.currentData()))

    def show_wish(self, wish: VideoWish) -> None:
        """Put a wish into the form."""
        self.topic.setText(wish.topic)
        self.length.setValue(wish.seconds)
        self.voice.setCurrentIndex(max(0, self.voice.findData(wish.voice)))

    def _make_form(self) -> None:
        self.topic = QLineEdit()
        self.topic.setAccessibleName(_("Topic"))
        self.topic.setMaxLength(LONGEST_TOPIC)
        self.topic.setPlaceholderText(_("What the video is about"))
        self.topic.setClearButtonEnabled(True)
        completer = QCompleter(self._wishes.topics(), self.topic)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.topic.setCompleter(completer)
        self.length = QSpinBox()
        self.length.setAccessibleName(_("Length"))
        self.length.setRange(0, LONGEST_VIDEO_S)
        self.length.setSingleStep(_STEP_S)
        self.length.setSuffix(_(" s"))
        self.length.setSpecialValueText(_("As the server has it"))
        self.voice = QComboBox()
        self.voice.setAccessibleName(_("Voice"))
        for words, value in (
            (_("As the server has it"), ""),
            (_("ElevenLabs"), "elevenlabs"),
            (_("Google"), "google"),
        ):
            self.voice.addItem(words, value)
        self.presets = QComboBox()
        self.presets.setAccessibleName(_("Presets"))
        self.save = QPushButton(_("Save preset…"))
        self.remove = QPushButton(_("Remove preset"))
        for button in (self.save, self.remove):
            button.setAccessibleName(button.text())
            button.setAutoDefault(False)
        self.save.clicked.connect(self._ask_preset)
        self.remove.clicked.connect(self._remove_preset)
        self.presets.activated.connect(self._take_preset)
        self._fill_presets("")

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(STEP)
        grid.setColumnStretch(1, 1)
        presets = QHBoxLayout()
        presets.setSpacing(STEP)
        presets.addWidget(self.presets, 1)
        presets.addWidget(self.save)
        presets.addWidget(self.remove)
        for row, (name, field) in enumerate(
            ((_("Topic"), self.topic), (_("Length"), self.length), (_("Voice"), self.voice))
        ):
            label = Text(name, Role.SECONDARY)
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        label = Text(_("Presets"), Role.SECONDARY)
        label.setBuddy(self.presets)
        grid.addWidget(label, 3, 0)
        grid.addLayout(presets, 3, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(GAP)
        column.addWidget(title_text(_("New video in {environment}").format(environment=self._environment.name)))
        column.addLayout(grid)
        for part in (self.note, self.consequences, self.why, self.typed):
            column.addWidget(part)
        column.addStretch(1)
        column.addWidget(self.box)
        self.setMinimumWidth(_WIDTH)

    def _check(self) -> None:
        wish = self.wish()
        parameters = {"topic": wish.topic}
        if wish.seconds:
            parameters["max_length"] = str(wish.seconds)
        if wish.voice:
            parameters["tts"] = wish.voice
        request = new_request(ActionKind.GENERATE, self._environment.name, parameters=parameters)
        told = self._previewer(request, None)
        self._request = request
        self.typed.need(needed=told.needs_typed_name)
        self.consequences.show_previews([told])
        self.why.show_text(told.refused)
        missing = "" if wish.topic else _("Say what the video is about.")
        self.hold_back(told.refused or missing or self.why_not_typed())
        self.save.setEnabled(bool(wish.topic))
        self.go.setDefault(self.go.isEnabled() and not told.needs_typed_name)

    def _send(self) -> None:
        self._wishes.remember(self.wish())
        if self._request is not None:
            self.asked.emit(self._request)

    def _fill_presets(self, chosen: str) -> None:
        self.presets.clear()
        presets = self._wishes.presets()
        self.presets.addItem(_("Choose a preset") if presets else _("None yet"), "")
        for name in presets:
            self.presets.addItem(name, name)
        self.presets.setCurrentIndex(max(0, self.presets.findData(chosen)))
        self.presets.setEnabled(bool(presets))
        self.remove.setEnabled(bool(chosen))

    def _take_preset(self) -> None:
        name = str(self.presets.currentData())
        self.remove.setEnabled(bool(name))
        wish = self._wishes.presets().get(name)
        if wish is not None:
            self.show_wish(wish)

    def _ask_preset(self) -> None:
        dialog = NameDialog(
            _("Save preset"), _("Save preset"), "", self._preset_refusal, self, label=_("Name of the preset")
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.named.connect(self._save_preset)
        dialog.open()

    def _preset_refusal(self, name: str) -> str:
        return _("There are as many presets as fit. Remove one first.") if self._wishes.refusal(name) else ""

    def _save_preset(self, name: str) -> None:
        self._wishes.save_preset(name, self.wish())
        self._fill_presets(name)

    def _remove_preset(self) -> None:
        self._wishes.remove_preset(str(self.presets.currentData()))
        self._fill_presets("")
