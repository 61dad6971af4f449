"""What to do about a health check that is not well: by what the check itself says, else by what is known of it."""

from collections.abc import Callable, Mapping

from avdesk.core import reasons
from avdesk.core.health import MAIN, CheckResult, Health
from avdesk.i18n import _


def advise(result: CheckResult) -> str:
    """Return one or two sentences of what to do; empty where nothing needs doing."""
    if result.status in (Health.HEALTHY, Health.RETIRED) or result.absent:
        return ""
    if result.advice:
        return result.advice
    if result.status is Health.UNKNOWN:
        return _unknown(result)
    by_word = _BY_WORD.get((result.name, (result.reported or "").lower()))
    if by_word is not None:
        return by_word()
    if result.status is Health.DISABLED:
        return ""
    known = reasons.explain(" ".join(text for text in (result.error, result.detail) if text))
    if known.known and known.advice:
        return known.advice
    by_name = _BY_NAME.get(result.name)
    return by_name() if by_name is not None else _("Read the server's own words, and look into its log.")


def _unknown(result: CheckResult) -> str:
    if result.error is not None:
        return _("Check it again in a moment.")
    if result.checked_at is not None:
        return _("The answer means nothing to AVDesk: read it, and look into the server's log.")
    return ""


_BY_WORD: Mapping[tuple[str, str], Callable[[], str]] = {
    ("quota", "no_gpu_quota"): lambda: _(
        "No GPU is left in any region: new jobs will wait, or render slowly without one. Wait until a job ends, or "
        "ask Google for more quota."
    ),
    ("quota", "limited_quota"): lambda: _("One kind of GPU is used up: jobs can still run on the other."),
}

_BY_NAME: Mapping[str, Callable[[], str]] = {
    MAIN: lambda: _("Look into the server's log; restart it if it stays like this."),
    "openai": lambda: _("Check the server's OPENAI_API_KEY, its way to the internet, and whether OpenAI is up."),
    "vertex_ai": lambda: _(
        "This check fails on most revisions, also while jobs run well. Trust AVDesk's own Vertex AI checks, and look "
        "into the server's log if those fail too."
    ),
    "quota": lambda: _("The server cannot read its quota. See “GPUs by region” for what Google tells AVDesk."),
    "service_account": lambda: _("Check which service account the server runs as, and its roles in IAM."),
    "machine_types": lambda: _("Check the server's Vertex AI settings and project; a restart reads them anew."),
    "vertex_minimal": lambda: _("Check that the server's service account may use Vertex AI (roles/aiplatform.user)."),
    "veo": lambda: _("Check that Veo is enabled for the project and in the server's region."),
    "tts": lambda: _("Check the server's credentials for text to speech, or choose the other voice service."),
    "deployment": lambda: _("The server lacks the facts of its deployment; nothing else depends on them."),
}
