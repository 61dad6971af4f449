"""What is known of an environment's credentials: where each is kept, whose it is, when it ends, what it may do.

Nothing here holds a secret.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from avdesk.core import wire, wording
from avdesk.core.snapshot import Trouble
from avdesk.i18n import _

JsonObject = dict[str, object]

SOON = timedelta(days=3)
"""How long before its end a credential that lives for weeks is told of."""

AT_LAST = timedelta(minutes=10)
"""The same for one that lives for an hour."""

_LONG_LIVED = timedelta(days=7)


class Kind(StrEnum):
    """The kinds of credential."""

    BEARER = "bearer"
    """A token that the AutoVideo server wants; given by the user."""
    IDENTITY = "identity-token"
    """A token for a server behind IAM, made anew from Google's credentials each hour."""
    SERVICE_ACCOUNT = "service-account"
    """A service account's key, for Google's interfaces; given by the user."""
    APPLICATION_DEFAULT = "application-default"
    """Google's own file for programs."""
    GCLOUD = "gcloud"
    """The login of the gcloud command line."""


GIVEN = (Kind.BEARER, Kind.SERVICE_ACCOUNT)
"""The kinds that the user gives to AVDesk."""


class Kept(StrEnum):
    """Where a credential is."""

    KEYRING = "keyring"
    SESSION = "session"
    """In the memory of the running app alone."""
    OUTSIDE = "outside"
    """With Google's own tools: AVDesk only uses it."""
    NOWHERE = "nowhere"
    UNKNOWN = "unknown"


class KeyringState(StrEnum):
    """Whether the keyring can be used."""

    OPEN = "open"
    LOCKED = "locked"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class KeyringView:
    """The system's keyring.

    Attributes:
        state: whether it can be used.
        name: what it is called; None without one.
        others: further keyrings, in which old secrets are looked for.
        trouble: why it cannot be used; None when it can.
    """

    state: KeyringState
    name: str | None = None
    others: tuple[str, ...] = ()
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class CredentialFacts:
    """One credential of an environment.

    Attributes:
        used: whether the environment's settings make use of it; None where that depends on what else there is.
        account: whose it is; None unknown.
        issued_at, expires_at: from when to when it is good (UTC); None unknown, or without an end.
        renews: whether it is renewed by itself; None unknown.
        trouble: why it cannot be used, or why nothing is known; None when all is well.
    """

    kind: Kind
    kept: Kept
    used: bool | None = None
    account: str | None = None
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    renews: bool | None = None
    trouble: Trouble | None = None

    @property
    def lacking(self) -> bool:
        """Whether the environment needs it and it cannot be used."""
        return self.used is True and (self.kept is Kept.NOWHERE or self.trouble is not None)


@dataclass(frozen=True, slots=True)
class CredentialView:
    """All credentials of one environment."""

    environment: str
    keyring: KeyringView
    facts: tuple[CredentialFacts, ...]

    def of(self, kind: Kind) -> CredentialFacts | None:
        """Return what is known of a kind."""
        return next((facts for facts in self.facts if facts.kind is kind), None)


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission at Google.

    Attributes:
        name: as ``aiplatform.customJobs.list``.
        granted: whether the account has it; None where that could not be found out.
        needed: whether AVDesk does without it; what is lost then is one page or button.
    """

    name: str
    granted: bool | None
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Trial:
    """What a test of a credential brought.

    Attributes:
        kind: what was tested.
        accepted: whether the other side took it; None where it could not be asked.
        account: whose it is; None unknown.
        expires_at: when it, or the token that it gives, ends (UTC); None unknown.
        permissions: at Google; empty for a server's token, and where no project is set.
        demanded: whether the server refuses requests without it; None unknown.
        grant: commands that grant what is missing; empty when nothing is.
        trouble: what went wrong; None when nothing did.
    """

    kind: Kind
    accepted: bool | None
    account: str | None = None
    expires_at: datetime | None = None
    permissions: tuple[Permission, ...] = ()
    demanded: bool | None = None
    grant: tuple[str, ...] = ()
    trouble: Trouble | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the permissions that are needed and not granted."""
        return tuple(each.name for each in self.permissions if each.needed and each.granted is False)

    @property
    def unclear(self) -> tuple[str, ...]:
        """The names of the permissions of which it could not be found out."""
        return tuple(each.name for each in self.permissions if each.needed and each.granted is None)


def ends_soon(facts: CredentialFacts, now: datetime) -> bool:
    """Whether a credential that nobody renews has ended, or ends so soon that it should be told."""
    if facts.expires_at is None or facts.renews:
        return False
    left = facts.expires_at - now
    lives = facts.expires_at - facts.issued_at if facts.issued_at is not None else None
    return left <= (AT_LAST if lives is not None and lives < _LONG_LIVED else SOON)


def ended(facts: CredentialFacts, now: datetime) -> bool:
    """Whether a credential that nobody renews has ended."""
    return facts.expires_at is not None and not facts.renews and facts.expires_at <= now


def kind_words(kind: Kind) -> str:
    """Return a kind's name for people."""
    return {
        Kind.BEARER: _("Server token"),
        Kind.IDENTITY: _("Identity token"),
        Kind.SERVICE_ACCOUNT: _("Service-account key"),
        Kind.APPLICATION_DEFAULT: _("Application-default credentials"),
        Kind.GCLOUD: _("gcloud’s login"),
    }[kind]


def kept_words(facts: CredentialFacts) -> str:
    """Return where a credential is, for people."""
    if facts.kept is Kept.KEYRING and facts.kind is Kind.SERVICE_ACCOUNT:
        return _("sealed beside the configuration")
    if facts.kind is Kind.GCLOUD and facts.kept is not Kept.NOWHERE:
        return _("installed; whether it is signed in is not known")
    if facts.kind is Kind.IDENTITY and facts.kept is Kept.OUTSIDE:
        return _("made from Google’s credentials")
    return {
        Kept.KEYRING: _("in the keyring"),
        Kept.SESSION: _("held for this session"),
        Kept.OUTSIDE: _("found"),
        Kept.NOWHERE: _("none"),
        Kept.UNKNOWN: _("unknown"),
    }[facts.kept]


def expiry_words(facts: CredentialFacts, now: datetime) -> str:
    """Return when a credential ends, for people; empty where nothing is known."""
    if facts.renews:
        return _("renewed by itself")
    if facts.expires_at is None:
        return ""
    left_s = (facts.expires_at - now).total_seconds()
    if left_s <= 0:
        return _("ended {time} ago").format(time=wording.rough_duration(-left_s))
    return _("ends in {time}").format(time=wording.rough_duration(left_s))


def view_report(view: CredentialView) -> JsonObject:
    """Return the object of ``auth status --json``."""
    return {
        "environment": view.environment,
        "keyring": {
            "state": view.keyring.state.value,
            "name": view.keyring.name,
            "others": list(view.keyring.others),
            **_trouble(view.keyring.trouble),
        },
        "credentials": [
            {
                "kind": facts.kind.value,
                "used": facts.used,
                "kept": None if facts.kept is Kept.UNKNOWN else facts.kept.value,
                "account": facts.account,
                "expires_at": wire.rfc3339(facts.expires_at),
                "renews": facts.renews,
                **_trouble(facts.trouble),
            }
            for facts in view.facts
        ],
    }


def trial_report(tested: Trial) -> JsonObject:
    """Return the object that tells of a test."""
    return {
        "kind": tested.kind.value,
        "accepted": tested.accepted,
        "account": tested.account,
        "expires_at": wire.rfc3339(tested.expires_at),
        "demanded": tested.demanded,
        "permissions": {each.name: each.granted for each in tested.permissions},
        "missing": list(tested.missing),
        "grant": list(tested.grant),
        **_trouble(tested.trouble),
    }


def _trouble(trouble: Trouble | None) -> JsonObject:
    return {"error": trouble.message if trouble else None, "advice": (trouble.advice or None) if trouble else None}
