"""What each fault does: one function for each, in the table of its moment."""

from __future__ import annotations

import email.utils
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hostscan_automation.simulator.distortion import of_other_types, with_one_twice
from hostscan_automation.simulator.faults import Dice, Faults
from hostscan_automation.simulator.replies import Delivery, Reply, problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from hostscan_automation.simulator.call import Call
    from hostscan_automation.simulator.scanjobs import Job

_PROXY_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n"
    b"<body><h1>502 Bad Gateway</h1><p>The proxy could not reach the server.</p></body></html>\n"
)
_PORTAL_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head>\n"
    b"<body><h1>Sign in to the network</h1><form><input name=user></form></body></html>\n"
)
_HTML_TYPE = "text/html; charset=utf-8"
_YEAR_S = 31_536_000.0
_SLOWEST_S = 30.0
_FAILING = (500, 502, 504)


@dataclass(frozen=True, slots=True)
class Moment:
    """One request on its way through the server, as the faults see it.

    Attributes:
        sign_in_step: 1 or 2 for a sign-in call, else 0.
        changes: Whether the call changes something, whatever its verb.
    """

    call: Call
    sign_in_step: int = 0
    changes: bool = False


@dataclass(frozen=True, slots=True)
class Delays:
    """How long a request waits before it is carried out, and its reply after that."""

    before_s: float
    after_s: float = 0.0
    fault: str | None = None


class Misbehaviour:
    """Lets the faults of one server strike; the faults can be changed while it runs."""

    def __init__(self, faults: Faults, seed: int, now: Callable[[], float]) -> None:
        self.faults = faults
        self.dice = Dice(seed)
        self.now = now
        self._sign_ins_failed = {1: 0, 2: 0}
        self._second, self._in_second = 0.0, 0
        self._lock = threading.Lock()
        self.refused_connections = 0

    def refuses_connection(self) -> bool:
        """Say whether a new connection is reset before anything is read; count it."""
        if not self.dice.strikes(self.faults.refuse, "refuse"):
            return False
        with self._lock:
            self.refused_connections += 1
        return True

    def breaks_off(self, call: Call) -> bool:
        """Say whether a request is broken off of which the first line has come."""
        share = self.faults.mid_request
        return call.is_api and self.dice.strikes(share, "mid-request", call.method, call.path)

    def delays(self, moment: Moment) -> Delays:
        """Return how long a request waits before it is carried out, and after that."""
        latency_s = self.faults.latency_ms / 1000
        if not self.strikes(self.faults.slow, "slow", moment):
            return Delays(latency_s)
        call = moment.call
        slow_s = 1 + (_SLOWEST_S - 1) * self.dice.next_throw("slow for", call.method, call.path)
        if self.dice.strikes(0.5, "slow after", call.method, call.path):
            return Delays(latency_s, slow_s, "slow")
        return Delays(latency_s + slow_s, 0.0, "slow")

    def before(self, moment: Moment) -> Reply | None:
        """Return what is answered instead of carrying the request out, or None."""
        for name, strike in _BEFORE.items():
            reply = strike(self, moment)
            if reply is not None:
                return replace(reply, fault=name, carried_out=False)
        return None

    def after(self, moment: Moment, reply: Reply) -> Reply:
        """Return the reply to a request that was carried out as it really goes out."""
        for name, strike in _AFTER.items():
            changed = strike(self, moment, reply)
            if changed is not None:
                return replace(changed, fault=name)
        return reply

    def before_cancel(self, job: Job) -> str | None:
        """Return `vanish` or `finish` where that happens to a job as its first cancel comes."""
        if job.cancels_accepted:
            return None
        for name in ("vanish", "finish"):
            if self.dice.marks(getattr(self.faults, name), name, str(job.id)):
                return name
        return None

    def never_cancels(self, job: Job) -> bool:
        """Say whether an accepted cancel of this job has no effect."""
        share = self.faults.never_cancelled
        return job.is_stubborn or self.dice.marks(share, "never-cancelled", str(job.id))

    def strikes(self, share: float, name: str, moment: Moment) -> bool:
        """Say whether a fault strikes an API request; each repetition is a new throw."""
        call = moment.call
        return call.is_api and self.dice.strikes(share, name, call.method, call.path)

    def fails_sign_in(self, step: int) -> bool:
        """Count one sign-in call; say whether it is one of those that fail."""
        with self._lock:
            if not step or self._sign_ins_failed[step] >= self.faults.sign_in_500:
                return False
            self._sign_ins_failed[step] += 1
            return True

    def is_over_rate(self) -> bool:
        """Count one API request; say whether it is more than the second allows."""
        with self._lock:
            second = float(int(self.now()))
            self._in_second = self._in_second + 1 if second == self._second else 1
            self._second = second
            return self._in_second > self.faults.rate_limit

    def busy_reply(self, status: int, occasion: Moment) -> Reply:
        """Return 429 or 503 with the Retry-After that was asked for."""
        wait = self.faults.retry_after
        headers = () if wait == "none" else (("Retry-After", self._retry_after(wait, occasion)),)
        return problem(status, "The server is busy.", headers=headers)

    def _retry_after(self, wait: float | str | None, occasion: Moment) -> str:
        if wait == "nonsense":
            return "in a while"
        wait_s = wait if isinstance(wait, float | int) else _YEAR_S if wait == "year" else 1.0
        is_either = wait not in {"seconds", "date"}
        as_date = is_either and self.dice.strikes(0.5, "retry-after", occasion.call.path)
        if wait == "date" or as_date:
            return email.utils.formatdate(self.now() + wait_s, usegmt=True)
        return f"{wait_s:.0f}"


def _sign_in_500(server: Misbehaviour, moment: Moment) -> Reply | None:
    if not server.fails_sign_in(moment.sign_in_step):
        return None
    return problem(500, "An unexpected error occurred.")


def _reset(server: Misbehaviour, moment: Moment) -> Reply | None:
    if not server.strikes(server.faults.reset, "reset", moment):
        return None
    return Reply(500, delivery=Delivery.RESET)


def _rate_limit(server: Misbehaviour, moment: Moment) -> Reply | None:
    if not server.faults.rate_limit or not moment.call.is_api or not server.is_over_rate():
        return None
    return server.busy_reply(429, moment)


def _busy(server: Misbehaviour, moment: Moment) -> Reply | None:
    if not server.strikes(server.faults.busy, "busy", moment):
        return None
    status = 429 if server.dice.strikes(0.5, "429", moment.call.path) else 503
    return server.busy_reply(status, moment)


def _too_many(server: Misbehaviour, moment: Moment) -> Reply | None:
    is_struck = server.strikes(server.faults.too_many, "too-many", moment)
    return server.busy_reply(429, moment) if is_struck else None


def _unavailable(server: Misbehaviour, moment: Moment) -> Reply | None:
    is_struck = server.strikes(server.faults.unavailable, "unavailable", moment)
    return server.busy_reply(503, moment) if is_struck else None


def _failing_before(status: int) -> Callable[[Misbehaviour, Moment], Reply | None]:
    """Return the fault of a status for the half of its requests that are not carried out."""

    def strike(server: Misbehaviour, moment: Moment) -> Reply | None:
        share = getattr(server.faults, f"error_{status}") / 2
        return problem(status) if server.strikes(share, f"{status} before", moment) else None

    return strike


def _failing_after(status: int) -> Callable[[Misbehaviour, Moment, Reply], Reply | None]:
    """Return the fault of a status for the half of its requests that are carried out."""

    def strike(server: Misbehaviour, moment: Moment, reply: Reply) -> Reply | None:
        share = getattr(server.faults, f"error_{status}") / 2
        if not reply.carried_out or not share:
            return None
        if not server.strikes(share / (1 - share), f"{status} after", moment):
            return None
        return replace(problem(status), carried_out=True, job_id=reply.job_id)

    return strike


def _html(server: Misbehaviour, moment: Moment) -> Reply | None:
    if not server.strikes(server.faults.html, "html", moment):
        return None
    return Reply(502, _PROXY_PAGE, _HTML_TYPE)


def _page(server: Misbehaviour, moment: Moment) -> Reply | None:
    if not server.strikes(server.faults.page, "page", moment):
        return None
    return Reply(200, _PORTAL_PAGE, _HTML_TYPE)


def _empty_502(server: Misbehaviour, moment: Moment) -> Reply | None:
    return Reply(502) if server.strikes(server.faults.empty_502, "empty-502", moment) else None


def _redirect(server: Misbehaviour, moment: Moment) -> Reply | None:
    if not server.strikes(server.faults.redirect, "redirect", moment):
        return None
    here = moment.call.headers.get("host", "127.0.0.1")
    elsewhere = here.replace("127.0.0.1", "localhost", 1)
    if server.faults.redirect_port:
        elsewhere = f"localhost:{server.faults.redirect_port}"
    return Reply(307, headers=(("Location", f"//{elsewhere}{moment.call.path}"),))


def _lost_reply(server: Misbehaviour, moment: Moment, reply: Reply) -> Reply | None:
    if not moment.changes or not reply.carried_out:
        return None
    if not server.strikes(server.faults.lost_reply, "lost-reply", moment):
        return None
    return replace(reply, delivery=Delivery.LOST)


def _cut(server: Misbehaviour, moment: Moment, reply: Reply) -> Reply | None:
    if not server.strikes(server.faults.cut, "cut", moment):
        return None
    return replace(reply, delivery=Delivery.CUT)


def _endless(server: Misbehaviour, moment: Moment, reply: Reply) -> Reply | None:
    if not _is_json_result(reply) or not server.strikes(server.faults.endless, "endless", moment):
        return None
    return replace(reply, delivery=Delivery.ENDLESS)


def _truncated(server: Misbehaviour, moment: Moment, reply: Reply) -> Reply | None:
    if not _is_json_result(reply):
        return None
    if not server.strikes(server.faults.truncated, "truncated", moment):
        return None
    whole = reply.whole_body()
    return replace(reply, body=whole[: len(whole) * 2 // 3])


def _empty(server: Misbehaviour, moment: Moment, reply: Reply) -> Reply | None:
    if not _is_json_result(reply) or not server.strikes(server.faults.empty, "empty", moment):
        return None
    return replace(reply, body=b"", content_type=None)


def _wrong_type(server: Misbehaviour, moment: Moment, reply: Reply) -> Reply | None:
    if not _is_json_result(reply):
        return None
    if not server.strikes(server.faults.wrong_type, "wrong-type", moment):
        return None
    chance = server.dice.next_throw("shape", moment.call.path)
    return replace(reply, body=of_other_types(reply.whole_body(), chance))


def _duplicate(server: Misbehaviour, moment: Moment, reply: Reply) -> Reply | None:
    if not _is_json_result(reply):
        return None
    if not server.strikes(server.faults.duplicate, "duplicate", moment):
        return None
    whole = reply.whole_body()
    twice = with_one_twice(whole, server.dice.next_throw("twice", moment.call.path))
    return replace(reply, body=whole if twice is None else twice)


def _is_json_result(reply: Reply) -> bool:
    return reply.carried_out and reply.content_type is not None


_BEFORE: dict[str, Callable[[Misbehaviour, Moment], Reply | None]] = {
    "sign-in-500": _sign_in_500,
    "reset": _reset,
    "rate-limit": _rate_limit,
    "busy": _busy,
    "too-many": _too_many,
    "unavailable": _unavailable,
    **{f"error-{status}": _failing_before(status) for status in _FAILING},
    "html": _html,
    "page": _page,
    "empty-502": _empty_502,
    "redirect": _redirect,
}
_AFTER: dict[str, Callable[[Misbehaviour, Moment, Reply], Reply | None]] = {
    "lost-reply": _lost_reply,
    "cut": _cut,
    **{f"error-{status}": _failing_after(status) for status in _FAILING},
    "empty": _empty,
    "wrong-type": _wrong_type,
    "duplicate": _duplicate,
    "endless": _endless,
    "truncated": _truncated,
}
