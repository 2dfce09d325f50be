"""What each fault does: one function for each, in the table of its moment."""

from __future__ import annotations

import email.utils
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

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
_HTML_TYPE = "text/html; charset=utf-8"


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


class Misbehaviour:
    """Lets the faults of one server strike; the faults can be changed while it runs."""

    def __init__(self, faults: Faults, seed: int, now: Callable[[], float]) -> None:
        self.faults = faults
        self.dice = Dice(seed)
        self.now = now
        self._sign_ins_failed = {1: 0, 2: 0}
        self._second, self._in_second = 0.0, 0
        self._lock = threading.Lock()

    def refuses_connection(self) -> bool:
        """Say whether a new connection is reset before anything is read."""
        return self.dice.strikes(self.faults.refuse, "refuse")

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
        """Return 429 or 503 with a Retry-After in seconds or as a date."""
        wait_s = self.faults.retry_after_s
        wait_s = 1.0 if wait_s is None else wait_s
        as_date = self.dice.strikes(0.5, "retry-after", occasion.call.path)
        later = email.utils.formatdate(self.now() + wait_s, usegmt=True)
        headers = (("Retry-After", later if as_date else f"{wait_s:.0f}"),)
        return problem(status, "The server is busy.", headers=headers)


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


def _html(server: Misbehaviour, moment: Moment) -> Reply | None:
    if not server.strikes(server.faults.html, "html", moment):
        return None
    return Reply(502, _PROXY_PAGE, _HTML_TYPE)


def _redirect(server: Misbehaviour, moment: Moment) -> Reply | None:
    if not server.strikes(server.faults.redirect, "redirect", moment):
        return None
    here = moment.call.headers.get("host", "127.0.0.1")
    elsewhere = here.replace("127.0.0.1", "localhost", 1)
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


def _is_json_result(reply: Reply) -> bool:
    return reply.carried_out and reply.content_type is not None


_BEFORE: dict[str, Callable[[Misbehaviour, Moment], Reply | None]] = {
    "sign-in-500": _sign_in_500,
    "reset": _reset,
    "rate-limit": _rate_limit,
    "busy": _busy,
    "html": _html,
    "redirect": _redirect,
}
_AFTER: dict[str, Callable[[Misbehaviour, Moment, Reply], Reply | None]] = {
    "lost-reply": _lost_reply,
    "cut": _cut,
    "endless": _endless,
    "truncated": _truncated,
}
