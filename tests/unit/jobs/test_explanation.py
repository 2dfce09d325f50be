from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hostscan_automation.jobs.explanation import PartExplanation, explain
from hostscan_automation.jobs.filters import compile_filter
from hostscan_automation.jobs.protection import compile_protection
from hostscan_automation.jobs.selection import Action, Selection, Step
from hostscan_automation.jobs.status import JobStatus
from tests.unit.jobs.samples import NOW, a_host, a_job, ago, number, row_of

if TYPE_CHECKING:
    from hostscan_automation.jobs.job import ScanJob

SELECTION = Selection(
    (
        Step(
            "stuck",
            compile_filter(
                {
                    "all": [
                        {"any": [{"status": "Queued"}, {"created_by": "x"}]},
                        {"every_host": {"name": {"glob": "lab-*"}, "ip": {"cidr": "10.0.0.0/8"}}},
                        {"created": {"older_than": "6h"}},
                        {"not": {"heartbeat": {"exists": True}}},
                    ]
                }
            ),
        ),
        Step("rest", compile_filter({"all_jobs": True}), Action.LIST),
    ),
    compile_protection([{"any_host": {"name": "dc01"}}], origin="profile nps01"),
)


def lines(part: PartExplanation) -> list[str]:
    return [
        f"{'  ' * one.depth}{one.clause} {one.verdict} <{one.saw}>".replace(" <>", "")
        for one in part.clauses
    ]


def test_every_clause_is_told_with_the_value_it_saw() -> None:
    job = a_job(
        hosts=(a_host("lab-1"), a_host("web-1", dns_name=None, ip="10.0.0", started=ago(hours=1)))
    )
    explanation = explain(SELECTION, job, NOW)
    stuck, rest = explanation.steps
    assert (stuck.name, stuck.verdict) == ("step 'stuck' (cancel)", "undecided")
    assert lines(stuck) == [
        "(has not ended: part of every cancel step) true <Queued>",
        "(is not Scheduled: no clause names that status) true <Queued>",
        "every_host: undecided",
        "  host lab-1: true",
        "    all of: true",
        "      name: {glob: 'lab-*'} true <lab-1 / lab-1.lab.example>",
        "      ip: {cidr: 10.0.0.0/8} true <10.0.3.4>",
        "  host web-1: undecided",
        "    all of: undecided",
        "      name: {glob: 'lab-*'} undecided <web-1 / missing>",
        "      ip: {cidr: 10.0.0.0/8} undecided <unreadable>",
        "any of: true",
        "  status: Queued true <Queued>",
        r"  created_by: x false <LAB\scan-svc>",
        "created: {older_than: 6h} true <2026-03-02T04:00:00.000Z (8h ago)>",
        "not: undecided",
        "  heartbeat: {exists: true} undecided <missing, missing>",
    ]
    assert (rest.name, rest.verdict) == ("step 'rest' (list)", "true")
    assert lines(rest) == ["all_jobs: true true"]
    (protect,) = explanation.protect
    assert (protect.name, protect.verdict) == ("profile nps01", "undecided")
    assert explanation.job_id == number(1)


def test_what_was_not_read_and_what_cannot_be_believed_is_told() -> None:
    ahead = a_job(created=ago(hours=-2), hosts=None)
    seen = {one.clause: one.saw for one in explain(SELECTION, ahead, NOW).steps[0].clauses}
    assert seen["created: {older_than: 6h}"] == (
        "2026-03-02T14:00:00.000Z (in 2h, too far in the future to be believed)"
    )
    assert seen["every_host:"] == "the server lists no hosts for this job"
    assert seen["heartbeat: {exists: true}"] == "missing"
    row = explain(SELECTION, row_of(a_job()), NOW).steps[0]
    seen = {one.clause: one.saw for one in row.clauses}
    assert seen["created: {older_than: 6h}"] == "not read yet"
    assert row.verdict == "not known yet"


@pytest.mark.parametrize(
    ("job", "conclusion"),
    [
        (a_job(), "Selected by step 'rest' (list)."),
        (row_of(a_job()), "Its detail is needed to decide."),
    ],
)
def test_the_conclusion_is_one_sentence(job: ScanJob, conclusion: str) -> None:
    assert explain(SELECTION, job, NOW).conclusion == conclusion


@pytest.mark.parametrize(
    ("job", "conclusion"),
    [
        (a_job(), "Selected by step 'running' (cancel)."),
        (
            a_job(hosts=(a_host("dc01"),)),
            "Selected by step 'running', but protected by profile nps01: any_host: {name: dc01}.",
        ),
        (
            a_job(JobStatus.COMPLETE),
            (
                "Not selected: step 'running' wants"
                " (has not ended: part of every cancel step), not Complete."
            ),
        ),
        (
            a_job(hosts=()),
            "Not selected: step 'running' wants host_count: 1, not 0.",
        ),
        (
            a_job(None),
            (
                "Not selected: step 'running' lacks status,"
                " for (has not ended: part of every cancel step)."
            ),
        ),
    ],
)
def test_the_conclusion_names_step_and_protection(job: ScanJob, conclusion: str) -> None:
    step = Step("running", compile_filter({"host_count": 1}))
    assert explain(Selection((step,), SELECTION.protect), job, NOW).conclusion == conclusion


def test_the_conclusion_says_what_each_step_missed() -> None:
    steps = (
        Step("a", compile_filter({"any_host": {"name": "web-1"}})),
        Step("b", compile_filter({"status": "Running"}), Action.LIST),
    )
    assert explain(Selection(steps), a_job(), NOW).conclusion == (
        "Not selected: step 'a' wants any_host: {name: web-1}; step 'b' wants status: Running,"
        " not Queued."
    )
