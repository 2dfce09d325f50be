"""The server without its wire: a call in, a reply out, every one counted."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from hostscan_automation.clock import Clock, utc_text
from hostscan_automation.simulator.accounts import Accounts
from hostscan_automation.simulator.fleet import Fleet
from hostscan_automation.simulator.jobcalls import JobCalls
from hostscan_automation.simulator.jobtable import JobTable
from hostscan_automation.simulator.log import Request, RequestLog, loggable_body
from hostscan_automation.simulator.misbehaviour import Misbehaviour, Moment
from hostscan_automation.simulator.replies import Delivery, RefusedError, Reply, problem, refused
from hostscan_automation.simulator.routes import Access, any_other, documented_routes
from hostscan_automation.simulator.seed import SeededJobs
from hostscan_automation.simulator.signin import SignIn
from hostscan_automation.simulator.tokens import Tokens
from hostscan_automation.simulator.wire import JobWriter

if TYPE_CHECKING:
    from hostscan_automation.simulator.call import Call
    from hostscan_automation.simulator.config import SimulatorConfig
    from hostscan_automation.simulator.routes import Found

_UNSENT = frozenset({Delivery.LOST, Delivery.RESET})
_KNOWN_BELOW = ("api", "v1")


class Service:
    """All state of one simulated server, and the answer to every call."""

    def __init__(self, config: SimulatorConfig, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._ahead_s = 0.0
        self.stopping = threading.Event()
        self.misbehaviour = Misbehaviour(config.faults, config.seed, self.now)
        self.accounts = Accounts(config.seed, self.now, lock_after=config.lock_after)
        self.tokens = Tokens(config.seed, self.now)
        self.sign_in = SignIn(config, self.accounts, self.tokens, self._token_ttl_s)
        self.fleet = Fleet(config.seed)
        seeded = SeededJobs(config.jobs, config.seed, self.now(), self.fleet)
        self.jobs = JobTable(seeded, self.now)
        self.calls = JobCalls(config, self.jobs, self.fleet, JobWriter(config), self.misbehaviour)
        self.routes = documented_routes(config, self.sign_in, self.calls)
        self.log = RequestLog(config.log)

    def now(self) -> float:
        """Return the server's own time, seconds since 1970."""
        skew_s = self.misbehaviour.faults.skew_s
        return self._clock.now().timestamp() + skew_s + self._ahead_s

    def advance(self, seconds: float) -> None:
        """Move the server's time on."""
        self._ahead_s += seconds

    def answer(self, call: Call) -> Reply:
        """Return the reply to a call as it goes out, faults included, and count it."""
        # Who asks is read first: carrying the call out may end the token's life.
        caller, credential = self.sign_in.pass_of(call), self.sign_in.credential(call)
        found = self.routes.find(call)
        route = found.route if found else None
        moment = Moment(
            call,
            sign_in_step=route.sign_in_step if route else 0,
            changes=route.changes if route else call.method != "GET",
        )
        delays = self.misbehaviour.delays(moment)
        self._wait(delays.before_s)
        reply = self._carry_out(moment, found)
        if delays.fault:
            reply = replace(reply, fault=reply.fault or delays.fault)
        self._count(call, reply, credential, caller.account.login if caller else None)
        self._wait(delays.after_s)
        return reply

    def breaks_off(self, call: Call) -> bool:
        """Say whether a request is broken off in its midst, and count it: nothing is done."""
        if not self.misbehaviour.breaks_off(call):
            return False
        reply = Reply(500, delivery=Delivery.RESET, carried_out=False, fault="mid-request")
        self._count(call, reply, "none", None)
        return True

    def _wait(self, seconds: float) -> None:
        if seconds:
            self._clock.wait(self.stopping, seconds)

    def _count(self, call: Call, reply: Reply, credential: str, account: str | None) -> None:
        self.log.add(
            Request(
                time=utc_text(self._clock.now()),
                method=call.method,
                path=call.path,
                query=call.query,
                status=None if reply.delivery in _UNSENT else reply.status,
                fault=reply.fault,
                carried_out=reply.carried_out,
                content_type=call.headers.get("content-type"),
                body=loggable_body(call, is_sign_in=not call.is_api),
                authorization=credential,
                account=account,
                job_id=reply.job_id,
                headers=self.log.open_headers(call.headers),
            )
        )

    def _carry_out(self, moment: Moment, found: Found | None) -> Reply:
        early = self.misbehaviour.before(moment)
        if early is not None:
            return early
        try:
            reply = self._dispatch(moment.call, found)
        except RefusedError as refusal:
            reply = refusal.reply
        return self.misbehaviour.after(moment, reply)

    def _dispatch(self, call: Call, found: Found | None) -> Reply:
        if found is None:
            return self._undocumented(call)
        route, texts = found.route, found.texts
        if route is None:
            raise RefusedError(problem(405, headers=(("Allow", ", ".join(found.methods)),)))
        if route.access is Access.ANYBODY:
            return route.answer(call)
        caller = self.sign_in.authorize(call, with_role=route.access is Access.SCAN_ROLE)
        return route.answer(call, caller, *texts)

    def _undocumented(self, call: Call) -> Reply:
        place = tuple(segment.casefold() for segment in call.segments)
        below = place[: len(_KNOWN_BELOW)] == _KNOWN_BELOW and len(place) > len(_KNOWN_BELOW)
        if not self._config.other_endpoints or not below or "" in place:
            raise refused(404)
        self.sign_in.authorize(call, with_role=False)
        return any_other(call)

    def _token_ttl_s(self) -> float:
        ttl_s = self.misbehaviour.faults.token_ttl_s
        return self._config.token_ttl_s if ttl_s is None else ttl_s
