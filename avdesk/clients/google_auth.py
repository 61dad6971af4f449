"""Google credentials: the first source that has any, its token kept until shortly before its end."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from avdesk.clients.gcloud import Gcloud
from avdesk.clients.googlekeys import APPLICATION_DEFAULT, SERVICE_ACCOUNT, read_credentials, unusable
from avdesk.clients.grants import GcloudSource, GoogleAuthSource, Grant, Source, application_default
from avdesk.clients.transport import Transport
from avdesk.clients.urls import check_url
from avdesk.core.errors import AvdeskError, CredentialsExpiredError, CredentialsMissingError
from avdesk.core.redact import know_secret
from avdesk.i18n import _

_EARLY = timedelta(minutes=5)
_UNKNOWN_LIFE = timedelta(minutes=5)
"""How long a token whose end nobody tells is kept: a file's content may be replaced at any time."""


class GoogleCredentials:
    """Access and identity tokens for Google, safe to use from several threads.

    Sources, in this order: the service-account key, application-default credentials, gcloud's own login.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        key: Callable[[], str | None] | None = None,
        gcloud: Gcloud | None = None,
        only_gcloud: bool = False,
        only: Source | None = None,
        version: Callable[[], object] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Prepare; nothing is looked for before the first token.

        Args:
            transport: carries the requests to Google's sign-in service.
            key: returns the text of the service-account key that the user stored, None without one.
            gcloud: runs gcloud.
            only_gcloud: look at no other source.
            only: look at this source alone.
            version: returns another value once the stored key is another one: all sources are then looked at anew.
            now: the clock (UTC).
        """
        self._transport = transport
        self._key = key
        self._gcloud = gcloud or Gcloud()
        self._only_gcloud = only_gcloud
        self._only = only
        self._version = version
        self._seen_version: object = None
        self._now = now
        self._lock = threading.RLock()
        self._source: Source | None = None
        self._grant: Grant | None = None
        self._kept_until: datetime | None = None
        self._identities: dict[str, tuple[str, datetime]] = {}

    @property
    def kind(self) -> str | None:
        """``service-account``, ``application-default`` or ``gcloud``; None before the first token."""
        return self._source.kind if self._source is not None else None

    @property
    def account(self) -> str | None:
        """Whose credentials they are; None unknown."""
        return self._grant.account if self._grant is not None else None

    @property
    def expires_at(self) -> datetime | None:
        """When the token ends (UTC); None unknown."""
        return self._grant.expires_at if self._grant is not None else None

    @property
    def quota_project(self) -> str | None:
        """The project that the credentials name for quota; None without one."""
        return self._grant.quota_project if self._grant is not None else None

    @property
    def end_user(self) -> bool:
        """Whether a person's account stands behind them, which then needs a quota project."""
        return self._grant is not None and self._grant.end_user

    def token(self) -> str:
        """Return a token that is good for some minutes at least.

        Raises:
            CredentialsMissingError: no source has any.
            CredentialsExpiredError: they could not be renewed.
            UnreachableError: the sign-in service, or gcloud, gave no answer.
        """
        with self._lock:
            self._follow_changes()
            if self._grant is None or self._kept_until is None or self._now() >= self._kept_until:
                self._renew(force=False)
            assert self._grant is not None
            return self._grant.token

    def refresh(self, refused: str | None = None) -> str:
        """Return a new token.

        `refused` is the token that an API did not accept; when another thread has already replaced it, that
        newer one is returned. Raises as `token`.
        """
        with self._lock:
            self._follow_changes()
            if refused is None or self._grant is None or self._grant.token == refused:
                self._renew(force=True)
            assert self._grant is not None
            return self._grant.token

    def identity_token(self, audience: str, *, refused: str | None = None) -> str:
        """Return an identity token for a server behind IAM, from the first source that gives one.

        Args:
            audience: the server's base URL.
            refused: a token that the server did not accept; another one is asked for.

        Raises:
            ConfigError: `audience` is no address.
            NotAllowedError, UnreachableError: as `token`.
        """
        parts = check_url(audience)
        audience = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            self._follow_changes()
            kept = self._identities.get(audience)
            if kept is not None and kept[0] != refused and self._now() < kept[1]:
                return kept[0]
            grant = self._identity(audience)
            know_secret(grant.token)
            self._identities[audience] = (grant.token, self._good_until(grant))
            return grant.token

    def forget(self) -> None:
        """Look at all sources anew the next time: the user has signed in, or stored another key."""
        with self._lock:
            self._source = self._grant = self._kept_until = None
            self._identities.clear()

    def _follow_changes(self) -> None:
        """Forget everything once the user has stored or removed a key."""
        version = self._version() if self._version is not None else None
        if version != self._seen_version:
            self._seen_version = version
            self.forget()

    def _renew(self, *, force: bool) -> None:
        """Take a new token from the source in use, or from the first one that gives one."""
        if self._source is not None:
            grant = self._source.grant(force=force)
        else:
            self._source, grant = self._first(lambda source: source.grant(force=force))
        know_secret(grant.token)
        self._grant, self._kept_until = grant, self._good_until(grant)

    def _identity(self, audience: str) -> Grant:
        _source, grant = self._first(lambda source: source.identity(audience))
        return grant

    def _first(self, ask: Callable[[Source], Grant]) -> tuple[Source, Grant]:
        """Return the first answer in the order of the sources.

        A key, or a file that the environment names, is meant: its failure is final. gcloud's file of application
        default credentials may be a leftover, so gcloud's login is still tried; the file's own failure is told when
        that fails too.
        """
        leftover: AvdeskError | None = None
        for source, meant in self._sources():
            try:
                return source, ask(source)
            except (CredentialsMissingError, CredentialsExpiredError) as error:
                if meant:
                    raise
                leftover = leftover or error
        raise leftover or CredentialsMissingError(
            _("No Google credentials were found."), _("Sign in: gcloud auth login, or store a service-account key.")
        )

    def _sources(self) -> list[tuple[Source, bool]]:
        if self._only is not None:
            return [(self._only, True)]
        own: tuple[Source, bool] = (GcloudSource(self._gcloud), False)
        if self._only_gcloud:
            return [own]
        key = self._key() if self._key is not None else None
        if key:
            info = read_credentials(key, SERVICE_ACCOUNT)
            return [(GoogleAuthSource(SERVICE_ACCOUNT, info, self._transport), True)]
        found = application_default()
        if found is None:
            return [own]
        path, meant = found
        try:
            info = read_credentials(path.read_text("utf-8"), APPLICATION_DEFAULT)
        except (OSError, UnicodeError, CredentialsMissingError):
            if meant:
                raise unusable(APPLICATION_DEFAULT) from None
            return [own]
        return [(GoogleAuthSource(APPLICATION_DEFAULT, info, self._transport), meant), own]

    def _good_until(self, grant: Grant) -> datetime:
        """Return when to ask again: five minutes before the end, or halfway to it for a token that ends sooner.

        An end in the past says that the clocks differ: such a token is kept until an API refuses it, or a while.
        """
        now = self._now()
        if grant.expires_at is None or grant.expires_at <= now:
            return now + _UNKNOWN_LIFE
        return max(grant.expires_at - _EARLY, now + (grant.expires_at - now) / 2)
