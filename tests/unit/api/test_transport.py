from __future__ import annotations

import gzip
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import requests
import responses
from urllib3.connection import HTTPConnection

from hostscan_automation.api import connections, transport_adapter
from hostscan_automation.api.address import ServerAddress
from hostscan_automation.api.call import Call, Reply
from hostscan_automation.api.endpoints import Effect
from hostscan_automation.api.options import ConnectionOptions
from hostscan_automation.api.server_time import ServerTime
from hostscan_automation.api.transport import Transport
from hostscan_automation.clock import SystemClock
from hostscan_automation.errors import (
    HostscanError,
    NotReachedError,
    PlanRefusedError,
    ReplyLostError,
    UnreadableReplyError,
)
from tests.unit.api.wire_server import Received, WireServer, reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READ = Call("GET", "/api/v1/HostScanJob", Effect.READ)
CANCEL = Call("DELETE", "/api/v1/HostScanJob/497f6eca-6276-4993-bfeb-53cbbbba6f08", Effect.CHANGE)
TOKEN = "secret-token-" + "t" * 30
PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def no_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def opened(url: str, options: ConnectionOptions) -> Transport:
    return Transport(ServerAddress.parse(url), options, ServerTime(SystemClock()))


@pytest.fixture
def transport(wire: WireServer, quick: ConnectionOptions) -> Iterator[Transport]:
    transport = opened(wire.url, quick)
    yield transport
    transport.close()


def streamed(transport: Transport, call: Call = READ) -> bytes:
    with transport.stream(call, TOKEN) as (_, pieces):
        return b"".join(pieces)


class TestWhatIsSent:
    def test_a_call_goes_out_with_token_and_length(
        self, transport: Transport, wire: WireServer
    ) -> None:
        wire.answer = lambda request: reply(202)
        call = Call("POST", "/x?y=1", Effect.CHANGE, b"[]", {"Content-Type": "application/json"})

        assert transport.exchange(call, TOKEN).status == 202

        (request,) = wire.received
        assert (request.method, request.target, request.body) == ("POST", "/x?y=1", b"[]")
        assert request.headers == {
            "host": f"127.0.0.1:{wire.port}",
            "user-agent": "hostscan-automation",
            "accept": "application/json",
            "accept-encoding": "identity",
            "authorization": f"Bearer {TOKEN}",
            "content-type": "application/json",
            "content-length": "2",
        }

    @pytest.mark.parametrize("value", ["Bearer x\r\nHost: y", "Bearer \u20ac"])
    def test_a_header_that_is_none_is_not_shown(
        self, transport: Transport, wire: WireServer, value: str
    ) -> None:
        call = Call("GET", "/x", Effect.READ, headers={"Authorization": value})

        with pytest.raises(ValueError, match="HTTP does not allow") as caught:
            transport.exchange(call)
        assert "Bearer" not in str(caught.value)
        assert caught.value.__context__ is None
        assert wire.received == []

    def test_a_post_without_body_says_so(self, transport: Transport, wire: WireServer) -> None:
        transport.exchange(Call("POST", "/x", Effect.CHANGE))

        assert wire.received[0].headers["content-length"] == "0"

    def test_a_connection_is_used_again(self, transport: Transport, wire: WireServer) -> None:
        for _ in range(5):
            transport.exchange(CANCEL, TOKEN)

        assert wire.connections == 1
        assert len(wire.received) == 5

    def test_cookies_are_kept_until_they_are_forgotten(
        self, transport: Transport, wire: WireServer
    ) -> None:
        wire.answer = lambda request: reply(200, Set_Cookie="crumb=1; Path=/; HttpOnly")
        transport.exchange(READ)
        wire.answer = lambda request: reply(200)
        transport.exchange(READ)
        transport.exchange(CANCEL)
        streamed(transport)
        transport.forget_cookies()
        transport.exchange(READ)

        cookies = [request.headers.get("cookie") for request in wire.received]
        assert cookies == [None, "crumb=1", "crumb=1", "crumb=1", None]

    def test_cookies_that_end_are_looked_at_each_time(
        self, transport: Transport, wire: WireServer
    ) -> None:
        wire.answer = lambda request: reply(200, Set_Cookie="crumb=1; Path=/; Max-Age=1000")
        transport.exchange(READ)
        transport.exchange(READ)
        for cookie in transport._session.cookies:
            cookie.expires = 1
        transport.exchange(READ)

        assert [r.headers.get("cookie") for r in wire.received] == [None, "crumb=1", None]

    def test_cookies_of_a_path_go_to_that_path(
        self, transport: Transport, wire: WireServer
    ) -> None:
        wire.answer = lambda request: reply(200, Set_Cookie="crumb=1; Path=/signin2fa")
        transport.exchange(READ)
        transport.exchange(Call("POST", "/signin2fa", Effect.CHANGE))
        transport.exchange(READ)

        assert [r.headers.get("cookie") for r in wire.received] == [None, "crumb=1", None]

    def test_the_forbidden_call_stops_at_the_last_gate_too(
        self, transport: Transport, wire: WireServer
    ) -> None:
        for target in ("/TruncateAllTables", "/%54runcate%41llTables", "/x?y=truncatealltables"):
            with pytest.raises(PlanRefusedError):
                transport.exchange(Call("DELETE", target, Effect.CHANGE))
            with pytest.raises(PlanRefusedError):
                streamed(transport, Call("GET", target, Effect.READ))

        assert wire.received == []


class TestWhatComesBack:
    def test_any_status_is_a_reply(self, transport: Transport, wire: WireServer) -> None:
        wire.answer = lambda request: reply(503, b"busy", Retry_After="3")

        answered = transport.exchange(READ)

        assert (answered.status, answered.body, answered.text) == (503, b"busy", "busy")
        assert answered.headers["retry-after"] == "3"
        assert not answered.is_success
        assert transport.was_heard

    @pytest.mark.parametrize("call", [READ, CANCEL])
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_no_redirect_is_followed_by_anything(
        self, transport: Transport, wire: WireServer, status: int, call: Call
    ) -> None:
        wire.answer = lambda request: reply(status, Location=f"{wire.url}/elsewhere")

        assert transport.exchange(call, TOKEN).status == status
        streamed(transport)

        assert "/elsewhere" not in {request.path for request in wire.received}

    def test_a_chunked_reply_is_put_together(self, transport: Transport, wire: WireServer) -> None:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        wire.answer = lambda request: head + b"2\r\n[1\r\n3\r\n,2]\r\n0\r\n\r\n"

        assert transport.exchange(READ).body == b"[1,2]"
        assert streamed(transport) == b"[1,2]"
        assert transport.exchange(READ).body == b"[1,2]"
        assert wire.connections == 2

    def test_a_reply_without_length_ends_with_its_connection(
        self, transport: Transport, wire: WireServer
    ) -> None:
        def answer(request: Received) -> bytes | None:
            raw = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[]"
            threading.Timer(0.05, wire.drop_connections).start()
            return raw

        wire.answer = answer

        assert transport.exchange(READ).body == b"[]"

    def test_100_continue_is_skipped(self, transport: Transport, wire: WireServer) -> None:
        wire.answer = lambda request: b"HTTP/1.1 100 Continue\r\n\r\n" + reply(200, [])

        assert transport.exchange(READ).body == b"[]"

    def test_another_first_word_is_no_final_reply(
        self, transport: Transport, wire: WireServer
    ) -> None:
        wire.answer = lambda request: b"HTTP/1.1 103 Early Hints\r\n\r\n" + reply(202)
        assert transport.exchange(CANCEL).status == 103

        wire.answer = lambda request: reply(202)
        assert transport.exchange(CANCEL).status == 202
        assert wire.connections == 2

    def test_a_compressed_stream_is_unpacked(self, transport: Transport, wire: WireServer) -> None:
        body = gzip.compress(b"[" + b" " * 300_000 + b"]")
        wire.answer = lambda request: reply(200, body, Content_Encoding="gzip")

        assert len(streamed(transport)) == 300_002
        assert wire.received[0].headers["accept-encoding"] == "gzip, deflate"

    def test_a_stream_that_is_refused_has_its_body_in_the_reply(
        self, transport: Transport, wire: WireServer
    ) -> None:
        wire.answer = lambda request: reply(400, {"title": "No"})

        with transport.stream(READ) as (answered, pieces):
            assert list(pieces) == []
        assert b"No" in answered.body

    def test_a_reply_longer_than_any_documented_one_is_not_read(
        self, transport: Transport, wire: WireServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(transport_adapter, "LONGEST_REPLY", 1000)
        monkeypatch.setattr("hostscan_automation.api.transport.LONGEST_REPLY", 1000)
        wire.answer = lambda request: reply(400, b"x" * 100_000)

        with pytest.raises(UnreadableReplyError, match="longer than"):
            transport.exchange(READ)
        with pytest.raises(UnreadableReplyError, match="longer than"), transport.stream(READ):
            pass


class TestWhatIsLost:
    def test_nobody_listening_is_not_reached(self, quick: ConnectionOptions) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]

        for call in (READ, CANCEL):
            with pytest.raises(NotReachedError, match="connection refused"):
                opened(f"http://127.0.0.1:{port}", quick).exchange(call)
            with pytest.raises(NotReachedError, match="connection refused"):
                streamed(opened(f"http://127.0.0.1:{port}", quick))

    def test_a_name_that_is_not_known_is_not_reached(self, quick: ConnectionOptions) -> None:
        with pytest.raises(NotReachedError, match="name cannot be resolved"):
            opened("https://nobody.invalid:6500", quick).exchange(CANCEL)

    def test_a_handshake_that_gets_no_answer_is_not_reached(self) -> None:
        options = ConnectionOptions(connect_timeout_s=0.1)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = f"https://127.0.0.1:{listener.getsockname()[1]}"
            with pytest.raises(NotReachedError, match=r"no answer within 0\.1 s"):
                opened(url, options).exchange(CANCEL)

    @pytest.mark.parametrize(
        "raw",
        [
            None,
            b"",
            b"HTTP/1.1 20",
            b"HTTP/1.1 202 Accepted\r\nContent-Len",
            b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[1,",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1,",
            b"SSH-2.0-OpenSSH_9.2\r\n",
            b"HTTP/1.1 20x Odd\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
            b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        ],
    )
    def test_a_reply_that_breaks_off_is_lost(
        self, transport: Transport, wire: WireServer, raw: bytes | None
    ) -> None:
        wire.answer = lambda request: raw
        wire.closes_after_answer = True

        for send in (lambda: transport.exchange(CANCEL, TOKEN), lambda: streamed(transport)):
            with pytest.raises(ReplyLostError) as caught:
                send()
            assert_holds_no_secret(caught.value)
        assert len(wire.received) == 2

    def test_silence_is_a_lost_reply(self, wire: WireServer) -> None:
        transport = opened(wire.url, ConnectionOptions(read_timeout_s=0.1))
        wire.answer = lambda request: time.sleep(0.5)

        with pytest.raises(ReplyLostError, match="fell silent"):
            transport.exchange(CANCEL)
        transport.close()

    @pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"])
    def test_a_reply_that_drips_is_given_up_at_its_deadline(
        self, wire: WireServer, head: bytes
    ) -> None:
        options = ConnectionOptions(read_timeout_s=5, reply_deadline_s=0.3, list_deadline_s=0.3)
        transport = opened(wire.url, options)
        wire.answer = lambda request: head
        wire.drips = b"x"
        start = time.monotonic()

        with pytest.raises(ReplyLostError, match="fell silent"):
            transport.exchange(CANCEL)
        if head:
            with pytest.raises(ReplyLostError, match="fell silent"):
                streamed(transport)
        assert time.monotonic() - start < 1.5
        transport.close()

    def test_a_list_that_drips_is_given_up_long_before_its_deadline(self, wire: WireServer) -> None:
        transport = opened(wire.url, ConnectionOptions(read_timeout_s=0.3, list_deadline_s=10))
        wire.answer = lambda request: b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
        wire.drips = b"x"

        with pytest.raises(ReplyLostError, match="fell silent") as caught:
            streamed(transport)
        assert caught.value.is_slow
        transport.close()

    def test_a_list_that_keeps_coming_may_take_many_times_the_longest_silence(
        self, wire: WireServer
    ) -> None:
        transport = opened(wire.url, ConnectionOptions(read_timeout_s=0.5))
        piece, pieces = b"x" * 20_000, 50
        wire.answer = lambda request: (
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(piece) * pieces)
        )
        wire.drips = piece

        began = time.monotonic()
        assert len(streamed(transport)) == len(piece) * pieces
        assert time.monotonic() - began > 0.9
        transport.close()

    def test_a_reader_that_gives_less_time_waits_less(self, wire: WireServer) -> None:
        transport = opened(wire.url, ConnectionOptions())
        wire.answer = lambda request: time.sleep(0.5)

        with pytest.raises(ReplyLostError), transport.stream(READ, within_s=0.1):
            pass
        with pytest.raises(ReplyLostError, match="fell silent"):
            transport.exchange(READ, within_s=0.1)
        transport.close()

    def test_a_caller_that_gives_less_time_waits_less_for_what_drips(
        self, wire: WireServer
    ) -> None:
        transport = opened(wire.url, ConnectionOptions())
        wire.answer = lambda request: b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
        wire.drips = b"x"

        with pytest.raises(ReplyLostError, match="fell silent"):
            transport.exchange(READ, within_s=0.1)
        transport.close()

    @pytest.mark.parametrize(("call", "words"), [(READ, "Nothing was changed"), (CANCEL, "may ")])
    def test_the_way_out_after_a_lost_reply_depends_on_what_was_asked(
        self, transport: Transport, wire: WireServer, call: Call, words: str
    ) -> None:
        wire.answer = lambda request: b""
        wire.closes_after_answer = True

        with pytest.raises(ReplyLostError) as caught:
            transport.exchange(call)
        assert words in (caught.value.hint or "")
        assert not caught.value.is_slow

    def test_a_connection_that_was_closed_while_it_rested_is_not_used(
        self, transport: Transport, wire: WireServer
    ) -> None:
        transport.exchange(CANCEL)
        wire.drop_connections()
        time.sleep(0.02)

        assert transport.exchange(CANCEL).status == 404
        assert wire.connections == 2

    def test_a_connection_that_rested_long_is_not_used(
        self, transport: Transport, wire: WireServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connections, "RESTS_AT_MOST_S", 0.0)
        transport.exchange(CANCEL)
        transport.exchange(CANCEL)

        assert wire.connections == 2

    def test_a_head_that_could_not_leave_was_surely_never_sent(
        self, transport: Transport, wire: WireServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        transport.exchange(CANCEL)
        (resting,) = transport._adapter._resting

        def broken(data: object) -> None:
            raise BrokenPipeError(32, "Broken pipe")

        monkeypatch.setattr(resting, "send", broken)
        with pytest.raises(NotReachedError, match="was not sent"):
            transport.exchange(CANCEL)
        assert len(wire.received) == 1

    def test_a_body_that_could_not_leave_may_have_been_carried_out(
        self, transport: Transport, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        send = HTTPConnection.send

        def only_the_head(self: object, data: bytes) -> None:
            if b"HTTP/1.1" not in data:
                raise ConnectionResetError(104, "reset")
            send(self, data)  # type: ignore[arg-type]

        monkeypatch.setattr(HTTPConnection, "send", only_the_head)
        with pytest.raises(ReplyLostError):
            transport.exchange(Call("POST", "/x", Effect.CHANGE, b"[]"))

    def test_an_interrupted_call_leaves_no_connection_to_be_mistaken(
        self, transport: Transport, wire: WireServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupted(self: object, within_s: float) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(connections.Connection, "_expect_reply", interrupted)
            with pytest.raises(KeyboardInterrupt):
                transport.exchange(CANCEL)

        assert not transport._adapter._resting
        assert transport.exchange(CANCEL).status == 404


class TestTheEnvironment:
    def test_netrc_never_replaces_the_token(
        self,
        transport: Transport,
        wire: WireServer,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:
        for name in (".netrc", "_netrc"):
            (tmp_path / name).write_text(
                "machine 127.0.0.1 login mallory password letmein\n", encoding="utf-8"
            )
            (tmp_path / name).chmod(0o600)
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))

        transport.exchange(CANCEL, TOKEN)
        transport.exchange(CANCEL)
        streamed(transport)

        sent = [request.headers.get("authorization") for request in wire.received]
        assert sent == [f"Bearer {TOKEN}", None, f"Bearer {TOKEN}"]

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
    def test_for_this_machine_no_proxy_is_used(
        self,
        wire: WireServer,
        quick: ConnectionOptions,
        monkeypatch: pytest.MonkeyPatch,
        host: str,
    ) -> None:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        transport = opened(f"http://{host}:{wire.port}", quick)

        assert transport.exchange(CANCEL).status == 404
        assert streamed(transport) == b""
        transport.close()

    def test_a_proxy_of_the_environment_is_used_and_said(
        self,
        wire: WireServer,
        quick: ConnectionOptions,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level("INFO", logger="hostscan.api")
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:pass@127.0.0.1:{wire.port}")
        wire.answer = lambda request: reply(407)
        transport = opened("https://nps01.example.com:6500", quick)

        for send in (lambda: transport.exchange(CANCEL, TOKEN), lambda: streamed(transport)):
            with pytest.raises(NotReachedError, match="407") as caught:
                send()
            assert "proxy 127.0.0.1" in (caught.value.hint or "")
        assert [(r.method, r.target) for r in wire.received] == [
            ("CONNECT", "nps01.example.com:6500")
        ] * 2
        assert all(TOKEN not in str(request.headers) for request in wire.received)
        assert f"127.0.0.1:{wire.port}" in caplog.text
        assert "pass" not in caplog.text

    def test_the_environment_is_read_once(
        self, wire: WireServer, quick: ConnectionOptions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        transport = opened("https://nobody.invalid", quick)
        monkeypatch.setenv("HTTPS_PROXY", wire.url)

        with pytest.raises(NotReachedError, match="name cannot be resolved"):
            transport.exchange(CANCEL)
        assert wire.received == []

    def test_no_proxy_exceptions_hold(
        self, wire: WireServer, quick: ConnectionOptions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTPS_PROXY", wire.url)
        monkeypatch.setenv("NO_PROXY", ".invalid")

        with pytest.raises(NotReachedError, match="name cannot be resolved"):
            opened("https://nobody.invalid", quick).exchange(CANCEL)
        assert wire.received == []

    def test_a_proxy_that_cannot_be_used_sends_nothing(
        self, quick: ConnectionOptions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:9")

        with pytest.raises(NotReachedError):
            opened("https://nps01.invalid", quick).exchange(CANCEL)


class TestManyThreads:
    def test_each_thread_gets_its_own_reply(self, transport: Transport, wire: WireServer) -> None:
        wire.answer = lambda request: reply(200, request.target.encode())

        def send(number: int) -> bool:
            answered = transport.exchange(Call("GET", f"/{number}", Effect.READ), TOKEN)
            return answered.text == f"/{number}"

        with ThreadPoolExecutor(16) as pool:
            assert all(pool.map(send, range(400)))
        assert wire.connections <= 32

    def test_closing_twice_is_fine_and_calls_open_again(
        self, transport: Transport, wire: WireServer
    ) -> None:
        transport.exchange(CANCEL)
        transport.close()
        transport.close()

        assert transport.exchange(CANCEL).status == 404
        assert wire.connections == 2


class TestTheSeamsOfRequests:
    @responses.activate
    def test_responses_takes_the_place_of_the_server(self) -> None:
        responses.get("https://nps01:6500/api/v1/HostScanJob", json=[], headers={"Date": "x"})
        responses.delete(
            "https://nps01:6500" + CANCEL.target, status=202, headers={"Set-Cookie": "crumb=1"}
        )
        transport = opened("https://nps01:6500", ConnectionOptions(insecure=True))

        assert streamed(transport) == b"[]"
        assert transport.exchange(CANCEL, TOKEN).status == 202
        assert transport.exchange(CANCEL, TOKEN).status == 202

        assert responses.calls[1].request.headers["Authorization"] == f"Bearer {TOKEN}"
        assert responses.calls[2].request.headers["Cookie"] == "crumb=1"

    @responses.activate
    @pytest.mark.parametrize(
        ("error", "kind"),
        [
            (requests.ConnectionError("reset"), ReplyLostError),
            (requests.ReadTimeout("silence"), ReplyLostError),
            (requests.ConnectTimeout("away"), NotReachedError),
            (requests.exceptions.InvalidSchema("socks"), NotReachedError),
        ],
    )
    def test_exceptions_of_requests_do_not_cross_the_border(
        self, error: Exception, kind: type[HostscanError]
    ) -> None:
        responses.delete("https://nps01:6500" + CANCEL.target, body=error)
        transport = opened("https://nps01:6500", ConnectionOptions(insecure=True))

        with pytest.raises(kind) as caught:
            transport.exchange(CANCEL, TOKEN)

        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None


def assert_holds_no_secret(error: HostscanError) -> None:
    seen: BaseException | None = error
    while seen is not None:
        assert TOKEN not in f"{seen} {seen.__dict__}"
        assert not hasattr(seen, "request")
        seen = seen.__cause__ or seen.__context__


def test_values_show_nothing_that_is_secret() -> None:
    call = Call("POST", "/x?y=1", Effect.CHANGE, b"hidden-body", {"Authorization": "hidden-header"})
    answered = Reply(200, "POST", "/x", {"Set-Cookie": "hidden-cookie"}, b"hidden-body")

    assert "hidden" not in f"{call!r} {call} {answered!r}"
    assert str(call) == "POST /x"
