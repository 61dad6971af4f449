"""`doctor`: what works here and what does not."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from avdesk.cli.commands import Command, session_of
from avdesk.cli.exit_codes import Exit
from avdesk.cli.lines import Line, Style, line, show
from avdesk.cli.session import Session
from avdesk.core.text import one_line
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.config.settings import Environment
    from avdesk.core.report import JsonObject
    from avdesk.services.doctor import Finding


def build() -> click.Command:
    """Return the command."""
    return Command(
        "doctor",
        callback=_doctor,
        params=[
            click.Option(["--json", "as_json"], is_flag=True, help=_("Print one JSON object.")),
            click.Option(
                ["--bundle"],
                type=click.Path(dir_okay=False, path_type=Path),
                metavar=_("FILE"),
                help=_("Write the diagnostics into a zip file, with secrets masked."),
            ),
        ],
        short=_("What works here, and what does not."),
        about=_(
            "Tell what works here: tray, notifications, keyring, certificates and proxies, clock, credentials, each "
            "server, Vertex AI in each region, and versions."
        ),
    )


@click.pass_context
def _doctor(context: click.Context, *, as_json: bool, bundle: Path | None) -> int:
    session = session_of(context)
    environments = _environments(session)
    from avdesk.services.doctor import Verdict, examine, versions

    findings = examine(session.loaded, session.paths, environments)
    if as_json:
        from avdesk.cli.results import print_json

        print_json({"checks": [_report(finding) for finding in findings], "versions": dict(versions())})
    else:
        show(_lines(findings))
    if bundle is not None:
        _write_bundle(session, findings, bundle, quiet=as_json)
    return Exit.BAD if any(finding.status is Verdict.BAD for finding in findings) else Exit.FINE


def _write_bundle(session: Session, findings: "Sequence[Finding]", file: Path, *, quiet: bool) -> None:
    """Write the diagnostics, and say what is in them."""
    from datetime import UTC, datetime

    from avdesk.services.diagnostics import gather, save
    from avdesk.services.doctor import versions

    bundle = gather(session.loaded, session.paths, findings, versions(), datetime.now(UTC))
    save(bundle, file)
    if quiet:
        return
    lines = [line(""), line(_("Written to {file}:").format(file=file))]
    lines += [line(f"  {each.name}", (f"  {each.what}, {_size(each.size)}", Style.FAINT)) for each in bundle.files]
    lines.append(line(_("Secrets are masked; look through it before you give it away.")))
    show(lines)


def _size(count: int) -> str:
    return _("{kb} KB").format(kb=max(1, round(count / 1000)))


def _environments(session: Session) -> "Sequence[Environment]":
    """Return the environments to look at: the one that is named, else all that can be used."""
    from avdesk.config.choose import ENVIRONMENT_VARIABLE, choose_environment

    if session.environment_name or os.environ.get(ENVIRONMENT_VARIABLE):
        return [choose_environment(session.loaded, session.environment_name, os.environ)]
    return list(session.loaded.settings.environments.values())


def _report(finding: "Finding") -> "JsonObject":
    return {
        "name": finding.name,
        "environment": finding.environment,
        "status": finding.status.value,
        "detail": finding.detail or None,
        "advice": finding.advice or None,
    }


def _lines(findings: "Sequence[Finding]") -> list[Line]:
    from avdesk.cli.symbols import doctor_mark
    from avdesk.core.finding_words import finding_name

    def _name(finding: "Finding") -> str:
        word = finding_name(finding.name)
        return f"{word} · {finding.environment}" if finding.environment else word

    names = [_name(finding) for finding in findings]
    width = max(len(name) for name in names)
    lines: list[Line] = []
    for name, finding in zip(names, findings, strict=True):
        symbol, style = doctor_mark(finding.status)
        lines.append(line((symbol, style), f" {name:<{width}}  {one_line(finding.detail, 2000)}"))
        if finding.advice:
            lines.append(line(" " * (width + 4), (f"→ {finding.advice}", Style.FAINT)))
    return lines
