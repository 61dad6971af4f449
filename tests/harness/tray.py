"""A tray item as the panel sees it: StatusNotifierItem over D-Bus, and its menu over com.canonical.dbusmenu."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.harness.bus import Bus, BusError, Target

ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
WATCHER = Target("org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher", "org.kde.StatusNotifierWatcher")


@dataclass(frozen=True, slots=True)
class Pixmap:
    """One size of an icon; `rgba` holds four bytes a pixel, row by row from the top."""

    width: int
    height: int
    rgba: bytes

    def pixel(self, x: int, y: int) -> tuple[int, int, int, int]:
        """Return red, green, blue and opacity of one pixel, each 0 to 255."""
        start = 4 * (y * self.width + x)
        red, green, blue, alpha = self.rgba[start : start + 4]
        return red, green, blue, alpha

    def colours(self) -> set[tuple[int, int, int]]:
        """Return the colours of all pixels that are opaque for the most part."""
        pixels = (self.pixel(x, y) for y in range(self.height) for x in range(self.width))
        return {(red, green, blue) for red, green, blue, alpha in pixels if alpha >= 192}


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One entry of a tray menu, without the underscore of its shortcut."""

    id: int
    label: str
    enabled: bool
    visible: bool
    separator: bool
    checked: bool | None
    """None: it can't be checked."""
    children: tuple["MenuEntry", ...]

    def walk(self) -> Iterator["MenuEntry"]:
        """Yield this entry and everything below it, in the order of the menu."""
        yield self
        for child in self.children:
            yield from child.walk()

    def labels(self) -> list[str]:
        """Return the texts of everything that can be seen below this entry, without separators."""
        return [entry.label for entry in self.walk() if entry.label and entry.visible]


class TrayItem:
    """One item in the tray. Everything is asked anew each time: nothing is remembered."""

    def __init__(self, bus: Bus, registered: str) -> None:
        """Take the item as the watcher names it: ``:1.23/StatusNotifierItem``, or a bus name alone."""
        service, slash, path = registered.partition("/")
        self._bus = bus
        self.service = service
        self._item = Target(service, slash + path or "/StatusNotifierItem", ITEM)

    def __repr__(self) -> str:
        """Return the item's place on the bus."""
        return f"TrayItem({self._item.service}{self._item.path})"

    @property
    def process(self) -> int:
        """The id of the process that shows the item."""
        return self._bus.process_of(self.service)

    @property
    def id(self) -> str:
        """What the program calls its item."""
        return str(self._bus.get(self._item, "Id"))

    @property
    def title(self) -> str:
        """The item's name for people."""
        return str(self._bus.get(self._item, "Title"))

    @property
    def status(self) -> str:
        """``Passive``, ``Active`` or ``NeedsAttention``."""
        return str(self._bus.get(self._item, "Status"))

    @property
    def icon_name(self) -> str:
        """The name of the icon in the theme; empty where the item sends pictures."""
        return str(self._bus.get(self._item, "IconName"))

    @property
    def tooltip(self) -> str:
        """The tooltip's title and text as the panel shows them, on lines of their own; parts may be empty."""
        _icon, _pixmaps, title, text = self._bus.get(self._item, "ToolTip")
        return "\n".join(part for part in (title, text) if part)

    def pixmaps(self, name: str = "IconPixmap") -> list[Pixmap]:
        """Return every size of the icon that the item sends, the smallest first."""
        found = [_pixmap(*entry) for entry in self._bus.get(self._item, name)]
        return sorted(found, key=lambda pixmap: pixmap.width)

    def menu(self) -> MenuEntry:
        """Return the whole menu, as a tree below an entry without text, told first that it is about to be shown."""
        target = self._menu()
        try:
            self._bus.call(target, "AboutToShow", "i", 0)
        except BusError as error:  # some programs have no such method: their menu is always up to date
            if "UnknownMethod" not in error.name:
                raise
        _revision, layout = self._bus.call(target, "GetLayout", "iias", 0, -1, [])
        return _entry(layout)

    def click(self, label: str) -> None:
        """Choose the entry with this text; LookupError where there is none, ValueError where it is greyed out."""
        menu = self.menu()
        entry = next((entry for entry in menu.walk() if entry.label == label and entry.visible), None)
        if entry is None:
            raise LookupError(f"no entry {label!r} among {menu.labels()}")
        if not entry.enabled:
            raise ValueError(f"the entry {label!r} can't be chosen now")
        self._bus.call(self._menu(), "Event", "isvu", entry.id, "clicked", ("s", ""), 0)

    def activate(self) -> None:
        """Click on the item itself."""
        self._bus.call(self._item, "Activate", "ii", 0, 0)

    def _menu(self) -> Target:
        return Target(self.service, str(self._bus.get(self._item, "Menu")), MENU)


def registered_items(bus: Bus) -> list[TrayItem]:
    """Return the items that the tray host knows; none without a host."""
    if not bus.owns(WATCHER.service):
        return []
    return [TrayItem(bus, name) for name in bus.get(WATCHER, "RegisteredStatusNotifierItems")]


def _pixmap(width: int, height: int, argb: bytes) -> Pixmap:
    """Turn the protocol's ARGB, in network order, into RGBA."""
    rgba = bytearray(len(argb))
    rgba[0::4], rgba[1::4], rgba[2::4], rgba[3::4] = argb[1::4], argb[2::4], argb[3::4], argb[0::4]
    return Pixmap(width, height, bytes(rgba))


def _entry(layout: tuple[int, dict[str, tuple[str, Any]], list[tuple[str, Any]]]) -> MenuEntry:
    """Read one entry of a layout; properties at their default are not sent."""
    number, sent, children = layout
    properties = {name: value for name, (_signature, value) in sent.items()}
    checkable = bool(properties.get("toggle-type"))
    return MenuEntry(
        id=number,
        label=str(properties.get("label", "")).replace("__", "\0").replace("_", "").replace("\0", "_"),
        enabled=bool(properties.get("enabled", True)),
        visible=bool(properties.get("visible", True)),
        separator=properties.get("type") == "separator",
        checked=properties.get("toggle-state") == 1 if checkable else None,
        children=tuple(_entry(value) for _signature, value in children),
    )
