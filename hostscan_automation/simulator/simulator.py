"""One simulated server to start, to look into, to meddle with and to stop."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID, uuid4

from hostscan_automation.clock import Clock, SystemClock
from hostscan_automation.errors import SettingsError
from hostscan_automation.simulator.certificate import make_certificate, show_certificate
from hostscan_automation.simulator.config import SimulatorConfig
from hostscan_automation.simulator.faults import Faults, parse_faults
from hostscan_automation.simulator.server import HttpServer
from hostscan_automation.simulator.service import Service

if TYPE_CHECKING:
    import ssl

    from hostscan_automation.simulator.accounts import Accounts
    from hostscan_automation.simulator.jobtable import JobTable
    from hostscan_automation.simulator.log import Request, RequestLog
    from hostscan_automation.simulator.scanjobs import JobSpec
    from hostscan_automation.simulator.signin_trouble import SignInCall, Trouble

READY_SCHEMA = "hostscan/simulator-ready/1"


class Simulator:
    """One simulated server; a context manager that serves while it is open.

    It can be looked into and meddled with at any time, before it serves and after.

    Example:
        >>> with Simulator(SimulatorConfig(jobs=10)) as server:
        ...     len(server.jobs)
        10
    """

    def __init__(
        self, config: SimulatorConfig | None = None, *, clock: Clock | None = None
    ) -> None:
        self.config = config or SimulatorConfig()
        self.service = Service(self.config, clock or SystemClock())
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._ca_bundle: Path | None = None
        self._context: ssl.SSLContext | None = None
        self._renewals = 0
        self._port = self.config.port
        self._server: HttpServer | None = None

    def start(self) -> None:
        """Listen, and serve in threads of its own; after a stop on the same port as before.

        Raises:
            SettingsError: The port is not free, or the log cannot be written.
        """
        self.service.log.open()
        if self.config.tls:
            self._folder = tempfile.TemporaryDirectory(prefix="hostscan-simulator-")
            self._ca_bundle, self._context = make_certificate(Path(self._folder.name))
            _forget_key(self._ca_bundle)
        try:
            self._server = HttpServer(self.service, self._port, self._context)
        except OSError as error:
            self.stop()
            reason = error.strerror or str(error)
            raise SettingsError(f"port {self._port} cannot be used: {reason}") from None
        self._port = self.port
        self.service.stopping.clear()
        self._server.start()

    def stop(self) -> None:
        """Stop listening, drop every connection, and remove the certificate; all else is kept."""
        if self._server is not None:
            self._server.stop()
            self._server = None
        self.service.log.close()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = self._ca_bundle = self._context = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # Where it is

    @property
    def port(self) -> int:
        """The TCP port it listens on."""
        if self._server is None:
            raise RuntimeError("the simulator is not running")
        return self._server.server_port

    @property
    def url(self) -> str:
        """The address to use."""
        return f"{'https' if self.config.tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def ca_bundle(self) -> Path | None:
        """The PEM file to trust, or None without TLS."""
        return self._ca_bundle

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

    def ready_line(self) -> str:
        """Return the ready message as one line of JSON."""
        return json.dumps(self.ready_message())

    # What it was asked

    @property
    def log(self) -> RequestLog:
        """Every request so far."""
        return self.service.log

    def requests(
        self, method: str | None = None, *, path: str | None = None, **wanted: object
    ) -> list[Request]:
        """Return requests in order: of one method, with a text in their path, with these fields.

        Example:
            >>> server = Simulator(SimulatorConfig(jobs=1))
            >>> server.requests("DELETE", carried_out=True)
            []
        """
        if method is not None:
            wanted["method"] = method
        return [one for one in self.log.find(**wanted) if path is None or path in one.path]

    def cancels(self, job_id: UUID | None = None) -> list[Request]:
        """Return the cancels that were carried out, of one job or of all."""
        wanted: dict[str, Any] = {} if job_id is None else {"job_id": job_id}
        return [one for one in self.requests("DELETE", carried_out=True, **wanted) if one.job_id]

    def cancels_by_job(self) -> Counter[UUID]:
        """Return how many cancels of each job were carried out."""
        return Counter(one.job_id for one in self.cancels() if one.job_id is not None)

    @property
    def codes(self) -> tuple[str, ...]:
        """Every one-time code that arrived, looked at or not."""
        return tuple(self.service.sign_in.codes)

    @property
    def tokens(self) -> tuple[str, ...]:
        """The latest tokens that were given out, and what stood in the cookies with them."""
        issued = tuple(self.service.tokens.issued)
        return (*(token for token, _ in issued), *(given.session for _, given in issued))

    @property
    def truncations(self) -> int:
        """How often all tables were wiped."""
        return self.service.calls.truncations

    @property
    def refused_connections(self) -> int:
        """How many connections were reset before a request could be sent."""
        return self.service.misbehaviour.refused_connections

    # What is true there

    @property
    def jobs(self) -> JobTable:
        """The jobs, to read and to change."""
        return self.service.jobs

    @property
    def accounts(self) -> Accounts:
        """The accounts, to read and to add to."""
        return self.service.accounts

    def now(self) -> float:
        """Return the server's own time, seconds since 1970."""
        return self.service.now()

    def status_of(self, job_id: UUID) -> str | None:
        """Return the true status of a job now; None where it is gone."""
        return self.jobs.status_of(job_id)

    def statuses(self) -> dict[UUID, str]:
        """Return the true status of every job now, in the order of the list."""
        now = self.now()
        return {job.id: job.status(now) for job in self.jobs}

    # Meddling

    def add_job(self, spec: JobSpec) -> UUID:
        """Add one job as described; return its id."""
        return self.jobs.put(spec.job(spec.job_id or uuid4(), self.now())).id

    def advance(self, seconds: float) -> None:
        """Move the server's time on, as if so many seconds had passed."""
        self.service.advance(seconds)

    def expire_tokens(self) -> None:
        """Make every token given out so far worthless."""
        self.service.tokens.expire_all()

    def misbehave(self, *faults: str) -> None:
        """Put these faults in the place of those in force; without any, behave.

        Example:
            >>> Simulator(SimulatorConfig(jobs=1)).misbehave("busy=0.5", "latency=20")

        Raises:
            SettingsError: A fault is not known, or its value is not in range.
        """
        self.service.misbehaviour.faults = parse_faults(faults)

    def trouble_sign_in(self, call: SignInCall, *troubles: Trouble, lasting: bool = False) -> None:
        """Let the next sign-in calls of a kind go wrong, one after the other.

        Args:
            call: `password`, `code` or `renewal`.
            troubles: In order; without any, nothing goes wrong any more.
            lasting: Whether the last of them goes on.
        """
        self.service.sign_in.trouble.plan(call, *troubles, lasting=lasting)

    @property
    def faults(self) -> Faults:
        """The faults in force."""
        return self.service.misbehaviour.faults

    def renew_certificate(self) -> Path:
        """Show another certificate to connections from now on; `ca_bundle` stays with the old one.

        Returns:
            The PEM file of the new one.

        Raises:
            RuntimeError: The server does not speak TLS.
        """
        if self._context is None or self._folder is None:
            raise RuntimeError("the simulator has no certificate")
        self._renewals += 1
        folder = Path(self._folder.name)
        renewed = show_certificate(self._context, folder, f"renewed-{self._renewals}")
        _forget_key(renewed)
        return renewed


def _forget_key(pem: Path) -> None:
    """Remove the private key beside a certificate: the server holds it in memory."""
    pem.with_suffix(".key").unlink()
