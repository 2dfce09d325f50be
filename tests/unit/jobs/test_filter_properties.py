"""What holds for every filter and every job, tried on thousands of made-up ones."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields, replace
from datetime import timedelta
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostscan_automation.errors import FilterError
from hostscan_automation.jobs.fields import HOST_FIELDS, JOB_FIELDS, Field, FieldType
from hostscan_automation.jobs.filters import Filter, compile_filter
from hostscan_automation.jobs.job import ScanJob, ScannedHost
from hostscan_automation.jobs.protection import compile_protection
from hostscan_automation.jobs.selection import Action, Protection, Selection, Step
from hostscan_automation.jobs.sight import Sights
from hostscan_automation.jobs.status import FAILURE_REASONS, JobStatus
from hostscan_automation.jobs.verdict import FALSE, TRUE, UNDECIDED, is_open
from tests.unit.jobs.samples import NOW, number, row_of

SIGHTS = Sights.at(NOW)
NAMES = ("lab-1", "lab-2", "web-1", "DC01", r"LAB\admin")
ADDRESSES = ("10.0.0.1", "10.0.9.9", "10.20.0.1", "fd00::1", "::ffff:10.0.0.1")
AGES = (timedelta(minutes=1), timedelta(hours=5), timedelta(days=3), timedelta(hours=-1))

names, addresses = st.sampled_from(NAMES), st.sampled_from(ADDRESSES)
times = st.sampled_from(AGES).map(lambda age: NOW - age)
statuses, reasons = st.sampled_from(list(JobStatus)), st.sampled_from(sorted(FAILURE_REASONS))
ids = st.integers(1, 3).map(number)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return values that are missing now and then."""
    return st.one_of(values, values, values, st.none())


hosts = st.builds(
    ScannedHost,
    host_scan_host_id=ids,
    host_id=maybe(ids),
    name=maybe(names),
    dns_name=maybe(names),
    os=maybe(names),
    ip=maybe(addresses | st.just("10.0.0")),
    version=maybe(names),
    status=maybe(statuses),
    status_description=maybe(names),
    failure_reason=maybe(reasons | st.just("99")),
    queued=maybe(times),
    started=maybe(times),
    heartbeat=maybe(times),
    finished=maybe(times),
)
jobs = st.builds(
    ScanJob,
    id=ids,
    status=maybe(statuses),
    status_description=maybe(names),
    hosts=maybe(st.lists(hosts, max_size=3, unique_by=lambda host: host.identity).map(tuple)),
    has_detail=st.just(True),
    created=maybe(times),
    modified=maybe(times),
    created_by=maybe(names),
    created_from=maybe(addresses),
)

VALUES: dict[FieldType, st.SearchStrategy[Any]] = {
    FieldType.TEXT: names,
    FieldType.STATUS: statuses.map(str),
    FieldType.REASON: reasons,
    FieldType.ADDRESS: addresses,
    FieldType.NUMBER: st.integers(0, 3),
    FieldType.ID: ids.map(str),
}
PATTERNS = st.sampled_from(["lab-*", "*1", "*", "[lw]*", "10.0*", "*e*"])
REGEXES = st.sampled_from(["lab-.", ".*", "[a-z]+", ".*[0-9]"])
NETWORKS = st.sampled_from(["10.0.0.0/16", "10.0.0.0/8", "fd00::/8", "0.0.0.0/0"])


def operations(field: Field, *, with_absence: bool) -> st.SearchStrategy[Any]:
    present = st.just({"exists": True})
    absent = st.just({"exists": False}) if with_absence else present
    if field.type is FieldType.TIME:
        ages = st.sampled_from(["2m", "6h", "2d"])
        moments = st.sampled_from(["2026-03-01", "2026-03-02T11:00:00Z"])
        older = st.dictionaries(st.sampled_from(["older_than", "newer_than"]), ages, min_size=1)
        ordered = st.dictionaries(
            st.sampled_from(["lt", "le", "gt", "ge"]), moments, min_size=1, max_size=2
        )
        return older | ordered | present | absent
    value = VALUES[field.type]
    kinds = [
        value,
        st.lists(value, min_size=1, max_size=2),
        value.map(lambda one: {"ne": one}),
        st.lists(value, min_size=1, max_size=2).map(lambda some: {"not_in": some}),
        present,
        absent,
    ]
    if field.type in (FieldType.TEXT, FieldType.ADDRESS):
        kinds += [
            PATTERNS.map(lambda one: {"glob": one}),
            REGEXES.map(lambda one: {"regex": one}),
            REGEXES.map(lambda one: {"search": one}),
        ]
    if field.type is FieldType.ADDRESS:
        kinds.append(NETWORKS.map(lambda one: {"cidr": one}))
    if field.type is FieldType.NUMBER:
        kinds.append(value.map(lambda one: {"gt": one}))
        kinds.append(value.map(lambda one: {"le": one}))
    return st.one_of(kinds)


def clauses(
    catalogue: dict[str, Field],
    *,
    with_absence: bool,
    more: tuple[st.SearchStrategy[Any], ...] = (),
) -> st.SearchStrategy[Any]:
    def entry(field: Field) -> st.SearchStrategy[Any]:
        return operations(field, with_absence=with_absence).map(lambda test: {field.name: test})

    leaf = st.one_of(*(entry(field) for field in catalogue.values()), *more)
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
            inner.map(lambda part: {"not": part}),
        ),
        max_leaves=5,
    )


@cache
def filters_on(job_field: str, host_field: str, *, with_absence: bool) -> st.SearchStrategy[Any]:
    """Return filters that ask about one thing of the job and one of its hosts, again and again."""
    of_host = clauses({host_field: HOST_FIELDS[host_field]}, with_absence=with_absence)
    quantified = st.tuples(st.sampled_from(["every_host", "any_host", "no_host"]), of_host).map(
        lambda pair: {pair[0]: pair[1]}
    )
    more = (quantified, st.just({"all_jobs": True}))
    of_job = {job_field: JOB_FIELDS[job_field]}
    return clauses(of_job, with_absence=with_absence, more=more)


def filters(*, with_absence: bool) -> st.SearchStrategy[Any]:
    pairs = st.tuples(st.sampled_from(list(JOB_FIELDS)), st.sampled_from(list(HOST_FIELDS)))
    return pairs.flatmap(lambda pair: filters_on(*pair, with_absence=with_absence))


def compiled(data: Any) -> Filter | None:
    """Return a filter; None for one that is refused, such as a glob that fits no status."""
    with suppress(FilterError):
        return compile_filter(data)
    return None


def decided(read: Filter, job: ScanJob) -> int:
    return read.possible(job, SIGHTS.of(job.has_detail))


# ---- what can happen to a job on its way ---------------------------------------------------

JOB_GAPS = ["status", "status_description", "hosts", "created", "modified", "created_by",
            "created_from"]  # fmt: skip
HOST_GAPS = [field.name for field in fields(ScannedHost)]
GARBAGE: dict[str, Any] = {
    "ip": "10.0.0.1/x",
    "created_from": "?",
    "failure_reason": "1234",
    "name": "  ",
    "created_by": "",
    "created": NOW + timedelta(days=9),
    "heartbeat": NOW + timedelta(days=9),
    "status": JobStatus.UNKNOWN,
}


@st.composite
def damaged(draw: st.DrawFn, data: Any, job: ScanJob) -> ScanJob:
    """Return the job with a value that the filter asks for missing, or there and of no meaning."""
    job_gaps, host_gaps = _asked_for(data, JOB_GAPS), _asked_for(data, HOST_GAPS)
    if job.hosts and host_gaps and draw(st.booleans()):
        place = draw(st.integers(0, len(job.hosts) - 1))
        name = draw(st.sampled_from(host_gaps))
        host = replace(job.hosts[place], **{name: draw(st.sampled_from(_damage(name)))})
        return replace(job, hosts=(*job.hosts[:place], host, *job.hosts[place + 1 :]))
    name = draw(st.sampled_from([*job_gaps, "hosts"]))
    return replace(job, **{name: draw(st.sampled_from(_damage(name)))})


def _asked_for(data: Any, names: list[str]) -> list[str]:
    text = str(data).replace("'name'", "'name' 'dns_name'")
    return [name for name in names if f"'{name}'" in text]


def _damage(name: str) -> list[Any]:
    return [None, GARBAGE[name]] if name in GARBAGE else [None]


def _names_unknown(data: Any) -> bool:
    return "Unknown'" in str(data)


@st.composite
def damages(draw: st.DrawFn, *, with_absence: bool) -> tuple[Any, ScanJob, ScanJob]:
    """Return a filter, a job, and the same job with less to be known about it."""
    data, job = draw(filters(with_absence=with_absence)), draw(jobs)
    return data, job, draw(damaged(data, job))


MANY = settings(max_examples=100, deadline=None)


HOST_VALUES: dict[FieldType, tuple[Any, ...]] = {
    FieldType.TEXT: NAMES[:3],
    FieldType.ADDRESS: ADDRESSES,
    FieldType.STATUS: (*JobStatus,),
    FieldType.REASON: ("NoError", "AccessDenied"),
    FieldType.ID: (number(1), number(2)),
    FieldType.TIME: tuple(NOW - age for age in AGES[:3]),
}
TESTS: dict[FieldType, tuple[Any, ...]] = {
    FieldType.TEXT: ("lab-1", ["lab-1", "web-1"], {"ne": "lab-1"}, {"not_in": ["lab-2"]},
                     {"glob": "lab-*"}, {"regex": "web-."}, {"search": "a"}),
    FieldType.ADDRESS: ("10.0.0.1", {"ne": "10.0.9.9"}, {"cidr": "10.0.0.0/16"}, {"glob": "10.*"},
                        {"search": "9"}),
    FieldType.STATUS: ("Queued", ["Queued", "Running"], {"ne": "Complete"}, {"not_in": ["Paused"]},
                       {"glob": "*"}, {"search": "n"}),
    FieldType.REASON: ("NoError", {"ne": "NoError"}, {"glob": "*"}, {"search": "e"}),
    FieldType.ID: (str(number(1)), {"ne": str(number(1))}),
    FieldType.TIME: ({"older_than": "6h"}, {"newer_than": "6h"}, {"lt": "2026-03-02T11:00:00Z"},
                     {"ge": "2026-03-01"}),
}  # fmt: skip


@pytest.mark.parametrize("field", HOST_FIELDS.values(), ids=list(HOST_FIELDS))
def test_every_test_of_a_host_is_undecided_or_unchanged_without_its_value(field: Field) -> None:
    plain = [{field.name: one} for one in (*TESTS[field.type], {"exists": True})]
    tests = [*plain, *({"not": one} for one in plain)]
    reads = [compile_filter({"any_host": one}) for one in tests]
    for value, damage, read in product(HOST_VALUES[field.type], _damage(field.name), reads):
        values: dict[str, Any] = {field.name: value, "dns_name": "lab-1.lab.example"}
        whole = ScannedHost(**values)
        names = {"name", "dns_name"} if field.name == "name" else {field.name}
        for name in names:
            lacking = replace(whole, **{name: damage})
            after = decided(read, ScanJob(number(1), None, hosts=(lacking,), has_detail=True))
            before = decided(read, ScanJob(number(1), None, hosts=(whole,), has_detail=True))
            assert after in (before, UNDECIDED), (read.text, value, damage)


@pytest.mark.parametrize("name", ["started", "heartbeat", "finished"])
def test_every_test_of_a_jobs_time_is_undecided_or_unchanged_without_one_of_its_hosts(
    name: str,
) -> None:
    far: Any = NOW + timedelta(hours=9)
    pool = HOST_VALUES[FieldType.TIME]
    for one, other, damage, test in product(pool, pool, (None, far), TESTS[FieldType.TIME]):
        read = compile_filter({name: test})
        whole = decided(read, timed_job(name, one, other))
        for times in ((one, damage), (damage, other), (damage, damage)):
            assert decided(read, timed_job(name, *times)) in (whole, UNDECIDED), (read.text, times)


def timed_job(name: str, *times: Any) -> ScanJob:
    hosts = tuple(ScannedHost(**{name: time}) for time in times)
    return ScanJob(number(1), None, hosts=hosts, has_detail=True)


@MANY
@given(damages(with_absence=False))
def test_a_value_that_disappears_never_decides_what_was_decided_otherwise(
    case: tuple[Any, ScanJob, ScanJob],
) -> None:
    """Neither selects nor deselects: so it holds for `not` and for protection alike."""
    data, whole, lacking = case
    read = compiled(data)
    if read is None or _names_unknown(data):
        return
    assert decided(read, lacking) in (decided(read, whole), UNDECIDED)


@MANY
@given(damages(with_absence=True))
def test_a_value_that_disappears_never_takes_protection_away(
    case: tuple[Any, ScanJob, ScanJob],
) -> None:
    data, whole, lacking = case
    protect: tuple[Protection, ...] = ()
    with suppress(FilterError):
        protect = compile_protection([data], origin="playbook")
    everything = Step("all", compile_filter({"all_jobs": True}))
    selection = Selection((everything,), protect)
    before, after = selection.decide(whole, NOW), selection.decide(lacking, NOW)
    if before.protected_by is not None and after.step is not None and not _names_unknown(data):
        assert after.protected_by is not None


@MANY
@given(filters(with_absence=True), jobs)
def test_a_filter_that_was_written_down_decides_the_same(data: Any, job: ScanJob) -> None:
    read = compiled(data)
    if read is None:
        return
    again = compile_filter(read.to_data())
    assert again.to_data() == read.to_data()
    for one in (job, row_of(job)):
        assert decided(again, one) == decided(read, one)


@MANY
@given(filters(with_absence=True), jobs)
def test_what_the_list_decides_the_detail_does_not_change(data: Any, job: ScanJob) -> None:
    read = compiled(data)
    if read is None:
        return
    row = row_of(job)
    from_list, from_detail = decided(read, row), decided(read, row.with_detail(job))
    assert from_list & from_detail
    assert not is_open(from_detail)


@MANY
@given(filters(with_absence=True), filters(with_absence=True), jobs)
def test_a_plan_over_two_steps_is_the_same_with_all_details_at_once(
    first: Any, second: Any, job: ScanJob
) -> None:
    one, other = compiled(first), compiled(second)
    if one is None or other is None:
        return
    selection = Selection((Step("one", one), Step("other", other, Action.LIST)))
    row = row_of(job)
    deferred, full = selection.decide(row, NOW), selection.decide(row.with_detail(job), NOW)
    assert not full.needs_detail
    assert deferred.needs_detail or deferred == full


@MANY
@given(filters(with_absence=True), jobs)
def test_only_jobs_that_surely_could_be_cancelled_are_selected_for_it(
    data: Any, job: ScanJob
) -> None:
    read = compiled(data)
    if read is None:
        return
    owner = Selection((Step("only", read),)).decide(job, NOW).step
    if owner is not None:
        assert job.is_active
        assert job.status is not JobStatus.SCHEDULED or "Scheduled" in str(data)


@MANY
@given(filters(with_absence=True), jobs)
def test_opposites_are_opposite(data: Any, job: ScanJob) -> None:
    read = compiled(data)
    if read is None:
        return
    plain, negated = decided(read, job), decided(compile_filter({"not": data}), job)
    assert {TRUE: FALSE, FALSE: TRUE}.get(plain, plain) == negated
    assert plain in (TRUE, FALSE, UNDECIDED)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from([*JOB_FIELDS, *HOST_FIELDS, "all", "any", "not", "every_host", "glob",
                         "var", "cidr", "in_file", "regex", "older_than"]) | st.text(max_size=4),
        inner,
        max_size=3,
    ),
    max_leaves=12,
)  # fmt: skip


@MANY
@given(json_like)
def test_whatever_is_given_is_a_filter_or_a_list_of_faults(data: Any) -> None:
    read = compiled(data)
    if read is not None:
        assert compile_filter(read.to_data()).to_data() == read.to_data()
