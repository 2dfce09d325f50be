"""The HTTP server itself: connections, faults on the wire, and the ready message."""

from __future__ import annotations

import contextlib
import email.utils
import json
import socket
import sys
import tempfile
import threading
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from hostscan_automation.clock import Clock, SystemClock, utc_text
from hostscan_automation.simulator.accounts import Accounts
from hostscan_automation.simulator.certificate import make_certificate
from hostscan_automation.simulator.config import SimulatorConfig
from hostscan_automation.simulator.faults import Dice
from hostscan_automation.simulator.log import Request, RequestLog
from hostscan_automation.simulator.replies import PROXY_PAGE, Reply, problem
from hostscan_automation.simulator.routes import Call, Routes
from hostscan_automation.simulator.scanjobs import ScanJobs
from hostscan_automation.simulator.seed import seeded_jobs

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from uuid import UUID

READY_SCHEMA = "hostscan/simulator-ready/1"
_LARGEST_BODY = 8 * 1024 * 1024


class Simulator:
    """One simulated server; a context manager that serves while it is open.

    Example:
        >>> with Simulator(SimulatorConfig(jobs=10)) as server:
        ...     len(server.jobs)
        10
    """

    def __init__(
        self, config: SimulatorConfig | None = None, *, clock: Clock | None = None
    ) -> None:
        self.config = config or SimulatorConfig()
        self._clock = clock or SystemClock()
        faults = self.config.faults
        ttl = self.config.token_ttl_s if faults.token_ttl_s is None else faults.token_ttl_s
        self.accounts = Accounts(self.config.seed, self.now, ttl)
        self.jobs = ScanJobs(self.now, status_as_name=self.config.status_as_name)
        self.jobs.fill(seeded_jobs(self.config.jobs, self.config.seed, self.now()))
        self.dice = Dice(self.config.seed)
        self.routes = Routes(self.config, self.accounts, self.jobs, self.dice, self.now)
        self.log = RequestLog(self.config.log)
        self.ca_bundle: Path | None = None
        self._failed_sign_ins: dict[str, int] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._server: _Server | None = None

    def now(self) -> float:
        """Return the server's own time, seconds since 1970."""
        return self._clock.now().timestamp() + self.config.faults.skew_s

    def start(self) -> None:
        """Listen and serve in threads of its own."""
        context = None
        if self.config.tls:
            self._folder = tempfile.TemporaryDirectory(prefix="hostscan-simulator-")
            self.ca_bundle, context = make_certificate(Path(self._folder.name))
        self._server = _Server(self, context)
        serve = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        serve.start()

    def stop(self) -> None:
        """Stop listening, drop every connection, and remove the certificate."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server.drop_connections()
            self._server = None
        self.log.close()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The TCP port it listens on."""
        if self._server is None:
            raise RuntimeError("the simulator is not running")
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The address to use."""
        return f"{'https' if self.config.tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which `hostscan` signs in here."""
        admin = self.accounts.admin
        values = {
            "HOSTSCAN_SERVER": self.url,
            "HOSTSCAN_LOGIN": admin.login,
            "HOSTSCAN_PASSWORD": admin.password,
            "HOSTSCAN_TOTP_SECRET": admin.totp_secret or "",
        }
        if self.ca_bundle is not None:
            values["HOSTSCAN_CA_BUNDLE"] = str(self.ca_bundle)
        return values

    def ready_message(self) -> dict[str, Any]:
        """Return what another program needs to use this server."""
        return {
            "schema": READY_SCHEMA,
            "url": self.url,
            "ca_bundle": None if self.ca_bundle is None else str(self.ca_bundle),
            "environment": self.environment,
        }

    def requests(self, method: str | None = None, *, path: str | None = None) -> list[Request]:
        """Return the requests counted so far, of one method, with a text in their path."""
        return self.log.entries(
            lambda entry: (
                (method is None or entry.method == method) and (path is None or path in entry.path)
            )
        )

    def cancels(self, job_id: UUID | None = None) -> list[Request]:
        """Return the cancels that were carried out, of one job or of all."""
        return self.log.entries(
            lambda entry: (
                entry.method == "DELETE"
                and entry.carried_out
                and (job_id is None or entry.job_id == job_id)
            )
        )

    def status_of(self, job_id: UUID) -> str | None:
        """Return the true status of a job now; None where it is gone."""
        job = self.jobs.get(job_id)
        return None if job is None else job.status

    def sign_in_fails(self, path: str) -> bool:
        """Say whether this sign-in call is one of those that fail first."""
        failed = self._failed_sign_ins.get(path, 0)
        if failed >= self.config.faults.sign_in_500:
            return False
        self._failed_sign_ins[path] = failed + 1
        return True


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True

    def __init__(self, simulator: Simulator, context: ssl.SSLContext | None) -> None:
        self.simulator = simulator
        self._context = context
        self._connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", simulator.config.port), _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        # In the connection's own thread: a client that never shakes hands must not hold up others.
        if self._context is not None:
            request = self._context.wrap_socket(request, server_side=True)
        self._connections.add(request)
        try:
            super().finish_request(request, client_address)
        finally:
            self._connections.discard(request)
            with contextlib.suppress(OSError):
                request.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, OSError | ValueError):
            super().handle_error(request, client_address)

    def drop_connections(self) -> None:
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Kestrel"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def _serve(self) -> None:
        call = self._read_call()
        if call is None:
            return
        simulator = self.server.simulator
        fault, reply = self._decide(call, simulator)
        if simulator.config.faults.latency_ms:
            threading.Event().wait(simulator.config.faults.latency_ms / 1000)
        status: int | None = reply.status
        if fault == "lost-reply":
            status = None
        self._count(call, reply, status, fault)
        self._send(reply, fault)

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = do_HEAD = do_OPTIONS = _serve

    def _read_call(self) -> Call | None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LARGEST_BODY or self.headers.get("Transfer-Encoding"):
            self.close_connection = True
            self.send_error(413 if length > _LARGEST_BODY else 411)
            return None
        path, _, query = self.path.partition("?")
        headers = {name.casefold(): value for name, value in self.headers.items()}
        return Call(self.command, path, query, headers, self.rfile.read(length))

    def _decide(self, call: Call, simulator: Simulator) -> tuple[str | None, Reply]:
        faults, dice = simulator.config.faults, simulator.dice
        if call.segments[:2] != ("api", "v1"):
            if call.method == "POST" and simulator.sign_in_fails(call.segments[-1]):
                return "sign-in-500", problem(500, "an unexpected error occurred")
            return None, simulator.routes.answer(call)
        if dice.strikes(faults.busy):
            return "busy", self._busy(dice, simulator)
        if dice.strikes(faults.html):
            return "html", Reply(502, PROXY_PAGE, "text/html", carried_out=False)
        reply = simulator.routes.answer(call)
        if is_change(call) and reply.carried_out and dice.strikes(faults.lost_reply):
            return "lost-reply", reply
        if dice.strikes(faults.cut):
            return "cut", reply
        if reply.content_type and reply.carried_out and dice.strikes(faults.truncated):
            return "truncated", reply
        return None, reply

    @staticmethod
    def _busy(dice: Dice, simulator: Simulator) -> Reply:
        status = 429 if dice.strikes(0.5) else 503
        later = simulator.now() + 1
        text = "1" if dice.strikes(0.5) else email.utils.formatdate(later, usegmt=True)
        return problem(status, "too many requests", headers=(("Retry-After", text),))

    def _send(self, reply: Reply, fault: str | None) -> None:
        if fault == "lost-reply":
            self._hang_up()
            return
        pieces = [reply.body] if isinstance(reply.body, bytes) else reply.body
        if fault in {"cut", "truncated"} or isinstance(reply.body, bytes):
            whole = b"".join(pieces)
            self._send_whole(reply, whole, fault)
        else:
            self._send_pieces(reply, iter(pieces))

    def _send_whole(self, reply: Reply, whole: bytes, fault: str | None) -> None:
        if fault == "truncated":
            whole = whole[: len(whole) * 2 // 3]
        if fault == "cut" and not whole:
            self.wfile.write(b"HTTP/1.1 2")
            self._hang_up()
            return
        self._send_head(reply, ("Content-Length", str(len(whole))))
        if fault == "cut":
            self.wfile.write(whole[: len(whole) // 2])
            self._hang_up()
            return
        if self.command != "HEAD":
            self.wfile.write(whole)
        self.wfile.flush()

    def _send_pieces(self, reply: Reply, pieces: Iterator[bytes]) -> None:
        self._send_head(reply, ("Transfer-Encoding", "chunked"))
        for piece in pieces:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def _send_head(self, reply: Reply, framing: tuple[str, str]) -> None:
        self.send_response_only(reply.status, HTTPStatus(reply.status).phrase)
        self.send_header("Date", email.utils.formatdate(self.server.simulator.now(), usegmt=True))
        self.send_header("Server", self.server_version)
        if reply.content_type:
            self.send_header("Content-Type", reply.content_type)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header(*framing)
        self.end_headers()

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)

    def _count(self, call: Call, reply: Reply, status: int | None, fault: str | None) -> None:
        given = self.server.simulator.routes.pass_of(call)
        self.server.simulator.log.add(
            Request(
                time=utc_text(datetime.now(UTC)),
                method=call.method,
                path=call.path,
                query=call.query,
                status=status,
                fault=fault,
                carried_out=reply.carried_out,
                content_type=call.headers.get("content-type"),
                authorization=_authorization(call, given.kind if given else None),
                body=_loggable_body(call),
                account=given.account.login if given else None,
                job_id=reply.job_id,
            )
        )

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the request log has it all."""


def is_change(call: Call) -> bool:
    """Say whether a call changes something: not what its verb says, but its path."""
    return call.method != "GET" or call.segments[-1] in {"start", "stop"}


def _authorization(call: Call, kind: str | None) -> str:
    if "authorization" not in call.headers:
        return "none"
    if call.bearer is None:
        return "other"
    return f"bearer:{kind or 'unknown'}"


def _loggable_body(call: Call) -> Any:
    if not call.body:
        return None
    is_sign_in = call.segments[:2] != ("api", "v1")
    try:
        value = call.json
    except ValueError:
        return "(text)" if is_sign_in else call.body.decode("utf-8", "replace")
    if not is_sign_in:
        return value
    return sorted(value) if isinstance(value, dict) else f"({type(value).__name__})"


def ready_line(simulator: Simulator) -> str:
    """Return the ready message as one line of JSON."""
    return json.dumps(simulator.ready_message())
