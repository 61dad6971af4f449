"""The configuration that holds now: written in the GUI thread, read from any."""

from avdesk.config.differences import mark_of
from avdesk.config.settings import Environment, Notifications, Settings
from avdesk.core.errors import ConfigError
from avdesk.i18n import _


class InForce:
    """One reference that is replaced as a whole: whoever reads it gets the old settings or the new ones."""

    def __init__(self, settings: Settings) -> None:
        """Begin with `settings`."""
        self._settings = settings
        self._former: dict[str, str] = {}

    @property
    def settings(self) -> Settings:
        """The settings."""
        return self._settings

    def set(self, settings: Settings) -> None:
        """Let other settings hold from now on."""
        self._settings = settings

    def with_environment(self, name: str) -> Settings:
        """Return the settings.

        Raises:
            ConfigError: there is no environment of that name any more.
        """
        settings = self._settings
        if name not in settings.environments:
            raise ConfigError(
                _("There is no environment “{name}” any more.").format(name=name),
                _("The configuration was changed meanwhile."),
            )
        return settings

    def environment(self, name: str) -> Environment | None:
        """Return an environment, None where there is none of that name."""
        return self._settings.environments.get(name)

    def mark(self, name: str) -> str:
        """Return what tells whether an environment is watched as another process means it; empty for none."""
        environment = self.environment(name)
        return "" if environment is None else mark_of(environment)

    def notifications(self, name: str) -> Notifications:
        """Return which notifications are shown of an environment; none of one that there is not."""
        environment = self.environment(name)
        return Notifications(enabled=False) if environment is None else environment.notifications

    def note_former(self, name: str, former: str) -> None:
        """Note that the environment `name` was called `former` until now."""
        self._former[name] = former

    def take_former(self, name: str) -> str | None:
        """Return, once, what an environment was called before; None for one that was not renamed."""
        return self._former.pop(name, None)
