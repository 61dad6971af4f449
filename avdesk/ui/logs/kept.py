"""How the log page was left, to be found again."""

from dataclasses import dataclass, fields, replace

from avdesk.ui.geometry import Store

_PREFIX = "logs/"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is remembered from one run of the program to the next.

    Attributes:
        wrap, folding, whole, histogram, detail: what is switched on.
        size: how many points the font is larger than the system's.
        mode, context: what is shown of the log while something is looked for.
        regex: whether expressions were looked for.
        widths: of the lines and the details; `heights`: of the lines and the matches; empty: never changed.
    """

    wrap: bool = False
    folding: bool = True
    whole: bool = False
    histogram: bool = True
    detail: bool = False
    size: float = 0.0
    mode: str = "all"
    context: int = 2
    regex: bool = False
    widths: str = ""
    heights: str = ""

    @classmethod
    def read(cls, store: Store) -> "Kept":
        """Return what was kept; the usual for what cannot be read."""
        kept = cls()
        for field in fields(cls):
            value = store.value(_PREFIX + field.name)
            if value is None:
                continue
            found = _as(type(getattr(kept, field.name)), str(value))
            if found is not None:
                kept = replace(kept, **{field.name: found})  # type: ignore[arg-type]  # of the field's own type
        return kept

    def write(self, store: Store, before: "Kept") -> None:
        """Keep what has changed."""
        for field in fields(self):
            value = getattr(self, field.name)
            if value != getattr(before, field.name):
                store.setValue(_PREFIX + field.name, str(value))


def sizes_of(text: str) -> list[int]:
    """Return two sizes as they were kept; empty for anything else."""
    parts = text.split(",")
    if len(parts) != 2 or not all(part.isdecimal() and len(part) < 6 for part in parts):
        return []
    return [int(part) for part in parts]


def _as(kind: type, text: str) -> object:
    if kind is bool:
        return {"True": True, "true": True, "False": False, "false": False}.get(text)
    if kind is str:
        return text[:40]
    try:
        number = float(text)
    except ValueError:
        return None
    if not -50 <= number <= 50:
        return None
    return number if kind is float else int(number)
