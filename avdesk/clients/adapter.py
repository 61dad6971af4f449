"""How requests reaches the network: guarded connections, the system's certificates, nothing from the environment."""

import socket
import ssl
import threading
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.poolmanager import PoolManager

from avdesk.clients.flight import current_flight, open_socket
from avdesk.clients.http_library import requests

if TYPE_CHECKING:
    from requests.adapters import _HostParams, _PoolKwargs

_DEFAULT_CONNECT_S = 10.0
CONNECTIONS = 16
"""Connections to one host that are kept alive: a sweep of a server's health checks needs a dozen at once."""


class _Guarded(HTTPConnection):
    """A connection whose socket the flight on the current thread can shut down."""

    _guard: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        timeout = self.timeout if isinstance(self.timeout, int | float) else _DEFAULT_CONNECT_S
        try:
            sock = open_socket(self._dns_host, self.port, timeout, self.socket_options)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "connect timed out") from error
        except OSError as error:
            raise NewConnectionError(self, f"no connection: errno {error.errno}") from error
        self._guard = sock.dup()
        self._tell_flight()
        return sock

    def putrequest(
        self,
        method: str,
        url: str,
        skip_host: bool = False,
        skip_accept_encoding: bool = False,
    ) -> None:
        """Begin a request; a connection that was kept alive joins the flight here."""
        self._tell_flight()
        super().putrequest(method, url, skip_host=skip_host, skip_accept_encoding=skip_accept_encoding)

    def close(self) -> None:
        """Close the connection; its guard stays open as long as the flight may still read an answer from it."""
        super().close()
        guard, self._guard = self._guard, None
        flight = current_flight()
        if guard is None:
            return
        if flight is None:
            guard.close()
        else:
            flight.adopt(guard)

    def _tell_flight(self) -> None:
        flight = current_flight()
        if flight is not None and self._guard is not None:
            flight.hold(self._guard)


class GuardedConnection(_Guarded):
    """Plain HTTP."""


class GuardedTlsConnection(_Guarded, HTTPSConnection):
    """HTTPS; `_Guarded` comes first, so that its socket is made before TLS wraps it."""


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = GuardedConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = GuardedTlsConnection


_POOLS = {"http": _PlainPool, "https": _TlsPool}


class GuardedAdapter(requests.adapters.HTTPAdapter):
    """Carries requests over guarded connections and checks certificates against the system's own store."""

    def __init__(self) -> None:
        self._context_lock = threading.Lock()
        self._context: ssl.SSLContext | None = None
        super().__init__(max_retries=0, pool_maxsize=CONNECTIONS)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: object) -> None:
        """Make the pools, with guarded connections."""
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: object) -> PoolManager:
        """Return the pools behind an HTTP proxy, with guarded connections.

        Raises:
            requests.exceptions.InvalidSchema: for a SOCKS proxy, whose connections could not be given up.
        """
        if proxy.lower().startswith("socks"):
            raise requests.exceptions.InvalidSchema("SOCKS is not supported")
        manager: PoolManager = super().proxy_manager_for(proxy, **proxy_kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: bool | str, cert: tuple[str, str] | str | None = None
    ) -> "tuple[_HostParams, _PoolKwargs]":
        """Add the system's certificate store, unless a bundle was named."""
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        if verify is True and host["scheme"] == "https":
            pool["ssl_context"] = self._system_store()
        return host, pool

    def cert_verify(
        self, conn: HTTPSConnectionPool, url: str, verify: bool | str, cert: tuple[str, str] | str | None
    ) -> None:
        """Keep requests from adding its own bundle to the system's store."""
        if verify is True:
            conn.cert_reqs = "CERT_REQUIRED"
            conn.ca_certs = conn.ca_cert_dir = None
        else:
            super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]

    def _system_store(self) -> ssl.SSLContext:
        import truststore

        with self._context_lock:
            if self._context is None:
                self._context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            return self._context


class QuietSession(requests.Session):
    """A session that keeps no cookies, takes nothing from the environment by itself, and follows no redirect."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False  # neither ~/.netrc nor anything else may add credentials
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = GuardedAdapter()
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return None: requests would otherwise read a redirect's whole body, however long."""
        del resp
