"""What a key or a menu entry of the log does."""

from array import array
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from avdesk.bridge.log_export import Copied, Exported, copied, export
from avdesk.i18n import _, ngettext
from avdesk.ui.logs.commands import Command
from avdesk.ui.logs.finder import Finder
from avdesk.ui.logs.jump import JumpDialog
from avdesk.ui.logs.moments import moment_of
from avdesk.ui.logs.pane import LogPane

JSON_LINES = ".jsonl"


class Deeds(QObject):
    """Carries out the commands that concern the lines of one pane; the others are the page's.

    Signals:
        said: what came of it, one sentence.
    """

    said = Signal(str)

    def __init__(self, pane: LogPane) -> None:
        """Act on a pane."""
        super().__init__(pane)
        self._pane = pane
        self._span: tuple[datetime, datetime] | None = None
        reading = pane.reading
        self._deeds: dict[Command, Callable[[], object]] = {
            Command.NEXT: lambda: pane.step_found(backwards=False),
            Command.PREVIOUS: lambda: pane.step_found(backwards=True),
            Command.TOP: lambda: pane.view.go_to(pane.view.placing.shown_at_or_after(0)),
            Command.END: self._end,
            Command.FOLLOW: self._follow,
            Command.NEXT_ERROR: lambda: self._step(reading.errors, _("No further error."), backwards=False),
            Command.PREVIOUS_ERROR: lambda: self._step(reading.errors, _("No earlier error."), backwards=True),
            Command.NEXT_WARNING: lambda: self._warning(backwards=False),
            Command.PREVIOUS_WARNING: lambda: self._warning(backwards=True),
            Command.BOOKMARK: self._bookmark,
            Command.NEXT_BOOKMARK: lambda: self._bookmarked(backwards=False),
            Command.PREVIOUS_BOOKMARK: lambda: self._bookmarked(backwards=True),
            Command.JUMP: self._ask_time,
            Command.COPY: lambda: self._copy(as_json=False),
            Command.COPY_JSON: lambda: self._copy(as_json=True),
            Command.EXPORT: self._ask_file,
            Command.HELP: pane.open_help,
        }

    def do(self, command: Command) -> bool:
        """Carry a command out; return whether it is one of these."""
        deed = self._deeds.get(command)
        if deed is None:
            return False
        self.said.emit("")
        deed()
        return True

    def _end(self) -> None:
        view = self._pane.view
        if view.rows.count:
            view.go_to(view.placing.shown_at_or_before(view.rows.count - 1))
        view.set_following(following=True)

    def _follow(self) -> None:
        self._pane.view.set_following(following=not self._pane.view.following)

    def _step(self, finder: Finder, nothing: str, *, backwards: bool) -> None:
        def go(number: int | None) -> None:
            if number is None:
                self.said.emit(nothing)
            else:
                self._pane.go_to_number(number)

        finder.next_from(self._pane.beside(), backwards=backwards, then=go, wrap=False)

    def _warning(self, *, backwards: bool) -> None:
        self._pane.reading.look_for_warnings()
        nothing = _("No earlier warning.") if backwards else _("No further warning.")
        self._step(self._pane.reading.warnings, nothing, backwards=backwards)

    def _bookmark(self) -> None:
        line = self._pane.view.current_line()
        if line is None:
            self.said.emit(_("Go to a line first."))
            return
        self._pane.reading.bookmarks.toggle(line.number)
        self._pane.show_bookmarks()

    def _bookmarked(self, *, backwards: bool) -> None:
        found = self._pane.reading.bookmarks.beside(self._pane.beside(), backwards=backwards)
        if found is None:
            self.said.emit(_("No earlier bookmark.") if backwards else _("No further bookmark."))
        self._pane.go_to_number(found)

    # To a time

    def _ask_time(self) -> None:
        self._pane.session.ask("span", lambda book, _stopped: book.time_span(), self._open_jump)

    def _open_jump(self, span: object) -> None:
        known = span if isinstance(span, tuple) else None
        dialog = JumpDialog(lambda typed: moment_of(typed, known, datetime.now(UTC)), self._pane.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self._pane.jump_to)
        dialog.open()

    # Taking lines along

    def _copy(self, *, as_json: bool) -> None:
        numbers = _as_numbers(self._pane.selected_numbers())
        if not len(numbers):
            self.said.emit(_("Select lines first."))
            return
        self._pane.session.ask(
            "copy", lambda book, stopped: copied(book, numbers, as_json=as_json, stopped=stopped), self._take_copy
        )

    def _take_copy(self, result: object) -> None:
        if not isinstance(result, Copied):
            self.said.emit(_("The lines could not be copied: {why}").format(why=result))
            return
        QGuiApplication.clipboard().setText(result.text)
        if result.lines < result.asked:
            text = _("Copied the first {n} of {all} lines. Export the rest to a file.")
            self.said.emit(text.format(n=f"{result.lines:,}", all=f"{result.asked:,}"))
        else:
            words = ngettext("Copied {n} line.", "Copied {n} lines.", result.lines)
            self.said.emit(words.format(n=f"{result.lines:,}"))

    def _ask_file(self) -> None:
        dialog = QFileDialog(self._pane.window(), _("Export the lines that are shown"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([_("Text (*.log *.txt)"), _("JSON lines (*.jsonl)")])
        dialog.setDefaultSuffix("log")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix("jsonl" if "jsonl" in chosen else "log"))
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    def export_to(self, name: str) -> None:
        """Write the lines that are shown to a file: as text, or as JSON lines by its name."""
        rows, file = self._pane.reading.rows, Path(name)
        numbers: range | array[int] = range(rows.count)
        if rows.filtered:
            numbers = array("I", (rows.number(row) for row in range(rows.count)))
        as_json = file.suffix.lower() in {JSON_LINES, ".json", ".ndjson"}
        self.said.emit(_("Exporting…"))
        self._pane.session.ask(
            "export", lambda book, stopped: export(book, numbers, file, as_json=as_json, stopped=stopped), self._told
        )

    def _told(self, result: object) -> None:
        if isinstance(result, Exported):
            words = ngettext("Exported {n} line to {file}.", "Exported {n} lines to {file}.", result.lines)
            self.said.emit(words.format(n=f"{result.lines:,}", file=result.file))
        else:
            why = result.strerror if isinstance(result, OSError) and result.strerror else str(result)
            self.said.emit(_("The file could not be written: {why}").format(why=why))


def _as_numbers(numbers: "range | list[int]") -> "range | array[int]":
    return numbers if isinstance(numbers, range) else array("I", numbers)
