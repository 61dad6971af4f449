"""Health checks as lines for people, in the order of the report."""

from collections.abc import Mapping

from avdesk.cli.lines import Line, Style, line
from avdesk.cli.symbols import health_mark
from avdesk.core import wire, wording
from avdesk.core.health import Health
from avdesk.core.text import one_line
from avdesk.i18n import _

_MINUTE_OLD_S = 5.0
"""An answer older than this shows its age."""


def health_lines(report: Mapping[str, object], *, verbose: bool) -> list[Line]:
    """Return one line a check; with `verbose` its name, HTTP status, time and whole text below it."""
    names = {name: wording.check_name(one_line(name, 40)) for name in report}
    width = max((len(name) for name in names.values()), default=0)
    lines: list[Line] = []
    for name, check in report.items():
        fields = wire.as_object(check)
        lines.append(_line(names[name].ljust(width), fields, short=not verbose))
        if verbose:
            lines += _details(name, fields)
    return lines


def _line(name: str, check: Mapping[str, object], *, short: bool) -> Line:
    status = str(check.get("status"))
    symbol, style = health_mark(status)
    facts = [_word(status)]
    reported = check.get("reported")
    if reported and reported != status:
        facts.append(f"“{one_line(reported, 40)}”")
    latency = wire.as_number(check.get("latency_s"))
    if latency is not None:
        facts.append(_("{ms} ms").format(ms=round(latency * 1000)))
    age = wire.as_number(check.get("age_s"))
    if age is not None and age > _MINUTE_OLD_S:
        facts.append(wording.age(age))
    why = check.get("detail") or check.get("error")
    if short and why and status != Health.HEALTHY:
        facts.append(one_line(why, 120))
    return line((symbol, style), f" {name}  ", (" · ".join(facts), Style.PLAIN))


def _details(name: str, check: Mapping[str, object]) -> list[Line]:
    rows = [(_("Check"), name)]
    if check.get("http_status") is not None:
        rows.append((_("HTTP"), str(check["http_status"])))
    if check.get("checked_at"):
        rows.append((_("Checked"), str(check["checked_at"])))
    for label, key in ((_("Says"), "detail"), (_("Error"), "error")):
        if check.get(key):
            rows.append((label, one_line(check[key], 600)))
    width = max(len(label) for label, _text in rows)
    return [line("    ", (f"{label:<{width}}", Style.FAINT), f"  {text}") for label, text in rows]


def _word(status: str) -> str:
    try:
        return wording.health_state(Health(status))
    except ValueError:
        return one_line(status, 40)
