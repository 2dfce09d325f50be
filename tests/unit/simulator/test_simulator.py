from __future__ import annotations

import doctest
import json
import socket
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.errors import SettingsError
from hostscan_automation.simulator import (
    READY_SCHEMA,
    Faults,
    Simulator,
    SimulatorConfig,
    simulator,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.simulator.conftest import Wire


def test_the_ready_line_has_all_that_another_program_needs(
    start: Callable[..., Simulator],
) -> None:
    server = start()

    told = json.loads(server.ready_line())

    assert told == {
        "schema": READY_SCHEMA,
        "url": f"http://127.0.0.1:{server.port}",
        "ca_bundle": None,
        "environment": {
            "HOSTSCAN_SERVER": server.url,
            "HOSTSCAN_LOGIN": r"LAB\scan-admin",
            "HOSTSCAN_PASSWORD": server.accounts.admin.password,
            "HOSTSCAN_TOTP_SECRET": server.accounts.admin.totp_secret,
        },
    }


def test_over_tls_it_names_the_certificate_to_trust(start: Callable[..., Simulator]) -> None:
    server = start(tls=True)

    told = server.ready_message()

    assert told["ca_bundle"] == told["environment"]["HOSTSCAN_CA_BUNDLE"] == str(server.ca_bundle)
    assert told["url"].startswith("https://")


def test_by_default_there_are_as_many_jobs_as_on_the_demo_server() -> None:
    assert len(Simulator().jobs) == 2134


def test_faults_are_in_force_from_the_start(
    start: Callable[..., Simulator], connect: Callable[[Simulator], Wire]
) -> None:
    assert connect(start(faults=Faults(busy=1))).get("/api/v1/Version").status in {429, 503}


def test_a_port_can_be_chosen_and_must_be_free(start: Callable[..., Simulator]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    assert start(port=port).url == f"http://127.0.0.1:{port}"
    for tls in (False, True):
        with pytest.raises(SettingsError, match=f"port {port} cannot be used: "):
            Simulator(SimulatorConfig(port=port, jobs=1, tls=tls)).start()


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_does_not_exist_is_refused(port: int) -> None:
    with pytest.raises(SettingsError, match="is not between 0 and 65535"):
        SimulatorConfig(port=port)


def test_before_it_serves_it_has_no_port_and_can_be_stopped() -> None:
    server = Simulator(SimulatorConfig(jobs=1))
    server.stop()

    with pytest.raises(RuntimeError, match="not running"):
        _ = server.url


def test_without_tls_there_is_no_certificate_to_renew(server: Simulator) -> None:
    with pytest.raises(RuntimeError, match="no certificate"):
        server.renew_certificate()


def test_what_it_knows_can_be_asked_after_it_stopped(server: Simulator, admin: Wire) -> None:
    admin.get("/api/v1/HostScanJob")
    server.stop()

    assert len(server.requests("GET")) == 1
    assert len(server.statuses()) == 20


def test_the_examples_in_its_documentation_run() -> None:
    results = doctest.testmod(simulator)

    assert results.attempted >= 4
    assert results.failed == 0
