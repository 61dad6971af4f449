"""The token that an environment's server wants with every request."""

from collections.abc import Callable
from functools import partial

from avdesk.clients.transport import Transport
from avdesk.config.settings import Environment


def bearer_of(environment: Environment, transport: Transport) -> Callable[[], str | None] | None:
    """Return what gives the token for an environment's server, None where it wants none.

    Nothing is looked up before the first call, which may raise a `KnownError`.
    """
    if environment.auth == "bearer":
        return KeptBearer(environment.name).token
    if environment.auth == "identity-token":
        from avdesk.clients.google_auth import GoogleCredentials

        return partial(GoogleCredentials(transport).identity_token, environment.url)
    return None


class KeptBearer:
    """A server's token from the keyring, read once: a keyring may ask the user, and takes its time."""

    def __init__(self, environment: str) -> None:
        self._environment = environment
        self._token: str | None = None

    def token(self) -> str:
        """Return the token.

        Raises:
            NotAllowedError: there is none, or the keyring is absent or locked.
        """
        if self._token is None:
            from avdesk.store.secrets import BEARER, read_secret

            self._token = read_secret(self._environment, BEARER)
        return self._token
