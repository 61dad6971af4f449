"""Servers that misbehave, and a transport to meet them with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from avdesk.clients.transport import Transport
from tests.unit.clients.fault_server import Behaviour, FaultServer

Serve = Callable[..., FaultServer]


@pytest.fixture(autouse=True)
def no_bundles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the certificates that the machine's own environment names."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return a function that starts a `FaultServer` with a behaviour; all end with the test."""
    servers: list[FaultServer] = []

    def start(behave: Behaviour, tls: SSLContext | None = None) -> FaultServer:
        servers.append(FaultServer(behave, tls))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def transport() -> Iterator[Transport]:
    """Return a transport, closed at the end."""
    transport = Transport()
    yield transport
    transport.close()


@dataclass(frozen=True)
class OwnCertificate:
    """A certificate for 127.0.0.1 that signs itself.

    Attributes:
        path: the certificate, PEM.
        context: for a server that shows it.
    """

    path: Path
    context: SSLContext


@pytest.fixture(scope="session")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> OwnCertificate:
    """Return a self-signed certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "avdesk test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    path = folder / "own.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    both = folder / "both.pem"
    both.write_bytes(
        path.read_bytes()
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return OwnCertificate(path, context)
