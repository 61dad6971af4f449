"""The credentials of the environments: what is there, trying one, storing it, taking it away.

Secrets go into the keyring, a service-account key into a sealed file whose opener is in the keyring, or, where the
user says so, into this process's memory until it ends. There is no fourth place.
"""

from collections.abc import Sequence
from pathlib import Path

from avdesk.config.settings import Environment
from avdesk.core.credentials import (
    GIVEN,
    CredentialFacts,
    CredentialView,
    Kept,
    KeyringState,
    KeyringView,
    Kind,
    Trial,
)
from avdesk.core.errors import CredentialsMissingError, KnownError
from avdesk.core.jwtclaims import claims_of
from avdesk.core.snapshot import Trouble
from avdesk.core.text import one_line
from avdesk.i18n import _
from avdesk.services.bearer import server_token
from avdesk.services.given_secret import Given, read_given
from avdesk.services.stored_key import StoredKey
from avdesk.store import secrets
from avdesk.store.keyfile import KeyFile
from avdesk.store.secrets import KeyringAbsentError, KeyringLockedError
from avdesk.store.session_secrets import SESSION

DEADLINE_S = 4.0
"""For one question to the keyring, while somebody waits for the answer."""


class Credentials:
    """What can be done with the credentials. Cheap to make; everything but the making takes time: not in a GUI."""

    def __init__(self, config_folder: Path, deadline_s: float = DEADLINE_S) -> None:
        """Use the folder of the configuration; `deadline_s` bounds each question to the keyring."""
        self._folder = config_folder
        self._deadline_s = deadline_s

    def view(self, environment: Environment, held_elsewhere: Sequence[Kind] = ()) -> CredentialView:
        """Return what is known without asking anybody but the keyring and this machine's files.

        `held_elsewhere`: the kinds of which the running app holds one for its session, where that is another process.
        """
        keyring = self.keyring()
        facts = [self._bearer(environment, keyring), *self._google(environment, keyring)]
        told = (_held(each) if each.kind in held_elsewhere else each for each in facts)
        return CredentialView(environment.name, keyring, tuple(told))

    def keyring(self) -> KeyringView:
        """Return whether there is a keyring, which one, and whether it is open."""
        try:
            facts = secrets.keyring_facts(self._deadline_s)
            if facts.locked:
                secrets.check_unlocked(self._deadline_s)
        except KeyringAbsentError as error:
            return KeyringView(KeyringState.ABSENT, trouble=Trouble.of(error))
        except KeyringLockedError as error:
            return KeyringView(KeyringState.LOCKED, trouble=Trouble.of(error))
        return KeyringView(KeyringState.OPEN, facts.name, facts.others)

    def check_keyring(self) -> None:
        """Make sure that a secret could be stored now.

        Raises:
            KeyringAbsentError, KeyringLockedError: it could not.
        """
        secrets.check_unlocked(self._deadline_s)

    def unlock_keyring(self) -> None:
        """Have the desktop ask for the keyring's password; takes as long as the user does.

        Raises:
            KeyringAbsentError, KeyringLockedError: it is not open after that.
        """
        secrets.unlock_keyring()

    def try_given(self, environment: Environment, given: Given) -> Trial:
        """Try a secret that is not stored yet; whatever goes wrong is told in what is returned."""
        from avdesk.services.credential_trial import try_google, try_server

        if given.kind is Kind.BEARER:
            return try_server(environment, lambda: given.secret, Kind.BEARER)
        from avdesk.clients.google_auth import GoogleCredentials

        return try_google(
            environment,
            lambda transport: GoogleCredentials(transport, key=lambda: given.secret),
            Kind.SERVICE_ACCOUNT,
        )

    def try_stored(self, environment: Environment) -> tuple[Trial, ...]:
        """Try what the environment uses now: the server's token, where it wants one, and Google's credentials."""
        from avdesk.clients.google_auth import GoogleCredentials
        from avdesk.clients.transport import Transport
        from avdesk.services.credential_trial import try_google, try_server

        found: list[Trial] = []
        if environment.auth != "none":
            with_own = Transport()
            try:
                token = server_token(environment, with_own, self._folder)
                assert token is not None, "every other way of authentication has a token"
                kind = Kind.BEARER if environment.auth == "bearer" else Kind.IDENTITY
                found.append(try_server(environment, token.token, kind))
            finally:
                with_own.close()
        if _asks_google(environment):
            key = StoredKey(self._folder, environment.name, self._deadline_s)
            only_gcloud = environment.vertex == "gcloud"
            found.append(
                try_google(
                    environment,
                    lambda transport: GoogleCredentials(transport, key=key.text, only_gcloud=only_gcloud),
                    None,
                )
            )
        return tuple(found)

    def store(self, environment: str, given: Given, *, session_only: bool = False) -> None:
        """Store a secret for an environment, in place of the one before; `session_only`: in this process's memory.

        Raises:
            KeyringAbsentError, KeyringLockedError: it was not stored; it may be held for the session instead.
            StoreError: the sealed file could not be written.
        """
        if session_only:
            SESSION.hold(environment, given.kind.value, given.secret)
            return
        if given.kind is Kind.SERVICE_ACCOUNT:
            KeyFile(self._folder, environment).write(given.secret, self._deadline_s)
        else:
            secrets.write_secret(environment, given.kind.value, given.secret, self._deadline_s)
        SESSION.drop(environment, given.kind.value)
        SESSION.changed(environment)

    def clear(self, environment: str, kinds: Sequence[Kind] = GIVEN) -> tuple[Kind, ...]:
        """Take the secrets of these kinds away, wherever they are; returns the kinds of which there was one.

        Raises:
            KeyringAbsentError, KeyringLockedError: the keyring could not be asked; all that could be removed was.
            StoreError: the sealed file could not be removed.
        """
        found: list[Kind] = []
        refused: KnownError | None = None
        for kind in kinds:
            held = SESSION.drop(environment, kind.value)
            stored = False
            try:
                if kind is Kind.SERVICE_ACCOUNT:
                    stored = KeyFile(self._folder, environment).delete(self._deadline_s)
                else:
                    stored = secrets.delete_secret(environment, kind.value, self._deadline_s)
            except KnownError as error:
                # Without a keyring there is nothing in it: what was held for the session was all.
                if not (held and isinstance(error, KeyringAbsentError)):
                    refused = error
            if held or stored:
                found.append(kind)
        SESSION.changed(environment)
        if refused is not None:
            raise refused
        return tuple(found)

    def rename(self, old: str, new: str) -> None:
        """Give the secrets of an environment to the name that it has from now on.

        Raises:
            KeyringAbsentError, KeyringLockedError, StoreError: they were not moved, and stay under the old name.
            CredentialsMissingError: the sealed file cannot be opened.
        """
        held = {kind: SESSION.get(old, kind.value) for kind in GIVEN}
        for kind, secret in held.items():
            if secret is not None:
                SESSION.hold(new, kind.value, secret)
                SESSION.drop(old, kind.value)
        key = KeyFile(self._folder, old).read(self._deadline_s)
        if key is not None:
            KeyFile(self._folder, new).write(key, self._deadline_s)
            KeyFile(self._folder, old).delete(self._deadline_s)
        try:
            token = secrets.read_secret(old, Kind.BEARER.value, self._deadline_s)
        except CredentialsMissingError:
            return
        secrets.write_secret(new, Kind.BEARER.value, token, self._deadline_s)
        secrets.delete_secret(old, Kind.BEARER.value, self._deadline_s)

    def _bearer(self, environment: Environment, keyring: KeyringView) -> CredentialFacts:
        used = environment.auth == "bearer"
        held = SESSION.get(environment.name, Kind.BEARER.value)
        if held is not None:
            return _of_token(held, Kept.SESSION, used=used)
        if keyring.trouble is not None:
            return CredentialFacts(Kind.BEARER, Kept.UNKNOWN, used, trouble=keyring.trouble)
        try:
            token = secrets.read_secret(environment.name, Kind.BEARER.value, self._deadline_s)
        except CredentialsMissingError as error:
            return CredentialFacts(Kind.BEARER, Kept.NOWHERE, used, trouble=Trouble.of(error) if used else None)
        except KnownError as error:
            return CredentialFacts(Kind.BEARER, Kept.UNKNOWN, used, trouble=Trouble.of(error))
        return _of_token(token, Kept.KEYRING, used=used)

    def _google(self, environment: Environment, keyring: KeyringView) -> list[CredentialFacts]:
        """Return what Google's credentials there are, in the order in which they are looked at."""
        identity = environment.auth == "identity-token"
        wanted = _asks_google(environment) or identity
        key = self._key(environment, keyring, used=wanted and environment.vertex != "gcloud")
        default, gcloud = _application_default(), _gcloud()
        # The first one that is there is used; which ones work is only told by trying.
        for_default = False if not wanted or key.kept is not Kept.NOWHERE or environment.vertex == "gcloud" else None
        for_gcloud = False if not wanted or (key.used and key.kept is not Kept.NOWHERE) else None
        found = [
            key,
            CredentialFacts(
                default.kind,
                default.kept,
                for_default,
                default.account,
                renews=default.renews,
                trouble=default.trouble,
            ),
            CredentialFacts(gcloud.kind, gcloud.kept, for_gcloud),
        ]
        if identity:
            there = any(each.kept not in (Kept.NOWHERE, Kept.UNKNOWN) for each in found)
            lacking = None if there else _no_google()
            kept = Kept.OUTSIDE if there else Kept.NOWHERE
            found.insert(0, CredentialFacts(Kind.IDENTITY, kept, True, key.account, renews=True, trouble=lacking))  # noqa: FBT003
        return found

    def _key(self, environment: Environment, keyring: KeyringView, *, used: bool) -> CredentialFacts:
        held = SESSION.get(environment.name, Kind.SERVICE_ACCOUNT.value)
        there = KeyFile(self._folder, environment.name).version() is not None
        if held is None and there and keyring.trouble is not None:
            return CredentialFacts(Kind.SERVICE_ACCOUNT, Kept.UNKNOWN, used, trouble=keyring.trouble)
        try:
            text = StoredKey(self._folder, environment.name, self._deadline_s).text()
            if text is None:
                # Others are looked at then, so that it is not needed.
                return CredentialFacts(Kind.SERVICE_ACCOUNT, Kept.NOWHERE, None if used else False)
            given = read_given(Kind.SERVICE_ACCOUNT, text)
        except KnownError as error:
            return CredentialFacts(Kind.SERVICE_ACCOUNT, Kept.UNKNOWN, used, trouble=Trouble.of(error))
        kept = Kept.KEYRING if held is None else Kept.SESSION
        return CredentialFacts(Kind.SERVICE_ACCOUNT, kept, used, given.account, renews=True)


def _held(facts: CredentialFacts) -> CredentialFacts:
    """Return what is known of a secret that another process holds, and shows to nobody."""
    return CredentialFacts(facts.kind, Kept.SESSION, facts.used)


def _asks_google(environment: Environment) -> bool:
    return bool(environment.project) and environment.vertex != "off"


def _of_token(token: str, kept: Kept, *, used: bool) -> CredentialFacts:
    claims = claims_of(token)
    return CredentialFacts(Kind.BEARER, kept, used, claims.account, claims.issued_at, claims.expires_at, renews=False)


def _application_default() -> CredentialFacts:
    from avdesk.clients.googlekeys import APPLICATION_DEFAULT, read_credentials
    from avdesk.clients.grants import application_default

    found = application_default()
    if found is None:
        return CredentialFacts(Kind.APPLICATION_DEFAULT, Kept.NOWHERE)
    try:
        info = read_credentials(found[0].read_text("utf-8"), APPLICATION_DEFAULT)
    except (OSError, UnicodeError):
        trouble = Trouble(
            "CredentialsMissingError",
            _("The file of application-default credentials cannot be read."),
            _("Make it again: gcloud auth application-default login"),
        )
        return CredentialFacts(Kind.APPLICATION_DEFAULT, Kept.UNKNOWN, trouble=trouble)
    except KnownError as error:
        return CredentialFacts(Kind.APPLICATION_DEFAULT, Kept.UNKNOWN, trouble=Trouble.of(error))
    account = info.get("client_email") or info.get("account")
    told = one_line(account, 200) if isinstance(account, str) and account else None
    # A person's login is renewed until Google wants to be signed in again, and when that is nobody tells.
    renews = None if info.get("type") == "authorized_user" else True
    return CredentialFacts(Kind.APPLICATION_DEFAULT, Kept.OUTSIDE, account=told, renews=renews)


def _gcloud() -> CredentialFacts:
    """Return whether gcloud is there; whether it is signed in takes a process of its own to find out."""
    from avdesk.clients.gcloud import Gcloud

    return CredentialFacts(Kind.GCLOUD, Kept.NOWHERE if Gcloud().path() is None else Kept.UNKNOWN)


def _no_google() -> Trouble:
    return Trouble(
        "CredentialsMissingError",
        _("No Google credentials were found from which an identity token could be made."),
        _("Sign in: gcloud auth login, or store a service-account key."),
    )
