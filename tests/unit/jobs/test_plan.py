from __future__ import annotations

import json
from typing import Any

import pytest

from hostscan_automation.errors import PlanRefusedError
from hostscan_automation.jobs.plan import PLAN_SCHEMA, CancelPlan
from hostscan_automation.jobs.status import JobStatus
from tests.unit.jobs.samples import a_host, a_job, number, plan_of, select

JOBS = [
    a_job(serial=1, hosts=(a_host("lab-1"), a_host("lab-2"))),
    a_job(serial=2, hosts=(a_host("lab-2"),)),
    a_job(JobStatus.RUNNING, 3, hosts=(a_host("dc01"),)),
    a_job(serial=4, created_by=None),
]
PLAN = plan_of(
    select(
        {"created_by": {"glob": "*svc"}, "created": {"older_than": "6h"}},
        protect=[{"any_host": {"name": "dc01"}}],
    ),
    JOBS,
)


def written() -> Any:
    return json.loads(json.dumps(PLAN.to_json()))


def test_a_plan_survives_being_written_down() -> None:
    again = CancelPlan.from_json(written())
    assert again == PLAN
    assert again.digest == PLAN.digest
    assert written()["schema"] == PLAN_SCHEMA
    assert written()["made_at"].endswith("Z")


def test_a_plan_says_what_it_would_cancel() -> None:
    assert [job.job_id for job in PLAN.to_cancel] == [number(1), number(2)]
    assert PLAN.statuses == {"Queued": 2}
    assert PLAN.host_count == 2


def changed(*path: Any, to: Any) -> Any:
    data = written()
    inner = data
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = to
    return data


def nested(depth: int) -> Any:
    inner: Any = []
    for _ in range(depth):
        inner = [inner]
    return inner


@pytest.mark.parametrize(
    "data",
    [
        changed("server", to="other"),
        changed("jobs", 0, "job_id", to=str(number(9))),
        changed("jobs", 2, "disposition", to="cancel"),
        changed("limits", "max_jobs", to=10**6),
        changed("selection", "protect", to=[]),
        changed("refusals", to=["x"]),
        changed("counts", "planned", to=0),
        changed("comment", to="harmless"),
        changed("jobs", 0, "job_id", to=f"{{{PLAN.jobs[0].job_id}}}"),
        changed("refusals", to=""),
        changed("jobs", 0, "collateral_hosts", to={}),
        changed("digest", to="sha256:" + "0" * 64),
    ],
)
def test_a_plan_that_was_edited_is_refused(data: Any) -> None:
    with pytest.raises(PlanRefusedError, match="was changed after it was made"):
        CancelPlan.from_json(data)


@pytest.mark.parametrize("data", [None, [], {}, {"schema": "hostscan/plan/2"}])
def test_what_is_no_plan_is_refused(data: Any) -> None:
    with pytest.raises(PlanRefusedError, match="is not of schema"):
        CancelPlan.from_json(data)


@pytest.mark.parametrize(
    "data",
    [
        {"schema": PLAN_SCHEMA},
        changed("server", to=3),
        changed("jobs", to=None),
        changed("jobs", 0, "job_id", to="TruncateAllTables"),
        changed("jobs", 0, "disposition", to="wipe"),
        changed("steps", 0, "name_", to="x"),
        changed("made_at", to="yesterday"),
        changed("made_at", to="2026-03-02T12:00:00"),
        changed("made_at", to="9999-12-31T23:59:59-23:59"),
        changed("counts", "listed", to="7"),
        changed("limits", "max_percent", to=float("nan")),
        changed("jobs", 0, "hosts", to=[1]),
        changed("steps", 0, "clauses", 0, "left", to=None),
        changed("selection", to=[]),
        changed("selection", "steps", to=nested(2000)),
    ],
)
def test_a_plan_of_the_wrong_shape_is_refused(data: Any) -> None:
    with pytest.raises(PlanRefusedError, match="cannot be read"):
        CancelPlan.from_json(data)
