"""Telling the running app of credentials: that they have changed, or to hold one until it ends."""

from avdesk.config.differences import mark_of
from avdesk.config.paths import Paths
from avdesk.config.settings import Environment
from avdesk.core.credentials import Kind
from avdesk.core.errors import RequestRefusedError
from avdesk.i18n import _
from avdesk.services.given_secret import Given
from avdesk.services.running_app import ask


def tell_app(paths: Paths, environment: str) -> bool:
    """Have the running app look for an environment's credentials anew; returns whether there is one that does."""
    answer = ask(paths, {"do": "credentials", "environment": environment})
    return answer is not None and answer.get("ok") is True


def hold_in_app(paths: Paths, environment: Environment, given: Given) -> None:
    """Have the running app hold a secret in its memory until it ends.

    Raises:
        RequestRefusedError: no app runs, or it watches something else under that name.
    """
    request: dict[str, object] = {"do": "hold", "kind": given.kind.value, "secret": given.secret}
    answer = ask(paths, request | _named(environment))
    if answer is None:
        raise RequestRefusedError(
            _("AVDesk's window or tray does not run: there is nothing that could hold the secret."),
            _("Start AVDesk first, or store the secret in a keyring."),
        )
    if answer.get("ok") is not True:
        raise RequestRefusedError(
            _("The running AVDesk does not hold the secret: it knows the environment otherwise."),
            _("Check that it has read the same configuration, and try again."),
        )


def held_in_app(paths: Paths, environment: Environment) -> tuple[Kind, ...]:
    """Return which kinds of an environment's credentials the running app holds."""
    answer = ask(paths, {"do": "held"} | _named(environment))
    held = answer.get("held") if answer is not None else None
    return tuple(kind for kind in Kind if isinstance(held, list) and kind.value in held)


def drop_in_app(paths: Paths, environment: Environment, kind: Kind) -> bool:
    """Have the running app forget what it holds of a kind; returns whether there was anything."""
    answer = ask(paths, {"do": "drop", "kind": kind.value} | _named(environment))
    return answer is not None and answer.get("dropped") is True


def _named(environment: Environment) -> dict[str, object]:
    return {"environment": environment.name, "mark": mark_of(environment)}
