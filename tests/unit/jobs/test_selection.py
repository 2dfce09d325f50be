from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from hostscan_automation.errors import FilterError
from hostscan_automation.jobs.filters import compile_filter
from hostscan_automation.jobs.plan import Disposition
from hostscan_automation.jobs.protection import compile_protection
from hostscan_automation.jobs.selection import Action, Selection, Step, UndecidedStep, demand_texts
from hostscan_automation.jobs.status import JobStatus
from tests.unit.jobs.samples import NOW, a_host, a_job, ago, number, row_of, select

if TYPE_CHECKING:
    from hostscan_automation.jobs.job import ScanJob

ENDED = [status for status in JobStatus if status.is_terminal]
ACTIVE = [status for status in JobStatus if status.is_active]
OLD = {"created": {"older_than": "6h"}}


def disposition(selection: Selection, job: ScanJob) -> Disposition | None:
    return selection.decide(job, NOW).disposition


class TestNotEnded:
    @pytest.mark.parametrize("status", ENDED)
    def test_what_has_ended_is_never_to_be_cancelled(self, status: JobStatus) -> None:
        for data in ({"all_jobs": True}, {"status": status.value}, {"status": {"glob": "*"}}):
            assert disposition(select(data), a_job(status)) is None

    @pytest.mark.parametrize("status", ENDED)
    def test_what_has_ended_can_be_listed(self, status: JobStatus) -> None:
        assert disposition(select(OLD, action="list"), a_job(status)) is Disposition.LIST

    @pytest.mark.parametrize("status", [JobStatus.UNKNOWN, None])
    def test_a_status_that_is_not_known_is_never_selected_but_told(
        self, status: JobStatus | None
    ) -> None:
        for data in ({"all_jobs": True}, OLD, {"status": ["Unknown", "Queued"]}):
            decision = select(data).decide(a_job(status), NOW)
            assert decision.step is None
            assert decision.undecided is not None
            assert decision.undecided.field == "status"

    @pytest.mark.parametrize("status", sorted(set(ACTIVE) - {JobStatus.SCHEDULED}))
    def test_everything_else_is_selected_by_all_jobs(self, status: JobStatus) -> None:
        assert disposition(select({"all_jobs": True}), a_job(status)) is Disposition.CANCEL


class TestScheduled:
    JOB = a_job(JobStatus.SCHEDULED)

    @pytest.mark.parametrize(
        "data",
        [
            {"status": "scheduled"},
            {"status": ["Queued", "Scheduled"]},
            {"all": [OLD, {"status": ["Scheduled"]}]},
            {"any": [{"status": "Scheduled"}, {"status": "Queued"}]},
            {"any": [{"all": [OLD, {"status": "Scheduled"}]}, {"host_count": 9}]},
            {"all": [{"any": [{"status": "Scheduled"}, OLD]}, {"status": ["Scheduled"]}]},
        ],
    )
    def test_is_selected_where_the_filter_names_it(self, data: dict[str, Any]) -> None:
        assert disposition(select(data), self.JOB) is Disposition.CANCEL

    @pytest.mark.parametrize(
        "data",
        [
            {"all_jobs": True},
            OLD,
            {"status": {"ne": "Queued"}},
            {"status": {"not_in": ["Queued"]}},
            {"status": {"glob": "Sched*"}},
            {"status": {"regex": "Scheduled"}},
            {"not": {"status": "Queued"}},
            {"not": {"not": {"status": "Scheduled"}}},
            {"any_host": {"status": ["Queued", "Scheduled"]}},
            {"any": [{"all": [{"status": "Scheduled"}, {"host_count": 9}]}, OLD]},
            {"all": [{"any": [{"all": [{"status": "Scheduled"}, {"host_count": 9}]}, OLD]}, OLD]},
            {"all": [
                {"any": [{"all": [{"status": "Scheduled"}, {"host_count": 9}]}, OLD]},
                {"any": [{"all": [{"status": "Scheduled"}, {"host_count": 8}]}, OLD]},
            ]},
        ],
    )  # fmt: skip
    def test_is_left_alone_where_no_clause_that_holds_names_it(self, data: dict[str, Any]) -> None:
        decision = select(data).decide(self.JOB, NOW)
        assert decision.step is None
        assert decision.undecided is None

    def test_naming_it_changes_nothing_for_other_jobs(self) -> None:
        data = {"any": [{"all": [{"status": "Scheduled"}, {"host_count": 9}]}, OLD]}
        assert disposition(select(data), a_job(JobStatus.QUEUED)) is Disposition.CANCEL

    def test_a_list_step_sees_it_like_any_other(self) -> None:
        assert disposition(select(OLD, action="list"), self.JOB) is Disposition.LIST


class TestSteps:
    FIRST = Step("first", compile_filter({"status": ["Queued", "Pending"]}))
    SECOND = Step("second", compile_filter({"created_by": r"LAB\scan-svc"}))
    REST = Step("rest", compile_filter({"all_jobs": True}), Action.LIST)

    def owner(self, job: ScanJob, *steps: Step) -> str | None:
        owner = Selection(steps).decide(job, NOW).step
        return owner.name if owner else None

    def test_the_first_step_that_selects_owns(self) -> None:
        steps = (self.FIRST, self.SECOND, self.REST)
        assert self.owner(a_job(), *steps) == "first"
        assert self.owner(a_job(JobStatus.PAUSED), *steps) == "second"
        assert self.owner(a_job(JobStatus.PAUSED, created_by="x"), *steps) == "rest"
        assert self.owner(a_job(JobStatus.COMPLETE), *steps) == "rest"

    def test_a_step_that_cannot_decide_leaves_the_job_to_the_next(self) -> None:
        job = a_job(JobStatus.PAUSED, created_by=None)
        assert self.owner(job, self.SECOND, self.REST) == "rest"

    def test_a_job_that_none_selects_is_told_with_the_first_that_could_not_decide(self) -> None:
        job = a_job(JobStatus.PAUSED, created_by=None, created=None)
        selection = Selection((self.SECOND, Step("old", compile_filter(OLD))))
        assert selection.decide(job, NOW).undecided == UndecidedStep(
            "second", r"created_by: 'LAB\scan-svc'", "created_by"
        )

    def test_the_detail_is_asked_for_only_where_it_matters(self) -> None:
        queued, paused = row_of(a_job()), row_of(a_job(JobStatus.PAUSED))
        ended = row_of(a_job(JobStatus.COMPLETE))
        cases = {
            (self.FIRST, self.SECOND): (False, True, False),
            (self.SECOND, self.FIRST): (True, True, False),
            (self.FIRST, self.REST): (False, False, False),
            (self.SECOND, self.REST): (True, True, False),
        }
        for steps, needed in cases.items():
            found = [
                Selection(steps).decide(job, NOW).needs_detail for job in (queued, paused, ended)
            ]
            assert tuple(found) == needed, [step.name for step in steps]

    def test_a_detail_that_can_only_leave_it_undecided_is_read_for_the_report(self) -> None:
        step = Step("only", compile_filter({"all": [OLD, {"any_host": {"name": "web-1"}}]}))
        row = row_of(a_job(hosts=(a_host(None),)))
        assert Selection((step,)).decide(row, NOW).needs_detail
        assert not Selection((step, self.REST)).decide(row, NOW).needs_detail

    def test_a_step_says_what_it_demands_what_the_list_can_answer_first(self) -> None:
        step = Step("only", compile_filter({"all": [OLD, {"all": [{"host_count": 1}, OLD]}]}))
        assert demand_texts(step) == (
            "(has not ended: part of every cancel step)",
            "(is not Scheduled: no clause names that status)",
            "host_count: 1",
            "created: {older_than: 6h}",
            "created: {older_than: 6h}",
        )
        assert demand_texts(self.REST) == ("all_jobs: true",)


class TestUndecided:
    @pytest.mark.parametrize(
        ("data", "job", "clause", "field"),
        [
            (OLD, a_job(created=None), "created: {older_than: 6h}", "created"),
            ({"not": OLD}, a_job(created=None), "not: {created: {older_than: 6h}}", "created"),
            (
                {"any": [{"host_count": 9}, {"created_by": "x"}]},
                a_job(created_by=None), "created_by: x", "created_by",
            ),
            (
                {"every_host": {"os": "x", "ip": {"cidr": "10.0.0.0/8"}}},
                a_job(hosts=(a_host(os="x"), a_host(os="x", ip=None))),
                "every_host: {ip: {cidr: 10.0.0.0/8}}", "ip",
            ),
            (
                {"any_host": {"name": "web-1"}}, a_job(hosts=(a_host("lab-1", dns_name=None),)),
                "any_host: {name: web-1}", "dns_name",
            ),
            ({"any_host": {"name": "web-1"}}, a_job(hosts=(a_host(None),)),
             "any_host: {name: web-1}", "name"),
            ({"no_host": {"name": "web-1"}}, a_job(hosts=()), "no_host: {name: web-1}", "hosts"),
            ({"no_host": {"name": "web-1"}}, a_job(hosts=None), "no_host: {name: web-1}", "hosts"),
            ({"created_by": {"exists": True}}, a_job(created_by=None),
             "created_by: {exists: true}", "created_by"),
            ({"any": [{"all": [{"status": "Scheduled"}, {"host_count": 9}]}, OLD]}, a_job(None),
             "(has not ended: part of every cancel step)", "status"),
        ],
    )  # fmt: skip
    def test_names_the_clause_and_what_it_lacked(
        self, data: dict[str, Any], job: ScanJob, clause: str, field: str
    ) -> None:
        assert select(data).decide(job, NOW).undecided == UndecidedStep("only", clause, field)


class TestProtection:
    LAB = a_job(hosts=(a_host("lab-1"), a_host("lab-2")))

    def decide(self, *protect: dict[str, Any], job: ScanJob = LAB) -> str | None:
        return select({"all_jobs": True}, protect=protect).decide(job, NOW).protected_by

    def test_holds_what_is_true(self) -> None:
        found = self.decide({"host_count": 9}, {"any_host": {"name": {"glob": "lab-2*"}}})
        assert found == "playbook: any_host: {name: {glob: 'lab-2*'}}"

    def test_lets_go_what_is_surely_false(self) -> None:
        assert self.decide({"any_host": {"name": {"glob": "dc*"}}}) is None

    def test_holds_what_cannot_be_ruled_out_and_says_so(self) -> None:
        job = a_job(hosts=(a_host("lab-1", dns_name=None),))
        assert self.decide({"any_host": {"name": {"glob": "dc*"}}}, job=job) == (
            "playbook: any_host: {name: {glob: 'dc*'}} (cannot be ruled out: dns_name is not known)"
        )

    def test_what_surely_holds_is_told_before_what_may(self) -> None:
        job = a_job(created_by=None)
        assert self.decide({"created_by": "x"}, {"host_count": 1}, job=job) == (
            "playbook: host_count: 1"
        )

    def test_asks_for_the_detail_where_that_may_protect(self) -> None:
        row = row_of(self.LAB)
        everything = {"all_jobs": True}
        by_creator = {"created_by": "x"}
        assert select(everything, protect=[by_creator]).decide(row, NOW).needs_detail
        surely = select(everything, protect=[by_creator, {"host_count": 2}])
        assert surely.decide(row, NOW).disposition is Disposition.PROTECTED
        nothing = select({"host_count": 9}, protect=[by_creator])
        assert not nothing.decide(row, NOW).needs_detail

    def test_is_not_for_what_is_only_listed(self) -> None:
        selection = select({"all_jobs": True}, action="list", protect=[{"all_jobs": True}])
        assert disposition(selection, self.LAB) is Disposition.LIST

    def test_of_a_profile_is_added_to_that_of_the_playbook(self) -> None:
        profile = compile_protection([{"created_by": {"glob": "*svc"}}], origin="profile nps01")
        selection = select({"all_jobs": True}, protect=[{"host_count": 9}])
        both = selection.with_protection(profile)
        assert both.decide(self.LAB, NOW).protected_by == (
            "profile nps01: created_by: {glob: '*svc'}"
        )
        assert disposition(selection, self.LAB) is Disposition.CANCEL


class TestData:
    SELECTION = Selection(
        (
            Step("one", compile_filter({"status": "queued", "created_by": {"ne": "Zoë"}})),
            Step("two", compile_filter({"id": str(number(3))}), Action.LIST),
        ),
        compile_protection([{"any_host": {"ip": {"cidr": "10.0.0.0/8"}}}], origin="profile x"),
    )

    def test_a_selection_survives_being_written_down(self) -> None:
        again = Selection.from_data(json.loads(json.dumps(self.SELECTION.to_data())))
        assert again == self.SELECTION
        assert again.digest == self.SELECTION.digest
        for job in (a_job(), a_job(JobStatus.COMPLETE, 3), a_job(created=ago(days=3))):
            assert again.decide(job, NOW) == self.SELECTION.decide(job, NOW)

    def test_another_selection_has_another_digest(self) -> None:
        assert self.SELECTION.digest.startswith("sha256:")
        assert Selection(self.SELECTION.steps).digest != self.SELECTION.digest

    @pytest.mark.parametrize(
        "data",
        [
            {},
            {"steps": 3, "protect": []},
            {"steps": [{"name": "a", "action": "wipe", "select": {}}], "protect": []},
            {"steps": [{"name": "a", "action": "cancel", "select": {}}], "protect": []},
            {"steps": [], "protect": ["x"]},
            {"steps": [], "protect": [{"origin": "x", "filter": {"a": 1}}]},
        ],
    )
    def test_what_is_no_selection_is_refused(self, data: Any) -> None:
        with pytest.raises(FilterError, match=r"^selection: "):
            Selection.from_data(data)


def test_guards_are_told_as_data_too() -> None:
    demands = select({"all_jobs": True}).steps[0].demands
    assert [one.to_data() for one in demands[:2]] == [
        {"status": {"not_in": [status.value for status in ENDED]}},
        {"status": {"ne": "Scheduled"}},
    ]
