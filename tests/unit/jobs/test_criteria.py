from __future__ import annotations

from typing import Any

import pytest

from hostscan_automation.errors import FilterError
from hostscan_automation.jobs.criteria import Criteria
from hostscan_automation.jobs.filters import compile_filter
from tests.unit.jobs.samples import number


def asked(**criteria: Any) -> Any:
    read = Criteria(**criteria).to_filter()
    return None if read is None else read.to_data()


@pytest.mark.parametrize(
    ("criteria", "data"),
    [
        ({}, None),
        ({"ids": [str(number(1))]}, {"id": [str(number(1))]}),
        ({"statuses": ["queued", "Pending"]}, {"status": ["Queued", "Pending"]}),
        ({"hosts": ["lab-1", "lab-2"]}, {"any_host": {"name": ["lab-1", "lab-2"]}}),
        ({"hosts": ["lab-1", "web-*"]}, {"any_host": {"name": {"glob": ["lab-1", "web-*"]}}}),
        ({"ips": ["10.0.0.1"]}, {"any_host": {"ip": ["10.0.0.1"]}}),
        ({"ips": ["10.0.0.0/8"]}, {"any_host": {"ip": {"cidr": ["10.0.0.0/8"]}}}),
        ({"ips": ["10.0.0.*"]}, {"any_host": {"ip": {"glob": ["10.0.0.*"]}}}),
        (
            {"ips": ["10.0.0.1", "fd00::/8"]},
            {"any_host": {"any": [{"ip": ["10.0.0.1"]}, {"ip": {"cidr": ["fd00::/8"]}}]}},
        ),
        ({"systems": ["*2022"]}, {"any_host": {"os": {"glob": ["*2022"]}}}),
        ({"failure_reasons": ["NoError"]}, {"any_host": {"failure_reason": ["NoError"]}}),
        ({"created_by": [r"LAB\a*"]}, {"created_by": {"glob": [r"LAB\a*"]}}),
        ({"older_than": "6h"}, {"created": {"older_than": "6h"}}),
        (
            {"hosts": ["a"], "systems": ["b"], "quantifier": "every_host", "statuses": ["Paused"]},
            {"status": ["Paused"], "every_host": {"name": ["a"], "os": ["b"]}},
        ),
    ],
)
def test_criteria_become_a_filter(criteria: dict[str, Any], data: Any) -> None:
    assert asked(**criteria) == data


def test_further_filters_hold_besides() -> None:
    where = [compile_filter({"host_count": {"gt": 2}}), compile_filter({"created_by": "x"})]
    assert asked(statuses=["Queued"], where=where) == {
        "status": ["Queued"],
        "host_count": {"gt": 2},
        "created_by": "x",
    }
    assert asked(where=where[:1]) == {"host_count": {"gt": 2}}


@pytest.mark.parametrize(
    ("criteria", "fault"),
    [
        ({"statuses": ["Queud"]},
         "--status: status: 'Queud' is no status (did you mean 'Queued'?)"),
        ({"ips": ["10.0.0.1/8"], "statuses": ["Queued"]},
         "ips: any_host.ip.cidr: '10.0.0.1/8' has bits set behind its prefix: write 10.0.0.0/8"),
        ({"ids": ["x"]},
         "ids: id: 'x' is no id such as 497f6eca-6276-4993-bfeb-53cbbbba6f08"),
    ],
)  # fmt: skip
def test_a_fault_is_told_under_the_name_the_person_used(
    criteria: dict[str, Any], fault: str
) -> None:
    with pytest.raises(FilterError) as caught:
        Criteria(**criteria).to_filter({"statuses": "--status"})
    assert str(caught.value) == fault
