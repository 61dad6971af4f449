"""`auth`: the credentials of an environment."""

from typing import TYPE_CHECKING

import click

from avdesk.cli.commands import Command, Group, session_of
from avdesk.cli.exit_codes import Exit
from avdesk.cli.session import Session, tell
from avdesk.core.errors import UsageError
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.config.settings import Environment
    from avdesk.core.credentials import Trial
    from avdesk.core.report import JsonObject
    from avdesk.services.credentials import Credentials
    from avdesk.services.given_secret import Given

KINDS = ("bearer", "service-account")


def _check_kind(_context: click.Context, _argument: click.Parameter, value: str | None) -> str | None:
    """Return a kind's name. What is none is not repeated: it may be the secret itself, given by mistake."""
    if value is None or value in KINDS:
        return value
    raise UsageError(
        _("The first argument is a kind of credential: {names}.").format(names=", ".join(KINDS)),
        _("A secret is never given as an argument; give it a new value if you just did."),
    )


def _complete_kind(_context: click.Context, _argument: click.Parameter, incomplete: str) -> list[str]:
    return [kind for kind in KINDS if kind.startswith(incomplete)]


def _kind_argument(default: str | None = None) -> click.Argument:
    return click.Argument(
        ["kind"],
        metavar=_("[KIND]"),
        required=False,
        default=default,
        callback=_check_kind,
        shell_complete=_complete_kind,
    )


def build() -> click.Command:
    """Return the commands about credentials."""
    return Group(
        name="auth",
        modules={
            "set": "avdesk.cli.auth:build_set",
            "status": "avdesk.cli.auth:build_status",
            "clear": "avdesk.cli.auth:build_clear",
        },
        about=_("The credentials of an environment, in the system's keyring."),
    )


def build_set() -> click.Command:
    """Return the command that stores a secret."""
    return Command(
        "set",
        callback=_set,
        params=[
            _kind_argument(KINDS[0]),
            click.Option(
                ["--session"],
                is_flag=True,
                help=_("Store it nowhere: the running app holds it in its memory until it ends."),
            ),
            click.Option(["--no-test"], is_flag=True, help=_("Do not try it before it is stored.")),
            _json_option(),
        ],
        short=_("Store a token or a service-account key."),
        about=_(
            "Store a credential in the keyring: bearer (the server's token) or service-account (a key of Google's)."
        )
        + " "
        + _("It is read from a prompt, or from what is piped in; never from an argument."),
    )


def build_status() -> click.Command:
    """Return the command that tells what is there."""
    return Command(
        "status",
        callback=_status,
        params=[
            click.Option(["--test"], is_flag=True, help=_("Try them too: ask the server and Google.")),
            _json_option(),
        ],
        short=_("Which credentials there are, and when they end."),
        about=_("Tell which credentials an environment has, where each is kept, whose it is and when it ends."),
    )


def build_clear() -> click.Command:
    """Return the command that takes secrets away."""
    return Command(
        "clear",
        callback=_clear,
        params=[
            _kind_argument(),
        ],
        short=_("Take stored credentials away."),
        about=_(
            "Take the stored credentials of an environment away: bearer, service-account, or both without a name."
        ),
    )


def _json_option() -> click.Option:
    return click.Option(["--json", "as_json"], is_flag=True, help=_("Print one JSON object."))


@click.pass_context
def _set(context: click.Context, *, kind: str, session: bool, no_test: bool, as_json: bool) -> int:
    from avdesk.cli.secret_input import take_secret
    from avdesk.core.credentials import Kind
    from avdesk.services.app_credentials import hold_in_app, tell_app
    from avdesk.services.given_secret import read_given

    call = session_of(context)
    environment, credentials = call.environment(), _credentials(call)
    wanted = Kind(kind)
    if not session:
        _check_keyring(credentials)  # before anything is typed that could not be kept
    given = read_given(wanted, take_secret(wanted, environment.name))
    trial = None if no_test else _tried(credentials, environment, given)
    if session:
        hold_in_app(call.paths, environment, given)
    else:
        credentials.store(environment.name, given)
        tell_app(call.paths, environment.name)
    _say_what_is_missing(environment, given, trial)
    if as_json:
        from avdesk.cli.results import print_json
        from avdesk.core.credentials import trial_report

        kept = "session" if session else "keyring"
        print_json(
            {
                "environment": environment.name,
                "kind": kind,
                "kept": kept,
                "trial": trial_report(trial) if trial is not None else None,
            }
        )
        return Exit.FINE
    from avdesk.cli.auth_view import stored_words

    print(stored_words(environment.name, given.kind, session=session))  # noqa: T201 - the command's result
    return Exit.FINE


@click.pass_context
def _status(context: click.Context, *, test: bool, as_json: bool) -> int:
    from datetime import UTC, datetime

    from avdesk.core.credentials import ended, trial_report, view_report
    from avdesk.services.app_credentials import held_in_app

    call = session_of(context)
    environment, credentials = call.environment(), _credentials(call)
    view = credentials.view(environment, held_elsewhere=held_in_app(call.paths, environment))
    trials = credentials.try_stored(environment) if test else ()
    if as_json:
        from avdesk.cli.results import print_json

        told: JsonObject = {"trials": [trial_report(trial) for trial in trials] if test else None}
        print_json(view_report(view) | told)
    else:
        from avdesk.cli.auth_view import lines_of
        from avdesk.cli.lines import show

        show(lines_of(view, trials, datetime.now(UTC)))
    failed = any(trial.accepted is False or trial.missing for trial in trials)
    lacking = any(facts.lacking or (facts.used and ended(facts, datetime.now(UTC))) for facts in view.facts)
    return Exit.BAD if failed or lacking else Exit.FINE


@click.pass_context
def _clear(context: click.Context, *, kind: str | None) -> int:
    from avdesk.cli.auth_view import cleared_words
    from avdesk.core.credentials import GIVEN, Kind
    from avdesk.services.app_credentials import drop_in_app, tell_app
    from avdesk.store.secrets import KeyringAbsentError

    call = session_of(context)
    environment = call.environment()
    kinds = GIVEN if kind is None else (Kind(kind),)
    dropped = [each for each in kinds if drop_in_app(call.paths, environment, each)]
    found: tuple[Kind, ...] = ()
    try:
        found = _credentials(call).clear(environment.name, kinds)
    except KeyringAbsentError:
        if not dropped:  # what the app held was all that there was
            raise
    finally:
        tell_app(call.paths, environment.name)
    print(cleared_words(environment.name, tuple(dict.fromkeys([*found, *dropped]))))  # noqa: T201 - the result
    return Exit.FINE


def _credentials(session: Session) -> "Credentials":
    from avdesk.services.credentials import Credentials

    return Credentials(session.paths.config)


def _check_keyring(credentials: "Credentials") -> None:
    from avdesk.store.secrets import KeyringAbsentError, KeyringLockedError

    try:
        credentials.check_keyring()
    except (KeyringAbsentError, KeyringLockedError) as error:
        advice = _("{advice} To hold the secret in the running app alone, add --session.").format(advice=error.advice)
        raise type(error)(error.message, advice) from None


def _tried(credentials: "Credentials", environment: "Environment", given: "Given") -> "Trial":
    """Return what trying brought.

    Raises:
        CredentialsExpiredError: the other side refused it.
    """
    from avdesk.core.errors import CredentialsExpiredError

    trial = credentials.try_given(environment, given)
    if trial.accepted is False and trial.trouble is not None:
        raise CredentialsExpiredError(
            _("It was not stored: {why}").format(why=trial.trouble.message),
            _("Check where it comes from. --no-test stores it all the same."),
        )
    return trial


def _say_what_is_missing(environment: "Environment", given: "Given", trial: "Trial | None") -> None:
    from avdesk.cli.auth_view import remarks

    for sentence in remarks(environment, given, trial):
        tell(sentence)
