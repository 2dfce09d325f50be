from __future__ import annotations

import json
import tracemalloc
from collections import Counter
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from hostscan_automation.errors import SettingsError
from hostscan_automation.simulator import Job, Simulator, SimulatorConfig
from hostscan_automation.simulator.fleet import Fleet
from hostscan_automation.simulator.seed import SeededJobs

if TYPE_CHECKING:
    from collections.abc import Callable

_BORN = 1_772_452_800.0
_HOUR = 3600.0


def seeded(count: int = 2134, seed: int = 1) -> SeededJobs:
    return SeededJobs(count, seed, _BORN, Fleet(seed))


@pytest.fixture(scope="module")
def jobs() -> list[Job]:
    row = seeded()
    return [row[number] for number in range(len(row))]


def having(jobs: list[Job], *statuses: str, prefix: str = "") -> list[Job]:
    return [
        job
        for job in jobs
        if job.status(_BORN) in statuses
        and job.hosts
        and all((host.name or "").startswith(prefix) for host in job.hosts)
    ]


def test_the_same_seed_gives_the_same_jobs(jobs: list[Job]) -> None:
    again, other = seeded(), seeded(seed=2)

    assert [again[number] for number in range(len(jobs))] == jobs
    assert not {other[number].id for number in range(100)} & {job.id for job in jobs}


def test_jobs_do_not_depend_on_how_many_there_are(jobs: list[Job]) -> None:
    assert seeded(count=5)[3] == jobs[3]


def test_ids_are_unique_and_lead_back_to_their_jobs(jobs: list[Job]) -> None:
    row = seeded()

    assert len({job.id for job in jobs}) == 2134
    assert all(row.number_of(job.id) == number for number, job in enumerate(jobs))
    assert row.number_of(uuid4()) is None
    assert row.number_of(seeded(count=3000)[2500].id) is None
    assert all(job.id.version == 4 for job in jobs)


def test_there_are_jobs_in_every_state_and_most_have_ended(jobs: list[Job]) -> None:
    states = Counter(job.status(_BORN) for job in jobs)

    assert len(states) == 11
    assert 200 < states["Queued"] + states["Pending"] < 400
    assert 40 < states["Running"] < 90
    assert min(states["Paused"], states["Scheduled"]) > 20
    assert states["Complete"] > 800


def test_nothing_moves_in_the_first_minute_and_some_things_do_later(jobs: list[Job]) -> None:
    def states(later: float) -> list[str]:
        return [job.status(_BORN + later) for job in jobs]

    assert states(0) == states(59)
    assert states(0) != states(1800)
    assert min(job.next_change(_BORN) for job in jobs) >= _BORN + 60


def test_jobs_that_are_stuck_stay_stuck(jobs: list[Job]) -> None:
    stuck = [job for job in having(jobs, "Queued", "Pending") if _BORN - job.created > 6 * _HOUR]

    assert len(stuck) > 50
    assert all(job.status(_BORN + 100 * _HOUR) == job.status(_BORN) for job in stuck)


def test_each_shipped_kind_of_selection_finds_something_and_not_too_much(jobs: list[Job]) -> None:
    active = having(jobs, "Queued", "Pending", "Running", "Paused", "Scheduled")
    network = ip_network("10.20.0.0/16")
    selections = {
        "stuck": [
            job
            for job in having(jobs, "Queued", "Pending", prefix="lab-")
            if _BORN - job.created > 6 * _HOUR
        ],
        "hanging": [
            job for job in having(jobs, "Running") if (job.silent_since or _BORN) < _BORN - 7200
        ],
        "subnet": [
            job
            for job in active
            if all(host.ip and ip_address(host.ip) in network for host in job.hosts)
        ],
        "paused": having(jobs, "Paused"),
        "creator": [job for job in active if job.created_by == r"LAB\scan-svc"],
        "failed": having(jobs, "Failed"),
    }

    for name, found in selections.items():
        assert len(found) >= 10, name
        if name != "failed":
            assert len(found) < len(active) / 2, name
            assert len(found) < 200, name


def test_a_running_job_that_beats_comes_to_an_end(jobs: list[Job]) -> None:
    beating = [job for job in having(jobs, "Running") if job.silent_since is None]

    assert beating
    assert all(job.status(_BORN + _HOUR) == "Complete" for job in beating)


def test_the_past_of_a_job_is_in_order_and_in_the_past(jobs: list[Job]) -> None:
    for job in jobs:
        times = [at for at, _ in job.course]
        assert times == sorted(times)
        assert job.created < _BORN
        assert (job.started(_BORN) or job.created) >= job.created
        assert (job.finished(_BORN) or _BORN) >= (job.started(_BORN) or job.created)


def test_some_things_are_not_known(jobs: list[Job]) -> None:
    hosts = {host for job in jobs for host in job.hosts}

    for field in ("host_id", "name", "ip", "os"):
        assert any(getattr(host, field) is None for host in hosts), field
    assert {len(job.hosts) for job in jobs} >= {0, 1, 2, 3, 4, 6}
    assert any(job.parts is None for job in jobs)


def test_a_host_is_the_same_host_in_every_job(jobs: list[Job]) -> None:
    names = Counter(host.name for job in jobs for host in set(job.hosts) if host.name)
    ids = {(host.name, host.host_id) for job in jobs for host in job.hosts if host.name}

    assert len(ids) == len(names)
    assert names.most_common(1)[0][1] > 1
    assert {"lab-001", "web-010", "dc01", "sql-100", "edge-80"} <= {
        host.name for host in Fleet(1).all
    }


def test_failed_hosts_say_why(jobs: list[Job]) -> None:
    reasons = Counter(
        part.failure_reason for job in having(jobs, "Failed") for part in job.parts or ()
    )

    assert "NoError" not in reasons
    assert len(reasons) == 5


def test_a_great_many_jobs_take_no_memory_and_no_time_to_start(
    start: Callable[..., Simulator],
) -> None:
    server = start(jobs=200_000)
    last = server.service.calls
    assert len(server.jobs) == 200_000
    assert server.status_of(seeded(200_000)[199_999].id) is not None

    tracemalloc.start()
    pieces = last._list.pieces()
    piece = [next(pieces) for _ in range(20)][-1]
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert json.loads(f"[{piece.decode()[1:]}]")
    assert kept < 5_000_000


def test_an_impossible_number_of_jobs_is_refused() -> None:
    for jobs in (-1, 2**32):
        with pytest.raises(SettingsError, match="number of jobs"):
            SimulatorConfig(jobs=jobs)
