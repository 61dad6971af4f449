"""Which environment is meant."""

from collections.abc import Mapping

from avdesk.config.load import Loaded
from avdesk.config.problems import did_you_mean, quoted
from avdesk.config.settings import Environment
from avdesk.core.errors import ConfigError, UsageError
from avdesk.i18n import _

ENVIRONMENT_VARIABLE = "AVDESK_ENV"


def choose_environment(loaded: Loaded, name: str | None, environ: Mapping[str, str]) -> Environment:
    """Return the environment that is named, else that of ``AVDESK_ENV``, else the file's default.

    Raises:
        UsageError: there is none of that name.
        ConfigError: the file speaks of it, but in a way that cannot be used.
    """
    wanted = name or environ.get(ENVIRONMENT_VARIABLE) or loaded.default_missing
    environments = loaded.settings.environments
    if wanted and wanted in environments and not loaded.invented:
        return environments[wanted]
    if wanted in loaded.broken or loaded.invented:
        raise _unusable(loaded, wanted)
    if wanted:
        raise _unknown(loaded, wanted, chosen=bool(name or environ.get(ENVIRONMENT_VARIABLE)))
    return environments[loaded.settings.default_environment]


def _unusable(loaded: Loaded, wanted: str | None) -> ConfigError:
    problems = loaded.broken.get(wanted or "", ()) or loaded.problems
    first = problems[0].sentence(str(loaded.path)) if problems else str(loaded.path)
    message = (
        _("The environment “{name}” cannot be used: {problem}").format(name=quoted(wanted), problem=first)
        if wanted
        else _("The configuration cannot be used: {problem}").format(problem=first)
    )
    return ConfigError(message, _("Correct the file; it was left as it is."))


def _unknown(loaded: Loaded, wanted: str, *, chosen: bool) -> UsageError | ConfigError:
    message = _("There is no environment “{name}”.").format(name=quoted(wanted))
    hint = did_you_mean(wanted, loaded.settings.environments)
    if chosen:
        return UsageError(message, hint)
    return ConfigError(
        message, _("Correct default_environment in {path}. {hint}").format(path=loaded.path, hint=hint)
    )
