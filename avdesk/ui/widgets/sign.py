"""A state's sign as a widget."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from avdesk.core.summary import Sign
from avdesk.ui.signs import sign_pixmap
from avdesk.ui.theme import is_dark


class SignView(QWidget):
    """Shows one sign at a fixed size; the words beside it say the same, so it has no accessible name of its own."""

    def __init__(self, size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self._sign = Sign.STALE
        self._done = 0
        self._total = 4
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def sign(self) -> Sign:
        """The sign shown."""
        return self._sign

    def show_sign(self, sign: Sign, done: int = 0, total: int = 4) -> None:
        """Show `sign`; `done` of `total` segments of the running one are filled."""
        if (sign, done, total) != (self._sign, self._done, self._total):
            self._sign, self._done, self._total = sign, done, total
            self.update()

    def sizeHint(self) -> QSize:
        """Return the size given."""
        return QSize(self._size, self._size)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sign."""
        del event
        picture = sign_pixmap(
            self._sign,
            self._size,
            dark=is_dark(self.palette()),
            done=self._done,
            total=self._total,
            ratio=self.devicePixelRatioF(),
        )
        QPainter(self).drawPixmap(0, 0, picture)
