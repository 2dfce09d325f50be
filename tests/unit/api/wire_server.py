"""A server on loopback of which the tests own every byte, with or without TLS."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Received:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")


Answer = Callable[[Received], bytes | None]


def reply(status: int = 200, body: Any = b"", **headers: str) -> bytes:
    """Return the bytes of a reply; anything but bytes becomes JSON."""
    lines = {name.replace("_", "-"): value for name, value in headers.items()}
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
        lines.setdefault("Content-Type", "application/json; charset=utf-8")
    lines.setdefault("Content-Length", str(len(body)))
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    content: bytes = body
    return f"HTTP/1.1 {status} Because\r\n{head}\r\n".encode("latin-1") + content


class WireServer:
    """Takes requests apart and sends the bytes that `answer` returns; None cuts the connection."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.answer: Answer = lambda request: reply(404)
        self.closes_after_answer = False
        self.drips = b""
        self.received: list[Received] = []
        self.connections = 0
        self._context = context
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        self._threads = [threading.Thread(target=self._listen, daemon=True)]
        self._threads[0].start()

    def paths(self) -> list[str]:
        return [f"{request.method} {request.path}" for request in self.received]

    def count(self, path: str) -> int:
        return sum(request.path == path for request in self.received)

    def stop(self) -> None:
        close(self._listener)
        self.drips = b""
        self.drop_connections()
        for thread in self._threads:
            thread.join(30)

    def drop_connections(self) -> None:
        for connection in list(self._open):
            close(connection)

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(
                target=self._serve, args=(connection, self.connections), daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        self._open.add(connection)
        try:
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
                self._open.add(connection)
            with connection.makefile("rb") as stream:
                while (request := read_request(stream, number)) is not None:
                    with self._lock:
                        self.received.append(request)
                    answered = self.answer(request)
                    if answered is None:
                        return
                    connection.sendall(answered)
                    while self.drips:
                        connection.sendall(self.drips)
                        time.sleep(0.02)
                    if self.closes_after_answer:
                        return
        except OSError:
            pass
        finally:
            close(connection)
            self._open.discard(connection)


def close(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def read_request(stream: Any, number: int) -> Received | None:
    line = stream.readline().decode("latin-1").split()
    if len(line) != 3:
        return None
    headers = {}
    while (header := stream.readline().decode("latin-1").strip()) != "":
        name, _, value = header.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", "0")))
    return Received(line[0], line[1], headers, body, number)


@dataclass(frozen=True)
class Certificates:
    """A self-signed certificate for this machine."""

    pem: Path
    context: ssl.SSLContext
    fingerprint: str


def make_certificate(folder: Path, name: str = "127.0.0.1") -> Certificates:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    try:
        alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        alternative = x509.DNSName(name)
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / f"{name}.pem"
    private = folder / f"{name}.key"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    return Certificates(pem, context, certificate.fingerprint(hashes.SHA256()).hex())
