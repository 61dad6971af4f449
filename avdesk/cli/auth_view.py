"""What `auth` tells people."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from avdesk.cli.lines import Line, Style, line
from avdesk.core.credentials import (
    CredentialFacts,
    CredentialView,
    Kept,
    KeyringState,
    Kind,
    Trial,
    ends_soon,
    expiry_words,
    kept_words,
    kind_words,
)
from avdesk.core.text import one_line
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.config.settings import Environment
    from avdesk.services.given_secret import Given

_INDENT = "    "


def stored_words(environment: str, kind: Kind, *, session: bool) -> str:
    """Return that a secret was stored."""
    what = kind_words(kind)
    if session:
        return _("{what} of {name}: held by the running app until it ends").format(what=what, name=environment)
    return _("{what} of {name}: stored").format(what=what, name=environment)


def cleared_words(environment: str, kinds: Sequence[Kind]) -> str:
    """Return what was taken away."""
    if not kinds:
        return _("Nothing was stored for {name}").format(name=environment)
    return _("Removed for {name}: {what}").format(name=environment, what=", ".join(map(kind_words, kinds)))


def remarks(environment: "Environment", given: "Given", trial: Trial | None) -> list[str]:
    """Return what should be known after storing: that it is not used, or that something is missing."""
    found: list[str] = []
    if given.kind is Kind.BEARER and environment.auth != "bearer":
        text = _('It is not sent yet: the environment has auth = "{auth}". Set it to “bearer”: {command}')
        command = f"avdesk config set environments.{environment.name}.auth bearer"
        found.append(text.format(auth=environment.auth, command=command))
    if given.kind is Kind.SERVICE_ACCOUNT and not environment.project:
        found.append(_("It is not used yet: the environment names no project."))
    if trial is None:
        return found
    if trial.trouble is not None:
        found.append(_("It could not be tried: {why}").format(why=trial.trouble.message))
    if trial.demanded is False:
        found.append(_("The server answers without a token too, so that trying it says nothing."))
    if trial.missing:
        found.append(_("The account lacks: {names}").format(names=", ".join(trial.missing)))
        found.extend(trial.grant)
    if trial.unclear and trial.accepted:
        found.append(_("Not found out: {names}").format(names=", ".join(trial.unclear)))
    return found


def lines_of(view: CredentialView, trials: Sequence[Trial], now: datetime) -> list[Line]:
    """Return what is known of an environment's credentials, and what trying them brought."""
    found = [line((view.environment, Style.STRONG)), _keyring(view)]
    names = [kind_words(facts.kind) for facts in view.facts]
    width = max(len(name) for name in names)
    for name, facts in zip(names, view.facts, strict=True):
        found.append(_fact(f"{name:<{width}}", facts, now))
        if facts.trouble is not None and facts.used is not False:
            found.append(line(_INDENT, (f"{facts.trouble.message} {facts.trouble.advice}".strip(), Style.WARN)))
    for trial in trials:
        found += _trial(trial)
    return found


def _keyring(view: CredentialView) -> Line:
    keyring = view.keyring
    if keyring.state is KeyringState.OPEN:
        words = _("Keyring: {name}").format(name=keyring.name or "–")
        if keyring.others:
            words += " " + _("(also there: {names})").format(names=", ".join(keyring.others))
        return line("  ", words)
    why = keyring.trouble.message if keyring.trouble is not None else ""
    return line("  ", (_("Keyring: {why}").format(why=why), Style.WARN))


def _fact(name: str, facts: CredentialFacts, now: datetime) -> Line:
    pieces = [kept_words(facts)]
    if facts.account:
        pieces.append(one_line(facts.account, 100))
    ends = expiry_words(facts, now)
    if ends:
        pieces.append(ends)
    if facts.used is False and facts.kept is not Kept.NOWHERE:
        pieces.append(_("not used"))
    style = Style.PLAIN
    if facts.lacking or (facts.used and ends_soon(facts, now)):
        style = Style.WARN
    elif facts.used is False or facts.kept is Kept.NOWHERE:
        style = Style.FAINT
    return line(f"  {name}  ", (" · ".join(pieces), style))


def _trial(trial: Trial) -> list[Line]:
    name = kind_words(trial.kind)
    if trial.accepted:
        whose = _("{name}: accepted, {account}").format(name=name, account=trial.account or _("account not known"))
        found = [line("  ", (whose, Style.GOOD))]
    else:
        why = trial.trouble.message if trial.trouble is not None else _("unknown")
        found = [line("  ", (_("{name}: {why}").format(name=name, why=why), Style.BAD))]
    if trial.demanded is False:
        found.append(line(_INDENT, (_("The server answers without a token too."), Style.FAINT)))
    if trial.missing:
        found.append(
            line(_INDENT, (_("The account lacks: {names}").format(names=", ".join(trial.missing)), Style.WARN))
        )
        found += [line(_INDENT, (command, Style.FAINT)) for command in trial.grant]
    if trial.unclear:
        found.append(line(_INDENT, (_("Not found out: {names}").format(names=", ".join(trial.unclear)), Style.FAINT)))
    return found
