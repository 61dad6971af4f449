"""Figures as text. Pure."""

from collections.abc import Sequence

from benchmarks.figures import Figure, spread


def described(figure: Figure) -> list[str]:
    """Return the lines that tell one figure in full."""
    rows = [("AVDesk", figure.ours)]
    if figure.theirs:
        rows.append((figure.against, figure.theirs))
    width = max(len(name) for name, _values in rows)
    lines = [f"{figure.benchmark}: {figure.what}"]
    for name, values in rows:
        seen = spread(values)
        numbers = f"min {number(seen.least)}  median {number(seen.middle)}  max {number(seen.most)} {figure.unit}"
        lines.append(f"  {name:{width}}  {numbers.rstrip()}  ({len(values)} measured)")
    kind = "ratio of medians" if figure.theirs else "median"
    lines.append(
        f"  {kind} {number(figure.value)}, aim {number(figure.aim)}, limit {number(figure.limit)}: {figure.verdict}"
    )
    return lines


def summary(figures: Sequence[Figure]) -> list[str]:
    """Return all figures as one table, a line each."""
    head = ("benchmark", "measured", "AVDesk", "against", "value", "aim", "limit", "")
    rows = [head, *(_row(figure) for figure in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return [lines[0], "  ".join("-" * width for width in widths).rstrip(), *lines[1:]]


def number(value: float) -> str:
    """Return a number with as many digits as mean something."""
    if value == 0 or abs(value) >= 100:
        return f"{value:.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.2g}"


def _row(figure: Figure) -> tuple[str, ...]:
    theirs = _with_unit(spread(figure.theirs).middle, figure.unit) if figure.theirs else "–"
    return (
        figure.benchmark,
        figure.what,
        _with_unit(spread(figure.ours).middle, figure.unit),
        theirs,
        number(figure.value),
        number(figure.aim),
        number(figure.limit),
        figure.verdict.value,
    )


def _with_unit(value: float, unit: str) -> str:
    return f"{number(value)} {unit}".rstrip()
