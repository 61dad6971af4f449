"""Bars above the page: what the user should know and can dismiss."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from avdesk.core.summary import Sign
from avdesk.i18n import _
from avdesk.ui.theme import HALF, STEP
from avdesk.ui.widgets.card import Card
from avdesk.ui.widgets.disclosure import Disclosure
from avdesk.ui.widgets.sign import SignView
from avdesk.ui.widgets.text import Text


class Message(Card):
    """One message, with a button that dismisses it.

    Signals:
        dismissed: the user has read it.
    """

    dismissed = Signal()

    def __init__(self, text: str, full_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setAccessibleName(text)
        self.title.hide()
        sign = SignView(16)
        sign.show_sign(Sign.ATTENTION)
        self.text = Text(text, wrap=True)
        button = QPushButton(_("Dismiss"))
        button.setAccessibleName(_("Dismiss this message"))
        button.clicked.connect(self.dismissed)
        self.head.addWidget(sign)
        self.head.addWidget(self.text, 1)
        self.head.addWidget(button)
        self.body.setContentsMargins(2 * STEP, HALF, STEP, HALF)
        full = Disclosure(_("Full text"))
        full.show_text(full_text)
        self.body.addWidget(full)


class MessageBar(QWidget):
    """The messages that stand now, one for each topic; no room without any."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: dict[str, Message] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(2 * STEP, 0, 2 * STEP, STEP)
        self._column.setSpacing(HALF)
        self.hide()

    def tell(self, topic: str, text: str, full_text: str = "") -> None:
        """Show the message of a topic in place of its last one; an empty text takes it away."""
        old = self._shown.pop(topic, None)
        if old is not None:
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        if text:
            message = Message(text, full_text)
            message.dismissed.connect(lambda: self.tell(topic, ""))
            self._shown[topic] = message
            self._column.addWidget(message)
        self.setVisible(bool(self._shown))

    def stands(self, topic: str) -> bool:
        """Return whether a message of that topic is shown, not dismissed."""
        return topic in self._shown

    def texts(self) -> list[str]:
        """Return the messages that stand now."""
        return [message.text.text() for message in self._shown.values()]
