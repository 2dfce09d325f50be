"""What is wrong with a filter, and in which words a person is told."""

from __future__ import annotations

from typing import Any

import pytest

from hostscan_automation.errors import FilterError, PlaybookError
from hostscan_automation.jobs.filters import compile_filter
from tests.unit.jobs.samples import a_host, on_host


def faults(data: Any, **further: Any) -> list[str]:
    with pytest.raises(FilterError) as caught:
        compile_filter(data, **further)
    return [f"{finding.path}: {finding.message}" for finding in caught.value.findings]


def test_regular_expressions_are_counted_over_the_whole_filter() -> None:
    some = [f"web-{number}" for number in range(600)]
    clause = {"any_host": {"name": {"regex": some}}}
    compile_filter({"all": [clause, {"any_host": {"name": {"glob": some}}}]})

    (fault,) = faults({"any": [clause, {"created_by": {"search": some}}]})
    assert fault == (
        "any.1.created_by.search: is beyond the 1000 regular expressions that filters may have:"
        " write a glob, or {in_file: ...} for values as they are"
    )


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({}, ": is empty: to mean every job, write all_jobs: true"),
        (None, ": must be a clause such as status: Queued, not None"),
        ("Queued", ": must be a clause such as status: Queued, not 'Queued'"),
        ([{"status": "Queued"}], ": is a list: write all: [...] or any: [...]"),
        ({"all": []}, "all: must be a list of clauses with at least one, not []"),
        ({"any": {"status": "Queued"}},
         "any: must be a list of clauses with at least one, not {'status': 'Queued'}"),
        ({"not": [{"status": "Queued"}]}, "not: is a list: write all: [...] or any: [...]"),
        ({"not": {}}, "not: is empty: to mean every job, write all_jobs: true"),
        ({"every_host": {}}, "every_host: is empty: to mean every job, write all_jobs: true"),
        ({"all_jobs": False}, "all_jobs: must be true, not False"),
        ({"statu": "Queued"}, "statu: 'statu' is no field of a job (did you mean 'status'?)"),
        ({"user": "x"}, "user: 'user' is no field of a job (write created_by)"),
        ({7: "x"}, "7: 7 is no field of a job"),
        ({"any_host": {"nam": "x"}},
         "any_host.nam: 'nam' is no field of a host (did you mean 'name'?)"),
        ({"any_host": {"hostname": "x"}},
         "any_host.hostname: 'hostname' is no field of a host (write name)"),
        ({"name": "x"},
         "name: 'name' is a field of a host: write any_host: {name: ...} or every_host"),
        ({"any_host": {"created": {"older_than": "1h"}}},
         "any_host.created: 'created' asks about the job and not about a host: write it outside"),
        ({"any_host": {"all_jobs": True}},
         "any_host.all_jobs: 'all_jobs' asks about the job and not about a host: write it outside"),
        ({"any_host": {"no_host": {"name": "x"}}},
         "any_host.no_host: 'no_host' asks about the job and not about a host: write it outside"),
        ({"status": []}, "status: is an empty list: it would mean nothing, or everything"),
        ({"status": {}}, "status: is empty: give a value or an operator"),
        ({"status": None}, "status: is empty; to ask for a missing value write {exists: false}"),
        ({"created_by": " "},
         "created_by: is empty; to ask for a missing value write {exists: false}"),
        ({"status": "Queud"}, "status: 'Queud' is no status (did you mean 'Queued'?)"),
        ({"status": {"ne": "Complet"}},
         "status.ne: 'Complet' is no status (did you mean 'Complete'?)"),
        ({"status": {"glob": "Qx*"}},
         ("status.glob: fits no status: known are Cancelled, Complete, CompletedNotRun,"
          " CompletedWithErrors, Failed, Paused, Pending, Queued, Running, Scheduled")),
        ({"status": {"in": ["Queued"]}},
         "status.in: 'in' is no operator (write a list, without an operator: [a, b])"),
        ({"status": {"globb": "x"}},
         "status.globb: 'globb' is no operator (did you mean 'glob'?)"),
        ({"status": {"older_than": "6h"}},
         ("status.older_than: 'older_than' does not go with status: it knows ne, not_in, glob,"
          " regex, search, exists, in_file")),
        ({"status": {"ne": ["Queued"]}}, "status.ne: takes one value, not a list"),
        ({"status": {"not_in": "Queued"}},
         "status.not_in: takes a list; for one value write ne"),
        ({"created_by": 10}, "created_by: must be text: put the value in quotes"),
        ({"created_by": True}, "created_by: must be text: put the value in quotes"),
        ({"created_by": {"glob": {"a": 1}}}, "created_by.glob: must be text, not a mapping"),
        ({"created_by": {"glob": "x" * 1001}}, "created_by.glob: is longer than 1000 characters"),
        ({"created": "2026-01-31"},
         "created: a time needs an operator, such as {older_than: 6h} or {ge: 2026-01-31}"),
        ({"created": {"older_than": "6 hours"}},
         "created.older_than: '6 hours' must be a number and a unit: 30s, 90m, 6h, 2d or 1w"),
        ({"created": {"lt": "tomorrow"}},
         ("created.lt: 'tomorrow' must be a time such as 2026-01-31 or 2026-01-31T18:00:00Z"
          " (without zone it is UTC)")),
        ({"host_count": "3"}, "host_count: must be a whole number, not '3'"),
        ({"host_count": {"gt": True}}, "host_count.gt: must be a whole number, not True"),
        ({"created_by": {"exists": "yes"}},
         "created_by.exists: must be true or false, not 'yes'"),
        ({"id": "TruncateAllTables"},
         "id: 'TruncateAllTables' is no id such as 497f6eca-6276-4993-bfeb-53cbbbba6f08"),
        ({"id": "00000000-0000-0000-0000-000000000000"},
         "id: the id of all zeros names nothing"),
        ({"any_host": {"ip": "10.0.0.0/8"}},
         "any_host.ip: '10.0.0.0/8' is a network: write {cidr: 10.0.0.0/8}"),
        ({"any_host": {"ip": "10.0.0"}}, "any_host.ip: '10.0.0' is no IP address"),
        ({"any_host": {"ip": "10.0.*"}},
         "any_host.ip: '10.0.*' is no IP address: write {glob: ...} or {cidr: ...}"),
        ({"any_host": {"name": "dc*"}},
         ("any_host.name: 'dc*' looks like a pattern: write {glob: 'dc*'}"
          " (there, [*] and [?] stand for the signs themselves)")),
        ({"created_by": {"not_in": ["admin", "svc?"]}},
         ("created_by.not_in: 'svc?' looks like a pattern: write {glob: 'svc?'}"
          " (there, [*] and [?] stand for the signs themselves)")),
        ({"any_host": {"ip": {"cidr": "10.0.0.1/8"}}},
         "any_host.ip.cidr: '10.0.0.1/8' has bits set behind its prefix: write 10.0.0.0/8"),
        ({"any_host": {"failure_reason": "AccesDenied"}},
         ("any_host.failure_reason: 'AccesDenied' is no failure reason"
          " (did you mean 'AccessDenied'?)")),
        ({"created_by": {"in_file": "x.txt"}},
         "created_by.in_file: files cannot be read here"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place(data: Any, fault: str) -> None:
    assert faults(data) == [fault]


def test_all_faults_are_told_at_once() -> None:
    data = {
        "all": [
            {"status": "Queud"},
            {"every_host": {"nam": "x", "ip": {"cidr": "10.0.0.1/16"}, "not": {"os": []}}},
            {"created": {"older_then": "6h", "newer_than": "soon"}},
        ]
    }
    assert [fault.split(":")[0] for fault in faults(data)] == [
        "all.0.status",
        "all.1.every_host.nam",
        "all.1.every_host.ip.cidr",
        "all.1.every_host.not.os",
        "all.2.created.older_then",
        "all.2.created.newer_than",
    ]


def test_a_fault_stands_under_the_path_and_source_of_its_document() -> None:
    with pytest.raises(PlaybookError) as caught:
        compile_filter({"x": 1}, path="steps.0.select", source="--where")
    assert str(caught.value) == "--where: steps.0.select.x: 'x' is no field of a job"


@pytest.mark.parametrize("wrap", [lambda part: {"not": part}, lambda part: {"all": [part]}])
def test_endless_nesting_is_a_fault_and_no_crash(wrap: Any) -> None:
    data: Any = {"status": "Queued"}
    for _ in range(500):
        data = wrap(data)
    assert ["nested too deep" in fault for fault in faults(data)] == [True]


def test_a_long_value_is_quoted_in_short() -> None:
    (fault,) = faults({"status": "x" * 5000})
    assert len(fault) < 120


class TestVariables:
    HOST = a_host("lab-001")

    @pytest.mark.parametrize(
        ("data", "variables"),
        [
            ({"name": {"var": "v"}}, {"v": "lab-001"}),
            ({"name": {"var": "v"}}, {"v": ["x", "lab-001"]}),
            ({"name": ["x", {"var": "v"}]}, {"v": "lab-001"}),
            ({"name": ["x", {"var": "v"}]}, {"v": ["y", "lab-001"]}),
            ({"name": {"glob": {"var": "v"}}}, {"v": "lab-*"}),
            ({"name": {"glob": [{"var": "v"}]}}, {"v": "lab-*"}),
            ({"name": {"not_in": {"var": "v"}}}, {"v": ["x", "y"]}),
            ({"name": {"exists": {"var": "v"}}}, {"v": True}),
        ],
    )
    def test_stand_anywhere_a_value_stands(self, data: Any, variables: Any) -> None:
        read = compile_filter({"any_host": data}, variables=variables)
        plain = read.to_data()["any_host"]
        assert "var" not in str(plain)
        assert on_host(plain, self.HOST) == "true"

    @pytest.mark.parametrize(
        ("data", "fault"),
        [
            ({"status": {"var": "stats"}},
             "status.var: 'stats' is no variable (did you mean 'states'?)"),
            ({"status": [{"var": "stats"}]},
             "status.0.var: 'stats' is no variable (did you mean 'states'?)"),
            ({"status": {"var": ["a"]}}, "status.var: ['a'] is no variable"),
            ({"status": {"var": "states", "ne": "x"}},
             "status: a variable stands alone: {var: name}"),
            ({"host_count": {"var": "states"}}, "host_count: must be a whole number, not 'Queued'"),
            ({"created": {"older_than": {"var": "states"}}},
             "created.older_than: takes one value, not a list"),
            ({"status": {"var": "nothing"}},
             "status: is an empty list: it would mean nothing, or everything"),
        ],
    )  # fmt: skip
    def test_that_do_not_fit_are_faults(self, data: Any, fault: str) -> None:
        assert faults(data, variables={"states": ["Queued"], "nothing": []}) == [fault]


class TestFiles:
    @staticmethod
    def read(path: str, column: str | None) -> list[str]:
        if path == "missing.txt":
            raise ValueError("file 'missing.txt' does not exist")
        return {"empty.txt": [], "hosts.csv": [f"lab-00{column}"]}.get(path, ["lab-001", "x"])

    @pytest.mark.parametrize(
        "operand",
        [
            "hosts.txt",
            {"path": "hosts.csv", "column": "1"},
            {"path": {"var": "list"}, "column": {"var": "column"}},
            {"var": "text"},
        ],
    )
    def test_give_the_values_of_a_list(self, operand: Any) -> None:
        variables = {"list": "hosts.csv", "column": "1", "text": "hosts.txt"}
        read = compile_filter(
            {"any_host": {"name": {"in_file": operand}}},
            variables=variables,
            read_values=self.read,
        )
        assert read.to_data()["any_host"]["name"][0] == "lab-001"

    @pytest.mark.parametrize(
        ("operand", "fault"),
        [
            ("missing.txt", "file 'missing.txt' does not exist"),
            ("empty.txt", "file 'empty.txt' holds no value"),
            ("", "is empty; to ask for a missing value write {exists: false}"),
            ({"column": "a"}, "has no path"),
            ({"path": "a", "colum": "b"}, "takes a path, or path and column, not 'colum'"),
            ({"path": "a", "column": 3}, "must be text: put the value in quotes"),
            (["a"], "must be text, not a list"),
        ],
    )
    def test_that_give_none_are_faults(self, operand: Any, fault: str) -> None:
        data = {"created_by": {"in_file": operand}}
        assert faults(data, read_values=self.read) == [f"created_by.in_file: {fault}"]

    def test_values_that_do_not_fit_the_field_are_faults(self) -> None:
        data = {"any_host": {"ip": {"in_file": "hosts.txt"}}}
        assert faults(data, read_values=self.read) == [
            "any_host.ip.in_file: 'lab-001' is no IP address"
        ]
