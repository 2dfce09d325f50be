"""What goes wrong at the sign-in calls where a test asks for it: a few times, or from now on."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Literal

from hostscan_automation.simulator.replies import (
    JSON_TYPE,
    Delivery,
    RefusedError,
    Reply,
    problem,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    SignInCall = Literal["password", "code", "renewal"]

_HTML_TYPE = "text/html; charset=utf-8"
_PAGE = b"<!DOCTYPE html><html><body><form>Sign in to the proxy first</form></body></html>"


class Trouble(Enum):
    """One thing that goes wrong; the first five before anybody looks at what was sent."""

    FAILED = "500"
    BUSY = "503"
    REFUSED = "401"
    PAGE = "login page"
    RESET = "reset"
    LOST = "lost reply"
    CUT = "cut reply"
    EMPTY = "empty reply"
    TRUNCATED = "truncated reply"
    GARBAGE = "garbage"
    NO_COOKIE = "no cookie"


_INSTEAD: dict[Trouble, Callable[[], Reply]] = {
    Trouble.FAILED: lambda: problem(500, "An unexpected error occurred."),
    Trouble.BUSY: lambda: problem(503, "Starting.", headers=(("Retry-After", "1"),)),
    Trouble.REFUSED: lambda: problem(401),
    Trouble.PAGE: lambda: Reply(200, _PAGE, _HTML_TYPE),
    Trouble.RESET: lambda: Reply(500, delivery=Delivery.RESET),
}
_AFTERWARDS: dict[Trouble, Callable[[Reply], Reply]] = {
    Trouble.LOST: lambda reply: replace(reply, delivery=Delivery.LOST),
    Trouble.CUT: lambda reply: replace(reply, delivery=Delivery.CUT),
    Trouble.EMPTY: lambda reply: replace(reply, body=b""),
    Trouble.TRUNCATED: lambda reply: replace(reply, body=_half(reply)),
    Trouble.GARBAGE: lambda reply: replace(reply, body=b'"ok"', content_type=JSON_TYPE),
    Trouble.NO_COOKIE: lambda reply: replace(reply, headers=()),
}


class SignInTrouble:
    """Keeps what is to go wrong at each sign-in call, and lets it."""

    def __init__(self) -> None:
        self._coming: dict[str, deque[Trouble]] = {}
        self._lasting: dict[str, Trouble] = {}
        self._lock = threading.Lock()

    def plan(self, call: SignInCall, *troubles: Trouble, lasting: bool = False) -> None:
        """Have the next calls of this kind meet these troubles; the last one from then on.

        Args:
            call: Which step of signing in.
            troubles: In order; without any, nothing goes wrong any more.
            lasting: Whether the last of them goes on.
        """
        with self._lock:
            self._coming[call] = deque(troubles)
            self._lasting.pop(call, None)
            if lasting:
                self._lasting[call] = troubles[-1]

    def meet(self, call: SignInCall, answer: Callable[[], Reply]) -> Reply:
        """Return what a call is answered: as it should be, or as the trouble has it."""
        with self._lock:
            coming = self._coming.get(call)
            trouble = coming.popleft() if coming else self._lasting.get(call)
        if trouble is None:
            return answer()
        fault = f"{call}: {trouble.value}"
        if trouble in _INSTEAD:
            return replace(_INSTEAD[trouble](), carried_out=False, fault=fault)
        try:
            reply = answer()
        except RefusedError as refusal:
            reply = refusal.reply
        return replace(_AFTERWARDS[trouble](reply), fault=fault)


def _half(reply: Reply) -> bytes:
    body = reply.whole_body()
    return body[: len(body) // 2]
