"""A short, fixed slice of the campaign, and proof that its judge can find something."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hostscan_automation.errors import PlanRefusedError
from hostscan_automation.simulator import JobSpec, Simulator, SimulatorConfig
from tests.campaign import (
    bad_input,
    crashes,
    endings,
    journal_damage,
    moving,
    network,
    outages,
    secrets,
    sign_in_troubles,
)
from tests.campaign.doors import Door
from tests.campaign.generated import generated
from tests.campaign.judge import Witness, judge, untruth
from tests.campaign.tally import Tally, table

if TYPE_CHECKING:
    from uuid import UUID

pytestmark = pytest.mark.simulator

_WAYS = ("log cut in a frame",)


@pytest.fixture
def server() -> Simulator:
    return Simulator(SimulatorConfig(jobs=0))


def row(job_id: UUID, outcome: str | None, attempts: int = 1) -> dict[str, Any]:
    return {"job_id": str(job_id), "outcome": outcome, "attempts": attempts}


def assert_clean(tally: Tally) -> None:
    assert not tally.findings, "\n".join(tally.findings)
    assert not any((tally.lost, tally.untrue, tally.doubled, tally.overreached, tally.hung))


def test_the_judge_misses_a_job_that_is_not_in_the_report(server: Simulator) -> None:
    job_id = server.add_job(JobSpec())
    assert judge(server, {"jobs": []}, planned={job_id}).lost == [f"{job_id} is told 0 times"]


def test_the_judge_sees_a_job_that_is_told_twice_or_was_not_planned(server: Simulator) -> None:
    job_id = server.add_job(JobSpec())
    twice = {"jobs": [row(job_id, "not_attempted")] * 2}
    assert len(judge(server, twice, planned={job_id}).lost) == 1
    assert len(judge(server, {"jobs": [row(job_id, "gone")]}, planned=set()).lost) == 1


def test_the_judge_sees_what_is_told_otherwise_than_it_is(server: Simulator) -> None:
    job_id = server.add_job(JobSpec())
    verdict = judge(server, {"jobs": [row(job_id, "cancelled")]}, planned={job_id})
    assert verdict.untrue == [f"{job_id}: told as cancelled, is Queued after 0 cancels"]


@pytest.mark.parametrize(
    ("outcome", "status", "cancels"),
    [
        ("cancelled", "Queued", 1),
        ("cancelled", "Cancelled", 0),
        ("already_finished", "Cancelled", 1),
        ("already_finished", "Running", 0),
        ("gone", "Queued", 0),
        ("failed", "Cancelled", 1),
        ("not_attempted", "Cancelled", 1),
        ("drifted", "Cancelled", 1),
        ("protected", "Cancelled", 1),
        (None, "Queued", 0),
        ("no such outcome", "Queued", 0),
    ],
)
def test_an_outcome_that_is_not_true_is_told(
    outcome: str | None, status: str, cancels: int
) -> None:
    assert untruth(outcome, status, cancels)


def test_the_judge_sees_a_second_cancel_and_a_stranger() -> None:
    import requests  # noqa: PLC0415 - somebody else's client, on purpose

    with Simulator(SimulatorConfig(jobs=0)) as server:
        ours, other = server.add_job(JobSpec()), server.add_job(JobSpec())
        headers = {"Authorization": f"Bearer {server.accounts.application.password}"}
        for job_id in (ours, ours, other):
            requests.delete(
                f"{server.url}/api/v1/HostScanJob/{job_id}", headers=headers, timeout=5
            ).close()
        witness = Witness(asked={ours: 1})
        report = {"jobs": [row(ours, "accepted", attempts=1)]}
        verdict = judge(server, report, planned={ours}, witness=witness)
    assert verdict.overreached == [f"DELETE /api/v1/HostScanJob/{other}"]
    assert verdict.doubled == [
        f"{ours}: 2 times",
        f"{ours} was asked for again after its result was journalled",
    ]
    assert verdict.untrue == [f"{ours}: 1 attempts told, 2 arrived"]


def test_what_is_only_counted_is_a_finding_all_the_same() -> None:
    assert Tally("one", doubled=36).closed().findings == ["doubled: 36"]
    assert Tally("two", uncertain=2).closed().findings == []


def test_the_table_has_a_line_for_each_scenario() -> None:
    text = table([Tally("one", runs=1234), Tally("two")])
    assert text.splitlines()[2].startswith("| one | 1,234 | 0 |")
    assert len(text.splitlines()) == 4


def test_runs_that_are_killed_unheard_or_met_by_change_lose_and_double_nothing() -> None:
    scenarios = [  # side by side: they mostly wait
        partial(crashes.killed_again_and_again, seed=11, kills=3, jobs=150),
        partial(endings.signalled, "SIGINT", [signal.SIGINT], seed=3, runs=1, jobs=80),
        partial(network.fault_alone, "lost-reply", 0.5, seed=1, jobs=40),
        partial(network.fault_alone, "wrong-type", 0.5, seed=1, jobs=30),
        partial(outages.another_certificate, "fingerprint", seed=1, jobs=40, confirm="1s"),
        partial(moving.run, "unlimited", ["latency=20"], seed=1, jobs=60, confirm="2s"),
        partial(moving.edited_plans, seed=1, edits=41),
    ]
    with ThreadPoolExecutor(len(scenarios)) as threads:
        tallies = list(threads.map(lambda scenario: scenario(), scenarios))
    for tally in tallies:
        assert tally.faults
        assert_clean(tally)


@pytest.mark.parametrize(
    ("read_at", "cancelled_at", "is_backed"),
    [
        ([0.0], 30.0, True),
        ([0.0], 70.0, False),  # older than a minute
        ([0.0, 10.0], 12.0, False),  # the last reading showed that it had changed
        ([0.0, 10.0], 10.5, True),  # two workers at the same moment
        ([10.0], 12.0, False),
        ([], 1.0, False),
    ],
)
def test_a_cancel_needs_a_reading_that_showed_its_job_as_planned(
    read_at: list[float], cancelled_at: float, is_backed: bool
) -> None:
    readings = [moving.Reading(moment) for moment in read_at]

    def meant(begin: float, _: float) -> bool:
        return begin < 5

    assert moving.is_backed(meant, cancelled_at, readings) is is_backed


def test_accounts_journals_and_secrets_are_safe() -> None:
    scenarios = [
        partial(sign_in_troubles.no_factor_where_one_is_needed, seed=1, runs=2, kinds=["NO_MFA=1"]),
        partial(journal_damage.damaged_in_every_way, seed=1, rounds=1, jobs=40, ways=_WAYS),
        partial(secrets.bugs_planted, seed=1, bugs=2),
    ]
    with ThreadPoolExecutor(len(scenarios)) as threads:
        tallies = list(threads.map(lambda scenario: scenario(), scenarios))
    for tally in tallies:
        assert tally.faults
        assert_clean(tally)


def test_nothing_is_sent_where_nothing_can_be_written_down() -> None:
    assert_clean(endings.no_state_folder(seed=1))


@pytest.mark.parametrize("door", bad_input.DOORS, ids=lambda door: door.name)
def test_bad_input_ends_in_an_error_of_ours(door: Door) -> None:
    thrown = bad_input.throw(door, bad_input.damaged(door, seed=1, inputs=80))
    assert thrown.inputs == 80
    assert thrown.findings == []
    assert generated(door, seed=1, inputs=10, until=float("inf")).findings == []


def test_a_door_that_breaks_hangs_or_takes_too_much_is_found() -> None:
    def knock(data: bytes, _: Path) -> object:
        if data == b"refused":
            raise PlanRefusedError("no")
        return 1 // len(data)

    door = Door("a broken one", lambda: (b"x",), knock, share=1)
    thrown = bad_input.throw(door, [b"x", b"refused", b""])
    assert (thrown.inputs, thrown.read) == (3, 1)
    (finding,) = thrown.findings
    assert finding.startswith("ZeroDivisionError: ")
    kept = Path(finding.rpartition("--file ")[2])
    assert kept.read_bytes() == b""
    kept.unlink()


def test_a_door_in_a_process_of_its_own_is_watched_and_tells_its_figures() -> None:
    tally = bad_input.thrown_at("lock file", "damaged", seed=1, inputs=40, until=float("inf"))
    assert_clean(tally)
    assert tally.faults == 40
    assert 0 < tally.memory_mb < bad_input.MOST_MEMORY_MB


def test_guided_input_is_thrown_or_says_why_not() -> None:
    tally = bad_input.thrown_at("lock file", "guided", seed=1, inputs=40, until=float("inf"))
    assert_clean(tally)
    has_atheris = find_spec("atheris") is not None
    assert (tally.faults, "atheris" in tally.skipped) == ((40, False) if has_atheris else (0, True))
