"""AVDesk's own check of the token that a server wants: whether it is there, and when it ends. It is sent nowhere."""

from pathlib import Path

from avdesk.config.settings import Environment
from avdesk.core.credentials import CredentialFacts, Kept, Kind, ended, ends_soon, expiry_words, kept_words
from avdesk.core.health import CheckResult, Health
from avdesk.core.ownchecks import TOKEN
from avdesk.i18n import _
from avdesk.services.clock import Clock
from avdesk.services.own_probes import Probed


def look_at_token(environment: Environment, config_folder: Path, clock: Clock) -> Probed:
    """Return how the stored token stands; asks the keyring, so never in the GUI thread."""
    from avdesk.services.credentials import Credentials

    facts = Credentials(config_folder).view(environment).of(Kind.BEARER)
    return Probed(_result(facts or CredentialFacts(Kind.BEARER, Kept.UNKNOWN), clock))


def _result(facts: CredentialFacts, clock: Clock) -> CheckResult:
    now = clock.now()
    again = _("Store another one with “avdesk auth set”, or on the Settings page.")
    if facts.trouble is not None:
        trouble = facts.trouble
        return CheckResult(
            TOKEN, Health.UNHEALTHY, checked_at=now, error=trouble.message, advice=trouble.advice or again
        )
    if facts.kept is Kept.NOWHERE:
        words = _("The server wants a token, and none is stored.")
        return CheckResult(TOKEN, Health.UNHEALTHY, checked_at=now, error=words, advice=again)
    detail = " · ".join(text for text in (kept_words(facts), expiry_words(facts, now)) if text)
    if ended(facts, now):
        return CheckResult(TOKEN, Health.UNHEALTHY, checked_at=now, error=detail, advice=again)
    if ends_soon(facts, now):
        return CheckResult(TOKEN, Health.DEGRADED, checked_at=now, detail=detail, advice=again)
    return CheckResult(TOKEN, Health.HEALTHY, checked_at=now, detail=detail)
