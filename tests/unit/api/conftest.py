"""What the tests of the client share: a clock, servers on loopback, an account and a ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from hostscan_automation.api.client import HostScanClient
from hostscan_automation.api.ledger import SignInLedger
from hostscan_automation.api.options import ConnectionOptions
from hostscan_automation.api.signin_methods import PasswordSignIn, Totp
from tests.unit.api.account_server import LOGIN, PASSWORD, SECRET, FakeClock, FakeNps
from tests.unit.api.wire_server import Certificates, WireServer, make_certificate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ledger(tmp_path: Path) -> SignInLedger:
    return SignInLedger(tmp_path / "state")


@pytest.fixture
def wire() -> Iterator[WireServer]:
    server = WireServer()
    yield server
    server.stop()


@pytest.fixture
def nps(wire: WireServer, clock: FakeClock) -> FakeNps:
    return FakeNps(wire, clock)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificate(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def secured_wire(certificates: Certificates) -> Iterator[WireServer]:
    server = WireServer(certificates.context)
    yield server
    server.stop()


@pytest.fixture
def method() -> PasswordSignIn:
    return PasswordSignIn(LOGIN, SecretStr(PASSWORD), Totp(SecretStr(SECRET)))


@pytest.fixture
def client(
    nps: FakeNps, method: PasswordSignIn, ledger: SignInLedger, clock: FakeClock
) -> Iterator[HostScanClient]:
    with HostScanClient(nps.wire.url, method, ledger=ledger, clock=clock) as client:
        yield client


@pytest.fixture
def quick() -> ConnectionOptions:
    return ConnectionOptions(connect_timeout_s=2.0, read_timeout_s=2.0, reply_deadline_s=3.0)
