"""What AVDesk's own checks ask: Google's interfaces beside Vertex AI, and this machine. Slow; never the GUI thread's.

Each question costs Google a read at most, and the AutoVideo server nothing.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from avdesk.clients.compute import ComputeRest
from avdesk.clients.google_auth import GoogleCredentials
from avdesk.clients.google_calls import GoogleCalls, check_endpoint
from avdesk.clients.googleerrors import error_of, refusal_of
from avdesk.clients.transport import Transport
from avdesk.config.settings import Environment
from avdesk.core import wire, wording
from avdesk.core.errors import AvdeskError, CredentialsMissingError
from avdesk.core.gpuquota import GpuQuota, any_free, read_quotas
from avdesk.core.health import CheckResult, Health
from avdesk.core.ownchecks import CREDENTIALS, GCLOUD, LOGGING, QUOTA
from avdesk.core.text import one_line
from avdesk.i18n import _, ngettext
from avdesk.services.clock import Clock

AT_ONCE = 5
"""Regions asked side by side."""

_LOOK_BACK = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Probed:
    """What a probe found: its result, and the GPU quotas where it was asked for them."""

    result: CheckResult
    quotas: tuple[GpuQuota, ...] | None = None


class OwnProbes:
    """Asks for one environment. May be used from several threads."""

    def __init__(
        self, environment: Environment, transport: Transport, credentials: GoogleCredentials, clock: Clock
    ) -> None:
        """Prepare; nothing is asked yet. The environment has a project.

        Raises:
            ConfigError: a setting cannot be used.
        """
        self._environment = environment
        self._credentials = credentials
        self._calls = GoogleCalls(transport, credentials, environment.project)
        self._compute = ComputeRest(environment.project, self._calls, endpoint=environment.google_endpoint)
        self._logging = check_endpoint(environment.google_endpoint) or "https://logging.googleapis.com"
        self._clock = clock

    def probes(self) -> dict[str, Callable[[], Probed]]:
        """Return name → what asks for the check of that name; each may raise a `KnownError`."""
        return {
            CREDENTIALS: self.credentials,
            GCLOUD: self.gcloud,
            LOGGING: self.logging,
            QUOTA: self.quotas,
        }

    def credentials(self) -> Probed:
        """Find out whose credentials are used and for how long they are good."""
        try:
            self._credentials.token()
        except CredentialsMissingError as error:
            return Probed(self._refused(CREDENTIALS, error))
        facts = [kind_words(self._credentials.kind or ""), one_line(self._credentials.account or "", 100)]
        expires, now = self._credentials.expires_at, self._clock.now()
        if expires is not None and expires > now:
            left = wording.rough_duration((expires - now).total_seconds())
            facts.append(_("the token is good for {time} and then renewed").format(time=left))
        detail = " · ".join(fact for fact in facts if fact)
        return Probed(CheckResult(CREDENTIALS, Health.HEALTHY, checked_at=now, detail=detail or None))

    def gcloud(self) -> Probed:
        """Find gcloud on this machine."""
        from avdesk.clients.gcloud import Gcloud
        from avdesk.services.gcloud_version import version_beside

        path, now = Gcloud().path(), self._clock.now()
        if path is not None:
            version = version_beside(path) or _("version not known")
            return Probed(CheckResult(GCLOUD, Health.HEALTHY, checked_at=now, detail=f"{version} · {path}"))
        detail = _("gcloud is not installed, or not on the PATH.")
        if self._environment.vertex != "gcloud":
            return Probed(CheckResult(GCLOUD, Health.DISABLED, checked_at=now, detail=detail))
        advice = _("Install the Google Cloud CLI, or set vertex to “rest”.")
        return Probed(CheckResult(GCLOUD, Health.UNHEALTHY, checked_at=now, error=detail, advice=advice))

    def logging(self) -> Probed:
        """Ask Cloud Logging for one entry of the last hour: one of the sixty reads a minute."""
        since = wire.rfc3339(self._clock.now() - _LOOK_BACK)
        body = {
            "resourceNames": [f"projects/{self._environment.project}"],
            "filter": f'resource.type="cloud_run_revision" AND timestamp>="{since}"',
            "orderBy": "timestamp desc",
            "pageSize": 1,
        }
        started = time.monotonic()
        reply = self._calls.send("POST", f"{self._logging}/v2/entries:list", json=body)
        took = time.monotonic() - started
        if not reply.ok:
            raise error_of(refusal_of(reply))
        found = bool(wire.as_list(wire.as_object(reply.json()).get("entries")))
        detail = _("Answers, with log lines of the last hour.") if found else _("Answers.")
        result = CheckResult(
            LOGGING, Health.HEALTHY, http_status=reply.status, latency_s=took, checked_at=self._now(), detail=detail
        )
        return Probed(result)

    def quotas(self) -> Probed:
        """Ask Compute Engine for the GPU quotas of all regions, side by side.

        Raises:
            AvdeskError: no region was told of.
        """
        regions = tuple(dict.fromkeys(self._environment.regions))
        started = time.monotonic()
        with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="quota") as pool:
            answers = dict(zip(regions, pool.map(self._region, regions), strict=True))
        took = time.monotonic() - started
        errors = {region: found for region, found in answers.items() if isinstance(found, AvdeskError)}
        if errors and len(errors) == len(answers):
            raise next(iter(errors.values()))
        told = {region: found for region, found in answers.items() if isinstance(found, tuple)}
        quotas = tuple(quota for found in told.values() for quota in found)
        return Probed(self._quota_result(quotas, len(answers) - len(told) - len(errors), errors, took), quotas)

    def abort(self) -> None:
        """Make whatever is under way fail soon; from any thread."""
        self._calls.abort()

    def _region(self, region: str) -> tuple[GpuQuota, ...] | AvdeskError | None:
        try:
            return read_quotas(region, self._compute.region(region))
        except AvdeskError as error:
            return error

    def _quota_result(
        self, quotas: Sequence[GpuQuota], silent: int, errors: Mapping[str, AvdeskError], took: float
    ) -> CheckResult:
        """Return the result; `silent` regions answered without telling their quotas."""
        left, told = any_free(quotas), bool(quotas)
        if not told:
            status, detail = Health.UNKNOWN, _("Compute Engine tells no quotas at present.")
        elif left:
            status, detail = Health.HEALTHY, _("There are GPUs left by Compute Engine's quotas.")
        else:
            status, detail = Health.DEGRADED, _("No GPU is left by Compute Engine's quotas.")
        advice = "" if left or not told else _("Wait until a job ends, or ask Google for more quota.")
        error = None
        if errors:
            region, first = next(iter(errors.items()))
            error = f"{region}: {first.message}"
            advice = advice or first.advice
            status = Health.DEGRADED if status is Health.HEALTHY else status
        elif silent and told:
            words = ngettext("{n} region tells none.", "{n} regions tell none.", silent).format(n=silent)
            detail = f"{detail} {words}"
        return CheckResult(
            QUOTA, status, latency_s=took, checked_at=self._now(), detail=detail, error=error, advice=advice
        )

    def _refused(self, name: str, error: AvdeskError) -> CheckResult:
        return CheckResult(name, Health.UNHEALTHY, checked_at=self._now(), error=error.message, advice=error.advice)

    def _now(self) -> datetime:
        return self._clock.now()


def kind_words(kind: str) -> str:
    """Return where credentials come from, in words."""
    return {
        "service-account": _("service-account key"),
        "application-default": _("application-default credentials"),
        "gcloud": _("gcloud's own login"),
        "fixed": _("a token that AVDesk was started with"),
    }.get(kind, kind)
