"""A simulator on a clock of the test's own, and a plain HTTP client that hides nothing."""

from __future__ import annotations

import http.client
import json
import ssl
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hostscan_automation.simulator import Account, Simulator, SimulatorConfig

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

NOON = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)


class ManualClock:
    """A clock that stands still until it is moved; waiting moves it."""

    def __init__(self) -> None:
        self._now = NOON

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._now.timestamp()

    def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.sleep(seconds)
        return event.is_set()


@dataclass
class Answer:
    """What came back over the wire."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Wire:
    """One keep-alive connection to a simulator, with the cookies and the token it was given."""

    server: Simulator
    token: str | None = None
    cookies: dict[str, str] = field(default_factory=dict)
    _connection: http.client.HTTPConnection | None = None

    def connect(self) -> http.client.HTTPConnection:
        if self.server.ca_bundle is None:
            return http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        context = ssl.create_default_context(cafile=str(self.server.ca_bundle))
        return http.client.HTTPSConnection(
            "127.0.0.1", self.server.port, timeout=10, context=context
        )

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        content_type: str | None = "application/json",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        self._connection = self._connection or self.connect()
        sent = dict(headers or {})
        if self.token and "Authorization" not in sent:
            sent["Authorization"] = f"Bearer {self.token}"
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if raw is not None and content_type:
            sent["Content-Type"] = content_type
        self._connection.request(method, path, body=raw, headers=sent)
        reply = self._connection.getresponse()
        answer = Answer(reply.status, reply.headers, reply.read())
        cookie = reply.headers.get("Set-Cookie")
        if cookie:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def delete(self, path: str) -> Answer:
        return self.ask("DELETE", path)

    def first_step(self, account: Account) -> Answer:
        answer = self.ask(
            "POST", "/signinBody", {"Login": account.login, "Password": account.password}
        )
        if answer.status == 200:
            self.token = answer.json
        return answer

    def code(self, account: Account, step: int = 0) -> str:
        assert account.totp is not None
        return account.totp.code(account.totp.step_at(self.server.now()) + step)

    def second_step(self, code: str, path: str = "/signin2fa") -> Answer:
        answer = self.ask("POST", path, code)
        if answer.status == 200:
            self.token = answer.json
        return answer

    def sign_in(self, account: Account | None = None) -> Wire:
        """Sign in as an administrator without a second factor: no code is used up."""
        assert self.first_step(account or self.server.accounts.without_mfa).status == 200
        if not (account and account.is_application):
            code = self.code(account) if account and account.totp else "NA"
            assert self.second_step(code).status == 200
        return self

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def start(clock: ManualClock) -> Iterator[Callable[..., Simulator]]:
    """Start a simulator with few jobs, standing at noon."""
    with ExitStack() as stack:

        def start(jobs: int = 20, **config: Any) -> Simulator:
            server = Simulator(SimulatorConfig(jobs=jobs, **config), clock=clock)
            return stack.enter_context(server)

        yield start


@pytest.fixture
def connect() -> Iterator[Callable[[Simulator], Wire]]:
    """Open a connection that nobody has signed in on."""
    with ExitStack() as stack:

        def connect(server: Simulator) -> Wire:
            wire = Wire(server)
            stack.callback(wire.close)
            return wire

        yield connect


@pytest.fixture
def server(start: Callable[..., Simulator]) -> Simulator:
    return start()


@pytest.fixture
def stranger(server: Simulator, connect: Callable[[Simulator], Wire]) -> Wire:
    """A connection to `server` without a token."""
    return connect(server)


@pytest.fixture
def admin(server: Simulator, connect: Callable[[Simulator], Wire]) -> Wire:
    """A connection to `server` with an administrator's token."""
    return connect(server).sign_in()
