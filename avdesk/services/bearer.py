"""The token that an environment's server wants with every request."""

from pathlib import Path
from typing import Protocol

from avdesk.clients.transport import Transport
from avdesk.config.settings import Environment
from avdesk.store.session_secrets import SESSION


class ServerToken(Protocol):
    """Gives the token; both may raise a `KnownError`."""

    def token(self) -> str:
        """Return the token to send."""

    def renewed(self, refused: str) -> str | None:
        """Return another token than the one that the server refused; None where there is no other."""


def server_token(environment: Environment, transport: Transport, config_folder: Path) -> ServerToken | None:
    """Return what gives the token for an environment's server, None where it wants none.

    Nothing is looked up before the first call. `config_folder` is where a service-account key lies sealed.
    """
    if environment.auth == "bearer":
        return KeptBearer(environment.name)
    if environment.auth == "identity-token":
        return IdentityToken(environment, transport, config_folder)
    return None


class KeptBearer:
    """A server's token from the keyring, or held for this session.

    It is read once, because a keyring takes its time, and again after each change that is known of.
    """

    def __init__(self, environment: str) -> None:
        self._environment = environment
        self._token: str | None = None
        self._version = -1

    def token(self) -> str:
        """Return the token.

        Raises:
            NotAllowedError: there is none, or the keyring is absent or locked.
        """
        version = SESSION.version(self._environment)
        if self._token is None or version != self._version:
            self._token = self._read()
            self._version = version
        return self._token

    def renewed(self, refused: str) -> str | None:
        """Return what is stored now, where that is another token than the refused one."""
        self._token = self._read()
        return self._token if self._token != refused else None

    def _read(self) -> str:
        from avdesk.store.secrets import BEARER, read_secret

        held = SESSION.get(self._environment, BEARER)
        return held if held is not None else read_secret(self._environment, BEARER)


class IdentityToken:
    """An identity token for a server behind IAM: of the stored key, application-default credentials, or gcloud."""

    def __init__(self, environment: Environment, transport: Transport, config_folder: Path) -> None:
        from avdesk.clients.google_auth import GoogleCredentials
        from avdesk.services.stored_key import StoredKey

        key = StoredKey(config_folder, environment.name)
        self._audience = environment.url
        self._credentials = GoogleCredentials(transport, key=key.text, version=key.version)

    def token(self) -> str:
        """Return a token that is good for some minutes; raises as `GoogleCredentials.identity_token`."""
        return self._credentials.identity_token(self._audience)

    def renewed(self, refused: str) -> str | None:
        """Return a new token; raises as `token`."""
        newer = self._credentials.identity_token(self._audience, refused=refused)
        return newer if newer != refused else None
