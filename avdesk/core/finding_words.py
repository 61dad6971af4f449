"""What the doctor's findings are called, and all of them as text: shared by window and terminal."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from avdesk.core import wire
from avdesk.core.findings import Finding, Verdict
from avdesk.core.redact import redact
from avdesk.core.text import one_line
from avdesk.i18n import _

_MARKS: Mapping[Verdict, str] = {
    Verdict.OK: "[ ok ]",
    Verdict.WARNING: "[warn]",
    Verdict.BAD: "[FAIL]",
    Verdict.UNKNOWN: "[ ?? ]",
}


def finding_name(name: str) -> str:
    """Return what was looked at, in words; one that is not known as it is."""
    words = {
        "versions": _("Versions"),
        "folders": _("Folders"),
        "configuration": _("Configuration"),
        "app": _("Desktop app"),
        "tray": _("Tray"),
        "notifications": _("Notifications"),
        "keyring": _("Keyring"),
        "tls": _("Certificates"),
        "proxies": _("Proxies"),
        "clock": _("Clock"),
        "gcloud": _("gcloud"),
        "dns": _("Name"),
        "server": _("Server"),
        "certificate": _("Server's certificate"),
        "way": _("Way there"),
        "endpoints": _("Server's endpoints"),
        "credentials": _("Google credentials"),
        "vertex": _("Vertex AI"),
        "logging": _("Cloud Logging"),
        "quota": _("GPU quotas"),
        "bearer": _("Server token"),
    }
    return words.get(name, name)


def verdict_word(verdict: Verdict) -> str:
    """Return how a finding stands, in a word."""
    return {
        Verdict.OK: _("Works"),
        Verdict.WARNING: _("Needs a look"),
        Verdict.BAD: _("Does not work"),
        Verdict.UNKNOWN: _("Not known"),
    }[verdict]


def as_text(findings: Sequence[Finding], versions: Mapping[str, str | None], now: datetime) -> str:
    """Return the findings as plain text to paste somewhere, with everything masked that looks like a secret."""
    lines = [f"AVDesk doctor, {wire.rfc3339(now)}", ""]
    for finding in findings:
        where = f" ({finding.environment})" if finding.environment else ""
        lines.append(
            f"{_MARKS[finding.status]} {finding_name(finding.name)}{where}: {one_line(finding.detail, 2000)}"
        )
        if finding.advice:
            lines.append(f"       -> {one_line(finding.advice, 1000)}")
    lines.append("")
    lines += [f"{name}: {version or '-'}" for name, version in versions.items()]
    return redact("\n".join(lines)) + "\n"
