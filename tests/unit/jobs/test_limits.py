from __future__ import annotations

import pytest

from hostscan_automation.jobs.limits import LimitOverrides, Limits, effective_limits


def over(jobs: int | None = None, percent: float | None = None) -> LimitOverrides:
    return LimitOverrides(jobs, percent)


@pytest.mark.parametrize(
    ("playbook", "profile", "flags", "expected"),
    [
        (None, None, None, Limits(200, 50)),
        (over(500, 80), None, None, Limits(500, 80)),
        (over(10), None, None, Limits(10, 50)),
        (over(0, 0), None, None, Limits(0, 0)),
        (None, over(1000, 90), None, Limits(1000, 90)),
        (None, over(5), None, Limits(5, 50)),
        (over(500), over(300), None, Limits(300, 50)),
        (over(100), over(300), None, Limits(100, 50)),
        (over(500, 80), over(None, 60), None, Limits(500, 60)),
        (None, None, over(1000, 90), Limits(200, 50)),
        (None, None, over(3), Limits(3, 50)),
        (over(500), over(300), over(400, 10), Limits(300, 10)),
        (over(500), None, over(0), Limits(0, 50)),
    ],
)
def test_a_profile_is_the_ceiling_a_playbook_may_raise_the_defaults_and_flags_only_lower(
    playbook: LimitOverrides | None,
    profile: LimitOverrides | None,
    flags: LimitOverrides | None,
    expected: Limits,
) -> None:
    assert effective_limits(playbook, profile, flags) == expected


@pytest.mark.parametrize(
    ("planned", "cancellable", "limits", "reasons"),
    [
        (200, 1000, Limits(), []),
        (201, 1000, Limits(), ["201 jobs are more than max_jobs 200"]),
        (1, 1000, Limits(0, 50), ["1 job is more than max_jobs 0"]),
        (20, 20, Limits(), []),
        (
            21,
            30,
            Limits(),
            ["21 of 30 jobs that could be cancelled (70 %) are more than max_percent 50"],
        ),
        (21, 42, Limits(), []),
        (21, 0, Limits(), []),
        (
            300,
            301,
            Limits(10, 12.5),
            [
                "300 jobs are more than max_jobs 10",
                "300 of 301 jobs that could be cancelled (100 %) are more than max_percent 12.5",
            ],
        ),
    ],
)
def test_each_limit_that_is_exceeded_is_told_in_a_sentence(
    planned: int, cancellable: int, limits: Limits, reasons: list[str]
) -> None:
    assert list(limits.exceeded_by(planned, cancellable)) == reasons
