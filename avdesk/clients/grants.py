"""Where access tokens come from: a service-account key, application-default credentials, gcloud's own login."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from avdesk.clients.gcloud import Gcloud
from avdesk.clients.gcloudtext import explain
from avdesk.clients.googlekeys import load_credentials, unusable
from avdesk.clients.reply import Timeouts, read_json
from avdesk.clients.transport import Transport
from avdesk.clients.urls import is_loopback
from avdesk.core import wire
from avdesk.core.errors import (
    AvdeskError,
    BadAnswerError,
    CredentialsExpiredError,
    CredentialsMissingError,
    NotAllowedError,
)
from avdesk.core.jwtclaims import claims_of
from avdesk.core.redact import redact
from avdesk.core.text import one_line
from avdesk.i18n import _

if TYPE_CHECKING:
    from google.auth import credentials as google_credentials
    from google.auth import transport as google_transport

GCLOUD = "gcloud"

_TOKEN_TIMEOUTS = Timeouts(connect_s=5.0, read_s=15.0, total_s=20.0)
_ADC_FILE = "application_default_credentials.json"


@dataclass(frozen=True, slots=True)
class Grant:
    """One access token and what is known about it; its text shows no token.

    Attributes:
        token: the bearer.
        expires_at: when it ends (UTC), None when the source does not say.
        account: whose it is, None when the source does not say.
        quota_project: the project that the credentials name for quota, None without one.
        end_user: whether a person's account stands behind it.
    """

    token: str
    expires_at: datetime | None = None
    account: str | None = None
    quota_project: str | None = None
    end_user: bool = False

    def __repr__(self) -> str:
        """Return what may be shown."""
        return f"Grant(account={self.account!r}, expires_at={self.expires_at})"


class Source(Protocol):
    """Gives access tokens."""

    @property
    def kind(self) -> str:
        """`SERVICE_ACCOUNT`, `APPLICATION_DEFAULT` or `GCLOUD`."""

    def grant(self, *, force: bool) -> Grant:
        """Return a token; `force`: a new one, where the source can make one. Raises `AvdeskError`."""

    def identity(self, audience: str) -> Grant:
        """Return an identity token for the service at `audience`. Raises `AvdeskError`."""


class FixedSource:
    """A token that the caller holds already, as the embedded Google APIs hand one out."""

    kind = "fixed"

    def __init__(self, token: str) -> None:
        self._token = token

    def grant(self, *, force: bool) -> Grant:
        """Return the token; `force` changes nothing, there is no other one."""
        del force
        return Grant(self._token)

    def identity(self, audience: str) -> Grant:
        """Refuse: the token is no identity token.

        Raises:
            CredentialsMissingError: always.
        """
        raise CredentialsMissingError(
            _("There is no identity token for {audience}.").format(audience=audience),
            _("Set auth to “none” or “bearer” for this environment."),
        )


class GoogleAuthSource:
    """Credentials that google-auth understands, its requests carried by AVDesk's transport."""

    def __init__(self, kind: str, info: Mapping[str, object], transport: Transport) -> None:
        """Take the decoded JSON of a key or credentials file."""
        self._kind = kind
        self._info = dict(info)
        self._transport = transport
        self._credentials: google_credentials.Credentials | None = None

    @property
    def kind(self) -> str:
        """Which source it is."""
        return self._kind

    @property
    def end_user(self) -> bool:
        """Whether a person's account stands behind it."""
        return self._info.get("type") == "authorized_user"

    def grant(self, *, force: bool) -> Grant:
        """Return a token; google-auth is imported by the first call."""
        del force  # the caller asks only when it needs a new one
        if self._credentials is None:
            self._credentials = load_credentials(self._info, self._kind)
        self._refresh(self._credentials)
        return Grant(
            token=str(self._credentials.token),
            expires_at=_utc(self._credentials.expiry),
            account=wire.as_text(self._info.get("client_email")) or wire.as_text(self._info.get("account")),
            quota_project=wire.as_text(self._info.get("quota_project_id")),
            end_user=self.end_user,
        )

    def identity(self, audience: str) -> Grant:
        """Return an identity token: signed with the key, or, for a person, the one that comes with the refresh."""
        from google.oauth2 import service_account

        if self._info.get("type") == "service_account":
            try:
                made = service_account.IDTokenCredentials.from_service_account_info(  # type: ignore[no-untyped-call]
                    self._info, target_audience=audience
                )
            except ValueError:
                raise unusable(self._kind) from None
            self._refresh(made)
            return Grant(str(made.token), _utc(made.expiry), wire.as_text(self._info.get("client_email")))
        if self._credentials is None:
            self._credentials = load_credentials(self._info, self._kind)
        self._refresh(self._credentials)
        token = wire.as_text(getattr(self._credentials, "id_token", None))
        if token is None:
            raise CredentialsMissingError(
                _("These credentials give no identity token."),
                _("Sign in with gcloud auth login, or store a service-account key."),
            )
        return Grant(token, _utc(self._credentials.expiry), end_user=self.end_user)

    def _refresh(self, credentials: "google_credentials.Credentials") -> None:
        from google.auth import exceptions

        try:
            credentials.refresh(_requester(self._transport))  # type: ignore[no-untyped-call]
        except AvdeskError:
            raise
        except exceptions.TransportError as error:
            raise BadAnswerError(
                _("Google’s sign-in service gave no usable answer: {words}").format(words=_short(error)),
                _("Check the network and try again."),
            ) from None
        except (exceptions.GoogleAuthError, ValueError, KeyError, TypeError) as error:
            raise CredentialsExpiredError(
                _("Google did not renew the credentials: {words}").format(words=_short(error)),
                _("Sign in again, check this machine’s clock, or store a new service-account key."),
            ) from None


class GcloudSource:
    """gcloud's own login, whatever it is: an account, impersonation, a token file."""

    def __init__(self, gcloud: Gcloud) -> None:
        """Take what runs gcloud."""
        self._gcloud = gcloud

    @property
    def kind(self) -> str:
        """Which source it is."""
        return GCLOUD

    def grant(self, *, force: bool) -> Grant:
        """Return gcloud's token, with its expiry and account, for the price of one process."""
        output = self._gcloud.run(
            [
                "config",
                "config-helper",
                "--format=json",
                *(["--force-auth-refresh"] if force else ["--min-expiry=10m"]),
            ]
        )
        if output.code != 0:
            raise explain(output.stderr, output.code)
        helped = wire.as_object(read_json(output.stdout))
        credential = wire.as_object(helped.get("credential"))
        token = wire.as_text(credential.get("access_token"))
        if token is None:
            raise CredentialsMissingError(_("gcloud is not signed in."), _("Sign in: gcloud auth login"))
        properties = wire.as_object(wire.as_object(helped.get("configuration")).get("properties"))
        core, auth = wire.as_object(properties.get("core")), wire.as_object(properties.get("auth"))
        account = wire.as_text(auth.get("impersonate_service_account")) or wire.as_text(core.get("account"))
        from_file = wire.as_text(auth.get("access_token_file")) is not None
        return Grant(
            token=token,
            expires_at=wire.as_time(credential.get("token_expiry")),
            account=None if from_file else account,
            end_user=not from_file and account is not None and not account.endswith(".gserviceaccount.com"),
        )

    def identity(self, audience: str) -> Grant:
        """Return gcloud's identity token; a person's has no audience of its own choosing."""
        output = self._gcloud.run(["auth", "print-identity-token", f"--audiences={audience}"])
        if output.code != 0 and "audiences" in output.stderr.lower():
            output = self._gcloud.run(["auth", "print-identity-token"])
        if output.code != 0:
            raise explain(output.stderr, output.code)
        token = output.stdout.decode("ascii", "replace").strip()
        return Grant(token, jwt_expiry(token))


def application_default(environment: Mapping[str, str] | None = None) -> tuple[Path, bool] | None:
    """Return the file of application-default credentials and whether it was named on purpose; None without one."""
    named = (os.environ if environment is None else environment).get("GOOGLE_APPLICATION_CREDENTIALS")
    if named:
        return Path(named), True
    from google.auth import _cloud_sdk

    folder = Path(_cloud_sdk.get_config_path())  # type: ignore[no-untyped-call]
    path = folder / _ADC_FILE
    return (path, False) if path.is_file() else None


def jwt_expiry(token: str) -> datetime | None:
    """Return when an identity token ends, by its own claim, which nobody here verifies; None unreadable."""
    return claims_of(token).expires_at


def _requester(transport: Transport) -> "Callable[..., google_transport.Response]":
    """Return what google-auth sends its requests with."""

    def send(
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **_more: object,
    ) -> "google_transport.Response":
        del timeout
        _check_token_address(url)
        reply = transport.request(method, url, headers=headers, data=body, timeout=_TOKEN_TIMEOUTS)
        return cast("google_transport.Response", _Answer(reply.status, reply.headers, reply.body))

    return send


@dataclass(frozen=True)
class _Answer:
    """An answer in google-auth's terms."""

    status: int
    headers: Mapping[str, str]
    data: bytes


def _check_token_address(url: str) -> None:
    """Refuse to send a refresh token or a signed assertion unprotected."""
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    if parts.scheme != "https" and not is_loopback(parts.hostname):
        raise NotAllowedError(
            _("The credentials name a sign-in address without https; nothing was sent."),
            _("Check where the credentials file comes from, and make a new one."),
        )


def _utc(moment: datetime | None) -> datetime | None:
    """Return google-auth's expiry, which is UTC without saying so."""
    return None if moment is None else moment.replace(tzinfo=UTC)


def _short(error: Exception) -> str:
    return one_line(redact(str(error.args[0]) if error.args else type(error).__name__), 200)
