"""A status report as lines for people, whoever told it: the server, the running app or the memory."""

from collections.abc import Mapping

from avdesk.cli.lines import Line, Style, line
from avdesk.cli.symbols import phase_mark, sign_mark, sign_of, sign_word
from avdesk.core import wire, wording
from avdesk.core.jobs import JobState
from avdesk.core.report import APP, CACHE
from avdesk.core.text import one_line
from avdesk.i18n import _, ngettext

Report = Mapping[str, object]

_LABEL_WIDTH = 10


def status_lines(report: Report) -> list[Line]:
    """Return everything that a report says, about a dozen lines."""
    lines = [_title(report), *_headline(report)]
    timeline = _timeline(report)
    if timeline is not None:
        lines += [Line(), timeline]
    details = [*_job(report), *_server(report), *_allowance(report), *_error(report)]
    return [*lines, Line(), *details] if details else lines


def status_line(report: Report) -> Line:
    """Return a report as one line, for following along where there is no screen to draw on."""
    summary = _part(report, "summary")
    sign = sign_of(summary)
    phases = " ".join(f"{phase_mark(state)[0]} {name}" for name, state, _duration in _phases(report))
    headline = one_line(summary.get("headline"), 200)
    parts = [f"{sign_mark(sign)[0]} {one_line(report.get('environment'), 60)}", sign_word(sign), headline, phases]
    if headline.startswith(parts[1]):
        del parts[1]
    return line(" · ".join(part for part in parts if part))


def stage_of(report: Report) -> object:
    """Return what makes a report differ from another one: everything but the durations that tick."""
    summary, job = _part(report, "summary"), _part(report, "job")
    phases = tuple((name, state) for name, state, _duration in _phases(report))
    told = tuple(str(part) for part in (summary.get("state"), summary.get("error"), job.get("id"), job.get("state")))
    return sign_of(summary), phases, told, _part(report, "server").get("reachable")


def _title(report: Report) -> Line:
    summary = _part(report, "summary")
    sign = sign_of(summary)
    symbol, style = sign_mark(sign)
    return line(
        (f"{symbol} {sign_word(sign)}", style),
        (f" · {one_line(report.get('environment'), 60)}", Style.STRONG),
        (f" · {_age(report)}", Style.FAINT),
    )


def _age(report: Report) -> str:
    age = wording.age(wire.as_number(report.get("age_s")))
    via = report.get("via")
    if via == APP:
        return _("{age}, told by the running app").format(age=age)
    if via == CACHE:
        return _("{age}, from memory").format(age=age)
    return age


def _headline(report: Report) -> list[Line]:
    summary = _part(report, "summary")
    headline = one_line(summary.get("headline"), 300)
    lines = []
    if headline and headline != sign_word(sign_of(summary)):
        lines.append(line("  ", (headline, Style.STRONG)))
    advice = one_line(summary.get("advice"), 500)
    if advice:
        lines.append(line(f"  {advice}"))
    eta = _part(summary, "eta_s")
    low, high = wire.as_number(eta.get("p50")), wire.as_number(eta.get("p90"))
    if low is not None and high is not None:
        lines.append(line("  ", _("{time} left").format(time=wording.eta_range(low, high))))
    return lines


def _timeline(report: Report) -> Line | None:
    pieces: list[str | tuple[str, Style]] = ["  "]
    for name, state, duration in _phases(report):
        if len(pieces) > 1:
            pieces.append((" ─ ", Style.FAINT))
        symbol, style = phase_mark(state)
        pieces += [(symbol, style), f" {name}"]
        if duration is not None:
            pieces.append(f" {wording.duration(duration)}")
    return line(*pieces) if len(pieces) > 1 else None


def _phases(report: Report) -> list[tuple[str, str, float | None]]:
    """Return name, state and seconds of each phase."""
    found = []
    for item in wire.as_list(report.get("phases"))[:20]:
        phase = wire.as_object(item)
        name = wording.phase_name(one_line(phase.get("name"), 40))
        found.append((name, str(phase.get("state")), wire.as_number(phase.get("duration_s"))))
    return found


def _job(report: Report) -> list[Line]:
    job = _part(report, "job")
    if not job:
        return []
    facts = [
        one_line(job.get("id"), 60),
        wording.job_state(_job_state(job.get("state"))),
        _machine(job),
        one_line(job.get("region"), 60) if job.get("region") else _("unknown region"),
    ]
    lines = [_labelled(_("Job"), " · ".join(facts))]
    times = []
    waited, ran = wire.as_number(job.get("queue_s")), wire.as_number(job.get("run_s"))
    if waited is not None:
        times.append(_("waited {time}").format(time=wording.duration(waited)))
    if ran is not None:
        times.append(_("ran {time}").format(time=wording.duration(ran)))
    cost = wire.as_number(job.get("cost_usd"))
    if cost is not None and ran is not None:
        times.append(_("about ${cost:.2f}").format(cost=cost))
    if times:
        lines.append(_labelled("", " · ".join(times)))
    trouble = one_line(_part(job, "error").get("message"), 500)
    if trouble:
        lines.append(_labelled("", trouble, Style.BAD))
    return lines


def _machine(job: Report) -> str:
    kind = one_line(job.get("accelerator_type"), 60)
    if kind and job.get("accelerator_type"):
        return f"{wire.as_int(job.get('accelerator_count')) or 1}× {kind}"
    return one_line(job.get("machine_type"), 60) if job.get("machine_type") else _("unknown machine")


def _job_state(word: object) -> JobState:
    try:
        return JobState(str(word))
    except ValueError:
        return JobState.UNKNOWN


def _server(report: Report) -> list[Line]:
    server = _part(report, "server")
    reachable = server.get("reachable")
    text = one_line(server.get("status_text"), 200) if server.get("status_text") else ""
    if reachable is True:
        word, style = _("reachable"), Style.PLAIN
    elif reachable is False:
        word, style = _("not reachable"), Style.BAD
    else:
        word, style = _("not asked"), Style.FAINT
    said = _("says “{text}”").format(text=text) if text else ""
    lines = [_labelled(_("Server"), " · ".join(part for part in (word, said) if part), style)]
    trouble = one_line(server.get("trouble"), 300) if server.get("trouble") else ""
    if trouble and trouble not in one_line(_part(report, "summary").get("advice"), 600):
        lines.append(_labelled("", trouble))
    return lines


def _allowance(report: Report) -> list[Line]:
    budget = _part(report, "rate_limit")
    limit, used = wire.as_int(budget.get("limit")), wire.as_int(budget.get("used"))
    window = wire.as_number(budget.get("window_s"))
    if limit is None or used is None or window is None:
        return []
    words = ngettext(
        "{used} of {limit} request in {window} used", "{used} of {limit} requests in {window} used", limit
    ).format(used=used, limit=limit, window=wording.duration(window))
    free = wire.as_time(budget.get("next_free_at"))
    if free is not None:
        words += " · " + _("next one free at {time}").format(time=f"{free.astimezone():%H:%M:%S}")
    return [_labelled(_("Allowance"), words)]


def _error(report: Report) -> list[Line]:
    summary = _part(report, "summary")
    error = one_line(summary.get("error"), 600) if summary.get("error") else ""
    if not error or error in one_line(summary.get("headline"), 700) or summary.get("state") == "offline":
        return []
    return [_labelled(_("Error"), error, Style.BAD)]


def _labelled(label: str, text: str, style: Style = Style.PLAIN) -> Line:
    return line("  ", (f"{label:<{_LABEL_WIDTH}}", Style.FAINT), (text, style))


def _part(report: Report, key: str) -> Report:
    return wire.as_object(report.get(key))
