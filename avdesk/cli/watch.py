"""`watch`: the live status, on one screen in place, as lines on change, or as one JSON object a line."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from avdesk.cli.commands import Command, session_of
from avdesk.cli.ending import Terminated, orderly_end
from avdesk.cli.exit_codes import Exit
from avdesk.cli.numbers import INTERVAL
from avdesk.cli.session import Session
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.cli.source import Source
    from avdesk.core.report import JsonObject

SCREEN_INTERVAL_S = 1.0
"""On a terminal the durations tick by the second; that asks nothing of the server."""

LINES_INTERVAL_S = 5.0


def build() -> click.Command:
    """Return the command."""
    return Command(
        "watch",
        callback=_watch,
        params=[
            click.Option(
                ["--interval"],
                type=INTERVAL,
                metavar=_("SECONDS"),
                help=_("How often the view is refreshed; the server is asked at its own allowance's pace."),
            ),
            click.Option(["--json", "as_json"], is_flag=True, help=_("Print one JSON object a line.")),
        ],
        short=_("The live status."),
        about=_("Show the live status until Ctrl-C."),
    )


@click.pass_context
def _watch(context: click.Context, *, interval: float | None, as_json: bool) -> int:
    return follow(session_of(context), as_json=as_json, interval_s=interval)


def follow(session: Session, *, as_json: bool, interval_s: float | None) -> int:
    """Show the live status until the user or the system ends it.

    Raises:
        UsageError, ConfigError: the environment cannot be used.
    """
    environment = session.environment()
    from avdesk.cli.source import Source
    from avdesk.config.differences import mark_of

    with Source(environment.name, session.runtime, session.paths, mark_of(environment)) as source, orderly_end():
        try:
            follow_source(source, as_json=as_json, interval_s=interval_s)
        except Terminated:
            return Exit.FINE
    return Exit.FINE


def follow_source(
    source: "Source",
    *,
    as_json: bool = False,
    interval_s: float | None = None,
    until: "Callable[[JsonObject], bool] | None" = None,
) -> "JsonObject":
    """Show what a source tells, in the form that fits stdout, until a report fulfils `until`; return that one."""
    from avdesk.cli.lines import is_terminal

    if as_json:
        return _as_json(_reports(source, interval_s or LINES_INTERVAL_S, until))
    if is_terminal():
        return _on_screen(_reports(source, interval_s or SCREEN_INTERVAL_S, until))
    return _as_lines(_reports(source, interval_s or LINES_INTERVAL_S, until))


def _reports(
    source: "Source", interval_s: float, until: "Callable[[JsonObject], bool] | None"
) -> "Iterator[JsonObject]":
    """Return report after report, at an even pace; ends after the one that fulfils `until`."""
    due: float | None = None
    while True:
        report = source.report()
        yield report
        if until is not None and until(report):
            return
        now = time.monotonic()
        due = now + interval_s if due is None else max(due + interval_s, now)
        time.sleep(due - now)


def _as_json(reports: "Iterator[JsonObject]") -> "JsonObject":
    from avdesk.cli.results import print_json

    last: JsonObject = {}
    for report in reports:
        print_json(report, one_line=True)
        last = report
    return last


def _as_lines(reports: "Iterator[JsonObject]") -> "JsonObject":
    from avdesk.cli.status_view import stage_of, status_line

    last: JsonObject = {}
    shown: object = None
    for report in reports:
        stage = stage_of(report)
        if stage != shown:
            text = status_line(report).text
            print(f"{datetime.now(UTC).astimezone():%H:%M:%S} {text}", flush=True)  # noqa: T201 - the result
        shown, last = stage, report
    return last


def _on_screen(reports: "Iterator[JsonObject]") -> "JsonObject":
    """Draw on the terminal's other screen, and leave the last view on the usual one."""
    from rich.live import Live

    from avdesk.cli.lines import Line, Style, line, rich_text, show, terminal
    from avdesk.cli.status_view import status_lines

    last: JsonObject = {}
    began = datetime.now(UTC)
    footer = [Line(), line((_("Ctrl-C ends."), Style.FAINT))]
    try:
        with Live(console=terminal(), screen=True, auto_refresh=False, vertical_overflow="crop") as live:
            for report in reports:
                last = _live(report, began)
                text = rich_text([*status_lines(last), *footer])
                text.no_wrap, text.overflow = True, "ellipsis"
                live.update(text, refresh=True)
    finally:
        if last:
            show(status_lines(last))
    return last


def _live(report: "JsonObject", began: datetime) -> "JsonObject":
    """Return a report that calls itself remembered only if it was not asked since the view began."""
    from avdesk.core import wire
    from avdesk.core.report import CACHE, SERVER

    observed = wire.as_time(report.get("observed_at"))
    if report.get("via") == CACHE and observed is not None and observed >= began:
        return {**report, "via": SERVER}
    return report
