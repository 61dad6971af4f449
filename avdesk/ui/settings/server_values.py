"""The values of a server's own configuration: an editor for each, by the type that it has there."""

import json
from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from avdesk.core.text import one_line
from avdesk.i18n import _
from avdesk.ui.widgets.edged import EdgedCheck, EdgedLine

MAX_SHOWN = 2000


class ServerValue:
    """One value with its editor.

    Attributes:
        key: its name on the server.
        widget: the editor.
    """

    def __init__(self, key: str, value: object, *, hidden: bool, changed: Callable[[], None]) -> None:
        """Edit `value`; a `hidden` one is only shown masked. `changed` is called with each edit."""
        self.key = key
        self._value = value
        self.hidden = hidden
        self.widget: QWidget
        if isinstance(value, bool) and not hidden:
            box = EdgedCheck(_("on"))
            box.setChecked(value)
            box.toggled.connect(lambda _on: changed())
            self.widget = box
        else:
            line = EdgedLine(_shown(value))
            line.setReadOnly(hidden)
            line.setMaxLength(MAX_SHOWN * 2)
            line.setCursorPosition(0)
            if hidden:
                line.setToolTip(_("A secret of the server: it is changed where the server is deployed."))
            line.textChanged.connect(lambda _text: changed())
            self.widget = line
        self.widget.setAccessibleName(key)

    def wish(self) -> tuple[object, str]:
        """Return the value that is wanted, and why it cannot be; an empty reason where it can."""
        if isinstance(self.widget, QCheckBox):
            return self.widget.isChecked(), ""
        assert isinstance(self.widget, QLineEdit), "there are two kinds of editor"
        text = self.widget.text()
        if self.hidden or text == _shown(self._value):
            return self._value, ""
        if isinstance(self._value, str):
            return text, ""
        try:
            wanted = json.loads(text)
        except (ValueError, RecursionError):
            wanted = None
            if text.strip() != "null":
                return self._value, _("{key}: “{text}” cannot be read. Write it as {example}.").format(
                    key=self.key, text=one_line(text, 40), example=one_line(_shown(self._value), 40) or "null"
                )
        return wanted, ""


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)[:MAX_SHOWN]
