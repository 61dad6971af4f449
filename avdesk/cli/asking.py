"""Asking the user on the terminal before something is changed; never where nobody can answer."""

import sys

from avdesk.config.settings import Environment
from avdesk.core.errors import KnownError, RequestRefusedError, UsageError
from avdesk.i18n import _


def check_askable(*, yes: bool) -> None:
    """Refuse where nobody can be asked and ``--yes`` was not given.

    Raises:
        UsageError: so it is.
    """
    if not yes and not _can_ask():
        raise UsageError(
            _("This has to be confirmed, and nobody can be asked: the input is no terminal."),
            _("Add --yes if it is meant."),
        )


def confirm(environment: Environment, question: str) -> None:
    """Ask, on stderr; in a production environment by having its name typed.

    Raises:
        RequestRefusedError: the user declined.
    """
    if environment.production:
        _say(question)
        _say(_("{name} is a production environment. Type its name to go on: ").format(name=environment.name), end="")
        agreed = _answer() == environment.name
    else:
        _say(_("{question} [y/N] ").format(question=question), end="")
        agreed = _answer().lower() in (_("y"), _("yes"), "y", "yes")
    if not agreed:
        raise declined()


def declined() -> KnownError:
    """Return the error for an action that the user did not want after all."""
    return RequestRefusedError(_("Nothing was done."), "")


def _can_ask() -> bool:
    try:
        return sys.stdin is not None and sys.stdin.isatty()
    except ValueError:  # it is closed
        return False


def _say(text: str, end: str = "\n") -> None:
    print(text, end=end, file=sys.stderr, flush=True)  # noqa: T201 - stdout is for results


def _answer() -> str:
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        _say("")
    return answer.strip()
