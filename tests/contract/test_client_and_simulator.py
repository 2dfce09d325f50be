"""Client and simulator over real TCP: what one sends is what the other counts."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from hostscan_automation.api.client import HostScanClient
from hostscan_automation.api.ledger import SignInLedger
from hostscan_automation.api.options import ConnectionOptions
from hostscan_automation.api.signin_methods import (
    ApplicationSignIn,
    BearerSignIn,
    NoMfa,
    PasswordSignIn,
    SignInMethod,
    Totp,
)
from hostscan_automation.errors import (
    ApiError,
    ForbiddenError,
    NotFoundError,
    PasswordRefusedError,
    PlanRefusedError,
    ReplyLostError,
)
from hostscan_automation.simulator import Simulator, SimulatorConfig, parse_faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.simulator import Account

pytestmark = pytest.mark.simulator


@dataclass
class Bench:
    """Simulators and clients that end with the test."""

    folder: Path
    ending: list[Callable[[], None]] = field(default_factory=list)

    def server(self, *faults: str, jobs: int = 60, tls: bool = False) -> Simulator:
        server = Simulator(SimulatorConfig(jobs=jobs, tls=tls, faults=parse_faults(faults)))
        server.start()
        self.ending.append(server.stop)
        return server

    def client(self, server: Simulator, method: SignInMethod | None = None) -> HostScanClient:
        client = HostScanClient(
            server.url,
            method or with_totp(server.accounts.admin),
            connection=ConnectionOptions(ca_bundle=server.ca_bundle),
            ledger=SignInLedger(self.folder),
        )
        self.ending.append(client.close)
        return client


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    for end in reversed(bench.ending):
        end()


def with_totp(account: Account, password: str | None = None) -> PasswordSignIn:
    factor = Totp(SecretStr(account.totp_secret or ""))
    return PasswordSignIn(account.login, SecretStr(password or account.password), factor)


def active(jobs: list[ScanJob]) -> list[ScanJob]:
    return [job for job in jobs if job.is_active]


@pytest.mark.parametrize("tls", [False, True])
def test_sign_in_list_detail_and_cancel(bench: Bench, *, tls: bool) -> None:
    server = bench.server(tls=tls)
    client = bench.client(server)

    jobs = client.jobs()
    job = client.job(active(jobs)[0].id)
    taken = client.cancel_job(job.id)

    assert {job.id: job.status_text for job in jobs}.keys() == server.statuses().keys()
    assert (job.has_detail, job.created is not None) == (True, True)
    assert taken.status == 202
    assert server.cancels_by_job() == {job.id: 1}
    assert client.has_role("Admin", "App") is True


def test_every_status_is_read_as_the_server_means_it(bench: Bench) -> None:
    server = bench.server(jobs=400)

    listed = {job.id: job.status_text for job in bench.client(server).jobs()}

    assert listed == server.statuses()


def test_every_way_to_sign_in(bench: Bench) -> None:
    server = bench.server()
    accounts = server.accounts
    no_mfa, application = accounts.without_mfa, accounts.application
    ways: list[SignInMethod] = [
        with_totp(accounts.admin),
        PasswordSignIn(no_mfa.login, SecretStr(no_mfa.password), NoMfa()),
        ApplicationSignIn(application.login, SecretStr(application.password)),
        BearerSignIn(SecretStr(application.password)),
    ]

    assert [len(bench.client(server, way).jobs()) for way in ways] == [60] * 4


def test_an_account_without_the_role_is_told_so(bench: Bench) -> None:
    server = bench.server()
    client = bench.client(server, with_totp(server.accounts.reader))

    with pytest.raises(ForbiddenError, match="403"):
        client.jobs()
    assert client.has_role("Admin", "App") is False


def test_no_account_is_locked_by_runs_with_a_wrong_password(bench: Bench) -> None:
    server = bench.server()
    for _ in range(8):
        with pytest.raises(PasswordRefusedError):
            bench.client(server, with_totp(server.accounts.admin, "wrong")).sign_in()

    assert len(server.requests(path="signin")) == 1
    assert not server.accounts.is_locked(server.accounts.admin)


@pytest.mark.parametrize("skew_s", [-300, 300])
def test_a_server_with_another_clock_is_signed_in_to_at_the_first_attempt(
    bench: Bench, skew_s: int
) -> None:
    server = bench.server(f"skew={skew_s}")
    client = bench.client(server)

    client.jobs()

    assert len(server.requests(path="signin")) == 2
    assert client.clock_offset_s == pytest.approx(skew_s, abs=2)


def test_workers_share_sessions_that_end_every_second(bench: Bench) -> None:
    server = bench.server("token-ttl=1", "latency=10", jobs=400)
    account = server.accounts.without_mfa  # a second factor would make a late worker wait for it
    method = PasswordSignIn(account.login, SecretStr(account.password), NoMfa())
    client = bench.client(server, method)
    jobs = active(client.jobs())
    until = time.monotonic() + 1.3

    def look(number: int) -> bool:
        while time.monotonic() < until:
            if not client.job(jobs[number].id).has_detail:
                return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(look, range(8)))
    renewed = len(server.requests(path="UserToken")) + len(server.requests(path="signin2fa"))
    assert 2 <= renewed <= 30  # of hundreds of calls


def test_every_lost_reply_is_told_and_nothing_is_sent_twice(bench: Bench) -> None:
    server = bench.server(jobs=400, tls=True)
    client = bench.client(server)
    jobs = active(client.jobs())
    server.misbehave("lost-reply=0.3")

    def cancel(job: ScanJob) -> str:
        try:
            return str(client.cancel_job(job.id).status)
        except ReplyLostError:
            return "lost"

    with ThreadPoolExecutor(16) as pool:
        outcomes = Counter(pool.map(cancel, jobs))

    assert set(outcomes) == {"202", "lost"}
    assert server.cancels_by_job() == {job.id: 1 for job in jobs}


def test_reads_get_through_what_passes(bench: Bench) -> None:
    server = bench.server(jobs=40)
    client = bench.client(server)
    client.sign_in()
    server.misbehave("busy=0.2", "html=0.1", "truncated=0.1", "cut=0.1")

    assert len(client.jobs()) == 40


def test_what_cannot_be_cancelled_says_why(bench: Bench) -> None:
    server = bench.server()
    client = bench.client(server)
    ended = next(job for job in client.jobs() if job.is_terminal)

    with pytest.raises(ApiError) as caught:
        client.cancel_job(ended.id)
    assert (caught.value.status, caught.value.problem is not None) == (400, True)
    assert caught.value.trace_id
    with pytest.raises(NotFoundError):
        client.cancel_job("7d3e5f60-8a9b-4c2d-9e1f-0a1b2c3d4e55")


def test_the_scan_tables_are_never_wiped(bench: Bench) -> None:
    server = bench.server()
    client = bench.client(server)
    jobs = "/api/v1/HostScanJob"
    for method in ("DELETE", "GET"):
        for word in (
            "TruncateAllTables",
            "truncatealltables/",
            "%54runcateAllTables",
            "x/..%2FTruncateAllTables",
        ):
            with pytest.raises((PlanRefusedError, ValueError)):
                client.call(method, f"{jobs}/{word}")

    assert server.truncations == 0
    assert server.requests() == []
