"""The documented paths: which call answers them, who may, and what it changes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from hostscan_automation.simulator.replies import Reply, json_reply, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hostscan_automation.simulator.call import Call
    from hostscan_automation.simulator.config import SimulatorConfig
    from hostscan_automation.simulator.jobcalls import JobCalls
    from hostscan_automation.simulator.signin import SignIn

VERSION = "25.12.00000"
_JOBS = "/api/v1/HostScanJob"


class Access(Enum):
    """Who may make a call."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed in, second factor included"
    SCAN_ROLE = "signed in, role Admin or App"


@dataclass(frozen=True, slots=True)
class Route:
    """One documented call.

    Attributes:
        pattern: Path with `{names}`.
        answer: Takes the call; where a caller is wanted that too, then the texts of the names.
        changes: Whether it changes something; the verb does not tell.
        sign_in_step: 1 or 2 for a sign-in call, else 0.
    """

    method: str
    pattern: str
    answer: Callable[..., Reply]
    access: Access = Access.SCAN_ROLE
    changes: bool = False
    sign_in_step: int = 0

    @property
    def parts(self) -> tuple[str, ...]:
        """The pattern's segments, literal ones in lower case."""
        parts = self.pattern.strip("/").split("/")
        return tuple(part if part[:1] == "{" else part.casefold() for part in parts)


@dataclass(frozen=True, slots=True)
class Found:
    """What the server has at a path.

    Attributes:
        route: What answers the call, or None where the path does not know the verb.
        texts: What stands in the path for the names of the route's pattern.
        methods: The verbs that the path knows.
    """

    route: Route | None
    texts: tuple[str, ...]
    methods: tuple[str, ...]


class Routes:
    """Finds the route of a call, without regard to case, as the server does."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._by_length: dict[int, list[tuple[tuple[str, ...], Route]]] = defaultdict(list)
        for route in routes:
            self._by_length[len(route.parts)].append((route.parts, route))

    def find(self, call: Call) -> Found | None:
        """Return what there is at the call's path, or None where there is no such path."""
        lower = tuple(segment.casefold() for segment in call.segments)
        known = self._by_length.get(len(lower), ())
        fitting = [one for one in known if all(map(_fits, one[0], lower))]
        if not fitting:
            return None
        methods = tuple(sorted({route.method for _, route in fitting}))
        if call.method not in methods:
            return Found(None, (), methods)
        allowed = [one for one in fitting if one[1].method == call.method]
        parts, route = min(allowed, key=lambda one: sum(part[0] == "{" for part in one[0]))
        named = zip(parts, call.segments, strict=True)
        return Found(route, tuple(text for part, text in named if part[0] == "{"), methods)


def _fits(part: str, text: str) -> bool:
    return part == text or (part[0] == "{" and text != "")


def documented_routes(config: SimulatorConfig, sign_in: SignIn, jobs: JobCalls) -> Routes:
    """Return every path the simulator knows."""
    return Routes(
        (*_sign_in_routes(config, sign_in), *_general_routes(sign_in), *_job_routes(jobs))
    )


def _sign_in_routes(config: SimulatorConfig, sign_in: SignIn) -> Iterable[Route]:
    def post(path: str, answer: Callable[..., Reply], step: int) -> Route:
        return Route("POST", path, answer, Access.ANYBODY, changes=True, sign_in_step=step)

    yield post("/signinBody", sign_in.by_json, 1)
    yield post("/signin", sign_in.by_form, 1)
    for path in config.sign_in_2fa_paths:
        yield post(path, sign_in.second_step, 2)


def _general_routes(sign_in: SignIn) -> Iterable[Route]:
    def text(said: str) -> Callable[..., Reply]:
        return lambda *_: json_reply(said)

    yield Route("GET", "/api/v1/UserToken", sign_in.renew, Access.SIGNED_IN)
    yield Route("GET", "/api/v1/Version", text(VERSION), Access.SIGNED_IN)
    yield Route("GET", "/api/v1/Health", text("Healthy"), Access.SIGNED_IN)
    yield Route("GET", "/Health", text("Healthy"), Access.ANYBODY)


def _job_routes(jobs: JobCalls) -> Iterable[Route]:
    def read(path: str, answer: Callable[..., Reply]) -> Route:
        return Route("GET", _JOBS + path, answer)

    def change(method: str, path: str, answer: Callable[..., Reply]) -> Route:
        return Route(method, _JOBS + path, answer, changes=True)

    yield read("", jobs.all_jobs)
    yield change("POST", "", jobs.create)
    yield Route("GET", _JOBS + "/Search", _no_such_path)  # looked for on live servers: it is 404
    yield read("/{hostScanJobId}", jobs.detail)
    yield change("DELETE", "/{hostScanJobId}", jobs.cancel)
    yield change("POST", "/{managedResourceId}", jobs.by_resource)
    yield read("/ByHostId/{hostId}", jobs.of_host)
    yield change("POST", "/ByHostId/{hostId}", jobs.by_host)
    yield change("POST", "/ByHostIdMultiple", jobs.by_hosts)
    yield read("/Host", jobs.hosts)
    yield read("/Host/{hostScanHostId}", jobs.host)
    yield change("GET", "/Host/{hostScanHostId}/Start", jobs.start)
    yield change("GET", "/Host/{hostScanHostId}/Stop", jobs.stop)
    yield read("/User", jobs.users)
    yield change("DELETE", "/TruncateAllTables", jobs.truncate)
    yield change("POST", "/ValidateImportedCSV", any_other)
    yield change("PUT", "/Services", any_other)


def any_other(call: Call, *_: object) -> Reply:
    """Answer a path that is documented and not simulated: well received, nothing to tell."""
    last = call.segments[-1]
    if call.method == "GET" and "-" not in last:
        return json_reply([])
    status = 202 if call.method == "DELETE" else 200
    return json_reply({"id": last if "-" in last else None}, status)


def _no_such_path(*_: object) -> Reply:
    raise refused(404)
