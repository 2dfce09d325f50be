from __future__ import annotations

from hostscan_automation.cli.render_explain import explanation_data, show_explanation
from hostscan_automation.jobs.explanation import ClauseExplanation, Explanation, PartExplanation
from tests.unit.cli.screens import on_terminal, shown
from tests.unit.reports.samples import job_id

EXPLANATION = Explanation(
    job_id(1),
    "Not selected: no step fits (its status is Running).",
    steps=(
        PartExplanation(
            "step 'stuck in the queue' (cancel)",
            "false",
            (
                ClauseExplanation(0, "status: [Queued, Pending]", "false", "Running"),
                ClauseExplanation(0, "every_host:", "undecided"),
                ClauseExplanation(1, "ip: {cidr: 10.0.0.0/16}", "undecided", "missing"),
            ),
        ),
    ),
    protect=(
        PartExplanation(
            "profile nps01", "true", (ClauseExplanation(0, "name: {glob: dc*}", "true", "dc01"),)
        ),
    ),
)


def test_each_clause_stands_with_its_verdict_and_what_it_saw() -> None:
    assert shown(lambda screen: show_explanation(screen, EXPLANATION)).splitlines() == [
        f"Job {job_id(1)}",
        "Not selected: no step fits (its status is Running).",
        "",
        "step 'stuck in the queue' (cancel): false",
        "  false          status: [Queued, Pending]  <- Running",
        "  undecided      every_host:",
        "  undecided        ip: {cidr: 10.0.0.0/16}  <- missing",
        "",
        "protected by profile nps01: true",
        "  true           name: {glob: dc*}  <- dc01",
    ]


def test_verdicts_have_colours_on_a_terminal() -> None:
    raw = on_terminal(lambda screen: show_explanation(screen, EXPLANATION)).raw_text

    assert "\x1b[32m  true" in raw
    assert "\x1b[33m  undecided" in raw


def test_programs_read_the_same() -> None:
    data = explanation_data(EXPLANATION)

    assert data["schema"] == "hostscan/explanation/1"
    assert data["job_id"] == str(job_id(1))
    assert data["steps"][0]["clauses"][2] == {
        "depth": 1,
        "clause": "ip: {cidr: 10.0.0.0/16}",
        "verdict": "undecided",
        "saw": "missing",
    }
    assert data["protect"][0]["name"] == "profile nps01"
