"""What the wizard has gathered: the environment as it is going to be written."""

from dataclasses import dataclass, field

from avdesk.config.document import Document
from avdesk.config.settings import DEFAULT_REGIONS, Environment


@dataclass(slots=True)
class Plan:
    """The answers so far; each step reads and writes its own.

    Attributes:
        project, regions, google_endpoint: of Google Cloud; without a project it is not asked.
        ask_google: whether Google Cloud is asked at all.
        url: the server; empty where there is none.
        auth: how to sign in there.
        name, colour, production, read_only: as in the configuration.
        taken: the names that there are already.
    """

    project: str = ""
    regions: tuple[str, ...] = DEFAULT_REGIONS
    google_endpoint: str = ""
    ask_google: bool = True
    url: str = ""
    auth: str = "none"
    name: str = "dev"
    colour: str = "green"
    production: bool = False
    read_only: bool = False
    taken: tuple[str, ...] = field(default=())

    def environment(self) -> Environment:
        """Return the environment as it would be."""
        return Environment(
            self.name,
            url=self.url,
            project=self.project if self.ask_google else "",
            regions=self.regions,
            vertex="auto" if self.ask_google else "off",
            google_endpoint=self.google_endpoint if self.ask_google else "",
            auth=self.auth,
            read_only=self.read_only,
            production=self.production,
            colour=self.colour,
        )

    def write(self, document: Document) -> None:
        """Add the environment to a text, and make it the default.

        Raises:
            KnownError: a value does not fit, the name is taken, or the text cannot be edited.
        """
        made = self.environment()
        values: dict[str, object] = {"url": made.url}
        usual = Environment(self.name)
        for key in ("project", "regions", "vertex", "google_endpoint", "auth", "read_only", "production", "colour"):
            value = getattr(made, key)
            if value != getattr(usual, key) or key == "colour":
                values[key] = list(value) if isinstance(value, tuple) else value
        document.add_environment(self.name, values)
        document.set("default_environment", self.name)
