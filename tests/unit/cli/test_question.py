from __future__ import annotations

import pytest

from hostscan_automation.cli.environment import Environment
from hostscan_automation.cli.invocation import Invocation
from hostscan_automation.cli.question import ask_to_cancel, ask_to_change
from hostscan_automation.clock import SystemClock
from hostscan_automation.errors import PlanRefusedError
from tests.unit.cli.conftest import Stream


def invocation(typed: str, *, stdin: bool = True, stderr: bool = True) -> Invocation:
    return Invocation.of(
        Environment(
            stdin=Stream(typed, is_terminal=stdin),
            stdout=Stream(),
            stderr=Stream(is_terminal=stderr),
            environ={"TERM": "dumb"},
            clock=SystemClock(),
            read_secret=lambda _: "",
        )
    )


@pytest.mark.parametrize(
    ("count", "typed"), [(1, "y\n"), (25, "YES\n"), (26, "26\n"), (1234, " 1,234 \n")]
)
def test_the_answer_that_is_asked_for_goes_on(count: int, typed: str) -> None:
    ask_to_cancel(invocation(typed), count)


@pytest.mark.parametrize(
    ("count", "typed"),
    [(1, "\n"), (1, "n\n"), (1, ""), (25, "25\n"), (26, "y\n"), (26, "25\n"), (26, ""), (26, "\n")],
)
def test_every_other_answer_and_the_end_of_input_mean_no(count: int, typed: str) -> None:
    with pytest.raises(PlanRefusedError, match="declined: nothing was sent"):
        ask_to_cancel(invocation(typed), count)


@pytest.mark.parametrize(("stdin", "stderr"), [(False, True), (True, False), (False, False)])
def test_without_somebody_who_sees_the_question_the_answer_is_no(stdin: bool, stderr: bool) -> None:
    with pytest.raises(PlanRefusedError, match="no --yes") as caught:
        ask_to_cancel(invocation("y\n", stdin=stdin, stderr=stderr), 1)
    assert caught.value.hint


def test_the_question_says_how_many_and_goes_to_stderr() -> None:
    asked = invocation("300\n")
    ask_to_cancel(asked, 300)
    assert asked.environment.stderr.getvalue() == (  # type: ignore[attr-defined]
        "Cancel 300 jobs? Type the number of jobs to go on: "
    )
    assert asked.environment.stdout.getvalue() == ""  # type: ignore[attr-defined]


def test_other_changes_are_asked_for_by_yes() -> None:
    ask_to_change(invocation("y\n"), "Stop it?")
    with pytest.raises(PlanRefusedError):
        ask_to_change(invocation("\n"), "Stop it?")
