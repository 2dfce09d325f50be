"""The wire: connections, TLS, HTTP/1.1, and replies that go out whole, cut or not at all."""

from __future__ import annotations

import contextlib
import email.utils
import re
import socket
import socketserver
import struct
import sys
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from hostscan_automation.simulator.call import read_call
from hostscan_automation.simulator.replies import Delivery, Reply, problem

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    from hostscan_automation.simulator.service import Service

_IDLE_S = 130.0
_HANDSHAKE_S = 30.0
_GOODBYE_S = 2.0
_LARGEST_BODY = 32 * 1024 * 1024
_LONGEST_LINE = 65536
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,16})[ \t]*(?:;.*)?\r?\n", re.DOTALL)
_STATUS_AT = len("HTTP/1.1 2")
_LINGER_NOT = struct.pack("ii", 1, 0)


class HttpServer(ThreadingHTTPServer):
    """One listening socket on 127.0.0.1 and a thread for each connection."""

    request_queue_size = 128
    allow_reuse_address = sys.platform != "win32"  # there it would share a port that is in use

    def __init__(self, service: Service, port: int, context: ssl.SSLContext | None) -> None:
        self.service = service
        self._context = context
        self._open: dict[threading.Thread, socket.socket] = {}
        self._serving = threading.Thread(target=self._serve, name="simulator", daemon=True)
        super().__init__(("127.0.0.1", port), _Handler)

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._serving.start()

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002
        """Let a connection in; one that a fault refuses is reset."""
        if self.service.stopping.is_set():
            return False
        if self.service.misbehaviour.refuses_connection():
            request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
            return False
        return True

    def server_bind(self) -> None:
        """Bind without asking a name server who this machine is, as http.server would."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread of its own, known from its first to its last moment."""
        arguments = (request, client_address)
        thread = threading.Thread(target=self.process_request_thread, args=arguments, daemon=True)
        self._open[thread] = request
        thread.start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection until one side ends it."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            del self._open[threading.current_thread()]

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Serve one connection, in its own thread, the TLS handshake included."""
        connection = request
        try:
            if self._context is not None:
                request.settimeout(_HANDSHAKE_S)
                connection = self._context.wrap_socket(request, server_side=True)
                self._open[threading.current_thread()] = connection
            if self.service.stopping.is_set():
                return
            super().finish_request(connection, client_address)
        finally:
            with contextlib.suppress(OSError):
                connection.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about connections that the other side dropped; anything else is a bug."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """Stop listening, drop every connection and wait for its thread."""
        self.service.stopping.set()
        with contextlib.suppress(OSError):  # what it waits for is a connection
            address = ("127.0.0.1", self.server_port)
            socket.create_connection(address, _GOODBYE_S).close()
        self._serving.join()
        self.server_close()
        deadline = time.monotonic() + _GOODBYE_S
        for thread, connection in list(self._open.items()):
            hang_up(connection)
            thread.join(max(0.0, deadline - time.monotonic()))

    def _serve(self) -> None:
        while not self.service.stopping.is_set():
            self.handle_request()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Kestrel"
    disable_nagle_algorithm = True
    timeout = _IDLE_S
    server: HttpServer
    raw_requestline: bytes

    def _serve(self) -> None:
        body = self._read_body()
        if body is None:
            return
        headers = {name.casefold(): value for name, value in self.headers.items()}
        target = self.requestline.split()[1]  # http.server would have tidied it
        self._send(self.server.service.answer(read_call(self.command, target, headers, body)))

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = do_HEAD = do_OPTIONS = _serve

    def parse_request(self) -> bool:
        """Read the head of a request, unless a fault breaks it off behind its first line."""
        method, _, rest = self.raw_requestline.decode("latin-1").partition(" ")
        call = read_call(method, rest.partition(" ")[0], {}, b"")
        if self.server.service.breaks_off(call):
            self._reset()
            return False
        return super().parse_request()

    def _read_body(self) -> bytes | None:
        """Return the body, or None where it cannot be read and the connection ends."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").casefold():
            return self._read_chunks()
        text = self.headers.get("Content-Length", "0").strip()
        if not text.isdecimal():
            self.send_error(400, "the Content-Length is not a number")
            return None
        if int(text) > _LARGEST_BODY:
            self.send_error(413)
            return None
        body = self.rfile.read(int(text))
        if len(body) < int(text):  # the client is gone: what it meant to ask is not known
            self.close_connection = True
            return None
        return body

    def _read_chunks(self) -> bytes | None:
        body = bytearray()
        while True:
            match = _CHUNK_SIZE.match(self.rfile.readline(_LONGEST_LINE))
            if match is None:
                self.send_error(400, "the chunks of the body cannot be read")
                return None
            size = int(match[1], 16)
            if len(body) + size > _LARGEST_BODY:
                self.send_error(413)
                return None
            body += self.rfile.read(size)
            line = self.rfile.readline(_LONGEST_LINE)
            if size == 0:
                while line not in {b"\r\n", b"\n", b""}:  # trailers
                    line = self.rfile.readline(_LONGEST_LINE)
                return bytes(body)

    def _send(self, reply: Reply) -> None:
        match reply.delivery:
            case Delivery.LOST:
                self._end()
            case Delivery.RESET:
                self._reset()
            case Delivery.CUT:
                self._send_half(reply)
            case Delivery.ENDLESS:
                self._send_endlessly(reply)
            case Delivery.WHOLE if isinstance(reply.body, bytes):
                self._send_whole(reply, reply.body)
            case Delivery.WHOLE:
                self._send_pieces(reply, iter(reply.body))

    def _send_whole(self, reply: Reply, body: bytes) -> None:
        head = self._head(reply, f"Content-Length: {len(body)}")
        self.wfile.write(head if self.command == "HEAD" else head + body)

    def _send_pieces(self, reply: Reply, pieces: Iterator[bytes]) -> None:
        if self.request_version == "HTTP/1.0":  # knows no chunks
            self._send_whole(reply, b"".join(pieces))
            return
        self.wfile.write(self._head(reply, "Transfer-Encoding: chunked"))
        for piece in pieces:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def _send_half(self, reply: Reply) -> None:
        body = reply.whole_body()
        head = self._head(reply, f"Content-Length: {len(body)}")
        # Without a body it breaks before the status: half a head passes for a whole one in places.
        self.wfile.write(head + body[: len(body) // 2] if body else head[:_STATUS_AT])
        self._end()

    def _send_endlessly(self, reply: Reply) -> None:
        self.wfile.write(self._head(reply, "Transfer-Encoding: chunked"))
        piece = reply.whole_body()[:-1]
        while not self.server.service.stopping.is_set():
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            piece = b" " * 4096
            self.server.service.stopping.wait(0.01)
        self._end()

    def _head(self, reply: Reply, framing: str) -> bytes:
        lines = [
            f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}",
            f"Date: {email.utils.formatdate(self.server.service.now(), usegmt=True)}",
            f"Server: {self.server_version}",
            framing,
            *(f"{name}: {value}" for name, value in reply.headers),
        ]
        if reply.content_type:
            lines.append(f"Content-Type: {reply.content_type}")
        if self.close_connection:
            lines.append("Connection: close")
        return "\r\n".join((*lines, "\r\n")).encode("latin-1")

    def _end(self) -> None:
        self.close_connection = True
        hang_up(self.connection)

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self.close_connection = True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is not HTTP, in the form of all errors, and end the connection."""
        self.close_connection = True
        self._send(problem(code, message or explain))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: the request log has it all."""


def hang_up(connection: socket.socket) -> None:
    """End a connection without a word: over TLS, too, as a broken line would."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
