"""A service account and the sign-in service that knows it, on loopback, for REST as with real credentials."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


class SignIn:
    """Hands out one token for any assertion, while it is entered."""

    def __init__(self, token: str) -> None:
        """Hand out `token`."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(token))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def write_key(self, path: Path, project: str) -> Path:
        """Write a new service-account key that names this sign-in service, and return its path."""
        key = rsa.generate_private_key(65537, 2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        info = {
            "type": "service_account",
            "project_id": project,
            "private_key_id": "0",
            "private_key": pem.decode("ascii"),
            "client_email": f"bench@{project}.iam.gserviceaccount.com",
            "token_uri": f"http://127.0.0.1:{self._server.server_port}/token",
        }
        path.write_text(json.dumps(info), encoding="utf-8")
        path.chmod(0o600)
        return path


def _handler(token: str) -> type[BaseHTTPRequestHandler]:
    body = json.dumps({"access_token": token, "expires_in": 3600, "token_type": "Bearer"}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    return Handler
