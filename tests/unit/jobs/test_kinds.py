from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hostscan_automation.jobs.kinds import check_kinds
from hostscan_automation.jobs.limits import ExecuteOptions, Limits
from hostscan_automation.jobs.plan import ClauseCount, PlanCounts
from tests.unit.reports.samples import job, planned


def test_values_of_the_declared_types_pass() -> None:
    check_kinds([Limits(), ExecuteOptions(rate=None), PlanCounts(1, 2, 3, 4, 5), planned(job(1))])
    check_kinds([Limits(max_percent=12), ExecuteOptions(rate=50)])


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (Limits(max_jobs=True), "max_jobs"),
        (Limits(max_jobs=10**400), "max_jobs"),
        (Limits(max_percent=float("nan")), "max_percent"),
        (Limits(max_percent=float("inf")), "max_percent"),
        (ExecuteOptions(rate=float("nan")), "rate"),
        (ClauseCount("all", "7"), "left"),  # type: ignore[arg-type]
        (ClauseCount(None, 7), "clause"),  # type: ignore[arg-type]
        (replace(planned(job(1)), hosts=("lab-1", 2)), "hosts"),  # type: ignore[arg-type]
        (replace(planned(job(1)), hosts="lab-1"), "hosts"),  # type: ignore[arg-type]
        (replace(planned(job(1)), protected_by=3), "protected_by"),  # type: ignore[arg-type]
    ],
)
def test_a_value_of_another_type_is_told_by_its_name(value: Any, name: str) -> None:
    with pytest.raises(TypeError, match=f"^{name}, which holds a "):
        check_kinds([value])
