"""How a log is shown, kept from one time to the next: wrapping, folding, size, what stands beside it."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from avdesk.ui.geometry import Store
from avdesk.ui.logs import view_menu
from avdesk.ui.logs.commands import Command
from avdesk.ui.logs.kept import Kept, sizes_of
from avdesk.ui.logs.pane import LogPane


class Manner:
    """Applies what was kept to a pane, and keeps what is changed."""

    def __init__(self) -> None:
        """Begin with the usual, kept nowhere."""
        self._store: Store | None = None
        self.kept = Kept()

    def restore(self, store: Store) -> None:
        """Take up what was kept in a store, and keep it there from now on."""
        self._store = store
        self.kept = Kept.read(store)

    def keep(self, **changes: object) -> None:
        """Keep something."""
        before, self.kept = self.kept, replace(self.kept, **changes)  # type: ignore[arg-type]  # its own fields
        if self._store is not None:
            self.kept.write(self._store, before)

    def apply(self, pane: LogPane) -> None:
        """Show a log as the one before."""
        kept = self.kept
        pane.looks.wrap, pane.looks.whole = kept.wrap, kept.whole
        pane.resize_font(kept.size)
        pane.set_folding(folding=kept.folding)
        pane.histogram.setVisible(kept.histogram)
        pane.session.count_by_time(wanted=kept.histogram)
        pane.show_detail(shown=kept.detail)
        for splitter, text in ((pane.across, kept.widths), (pane.down, kept.heights)):
            if sizes_of(text):
                splitter.setSizes(sizes_of(text))
        pane.across.splitterMoved.connect(lambda: self._keep_widths(pane))
        pane.down.splitterMoved.connect(lambda: self.keep(heights=_sizes(pane.down.sizes())))

    def fill_menu(self, menu: QMenu, do: view_menu.Do, *, following: bool) -> None:
        """Fill the menu of how the log is shown."""
        kept = self.kept
        view_menu.fill(
            menu,
            do,
            wrap=kept.wrap,
            folding=kept.folding,
            whole=kept.whole,
            histogram=kept.histogram,
            following=following,
        )

    def _keep_widths(self, pane: LogPane) -> None:
        if pane.across.orientation() is Qt.Orientation.Horizontal:
            self.keep(widths=_sizes(pane.across.sizes()))

    def change(self, command: Command, pane: LogPane) -> bool:
        """Carry out a command that changes how a log is shown; return whether it is one."""
        kept = self.kept
        if command in (Command.LARGER, Command.SMALLER, Command.USUAL_SIZE):
            step = {Command.LARGER: 1.0, Command.SMALLER: -1.0}.get(command)
            self.keep(size=pane.resize_font(step))
        elif command is Command.WRAP:
            self.keep(wrap=not kept.wrap)
            pane.set_wrap(wrap=self.kept.wrap)
        elif command is Command.FOLD:
            self.keep(folding=not kept.folding)
            pane.set_folding(folding=self.kept.folding)
        elif command is Command.WHOLE:
            self.keep(whole=not kept.whole)
            pane.set_whole(whole=self.kept.whole)
        elif command is Command.HISTOGRAM:
            self.keep(histogram=not kept.histogram)
            pane.histogram.setVisible(self.kept.histogram)
            pane.session.count_by_time(wanted=self.kept.histogram)
        else:
            return False
        return True


def _sizes(sizes: list[int]) -> str:
    return ",".join(str(size) for size in sizes)
