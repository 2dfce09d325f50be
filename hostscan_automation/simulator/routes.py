"""The documented paths and what each one does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote
from uuid import UUID, uuid4

from hostscan_automation.simulator.replies import JSON_TYPE, Reply, json_reply, problem
from hostscan_automation.simulator.scanjobs import ENDED, Host, Job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hostscan_automation.simulator.accounts import Accounts, Pass
    from hostscan_automation.simulator.config import SimulatorConfig
    from hostscan_automation.simulator.faults import Dice
    from hostscan_automation.simulator.scanjobs import ScanJobs

VERSION = "25.12.00000"
_ROLES = frozenset({"Admin", "App"})
_ROWS_IN_A_PIECE = 200
_COOKIE = "NPS.TwoFactor"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's segments, decoded, in lower case (the server does not mind case)."""
        return tuple(unquote(part).casefold() for part in self.path.strip("/").split("/"))

    @property
    def json(self) -> Any:
        """The body as JSON; raises ValueError where it is none."""
        return json.loads(self.body.decode("utf-8-sig"))

    @property
    def bearer(self) -> str | None:
        """The bearer token, or None."""
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() or None if kind.casefold() == "bearer" else None

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies that came with the request."""
        pairs = (pair.split("=", 1) for pair in self.headers.get("cookie", "").split("; "))
        return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}  # noqa: PLR2004 - name, value


class Routes:
    """Answers calls out of the accounts and jobs of one server."""

    def __init__(
        self,
        config: SimulatorConfig,
        accounts: Accounts,
        jobs: ScanJobs,
        dice: Dice,
        now: Callable[[], float],
    ) -> None:
        self._config = config
        self._accounts = accounts
        self._jobs = jobs
        self._dice = dice
        self._now = now

    def answer(self, call: Call) -> Reply:
        """Return the reply to a call."""
        segments = call.segments
        if segments[:2] == ("api", "v1"):
            return self._answer_api(call, segments[2:])
        if segments == ("health",):
            return json_reply("Healthy")
        if len(segments) == 1 and segments[0] in {"signin", "signinbody"}:
            return self._only_post(call, self._first_step)
        if "/" + segments[0] in self._config.sign_in_2fa_paths and len(segments) == 1:
            return self._only_post(call, self._second_step)
        return problem(404)

    def pass_of(self, call: Call) -> Pass | None:
        """Return what the call's token is good for."""
        return self._accounts.pass_of(call.bearer) if call.bearer else None

    def _only_post(self, call: Call, then: Callable[[Call], Reply]) -> Reply:
        if call.method != "POST":
            return problem(405, headers=(("Allow", "POST"),))
        content_type = call.headers.get("content-type", "").casefold()
        if self._config.strict_content_type and "json" not in content_type:
            return problem(415, f"content type {content_type!r} is not supported")
        return then(call)

    def _first_step(self, call: Call) -> Reply:
        try:
            fields = self._login_fields(call)
        except ValueError:
            return problem(400, "the body is not a JSON object with Login and Password")
        first = self._accounts.first_step(fields.get("login", ""), fields.get("password", ""))
        if first is None:
            return problem(401, "the login or the password is wrong, or the account is locked")
        cookie = f"{_COOKIE}={first.cookie}; Path=/; HttpOnly; SameSite=Strict"
        secure = "; Secure" if self._config.tls else ""
        headers = (("Set-Cookie", cookie + secure),) if first.cookie else ()
        return self._token_reply(first, headers)

    @staticmethod
    def _login_fields(call: Call) -> dict[str, str]:
        if call.segments == ("signin",):
            form = parse_qs(call.body.decode("utf-8", "replace"), keep_blank_values=True)
            return {name.casefold(): values[0] for name, values in form.items()}
        value = call.json
        if not isinstance(value, dict):
            raise ValueError("object")
        return {str(name).casefold(): str(item) for name, item in value.items()}

    def _second_step(self, call: Call) -> Reply:
        first = self.pass_of(call)
        if first is None or first.kind != "pre-2fa":
            return problem(401, "the first step of the sign-in is missing")
        if not self._config.lenient_cookie and call.cookies.get(_COOKIE) != first.cookie:
            return problem(401, "the first step was made in another session")
        code = _code(call.body)
        if not code:
            return problem(400, "the body holds no code", errors={"code": ["A code is required."]})
        access = self._accounts.second_step(first, code)
        if access is None:
            return problem(401, "the one-time code is wrong or was used before")
        return self._token_reply(access, ())

    def _token_reply(self, given: Pass, headers: tuple[tuple[str, str], ...]) -> Reply:
        token = self._accounts.token(given)
        if self._config.token_as_text:
            return Reply(200, token.encode(), "text/plain; charset=utf-8", headers)
        return Reply(200, json.dumps(token).encode(), JSON_TYPE, headers)

    def _answer_api(self, call: Call, rest: tuple[str, ...]) -> Reply:
        if rest == ("version",):
            return self._by_method(call, GET=lambda: json_reply(VERSION))
        if rest == ("health",):
            return self._by_method(call, GET=lambda: json_reply("Healthy"))
        given = self.pass_of(call)
        if given is None:
            return problem(401, headers=(("WWW-Authenticate", "Bearer"),))
        if given.kind == "pre-2fa":
            return problem(403, "the second factor is missing")
        if rest == ("usertoken",):
            renewed = lambda: self._token_reply(self._accounts.renewed(given), ())  # noqa: E731
            return self._by_method(call, GET=renewed)
        if given.account.role not in _ROLES:
            return problem(403, "the role does not allow it")
        if rest[:1] == ("hostscanjob",):
            return self._answer_jobs(call, rest[1:])
        return self._other(call) if self._config.other_endpoints else problem(404)

    def _by_method(self, call: Call, **actions: Callable[[], Reply]) -> Reply:
        if call.method not in actions:
            return problem(405, headers=(("Allow", ", ".join(actions)),))
        return actions[call.method]()

    @staticmethod
    def _other(call: Call) -> Reply:
        try:
            value = call.json if call.body else {}
        except ValueError:
            return problem(400, "the body is not JSON")
        return json_reply(value)

    def _answer_jobs(self, call: Call, rest: tuple[str, ...]) -> Reply:
        match rest:
            case () | ("",):
                return self._by_method(call, GET=self._list, POST=lambda: self._create(call))
            case ("truncatealltables",):
                return self._by_method(call, DELETE=self._truncate)
            case ("host",):
                return self._by_method(call, GET=self._scanned_hosts)
            case ("user",):
                return self._by_method(call, GET=lambda: json_reply([]))
            case ("byhostidmultiple",):
                return self._by_method(call, POST=lambda: self._schedule_several(call))
            case ("byhostid", host_id):
                return self._with_id(host_id, "hostId", lambda one: self._of_host(call, one))
            case ("host", host_id):
                return self._with_id(host_id, "hostScanHostId", lambda one: self._host(call, one))
            case ("host", host_id, "start" | "stop" as verb):
                return self._with_id(
                    host_id, "hostScanHostId", lambda one: self._move_host(call, one, verb)
                )
            case (job_id,):
                return self._with_id(job_id, "hostScanJobId", lambda one: self._one(call, one))
            case _:
                return self._other(call) if self._config.other_endpoints else problem(404)

    @staticmethod
    def _with_id(text: str, name: str, then: Callable[[UUID], Reply]) -> Reply:
        try:
            given = UUID(text)
        except ValueError:
            said = f"The value '{text}' is not valid."
            return problem(400, "one or more validation errors occurred", errors={name: [said]})
        return then(given)

    def _list(self) -> Reply:
        return Reply(200, self._pieces(), JSON_TYPE)

    def _pieces(self) -> Iterator[bytes]:
        piece: list[str] = []
        lead = "["
        for row in self._jobs.rows():
            piece.append(json.dumps(row))
            if len(piece) == _ROWS_IN_A_PIECE:
                yield (lead + ",".join(piece)).encode()
                lead, piece = ",", []
        if piece:
            yield (lead + ",".join(piece)).encode()
            lead = ","
        yield b"[]" if lead == "[" else b"]"

    def _one(self, call: Call, job_id: UUID) -> Reply:
        return self._by_method(
            call,
            GET=lambda: self._detail(job_id),
            DELETE=lambda: self._cancel(job_id),
            POST=lambda: json_reply(self._jobs.row(self._new_job([_host_of(job_id)]))),
        )

    def _detail(self, job_id: UUID) -> Reply:
        job = self._jobs.get(job_id)
        if job is None:
            return problem(404, "unable to find host scan job", job_id=job_id)
        return json_reply(self._jobs.detail(job), job_id=job_id)

    def _cancel(self, job_id: UUID) -> Reply:
        with self._jobs.lock:
            self._meddle(job_id)
            job = self._jobs.get(job_id)
            if job is None:
                return problem(404, "unable to find host scan job", job_id=job_id)
            if job.status in ENDED:
                said = f"the job cannot be cancelled: its status is {job.status}"
                return problem(400, said, job_id=job_id)
            never = self._dice.marks("never", str(job_id), self._config.faults.never_cancelled)
            delay = self._dice.between(*self._config.cancel_delay_s)
            job.cancel(None if never else self._now() + delay)
        return Reply(202, job_id=job_id)

    def _meddle(self, job_id: UUID) -> None:
        """Let a job that is marked for it vanish or finish just before its cancel."""
        job = self._jobs.get(job_id)
        if job is None or job.status in ENDED or job.cancel_accepted:
            return
        if self._dice.marks("vanish", str(job_id), self._config.faults.vanish):
            self._jobs.remove(job_id)
        elif self._dice.marks("finish", str(job_id), self._config.faults.finish):
            self._jobs.finish(job_id)

    def _truncate(self) -> Reply:
        self._jobs.clear()
        return Reply(200)

    def _create(self, call: Call) -> Reply:
        try:
            wanted = call.json
            names = [item.get("dnsHostName") for item in wanted]
        except (ValueError, TypeError, AttributeError):
            return problem(400, "the body is not a JSON array of requests")
        hosts = [
            Host(uuid4(), uuid4(), name=name, dns_name=name, queued=self._now()) for name in names
        ]
        return json_reply(self._jobs.row(self._new_job(hosts)))

    def _schedule_several(self, call: Call) -> Reply:
        try:
            host_ids = [UUID(text) for text in call.json]
        except (ValueError, TypeError, AttributeError):
            return problem(400, "the body is not a JSON array of host ids")
        rows = [self._jobs.row(self._new_job([self._known(one)])) for one in host_ids]
        return json_reply(rows)

    def _of_host(self, call: Call, host_id: UUID) -> Reply:
        return self._by_method(
            call,
            GET=lambda: self._job_of(host_id),
            POST=lambda: json_reply(self._jobs.row(self._new_job([self._known(host_id)]))),
        )

    def _job_of(self, host_id: UUID) -> Reply:
        for job in reversed(self._jobs.all()):
            if any(host.host_id == host_id for host in job.hosts or ()):
                return json_reply(self._jobs.detail(job), job_id=job.id)
        return problem(404, "unable to find a host scan job for the host")

    def _scanned_hosts(self) -> Reply:
        return json_reply([_scanned_host(host) for _, host in self._hosts()])

    def _host(self, call: Call, host_scan_host_id: UUID) -> Reply:
        for _, host in self._hosts():
            if host.host_scan_host_id == host_scan_host_id:
                return self._by_method(call, GET=lambda: json_reply(_scanned_host(host)))
        return problem(404, "unable to find the scanned host")

    def _move_host(self, call: Call, host_scan_host_id: UUID, verb: str) -> Reply:
        if call.method != "GET":
            return problem(405, headers=(("Allow", "GET"),))
        for job, host in self._hosts():
            if host.host_scan_host_id == host_scan_host_id:
                self._start(host) if verb == "start" else self._stop(job, host)
                return Reply(200, job_id=job.id)
        return problem(404, "unable to find the scanned host")

    def _start(self, host: Host) -> None:
        with self._jobs.lock:
            host.status, host.started = "Running", self._now()

    def _stop(self, job: Job, host: Host) -> None:
        with self._jobs.lock:
            if host.status not in ENDED:
                host.status, host.finished = "Cancelled", self._now()
            if all(other.status in ENDED for other in job.hosts or ()):
                job.events.clear()
                job.status = "Cancelled"

    def _hosts(self) -> Iterator[tuple[Job, Host]]:
        return ((job, host) for job in self._jobs.all() for host in job.hosts or ())

    def _known(self, host_id: UUID) -> Host:
        """Return a new record for a host, named as an earlier job named it."""
        for _, host in self._hosts():
            if host.host_id == host_id:
                again = _host_of(host_id)
                again.name, again.dns_name, again.ip = host.name, host.dns_name, host.ip
                again.os = host.os
                return again
        return _host_of(host_id)

    def _new_job(self, hosts: list[Host]) -> Job:
        now, scan_s = self._now(), self._config.scan_s
        for host in hosts:
            host.queued = now
        return self._jobs.add(
            Job(
                id=uuid4(),
                hosts=hosts,
                created=now,
                created_by=self._accounts.admin.login,
                created_from="127.0.0.1",
                events=[(now + scan_s, "Running"), (now + 2 * scan_s, "Complete")],
            )
        )


def _host_of(host_id: UUID) -> Host:
    name = f"host-{str(host_id)[:8]}"
    return Host(uuid4(), host_id, name=name, dns_name=f"{name}.lab.example")


def _scanned_host(host: Host) -> dict[str, Any]:
    return {
        "id": str(host.host_scan_host_id),
        "name": host.name,
        "dnsHostName": host.dns_name,
        "ipAddress": host.ip,
        "os": host.os,
        "version": host.version,
        "hostId": None if host.host_id is None else str(host.host_id),
    }


def _code(body: bytes) -> str:
    """Return the one-time code of a body: a JSON string, a number, or the bare text."""
    text = body.decode("utf-8-sig", "replace").strip()
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(value, (int, float)) else str(value or "").strip()
