"""Google's side: gcloud, and whose credentials would be used."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from avdesk.config.settings import Environment
from avdesk.core import wire, wording
from avdesk.core.errors import CredentialsMissingError, KnownError, NotAllowedError
from avdesk.core.text import one_line
from avdesk.i18n import _
from avdesk.services.doctor.findings import Finding, Verdict
from avdesk.services.gcloud_version import version_beside
from avdesk.services.runtime import Runtime

if TYPE_CHECKING:
    from avdesk.clients.gcloud import Gcloud

GCLOUD_S = 9.0


def asks_vertex(environment: Environment) -> bool:
    """Whether an environment asks Vertex AI at all."""
    return bool(environment.project) and environment.vertex != "off"


def look_at_gcloud(environments: Sequence[Environment]) -> Finding:
    """Where gcloud is, and which version."""
    from avdesk.clients.gcloud import Gcloud

    gcloud = Gcloud()
    path = gcloud.path()
    if path is None:
        only = [each.name for each in environments if each.vertex == "gcloud"]
        verdict = Verdict.BAD if only else Verdict.OK
        detail = _("gcloud is not installed")
        if not only:
            return Finding("gcloud", verdict, detail)
        return Finding(
            "gcloud",
            verdict,
            _("{detail}, but {names} ask by it").format(detail=detail, names=", ".join(only)),
            _("Install the Google Cloud CLI, or set vertex to “rest”."),
        )
    version = version_beside(path) or _asked_version(gcloud)
    if version is None:
        return Finding(
            "gcloud",
            Verdict.WARNING,
            _("{path} does not tell its version").format(path=path),
            _("Run “gcloud version” in a terminal to see what is wrong with it."),
        )
    return Finding("gcloud", Verdict.OK, _("{path}, version {version}").format(path=path, version=version))


def _asked_version(gcloud: "Gcloud") -> str | None:
    try:
        output = gcloud.run(["version", "--format=json"], deadline_s=GCLOUD_S)
        found = json.loads(output.stdout)
    except (KnownError, ValueError, RecursionError):
        return None
    return wire.as_text(wire.as_object(found).get("Google Cloud SDK"))


def look_at_credentials(environment: Environment, runtime: Runtime) -> Finding:
    """Which of Google's credentials an environment would use, whose they are and when they end."""
    from avdesk.clients.transport import Transport

    name = environment.name
    if not asks_vertex(environment):
        return Finding("credentials", Verdict.OK, _("None are needed: Vertex AI is not asked"), environment=name)
    transport = Transport()
    try:
        credentials = runtime.google_credentials(name, transport)
        credentials.token()
        kind, account, expires = credentials.kind, credentials.account, credentials.expires_at
    except CredentialsMissingError as error:
        return Finding("credentials", Verdict.WARNING, error.message, error.advice, name)
    except KnownError as error:
        return Finding("credentials", Verdict.BAD, error.message, error.advice, name)
    finally:
        transport.close()
    facts = [_kind(kind or ""), one_line(account, 100) if account else _("account not known")]
    if expires is not None:
        left = (expires - datetime.now(UTC)).total_seconds()
        facts.append(_("token good for {time}").format(time=wording.rough_duration(max(0.0, left))))
    return Finding("credentials", Verdict.OK, " · ".join(facts), environment=name)


def _kind(kind: str) -> str:
    return {
        "service-account": _("service-account key that was stored for it"),
        "application-default": _("application-default credentials"),
        "gcloud": _("gcloud's own login"),
    }.get(kind, kind)


def look_at_bearer(environment: Environment) -> Finding:
    """Whether the token that the environment's server wants is in the keyring; it is not sent anywhere."""
    from avdesk.store.secrets import BEARER, read_secret

    try:
        read_secret(environment.name, BEARER)
    except NotAllowedError as error:
        return Finding("bearer", Verdict.BAD, error.message, error.advice, environment.name)
    return Finding("bearer", Verdict.OK, _("A token is stored in the keyring"), environment=environment.name)
