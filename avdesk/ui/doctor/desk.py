"""Opens the doctor's windows, and hands what is told on to them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from avdesk.bridge.doctor import DoctorTold, ExaminationBegan, ExaminationEnded, Found, Gathered, Saved
from avdesk.ui.wishes import Wishes

if TYPE_CHECKING:
    from avdesk.ui.doctor.bundle_dialog import BundleDialog
    from avdesk.ui.doctor.dialog import DoctorDialog


class DoctorDesk(QObject):
    """At most one of each window, made when it is wanted.

    Attributes:
        dialog, bundle: the windows that are open; None: not.
    """

    def __init__(self, window: QWidget, wishes: Wishes) -> None:
        """Open above `window`; say through `wishes` what is to be done."""
        super().__init__(window)
        self._window = window
        self._wishes = wishes
        self.dialog: DoctorDialog | None = None
        self.bundle: BundleDialog | None = None
        wishes.doctor_wanted.connect(self.open)

    def open(self) -> None:
        """Show the doctor's window, and let it examine at once."""
        if self.dialog is None:
            from avdesk.ui.doctor.dialog import DoctorDialog

            self.dialog = DoctorDialog(self._window)
            self.dialog.asked.connect(self._wishes.doctor_asked)
            self.dialog.bundle_asked.connect(self.open_bundle)
            self.dialog.finished.connect(self._forget_dialog)
            self.dialog.show()
            self.dialog.ask()
        self.dialog.activateWindow()

    def open_bundle(self) -> None:
        """Show what the diagnostics hold, gathered anew."""
        if self.bundle is None:
            from avdesk.ui.doctor.bundle_dialog import BundleDialog

            self.bundle = BundleDialog(self.dialog or self._window)
            self.bundle.save_asked.connect(self._wishes.bundle_save_asked)
            self.bundle.finished.connect(self._forget_bundle)
            self.bundle.show()
            self._wishes.bundle_asked.emit()
        self.bundle.activateWindow()

    def take(self, told: DoctorTold) -> None:
        """Hand on what the doctor tells."""
        dialog, bundle = self.dialog, self.bundle
        match told:
            case Gathered() if bundle is not None:
                bundle.show_gathered(told)
            case Saved() if bundle is not None:
                bundle.show_saved(told)
            case ExaminationBegan() if dialog is not None:
                dialog.show_began(told)
            case Found() if dialog is not None:
                dialog.show_found(told)
            case ExaminationEnded() if dialog is not None:
                dialog.show_ended(told)

    def _forget_dialog(self) -> None:
        self.dialog = None

    def _forget_bundle(self) -> None:
        self.bundle = None
