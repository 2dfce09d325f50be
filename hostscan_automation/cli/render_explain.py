"""Show why a job was selected or not: clause by clause, with the value each of them saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hostscan_automation.cli.render import Screen, Style
    from hostscan_automation.jobs.explanation import (
        ClauseExplanation,
        Explanation,
        PartExplanation,
    )

EXPLANATION_SCHEMA = "hostscan/explanation/1"
_STYLES: dict[str, Style] = {"true": "good", "undecided": "warn", "not known yet": "warn"}
_VERDICT_WIDTH = 15


def show_explanation(screen: Screen, explanation: Explanation) -> None:
    """Write what decided about one job, for a person."""
    screen.line(f"Job {explanation.job_id}", "strong")
    screen.line(explanation.conclusion)
    for part in explanation.steps:
        _show_part(screen, part.name, part)
    for part in explanation.protect:
        _show_part(screen, f"protected by {part.name}", part)


def explanation_data(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation as `hostscan/explanation/1`."""
    return {
        "schema": EXPLANATION_SCHEMA,
        "job_id": str(explanation.job_id),
        "conclusion": explanation.conclusion,
        "steps": [_part_data(part) for part in explanation.steps],
        "protect": [_part_data(part) for part in explanation.protect],
    }


def _show_part(screen: Screen, name: str, part: PartExplanation) -> None:
    screen.line()
    screen.line(f"{name}: {part.verdict}", "strong")
    for clause in part.clauses:
        screen.line(_clause_line(clause), _STYLES.get(clause.verdict, ""))


def _clause_line(clause: ClauseExplanation) -> str:
    saw = f"  <- {clause.saw}" if clause.saw else ""
    return f"  {clause.verdict:<{_VERDICT_WIDTH}}{'  ' * clause.depth}{clause.clause}{saw}"


def _part_data(part: PartExplanation) -> dict[str, Any]:
    return {
        "name": part.name,
        "verdict": part.verdict,
        "clauses": [
            {
                "depth": clause.depth,
                "clause": clause.clause,
                "verdict": clause.verdict,
                "saw": clause.saw,
            }
            for clause in part.clauses
        ],
    }
