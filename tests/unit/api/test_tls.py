from __future__ import annotations

import logging
import socket
import ssl
import threading
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.api import tls
from hostscan_automation.api.address import ServerAddress
from hostscan_automation.api.call import Call
from hostscan_automation.api.endpoints import Effect
from hostscan_automation.api.inspection import reach
from hostscan_automation.api.options import ConnectionOptions
from hostscan_automation.api.server_time import ServerTime
from hostscan_automation.api.transport import Transport
from hostscan_automation.clock import SystemClock
from hostscan_automation.errors import CertificateError, NotReachedError, SettingsError
from tests.unit.api.wire_server import Certificates, WireServer, make_certificate, reply

if TYPE_CHECKING:
    from pathlib import Path

CALL = Call("GET", "/api/v1/Version", Effect.READ)
OTHER_PIN = "00" * 32


@pytest.fixture(autouse=True)
def no_bundle_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def transport(server: WireServer, options: ConnectionOptions) -> Transport:
    return Transport(ServerAddress.parse(server.url), options, ServerTime(SystemClock()))


def ask(server: WireServer, options: ConnectionOptions) -> int:
    server.answer = lambda request: reply(200, "25.12")
    opened = transport(server, options)
    try:
        return opened.exchange(CALL).status
    finally:
        opened.close()


def test_a_self_signed_certificate_is_not_trusted_and_nothing_is_sent(
    secured_wire: WireServer, certificates: Certificates
) -> None:
    with pytest.raises(CertificateError, match="not trusted: self-signed") as caught:
        ask(secured_wire, ConnectionOptions())

    assert secured_wire.received == []
    assert caught.value.fingerprint == certificates.fingerprint
    hint = caught.value.hint or ""
    for way_out in ("--ca-bundle", f"--fingerprint {certificates.fingerprint}", "--insecure"):
        assert way_out in hint


def test_a_bundle_that_holds_the_servers_own_certificate_is_trusted(
    secured_wire: WireServer, certificates: Certificates
) -> None:
    assert ask(secured_wire, ConnectionOptions(ca_bundle=certificates.pem)) == 200


def test_a_bundle_is_trusted_instead_of_the_systems_authorities(
    certificates: Certificates,
) -> None:
    context = tls.build_context(ConnectionOptions(ca_bundle=certificates.pem))

    assert context.cert_store_stats()["x509"] == 1
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_bundle_of_the_environment_is_trusted(
    secured_wire: WireServer,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setenv(name, str(certificates.pem))

    assert ask(secured_wire, ConnectionOptions()) == 200


def test_a_given_bundle_wins_over_the_environments(
    secured_wire: WireServer, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")

    assert ask(secured_wire, ConnectionOptions(ca_bundle=certificates.pem)) == 200


def test_a_name_that_the_certificate_lacks_is_not_trusted(
    secured_wire: WireServer, tmp_path: Path
) -> None:
    other = make_certificate(tmp_path, "nps01.example.com")
    server = WireServer(other.context)
    try:
        with pytest.raises(CertificateError, match=r"not valid for '127\.0\.0\.1'"):
            ask(server, ConnectionOptions(ca_bundle=other.pem))
    finally:
        server.stop()


def test_the_pin_alone_decides(tmp_path: Path) -> None:
    other = make_certificate(tmp_path, "nps01.example.com")
    server = WireServer(other.context)
    try:
        assert ask(server, ConnectionOptions(fingerprint=other.fingerprint.upper())) == 200
        assert ask(server, ConnectionOptions(fingerprint=other.fingerprint, insecure=True)) == 200
    finally:
        server.stop()


@pytest.mark.parametrize("insecure", [False, True])
def test_another_certificate_than_the_pinned_one_gets_not_one_byte(
    secured_wire: WireServer, certificates: Certificates, *, insecure: bool
) -> None:
    options = ConnectionOptions(
        fingerprint=OTHER_PIN, insecure=insecure, ca_bundle=certificates.pem
    )
    with pytest.raises(CertificateError, match="is pinned") as caught:
        ask(secured_wire, options)

    assert caught.value.fingerprint == certificates.fingerprint
    assert secured_wire.received == []


def test_the_pin_is_checked_on_every_new_connection(
    secured_wire: WireServer, certificates: Certificates, tmp_path: Path
) -> None:
    secured_wire.answer = lambda request: reply(200, "25.12", Connection="close")
    opened = transport(secured_wire, ConnectionOptions(fingerprint=certificates.fingerprint))
    assert opened.exchange(CALL).status == 200
    other = make_certificate(tmp_path)
    certificates.context.load_cert_chain(other.pem, tmp_path / "127.0.0.1.key")
    try:
        with pytest.raises(CertificateError, match=other.fingerprint):
            opened.exchange(CALL)
    finally:
        key = certificates.pem.with_suffix(".key")
        certificates.context.load_cert_chain(certificates.pem, key)
        opened.close()
    assert len(secured_wire.received) == 1


def test_insecure_is_said_each_time(
    secured_wire: WireServer, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        assert ask(secured_wire, ConnectionOptions(insecure=True)) == 200

    levels = [r.levelno for r in caplog.records if "--insecure" in r.getMessage()]
    assert levels == [logging.WARNING, logging.WARNING]


def test_streams_are_as_careful(secured_wire: WireServer, certificates: Certificates) -> None:
    secured_wire.answer = lambda request: reply(200, [])
    with (
        pytest.raises(CertificateError),
        transport(secured_wire, ConnectionOptions(fingerprint=OTHER_PIN)).stream(CALL),
    ):
        pass
    assert secured_wire.received == []

    opened = transport(secured_wire, ConnectionOptions(fingerprint=certificates.fingerprint))
    with opened.stream(CALL) as (head, pieces):
        assert (head.status, b"".join(pieces)) == (200, b"[]")
    opened.close()

    opened = transport(secured_wire, ConnectionOptions(insecure=True))
    with opened.stream(CALL) as (head, _):
        assert head.status == 200
    opened.close()


@pytest.mark.parametrize("content", [None, "no certificate in here"])
def test_a_bundle_that_cannot_be_read_is_an_error(tmp_path: Path, content: str | None) -> None:
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_text(content, encoding="utf-8")

    with pytest.raises(SettingsError, match=r"ca_bundle .*bundle\.pem.* cannot be read"):
        tls.build_context(ConnectionOptions(ca_bundle=bundle))


def test_a_folder_of_certificates_is_a_bundle_too(tmp_path: Path) -> None:
    assert tls.build_context(ConnectionOptions(ca_bundle=tmp_path)).check_hostname


def test_without_authorities_of_the_system_there_are_still_some(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", lambda self: None)
    monkeypatch.setattr(tls, "_has_authorities", lambda context: False)

    assert tls.build_context(ConnectionOptions()).cert_store_stats()["x509_ca"] > 20


def test_a_server_without_tls_is_said_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = ServerAddress("https", "127.0.0.1", listener.getsockname()[1])

        def answer_in_plain_http() -> None:
            for _ in range(2):
                connection, _ = listener.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer_in_plain_http)
        thread.start()
        transport = Transport(address, ConnectionOptions(), ServerTime(SystemClock()))
        with pytest.raises(NotReachedError, match="does not speak TLS on this port"):
            transport.exchange(CALL)
        assert tls.shown_fingerprint(address, 2.0) is None
        thread.join(30)


def test_a_server_is_looked_at_without_sending_anything(
    secured_wire: WireServer, wire: WireServer, certificates: Certificates
) -> None:
    address = ServerAddress.parse(secured_wire.url)

    assert reach(address, ConnectionOptions(ca_bundle=certificates.pem)) == certificates.fingerprint
    with pytest.raises(CertificateError):
        reach(address, ConnectionOptions())
    assert reach(ServerAddress.parse(wire.url), ConnectionOptions()) is None
    wire.stop()
    with pytest.raises(NotReachedError):
        reach(ServerAddress.parse(wire.url), ConnectionOptions())
    assert secured_wire.received == wire.received == []
