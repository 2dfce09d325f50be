from __future__ import annotations

import tracemalloc
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from hostscan_automation.errors import PlanRefusedError
from hostscan_automation.jobs.filters import compile_filter
from hostscan_automation.jobs.limits import ExecuteOptions, Limits
from hostscan_automation.jobs.plan import (
    CancelPlan,
    ClauseCount,
    Disposition,
    PlanCounts,
    UndecidedJob,
)
from hostscan_automation.jobs.planning import PlanBuilder
from hostscan_automation.jobs.selection import Action, Selection, Step
from hostscan_automation.jobs.status import JobStatus
from tests.unit.jobs.samples import (
    NOW,
    PLAYBOOK,
    a_host,
    a_job,
    ago,
    number,
    plan_of,
    row_of,
    select,
)

if TYPE_CHECKING:
    from hostscan_automation.jobs.job import ScanJob

QUEUED: dict[str, Any] = {"status": ["Queued", "Pending"]}
OLD: dict[str, Any] = {"created": {"older_than": "6h"}}


def build(builder: PlanBuilder) -> CancelPlan:
    return builder.build(server="nps.lab", account="admin", playbook=PLAYBOOK)


class TestInventory:
    def test_details_are_asked_for_where_they_decide_in_the_lists_order(self) -> None:
        builder = PlanBuilder(select({"all": [OLD, QUEUED]}), now=NOW)
        statuses = [JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.PENDING, JobStatus.COMPLETE]
        for serial, status in enumerate(statuses):
            builder.add(row_of(a_job(status, serial)))
        assert builder.pending == (number(0), number(2))

    def test_a_detail_that_was_not_read_makes_no_plan(self) -> None:
        builder = PlanBuilder(select(OLD), now=NOW)
        builder.add(row_of(a_job()))
        with pytest.raises(PlanRefusedError, match="details of 1 of 1 listed jobs were not read"):
            build(builder)

    def test_a_job_that_vanished_meanwhile_is_left_out(self) -> None:
        builder = PlanBuilder(select(OLD), now=NOW)
        builder.add(row_of(a_job()))
        builder.drop(number(1))
        assert build(builder).counts == PlanCounts(1, 0, 0, 0, 0)

    def test_a_list_that_names_a_job_twice_makes_no_plan(self) -> None:
        builder = PlanBuilder(select({"status": "Running"}), now=NOW)
        for serial in (1, 2, 1, 2):
            builder.add(row_of(a_job(serial=serial)))
        with pytest.raises(PlanRefusedError) as caught:
            build(builder)
        assert caught.value.message == (
            f"inventory is incomplete: the server listed job {number(1)} twice (and 1 more)"
        )

    def test_a_detail_with_other_hosts_decides_nothing(self) -> None:
        builder = PlanBuilder(select({"heartbeat": {"exists": False}}), now=NOW)
        builder.add(row_of(a_job(JobStatus.RUNNING)))
        builder.add_detail(a_job(JobStatus.RUNNING, hosts=(a_host("web-9"),)))
        plan = build(builder)
        assert plan.jobs == ()
        assert plan.undecided == (
            UndecidedJob(number(1), "only", "heartbeat: {exists: false}", "heartbeat"),
        )

    def test_the_status_is_that_of_the_list(self) -> None:
        builder = PlanBuilder(select({"all": [QUEUED, OLD]}), now=NOW)
        builder.add(row_of(a_job()))
        builder.add_detail(a_job(JobStatus.RUNNING))
        assert [job.status for job in build(builder).jobs] == ["Queued"]

    def test_jobs_that_do_not_match_take_16_bytes_each(self) -> None:
        builder = PlanBuilder(select({"status": "Running"}), now=NOW)
        row = row_of(a_job())
        tracemalloc.start()
        try:
            for serial in range(20_000):
                builder.add(replace(row, id=number(serial)))
            used, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert used < 20_000 * 24
        assert build(builder).counts == PlanCounts(20_000, 0, 0, 0, 0)


class TestPlan:
    def test_carries_everything_that_a_run_needs_to_know(self) -> None:
        selection = select(QUEUED)
        builder = PlanBuilder(selection, now=NOW)
        builder.add(row_of(a_job()))
        execute, limits = ExecuteOptions(workers=3), Limits(7, 70)
        plan = builder.build(
            server="nps.lab", account="admin", playbook=PLAYBOOK, valid_for_s=60,
            limits=limits, execute=execute,
        )  # fmt: skip
        assert (plan.server, plan.account, plan.playbook) == ("nps.lab", "admin", PLAYBOOK)
        assert (plan.limits, plan.execute, plan.refusals) == (limits, execute, ())
        assert (plan.made_at, plan.valid_until) == (NOW, NOW + timedelta(minutes=1))
        assert Selection.from_data(plan.selection) == selection
        assert CancelPlan.from_json(plan.to_json()) == plan

    def test_is_valid_for_an_hour_from_when_it_was_made(self) -> None:
        later = NOW + timedelta(minutes=3)
        plan = PlanBuilder(select(QUEUED), now=NOW).build(
            server="s", account="a", playbook=PLAYBOOK, made_at=later
        )
        assert (plan.made_at, plan.valid_until) == (later, later + timedelta(hours=1))

    def test_a_job_is_told_with_its_hosts_and_why_they_failed(self) -> None:
        hosts = (
            a_host("lab-1", failure_reason="AccessDenied"),
            a_host("lab-2", failure_reason="NoError"),
            a_host("web-1", failure_reason="AccessDenied"),
            a_host("web-2", failure_reason=None),
        )
        lab = {"any_host": {"name": {"glob": "lab-*"}}}
        (job,) = plan_of(select({"all": [OLD, lab]}), [a_job(hosts=hosts)]).jobs
        assert (job.step, job.disposition, job.status) == ("only", Disposition.CANCEL, "Queued")
        assert job.hosts == ("lab-1", "lab-2", "web-1", "web-2")
        assert job.collateral_hosts == ("web-1", "web-2")
        assert job.failure_reasons == ("AccessDenied",)
        assert job.created == ago(hours=8)
        assert job.fingerprint == a_job(hosts=hosts).fingerprint

    def test_a_status_that_nobody_knows_is_told_as_the_server_did(self) -> None:
        selection = select({"host_count": 1}, action="list")
        plan = plan_of(selection, [a_job(None), a_job(None, 2, status_text="")])
        assert [job.status for job in plan.jobs] == ["17", "not known"]


class TestCollateral:
    LAB, WEB = a_host("lab-1"), a_host("web-1", ip="10.20.0.1")
    JOB = a_job(hosts=(LAB, WEB))
    IS_LAB: ClassVar = {"name": {"glob": "lab-*"}}
    IN_20: ClassVar = {"ip": {"cidr": "10.20.0.0/16"}}

    @pytest.mark.parametrize(
        ("data", "collateral"),
        [
            ({"any_host": IS_LAB}, ("web-1",)),
            ({"all": [{"any_host": IS_LAB}, {"any_host": IN_20}]}, ()),
            ({"any": [{"any_host": IS_LAB}, {"any_host": {"name": "x"}}]}, ("web-1",)),
            ({"status": "Queued"}, ()),
            ({"no_host": {"name": {"glob": "dc*"}}}, ()),
            ({"all": [{"any_host": IS_LAB}, {"no_host": {"name": "dc01"}}]}, ("web-1",)),
            ({"not": {"no_host": IS_LAB}}, ("web-1",)),
            ({"not": {"any_host": {"name": "dc01"}}}, ()),
            ({"not": {"not": {"any_host": IS_LAB}}}, ("web-1",)),
            ({"not": {"every_host": {"not": IS_LAB}}}, ("web-1",)),
        ],
    )
    def test_is_every_host_that_no_clause_named(
        self, data: dict[str, Any], collateral: tuple[str, ...]
    ) -> None:
        (job,) = plan_of(select(data), [self.JOB]).jobs
        assert job.collateral_hosts == collateral

    def test_is_every_host_that_may_not_have_been_meant(self) -> None:
        job = a_job(hosts=(self.LAB, a_host(None)))
        (planned,) = plan_of(select({"any_host": self.IS_LAB}), [job]).jobs
        assert len(planned.collateral_hosts) == 1

    def test_is_nothing_where_nothing_is_cancelled(self) -> None:
        selection = select({"any_host": self.IS_LAB}, action="list")
        assert plan_of(selection, [self.JOB]).jobs[0].collateral_hosts == ()


class TestCounts:
    def test_say_what_each_clause_left(self) -> None:
        jobs = [
            a_job(),
            a_job(serial=2, created=ago(hours=1)),
            a_job(JobStatus.RUNNING, 3),
            a_job(JobStatus.COMPLETE, 4),
            a_job(JobStatus.SCHEDULED, 5),
            a_job(None, 6),
        ]
        (step,) = plan_of(select({"all": [OLD, QUEUED]}), jobs).steps
        assert step.clauses == (
            ClauseCount("(has not ended: part of every cancel step)", 4),
            ClauseCount("(is not Scheduled: no clause names that status)", 3),
            ClauseCount("status: [Queued, Pending]", 2),
            ClauseCount("created: {older_than: 6h}", 1),
        )

    def test_tell_matched_protected_undecided_and_ended_apart(self) -> None:
        selection = select(
            {"any_host": {"os": {"search": "windows"}}}, protect=[{"any_host": {"name": "lab-7"}}]
        )
        jobs = [
            a_job(),
            a_job(serial=2, hosts=(a_host("lab-7"),)),
            a_job(serial=3, hosts=(a_host(os=None),)),
            a_job(JobStatus.COMPLETE, 4),
            a_job(JobStatus.COMPLETE, 5, hosts=(a_host(os="Linux"),)),
            a_job(JobStatus.UNKNOWN, 6),
            a_job(JobStatus.SCHEDULED, 7),
        ]
        plan = plan_of(selection, jobs)
        assert plan.counts == PlanCounts(listed=7, matched=2, undecided=2, protected=1, planned=1)
        assert plan.cancellable == 4
        (step,) = plan.steps
        assert (step.matched, step.planned, step.ended) == (2, 1, 1)
        assert [job.job_id for job in plan.undecided] == [number(3), number(6)]
        protected = [job.protected_by for job in plan.jobs if job.protected_by]
        assert protected == ["playbook: any_host: {name: lab-7}"]

    def test_of_several_steps_add_up(self) -> None:
        steps = (
            Step("waiting", compile_filter(QUEUED)),
            Step("old", compile_filter(OLD)),
            Step("rest", compile_filter({"all_jobs": True}), Action.LIST),
        )
        jobs = [
            a_job(JobStatus.COMPLETE, 1),
            a_job(JobStatus.RUNNING, 2),
            a_job(JobStatus.QUEUED, 3),
            a_job(JobStatus.RUNNING, 4, created=None),
        ]
        plan = plan_of(Selection(steps), jobs)
        found = [(step.name, step.action, step.matched, step.planned) for step in plan.steps]
        assert found == [
            ("waiting", "cancel", 1, 1), ("old", "cancel", 1, 1), ("rest", "list", 2, 0),
        ]  # fmt: skip
        assert plan.counts == PlanCounts(listed=4, matched=4, undecided=0, protected=0, planned=2)
        assert plan.steps[1].clauses[0].left == 2


class TestOrder:
    def ids(self, selection: Selection, jobs: list[ScanJob]) -> list[int]:
        first = number(0).int
        return [job.job_id.int - first for job in plan_of(selection, jobs).jobs]

    STATUSES = (
        JobStatus.RUNNING,
        JobStatus.PAUSED,
        JobStatus.PENDING,
        JobStatus.SCHEDULED,
        JobStatus.QUEUED,
    )

    def test_what_waits_goes_before_what_runs(self) -> None:
        data = {"status": [status.value for status in self.STATUSES]}
        jobs = [a_job(status, serial) for serial, status in enumerate(self.STATUSES)]
        assert self.ids(select(data), jobs) == [2, 4, 1, 3, 0]

    def test_among_equals_the_oldest_goes_first_where_its_age_was_read(self) -> None:
        jobs = [a_job(serial=serial, created=ago(hours=7 + serial)) for serial in range(3)]
        assert self.ids(select(OLD), jobs) == [2, 1, 0]
        assert self.ids(select(QUEUED), jobs) == [0, 1, 2]

    def test_what_is_only_listed_comes_last(self) -> None:
        steps = (
            Step("look", compile_filter({"host_count": 1}), Action.LIST),
            Step("cancel", compile_filter({"status": "Running"})),
        )
        jobs = [
            a_job(JobStatus.QUEUED, 0),
            a_job(JobStatus.RUNNING, 1, hosts=(a_host("a"), a_host("b"))),
            a_job(None, 2),
        ]
        assert self.ids(Selection(steps), jobs) == [1, 0, 2]

    def test_undecided_jobs_keep_the_lists_order(self) -> None:
        jobs = [a_job(serial=0, created=None), a_job(None, 1), a_job(serial=2, created=None)]
        plan = plan_of(select({"all": [{"host_count": 1}, OLD]}), jobs)
        assert [job.job_id for job in plan.undecided] == [number(0), number(1), number(2)]


class TestLimits:
    JOBS = tuple(a_job(serial=serial) for serial in range(30))

    def test_hold_for_the_whole_plan(self) -> None:
        plan = plan_of(select(QUEUED), self.JOBS, limits=Limits(29, 90))
        assert plan.refusals == (
            "30 jobs are more than max_jobs 29",
            "30 of 30 jobs that could be cancelled (100 %) are more than max_percent 90",
        )

    def test_hold_for_each_step_and_for_all_together(self) -> None:
        some = {"id": [str(number(serial)) for serial in range(12)]}
        steps = (
            Step("some", compile_filter(some)),
            Step("look", compile_filter({"id": str(number(12))}), Action.LIST),
            Step("rest", compile_filter(QUEUED)),
        )
        plan = plan_of(Selection(steps), self.JOBS, limits=Limits(13, 100))
        assert plan.refusals == (
            "step 'rest': 17 jobs are more than max_jobs 13",
            "all steps together: 29 jobs are more than max_jobs 13",
        )

    def test_do_not_count_what_is_protected_or_only_listed(self) -> None:
        everything = [{"all_jobs": True}]
        assert not plan_of(select(QUEUED, protect=everything), self.JOBS, limits=Limits(0)).refusals
        assert not plan_of(select(QUEUED, action="list"), self.JOBS, limits=Limits(0)).refusals
