"""What click says about wrong arguments, in AVDesk's words: one line what is wrong, one line what to do."""

import click

from avdesk.config.problems import did_you_mean, nearest, quoted
from avdesk.core.errors import UsageError
from avdesk.i18n import _


def explain(error: click.ClickException, program: str) -> UsageError:
    """Return AVDesk's error for one of click's."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else program
    look = _("See “{command} --help”.").format(command=path)
    if isinstance(error, click.NoSuchCommand):
        names = list(context.command.list_commands(context)) if context is not None else []
        return UsageError(
            _("There is no command “{name}”.").format(name=quoted(error.command_name)),
            did_you_mean(error.command_name, names),
        )
    if isinstance(error, click.NoSuchOption):
        known = [name for name in _options(context) if name.startswith("--")]
        close = nearest(error.option_name, known)
        hint = _("Did you mean “{name}”?").format(name=close) if close else look
        return UsageError(_("There is no option “{name}”.").format(name=quoted(error.option_name)), hint)
    if isinstance(error, click.MissingParameter):
        return UsageError(_("{name} is missing.").format(name=_name(error, context)), look)
    if isinstance(error, click.BadParameter):
        return UsageError(
            _("{name}: {problem}").format(name=_name(error, context), problem=quoted_sentence(error.message)), look
        )
    return UsageError(quoted_sentence(error.format_message()), look)


def quoted_sentence(text: str) -> str:
    """Return a sentence that may hold what the user typed, on one line."""
    from avdesk.core.text import one_line

    return one_line(text, 300)


def _options(context: click.Context | None) -> list[str]:
    if context is None:
        return []
    return [name for parameter in context.command.get_params(context) for name in parameter.opts]


def _name(error: click.BadParameter, context: click.Context | None) -> str:
    if error.param is None or context is None:
        return str(error.param_hint or _("An argument"))
    if isinstance(error.param, click.Argument):
        return error.param.make_metavar(context)
    return max(error.param.opts, key=len)
