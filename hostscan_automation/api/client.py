"""The server as a Python object: one client that reads, and one that also changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from hostscan_automation.api import endpoints, wire
from hostscan_automation.api.address import ServerAddress
from hostscan_automation.api.any_call import (
    build_call,
    json_body,
    refuse_session_headers,
    value_of,
)
from hostscan_automation.api.call import JSON_HEADERS, Call
from hostscan_automation.api.caller import Caller
from hostscan_automation.api.endpoints import Effect
from hostscan_automation.api.ids import read_id
from hostscan_automation.api.ledger import SignInLedger
from hostscan_automation.api.options import ConnectionOptions
from hostscan_automation.api.replies import json_of, unreadable
from hostscan_automation.api.server_time import ServerTime
from hostscan_automation.api.signin import account_of, build_sign_in, renewed
from hostscan_automation.api.tokens import AccessToken, TokenSource, heed_not
from hostscan_automation.api.transport import Transport
from hostscan_automation.clock import Clock, SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from uuid import UUID

    from hostscan_automation.api.call import Reply
    from hostscan_automation.api.endpoints import Endpoint
    from hostscan_automation.api.signin_methods import SignInMethod
    from hostscan_automation.api.tokens import OnSecret
    from hostscan_automation.jobs.job import ScanJob, ScannedHost

_FIRST_ERROR = 400


@dataclass(frozen=True, slots=True)
class CancelAccepted:
    """The server took a cancel; whether the job ends cancelled, only a later read shows.

    Attributes:
        status: 202 as documented; live servers may say 200 or 204.
        trace_id: The server's trace id, where it sent one.
    """

    status: int
    trace_id: str | None = None


class HostScanReader:
    r"""Reads host scan jobs; it has no call that changes anything.

    It signs in at its first call, renews its session by itself, and may be used by any number of
    threads. Use it in a `with` statement, or call `close`.

    Args:
        server: `https://host[:port]`.
        sign_in: How to sign in, such as
            `PasswordSignIn("LAB\\svc", SecretStr("..."), Totp(SecretStr("...")))`.
        connection: Whom to trust and how long to wait.
        ledger: What this machine knows of earlier sign-ins; by default the one that the command
            line uses.
        clock: Tells the time and waits.
        retry_sign_in: Try a password or TOTP secret once more that was refused before.
        on_secret: Told every code and token that comes up, so that no log shows it.

    Raises:
        SettingsError: Server, trust or secret cannot be used.
    """

    def __init__(  # noqa: PLR0913 - everything beyond the first two has a default
        self,
        server: str,
        sign_in: SignInMethod,
        *,
        connection: ConnectionOptions | None = None,
        ledger: SignInLedger | None = None,
        clock: Clock | None = None,
        retry_sign_in: bool = False,
        on_secret: OnSecret = heed_not,
    ) -> None:
        clock = clock or SystemClock()
        self._time = time = ServerTime(clock)
        self._transport = transport = Transport(
            ServerAddress.parse(server), connection or ConnectionOptions(), time
        )
        self._account = account_of(sign_in, transport.address.url)
        way = build_sign_in(
            sign_in,
            transport,
            ledger=ledger or SignInLedger.of_this_machine(),
            clock=clock,
            server_time=time,
            retry_sign_in=retry_sign_in,
            on_secret=on_secret,
        )
        self._tokens = TokenSource(
            lambda: AccessToken.read(way.token(), time.now()),
            lambda token: renewed(token, transport, time, on_secret),
            clock,
            time,
        )
        self._caller = Caller(transport, self._tokens, time, clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; safe to call again."""
        self._transport.close()

    @property
    def server(self) -> str:
        """The server's address, always spelt the same way."""
        return self._transport.address.url

    @property
    def account(self) -> str:
        """Who is signed in: the login, or what a ready token says of itself."""
        if self._account.login:
            return self._account.login
        token = self._tokens.known
        return (token.name if token else None) or "token"

    @property
    def roles(self) -> tuple[str, ...] | None:
        """The roles that the token names; None before the sign-in, or where it names none."""
        token = self._tokens.known
        return token.roles if token else None

    @property
    def token_expires_at(self) -> datetime | None:
        """When the present token ends, by the server's clock; None where it does not say."""
        token = self._tokens.known
        return token.expires_at if token else None

    @property
    def clock_offset_s(self) -> float:
        """Seconds that the server's clock is ahead of this machine's; 0 within a few seconds."""
        return self._time.offset_s

    def server_now(self) -> datetime:
        """Return the server's time, aware, UTC; this machine's until the server was heard."""
        return self._time.now()

    def sign_in(self) -> None:
        """Sign in now rather than at the first call.

        Raises:
            SignInError: The server refused, or no code was to be had.
            NotReachedError: The server was not reached.
        """
        self._tokens.current()

    def has_role(self, *names: str) -> bool | None:
        """Say whether the token names one of these roles; None where it names no role at all."""
        if self.roles is None:
            return None
        return not {name.casefold() for name in names}.isdisjoint(map(str.casefold, self.roles))

    def iter_jobs(self, within_s: float | None = None) -> Iterator[ScanJob]:
        """Yield every host scan job as the list streams in (page HostScanJob/Get).

        Memory stays flat. Either the whole list comes or an error is raised.

        Args:
            within_s: How long the call may be repeated, and its reply be waited for; by default
                what `ConnectionOptions` say. A reply that keeps coming is read to its end.

        Raises:
            ReplyLostError: The list broke off; what was yielded is not all.
            UnreadableReplyError: What came is no such list.
        """
        call = _call(endpoints.LIST_JOBS)
        return self._caller.stream(call, wire.read_jobs, within_s=within_s)

    def jobs(self) -> list[ScanJob]:
        """Return every host scan job at once; a list that breaks off is asked for again."""
        return self._caller.read_all(_call(endpoints.LIST_JOBS), wire.read_jobs)

    def job(self, job_id: UUID | str) -> ScanJob:
        """Return one job in detail (page HostScanJob/GetJobStatus).

        Its status is derived from its hosts: the detail has none of the job itself.

        Raises:
            NotFoundError: The server does not know it.
        """
        call = _call(endpoints.JOB_DETAIL, job_id=read_id(job_id))
        return self._caller.read(call, wire.read_detail)

    def job_of_host(self, host_id: UUID | str) -> ScanJob:
        """Return the job of a host in detail (page HostScanJob/GetJobStatusForHost).

        Raises:
            NotFoundError: The server knows no job of it.
        """
        call = _call(endpoints.JOB_OF_HOST, host_id=read_id(host_id, "host id"))
        return self._caller.read(call, wire.read_detail)

    def scanned_hosts(self) -> list[ScannedHost]:
        """Return the hosts that were scanned (page HostScanJob/GetHosts); they are not jobs."""
        return self._caller.read_all(_call(endpoints.SCANNED_HOSTS), wire.read_hosts)

    def version(self, within_s: float | None = None) -> str:
        """Return the server's version, such as "25.12.00000".

        Args:
            within_s: How long the call may be repeated, and its reply be waited for; by default
                what `ConnectionOptions` say.
        """
        return self._caller.read(_call(endpoints.VERSION), wire.read_text, within_s=within_s)

    def health(self) -> str:
        """Return what the server says of its health, such as "Healthy"."""
        return self._caller.read(_call(endpoints.HEALTH), wire.read_text)


class HostScanClient(HostScanReader):
    """Reads host scan jobs, and changes them: the calls below are sent as documented, once.

    A call that changes something is sent again only where it surely never left, and once after a
    401, which proves that nothing was done. `cancel_job` leaves even that to its caller.
    """

    @classmethod
    def of(cls, reader: HostScanReader) -> HostScanClient:
        """Return a client that goes on with the session of a reader, without a new sign-in."""
        client = cls.__new__(cls)
        client.__dict__.update(vars(reader))
        return client

    def cancel_job(self, job_id: UUID | str) -> CancelAccepted:
        """Ask the server to cancel a job (page HostScanJob/CancelJob). 202 is not done.

        Raises:
            NotReachedError: It surely never left.
            ReplyLostError: It may have been carried out.
            NotFoundError: 404: the server does not know the job.
            RateLimitedError: 429 or 503, with `retry_after_s`.
            ServerError: Another 5xx.
            UnreadableReplyError: A reply that no server of this kind sends; it may be carried out.
            ApiError: 400 (it cannot be cancelled any more) and everything else.
            SignInError: The session ended and could not be renewed: nothing was done.
        """
        reply = self._caller.once(_call(endpoints.CANCEL_JOB, job_id=read_id(job_id)))
        return CancelAccepted(reply.status, _trace_id_of_yes(reply) if reply.body else None)

    def schedule_host(self, host_id: UUID | str) -> ScanJob:
        """Schedule a scan of a host (page HostScanJob/ByHostId) and return its job."""
        call = _call(endpoints.SCHEDULE_HOST, host_id=read_id(host_id, "host id"))
        return wire.read_job_row(self._caller.change(call))

    def schedule_hosts(self, host_ids: Iterable[UUID | str]) -> tuple[ScanJob, ...]:
        """Schedule scans of several hosts at once (page HostScanJob/ByHostIdMultipleAsync).

        Raises:
            ValueError: There is no host, or one of the ids is none; nothing was sent.
        """
        ids = [str(read_id(host_id, "host id")) for host_id in host_ids]
        if not ids:
            raise ValueError("no host ids were given")
        call = _call(endpoints.SCHEDULE_HOSTS, body=json_body(ids))
        return wire.read_job_rows(self._caller.change(call))

    def scan_resource(self, managed_resource_id: UUID | str) -> ScanJob:
        """Scan a managed resource now (page HostScanJob/PostIdAsync) and return its job."""
        resource_id = read_id(managed_resource_id, "managed resource id")
        call = _call(endpoints.SCAN_RESOURCE, managed_resource_id=resource_id)
        return wire.read_job_row(self._caller.change(call))

    def stop_host(
        self, host_scan_host_id: UUID | str, *, host_connected: bool | None = None
    ) -> None:
        """Stop the scan of one host in a job (page HostScanJob/StopHostScanJobAsync).

        Args:
            host_scan_host_id: The host's record in the scan tables; not its host id.
            host_connected: Whether the host was connected to when its scan ended.
        """
        query = "" if host_connected is None else f"?hostConnected={str(host_connected).lower()}"
        self._of_scan_host(endpoints.STOP_HOST, host_scan_host_id, query)

    def start_host(self, host_scan_host_id: UUID | str) -> None:
        """Start the scan of one host in a job (page HostScanJob/StartHostScanJobAsync)."""
        self._of_scan_host(endpoints.START_HOST, host_scan_host_id)

    def _of_scan_host(
        self, endpoint: Endpoint, host_scan_host_id: UUID | str, query: str = ""
    ) -> None:
        scan_host_id = read_id(host_scan_host_id, "host scan host id")
        call = _call(endpoint, host_scan_host_id=scan_host_id)
        _trace_id_of_yes(self._caller.change(replace(call, target=call.target + query)))

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Send any documented call of this server, in the same session and with the same errors.

        A documented reading call is repeated where that may help. Everything else, a GET that is
        not in the table of endpoints too, counts as a change and is sent again only when it surely
        never left.

        Args:
            method: HTTP method.
            path: Path that begins with `/`, or a whole URL of this server.
            query: Parameters; a list gives the name several times, None is left out.
            body: Sent as JSON; bytes are sent as they are.
            headers: Further headers; the session's own cannot be set.

        Returns:
            The reply: its JSON value, or its text, or None where it is empty.

        Raises:
            ValueError: Method, path or a header is not well formed, or belongs to the session.
            PlanRefusedError: `TruncateAllTables`, in whatever spelling, or another server.
        """
        address = self._transport.address
        content = json_body(body)
        call = build_call(address, method, path, query=query, body=content, headers=headers)
        refuse_session_headers(call)
        if content is not None and "content-type" not in {name.casefold() for name in call.headers}:
            call = replace(call, headers={**call.headers, **JSON_HEADERS})
        if call.effect is Effect.READ:
            return self._caller.read(call, value_of)
        return value_of(self._caller.change(call))


def _call(endpoint: Endpoint, *, body: bytes | None = None, **ids: UUID) -> Call:
    headers = {} if body is None else JSON_HEADERS
    return Call(endpoint.method, endpoint.path(**ids), endpoint.effect, body, headers)


def _trace_id_of_yes(reply: Reply) -> str | None:
    """Check the body of a reply that should be a yes, and return the trace id in it.

    A proxy's page or an error text with status 200 is no yes, whatever its status says.
    """
    value = json_of(reply) if reply.body.strip() else None
    is_problem = isinstance(value, dict) and (
        isinstance(value.get("status"), int) and value["status"] >= _FIRST_ERROR
    )
    if isinstance(value, str) or is_problem:
        raise unreadable(reply, "is no yes")
    trace_id = value.get("traceId") if isinstance(value, dict) else None
    return trace_id if isinstance(trace_id, str) else None
