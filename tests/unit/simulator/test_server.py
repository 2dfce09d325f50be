from __future__ import annotations

import http.client
import socket
import ssl
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.simulator.certificate import make_certificate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hostscan_automation.simulator import Simulator
    from tests.unit.simulator.conftest import Wire


@pytest.fixture
def plug(server: Simulator) -> Iterator[socket.socket]:
    """A bare socket to the server."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as plug:
        yield plug


def talk(plug: socket.socket, text: bytes) -> bytes:
    """Send bytes, end the sending, and return all that comes."""
    plug.sendall(text)
    plug.shutdown(socket.SHUT_WR)
    received = b""
    while piece := plug.recv(65536):
        received += piece
    return received


def test_a_connection_serves_many_requests(server: Simulator, stranger: Wire) -> None:
    connection = stranger.connect()
    connection.connect()
    before = connection.sock
    for _ in range(3):
        connection.request("GET", "/Health")
        connection.getresponse().read()

    assert connection.sock is before
    connection.close()


def test_requests_may_come_before_the_replies_are_read(plug: socket.socket) -> None:
    one = b"GET /Health HTTP/1.1\r\nHost: x\r\n\r\n"

    assert talk(plug, one * 3).count(b'"Healthy"') == 3


def test_a_client_may_ask_to_close(plug: socket.socket) -> None:
    reply = talk(plug, b"GET /Health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert b"\r\nConnection: close\r\n" in reply


def test_the_old_protocol_gets_a_list_in_one_piece(admin: Wire, plug: socket.socket) -> None:
    head = f"GET /api/v1/HostScanJob HTTP/1.0\r\nAuthorization: Bearer {admin.token}\r\n\r\n"

    reply = talk(plug, head.encode())

    assert b"Transfer-Encoding" not in reply
    assert reply.endswith(b"}]}]")


def test_a_body_may_come_in_chunks(admin: Wire, server: Simulator, plug: socket.socket) -> None:
    head = (
        "PUT /api/v1/X HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        f"Authorization: Bearer {admin.token}\r\n\r\n"
    )
    chunks = b"3\r\n[1,\r\n4;x=y\r\n 23]\r\n0\r\nTrailer: x\r\n\r\n"

    assert b" 200 OK" in talk(plug, head.encode() + chunks)
    assert server.requests("PUT")[0].body == [1, 23]


def test_a_client_that_waits_for_leave_to_send_gets_it(plug: socket.socket) -> None:
    plug.sendall(
        b"POST /signinBody HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    )

    assert plug.recv(1000).startswith(b"HTTP/1.1 100 Continue\r\n")
    assert b" 400 Bad Request" in talk(plug, b"{}")


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 505),
        (b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 999999999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n", 413),
        (b"GET /" + b"x" * 70000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(200)) + b"\r\n", 431),
    ],
)
def test_what_is_not_http_is_a_problem_and_the_end(
    server: Simulator, plug: socket.socket, request_text: bytes, status: int
) -> None:
    reply = talk(plug, request_text)

    assert reply.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"application/problem+json" in reply
    assert b"\r\nConnection: close\r\n" in reply
    assert server.requests() == []


def test_half_a_body_is_no_request(server: Simulator, plug: socket.socket) -> None:
    half = b"POST /signinBody HTTP/1.1\r\nContent-Length: 10\r\n\r\n{"

    assert talk(plug, half) == b""
    assert server.requests() == []


def test_tls_shows_a_certificate_for_this_machine(
    start: Callable[..., Simulator], connect: Callable[[Simulator], Wire]
) -> None:
    server = start(tls=True)
    context = ssl.create_default_context(cafile=str(server.ca_bundle))
    context.verify_flags |= ssl.VERIFY_X509_STRICT

    for name in ("localhost", "127.0.0.1", "::1"):
        with (
            socket.create_connection(("127.0.0.1", server.port), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname=name) as secured,
        ):
            assert secured.version() == "TLSv1.3"
    assert server.url == f"https://127.0.0.1:{server.port}"
    assert connect(server).get("/Health").status == 200


def test_the_key_is_not_left_on_disk_and_the_rest_goes_with_the_server(
    start: Callable[..., Simulator],
) -> None:
    server = start(tls=True)
    assert server.ca_bundle is not None
    folder = server.ca_bundle.parent
    server.renew_certificate()

    assert {path.name for path in folder.iterdir()} == {"simulator.pem", "renewed-1.pem"}
    server.stop()
    assert not folder.exists()
    assert server.ca_bundle is None


@pytest.mark.skipif(sys.platform == "win32", reason="files have no mode there")
def test_a_key_that_is_kept_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    pem, _ = make_certificate(tmp_path)

    assert pem.with_suffix(".key").stat().st_mode & 0o077 == 0


def test_whoever_does_not_trust_the_certificate_sends_no_request(
    start: Callable[..., Simulator], capfd: pytest.CaptureFixture[str]
) -> None:
    server = start(tls=True)
    context = ssl.create_default_context()
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=5) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        context.wrap_socket(plain, server_hostname="127.0.0.1")
    server.stop()

    assert server.requests() == []
    assert capfd.readouterr().err == ""


def test_the_certificate_can_change_between_two_connections(
    start: Callable[..., Simulator], connect: Callable[[Simulator], Wire]
) -> None:
    server = start(tls=True)
    wire = connect(server)
    wire.get("/Health")

    renewed = server.renew_certificate()

    assert wire.get("/Health").status == 200, "the open connection goes on"
    with pytest.raises(ssl.SSLCertVerificationError):
        connect(server).get("/Health")
    context = ssl.create_default_context(cafile=str(renewed))
    fresh = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=5, context=context)
    fresh.request("GET", "/Health")
    assert fresh.getresponse().status == 200
    fresh.close()


def test_a_client_that_does_not_shake_hands_holds_up_nobody(
    start: Callable[..., Simulator], connect: Callable[[Simulator], Wire]
) -> None:
    server = start(tls=True)
    with socket.create_connection(("127.0.0.1", server.port), timeout=5):
        assert connect(server).get("/Health").status == 200


def test_many_connections_are_served_at_once(
    start: Callable[..., Simulator], connect: Callable[[Simulator], Wire]
) -> None:
    server = start(jobs=300)
    token = connect(server).sign_in().token
    wires = [connect(server) for _ in range(16)]
    statuses: list[int] = []

    def work(wire: Wire, ids: list[object]) -> None:
        wire.token = token
        statuses.extend(wire.delete(f"/api/v1/HostScanJob/{job_id}").status for job_id in ids)

    ids: list[object] = list(server.statuses())
    threads = [
        threading.Thread(target=work, args=(wire, ids[place::16]))
        for place, wire in enumerate(wires)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(statuses) == len(server.requests("DELETE")) == 300
    assert statuses.count(202) == len(server.cancels())


def test_a_stop_drops_every_connection_at_once(
    start: Callable[..., Simulator], connect: Callable[[Simulator], Wire]
) -> None:
    for tls in (False, True):
        server = start(tls=tls)
        wires = [connect(server) for _ in range(5)]
        for wire in wires:
            wire.get("/Health")
        threads = threading.active_count()

        began = time.monotonic()
        server.stop()

        assert time.monotonic() - began < 0.5
        assert threading.active_count() <= threads - 6
        with pytest.raises((OSError, http.client.HTTPException)):
            wires[0].get("/Health")


def test_a_server_can_go_and_come_back_on_its_port(
    server: Simulator, connect: Callable[[Simulator], Wire]
) -> None:
    wire = connect(server).sign_in()
    port = server.port
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        connect_bare(port)

    server.start()

    assert server.port == port
    again = connect(server)
    again.token = wire.token
    assert len(again.get("/api/v1/HostScanJob").json) == 20


def connect_bare(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=5).close()


def test_a_mistake_of_the_simulator_is_seen(
    server: Simulator, stranger: Wire, capfd: pytest.CaptureFixture[str]
) -> None:
    server.service.answer = None  # type: ignore[method-assign,assignment]

    with pytest.raises(http.client.RemoteDisconnected):
        stranger.get("/Health")
    server.stop()

    assert "TypeError" in capfd.readouterr().err
