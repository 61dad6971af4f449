"""What the log page asks in dialogs of its own."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from avdesk.core.logsearch import Wanted
from avdesk.i18n import _
from avdesk.ui.dialogs.name import NameDialog
from avdesk.ui.logs.searches import Searches


def ask_file(parent: QWidget, then: Callable[[str], object]) -> None:
    """Ask for a file to open, and hand its path on."""
    dialog = QFileDialog(parent, _("Open a log"))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters([_("Logs (*.log *.txt *.jsonl *.gz *.log.*)"), _("All files (*)")])
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(then)
    dialog.open()


def dropped_files(event: QDropEvent) -> tuple[str, ...]:
    """Return the files of this machine that are dragged or dropped, each once."""
    urls = event.mimeData().urls()
    return tuple(dict.fromkeys(url.toLocalFile() for url in urls if url.isLocalFile()))


def ask_search_name(parent: QWidget, searches: Searches, wanted: Wanted | None) -> None:
    """Ask for a name, and keep a search under it; nothing without a search."""
    if wanted is None:
        return
    dialog = NameDialog(
        _("Save search"), _("Save search"), "", searches.refusal, parent, label=_("Name of the search")
    )
    dialog.named.connect(lambda name: searches.save(name, wanted))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
