"""The documented sign-in, played on a `WireServer`, and a clock that the tests own."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from tests.unit.api.wire_server import Answer, Received, WireServer, reply

if TYPE_CHECKING:
    from collections.abc import Callable

START = datetime(2026, 3, 2, 10, 0, 5, tzinfo=UTC)
LOGIN = "LAB\\svc-hostscan"
PASSWORD = "correct horse battery"
SECRET = "GEZDGNBVGY3TQOJQ"


class FakeClock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.moment = START
        self.elapsed = 1000.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.elapsed

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        self.elapsed += seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(max(0.0, seconds))

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.sleep(seconds)
        return event.is_set()


def make_jwt(
    ends: datetime | None, *, lifetime_s: float = 900.0, number: int = 0, **claims: Any
) -> str:
    if ends is not None:
        claims["exp"] = int(ends.timestamp())
        claims["iat"] = int(ends.timestamp() - lifetime_s)
    claims["jti"] = number
    parts = [{"alg": "HS256", "typ": "JWT"}, claims]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()) for part in parts]
    return ".".join([part.rstrip(b"=").decode() for part in encoded] + ["c2lnbmF0dXJl"])


@dataclass
class FakeNps:
    """The documented sign-in on a `WireServer`, strict, with switches to break it."""

    wire: WireServer
    clock: FakeClock
    password: str = PASSWORD
    second_path: str = "/signin2fa"
    lifetime_s: float = 900.0
    clock_is_ahead_s: float = 0.0
    is_code_right: Callable[[str], bool] = lambda code: True
    claims: dict[str, Any] = field(default_factory=lambda: {"role": "Admin", "unique_name": LOGIN})
    before: dict[str, list[bytes | None]] = field(default_factory=dict)
    passwords: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    issued: int = 0
    valid: set[str] = field(default_factory=set)
    other: Answer = lambda request: reply(200, [])

    def __post_init__(self) -> None:
        self.wire.answer = self.answer
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return self.clock.moment + timedelta(seconds=self.clock_is_ahead_s)

    def answer(self, request: Received) -> bytes | None:
        with self._lock:
            planned = self.before.get(request.path)
            if planned:
                return planned.pop(0)
            return self._dated(self._answer(request))

    def _dated(self, answered: bytes | None) -> bytes | None:
        if answered is None:
            return None
        date = format_datetime(self.now(), usegmt=True)
        return answered.replace(b"\r\n", f"\r\nDate: {date}\r\n".encode(), 1)

    def _answer(self, request: Received) -> bytes | None:
        if request.path == "/signinBody":
            return self._first_step(json.loads(request.body))
        if request.path == self.second_path:
            return self._second_step(request)
        if request.path in {"/signin2fa", "/sigin2fa"}:
            return reply(404)
        if request.token not in self.valid:
            return reply(401)
        if request.path == "/api/v1/UserToken":
            return reply(200, self.issue())
        return self.other(request)

    def _first_step(self, login: dict[str, str]) -> bytes:
        self.passwords.append(login["Password"])
        if login["Password"] != self.password:
            return reply(401)
        return reply(200, "pre-token-" + "x" * 30, Set_Cookie="container=crumbs; Path=/; HttpOnly")

    def _second_step(self, request: Received) -> bytes:
        code = json.loads(request.body)
        self.codes.append(code)
        if "container=crumbs" not in request.headers.get("cookie", ""):
            return reply(401, {"title": "cookie missing"})
        if request.token != "pre-token-" + "x" * 30 or not self.is_code_right(code):
            return reply(401, {"title": "wrong code"})
        return reply(200, self.issue())

    def issue(self) -> str:
        self.issued += 1
        ends = self.now() + timedelta(seconds=self.lifetime_s)
        token = make_jwt(ends, lifetime_s=self.lifetime_s, number=self.issued, **self.claims)
        self.valid.add(token)
        return token
