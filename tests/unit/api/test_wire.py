from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from hostscan_automation.api import wire
from hostscan_automation.api.call import Reply
from hostscan_automation.errors import UnreadableReplyError
from hostscan_automation.jobs.status import JobStatus

if TYPE_CHECKING:
    from hostscan_automation.jobs.job import ScanJob

ID = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
HOST = "54804af1-3f95-48c4-a5ea-e5414ebf423e"
OTHER = "70e3fb2d-1cb6-4dbc-ab8d-fa7209aca5dd"


def got(body: Any, media_type: str = "application/json; charset=utf-8") -> Reply:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = CaseInsensitiveDict({"Content-Type": media_type})
    return Reply(200, "GET", "/api/v1/HostScanJob", headers, data)


def row(**fields: Any) -> ScanJob:
    (job,) = wire.read_job_rows(got([{"id": ID, **fields}]))
    return job


def detail(*joins: Any, **fields: Any) -> ScanJob:
    return wire.read_detail(got({"id": ID, "hostScanJobHostJoin": list(joins), **fields}))


def join(host: str, status: Any = None, **queue: Any) -> dict[str, Any]:
    return {"hostScanHostId": host, "actionQueue": {"status": status, **queue}}


def test_a_row_is_read_with_everything_its_page_names() -> None:
    job = row(
        status=1,
        statusDescription="Running",
        hostScanHostStatus=[
            {
                "hostScanHostId": HOST,
                "hostId": OTHER,
                "name": "lab-01",
                "dnsHostName": "lab-01.lab.example",
                "os": "Windows Server 2022",
                "ipAddress": "10.0.0.7",
                "version": "10.0.20348",
                "status": "Failed",
                "statusDescription": None,
                "failureReason": 11,
                "someday": {"new": True},
            }
        ],
        someday=[1],
    )

    assert job.id == UUID(ID)
    assert job.status is JobStatus.RUNNING
    assert not job.has_detail
    (host,) = job.hosts or ()
    assert (host.host_scan_host_id, host.host_id) == (UUID(HOST), UUID(OTHER))
    assert (host.name, host.dns_name, host.ip) == ("lab-01", "lab-01.lab.example", "10.0.0.7")
    assert (host.os, host.version) == ("Windows Server 2022", "10.0.20348")
    assert (host.status, host.failure_reason) == (JobStatus.FAILED, "FailedToConnect")


@pytest.mark.parametrize(
    ("status", "description", "read", "text"),
    [
        (0, None, JobStatus.QUEUED, "Queued"),
        ("Cancelled", None, JobStatus.CANCELLED, "Cancelled"),
        ("4", "Cancelled", JobStatus.CANCELLED, "Cancelled"),
        (12, "Pending", JobStatus.PENDING, "Pending"),
        (1, "Queued", None, "1 (Queued)"),
        (77, None, None, "77"),
        ("Sleeping", None, None, "Sleeping"),
        (None, "Dozing", None, "Dozing"),
        (None, None, None, "unknown"),
        ({"odd": 1}, None, None, "unknown"),
        (1.5, None, None, "unknown"),
    ],
)
def test_a_status_is_a_number_or_a_name_and_unknown_where_nobody_knows(
    status: Any, description: Any, read: JobStatus | None, text: str
) -> None:
    job = row(status=status, statusDescription=description)

    assert (job.status, job.status_text) == (read, text)


@pytest.mark.parametrize("value", [None, "", "  ", 5, True, ["x"], {"x": 1}])
def test_a_field_that_is_no_text_is_missing(value: Any) -> None:
    job = row(hostScanHostStatus=[{"name": value, "hostId": value, "failureReason": None}])

    (host,) = job.hosts or ()
    assert (host.name, host.host_id, host.failure_reason) == (None, None, None)


def test_a_text_longer_than_any_word_names_no_status_and_is_not_remembered() -> None:
    known = wire._known_status.cache_info().currsize + wire._known_reason.cache_info().currsize
    for number in range(30):
        said = f"{number}{'x' * 5000}"
        host = {"failureReason": said, "status": said, "statusDescription": "Queued"}
        job = row(status=1, statusDescription=said, hostScanHostStatus=[host])
        assert job.status is row(status=1).status is not None
        assert job.hosts is not None
        assert (job.hosts[0].status, job.hosts[0].failure_reason) == (JobStatus.QUEUED, said)

    now = wire._known_status.cache_info().currsize + wire._known_reason.cache_info().currsize
    assert now <= known + 2


def test_no_hosts_and_null_are_two_things() -> None:
    assert row(hostScanHostStatus=None).hosts is None
    assert row().hosts is None
    assert row(hostScanHostStatus=[]).hosts == ()


def test_half_a_character_becomes_one_that_can_be_written() -> None:
    body = b'[{"id": "%s", "statusDescription": "a\\ud800b \\ud83d\\ude00"}]' % ID.encode()
    (job,) = wire.read_job_rows(got(body))

    assert job.status_description == "a\ufffdb \U0001f600"
    assert (job.status_description or "").encode()


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ({}, "without a usable id"),
        ({"id": None}, "without a usable id"),
        ({"id": 5}, "without a usable id"),
        ({"id": "TruncateAllTables"}, "without a usable id"),
        ({"id": "00000000-0000-0000-0000-000000000000"}, "without a usable id"),
        ({"id": ID, "hostScanHostStatus": {}}, "where a list is documented"),
        ({"id": ID, "hostScanHostStatus": "x"}, "where a list is documented"),
        ({"id": ID, "hostScanHostStatus": [None]}, "where an object is documented"),
    ],
)
def test_a_row_that_cannot_be_acted_upon_makes_the_list_unreadable(item: Any, why: str) -> None:
    with pytest.raises(UnreadableReplyError, match=why):
        wire.read_job_rows(got([{"id": ID}, item]))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2019-08-24T14:15:22Z", datetime(2019, 8, 24, 14, 15, 22, tzinfo=UTC)),
        ("2019-08-24T14:15:22", datetime(2019, 8, 24, 14, 15, 22, tzinfo=UTC)),
        ("2019-08-24t14:15:22z", datetime(2019, 8, 24, 14, 15, 22, tzinfo=UTC)),
        ("2019-08-24 14:15:22.5", datetime(2019, 8, 24, 14, 15, 22, 500_000, tzinfo=UTC)),
        ("2019-08-24T14:15:22.1234567Z", datetime(2019, 8, 24, 14, 15, 22, 123_456, tzinfo=UTC)),
        ("2019-08-24T14:15:22.123456789", datetime(2019, 8, 24, 14, 15, 22, 123_456, tzinfo=UTC)),
        ("2019-08-24T16:15:22+02:00", datetime(2019, 8, 24, 14, 15, 22, tzinfo=UTC)),
        ("2019-08-24T12:15:22-0200", datetime(2019, 8, 24, 14, 15, 22, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+02:00", None),
        ("0001-01-01T00:00:00", None),
        ("9999-12-31T23:59:59-01:00", None),
        ("2019-02-31T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
        (None, None),
        (1566656122, None),
    ],
)
def test_times_are_read_in_utc_and_none_where_they_are_not_set(
    text: Any, moment: datetime | None
) -> None:
    assert detail(createdDateTimeUtc=text).created == moment


def test_a_detail_is_read_as_far_as_it_is_needed() -> None:
    job = detail(
        {
            "hostScanHostId": HOST,
            "hostScanJob": {"id": ID},
            "hostScanHost": {"id": HOST, "hostId": OTHER, "name": "lab-01", "os": None},
            "actionQueue": {
                "status": 1,
                "statusDescription": "Running",
                "failureReason": "NoError",
                "timeCreated": "2025-01-01T10:00:00Z",
                "timeStarted": "2025-01-01T10:01:00Z",
                "heartBeatDateTimeUtc": "2025-01-01T10:02:00Z",
                "timeFinished": "0001-01-01T00:00:00Z",
            },
        },
        createdByUserName="LAB\\admin",
        createdFromAddress="10.1.1.1",
        createdDateTimeUtc="2025-01-01T09:59:00Z",
        modifiedDateTimeUtc="2025-01-01T10:03:00",
    )

    assert job.has_detail
    assert job.status is JobStatus.RUNNING
    assert (job.created_by, job.created_from) == ("LAB\\admin", "10.1.1.1")
    assert job.modified == datetime(2025, 1, 1, 10, 3, tzinfo=UTC)
    (host,) = job.hosts or ()
    assert (host.name, host.host_id, host.failure_reason) == ("lab-01", UUID(OTHER), "NoError")
    assert host.queued == datetime(2025, 1, 1, 10, 0, tzinfo=UTC)
    assert (job.started, job.finished) == (datetime(2025, 1, 1, 10, 1, tzinfo=UTC), None)
    assert job.heartbeat == datetime(2025, 1, 1, 10, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("statuses", "derived"),
    [
        (["Complete", "Running", "Queued"], JobStatus.RUNNING),
        (["Complete", "Paused", "Queued"], JobStatus.PAUSED),
        (["Complete", "Complete"], JobStatus.COMPLETE),
        (["Complete", "Failed"], None),
        (["Complete", None], None),
        ([None, "Queued"], JobStatus.QUEUED),
        ([], None),
    ],
)
def test_the_status_of_a_detail_is_derived_from_its_hosts(
    statuses: list[Any], derived: JobStatus | None
) -> None:
    assert detail(*[join(HOST, status) for status in statuses]).status is derived


def test_parts_that_are_missing_in_a_detail_are_missing() -> None:
    job = wire.read_detail(got({"id": ID, "hostScanJobHostJoin": None}))
    assert (job.hosts, job.created_by, job.status_text) == (None, None, "unknown")

    job = detail({"hostScanHost": None, "actionQueue": None})
    assert job.hosts is not None
    assert job.hosts[0].label == "(unnamed host)"

    with pytest.raises(UnreadableReplyError, match="where an object is documented"):
        detail({"actionQueue": "x"})


@pytest.mark.parametrize(
    ("body", "media_type", "text"),
    [
        (b'"25.12.00000"', "application/json; charset=utf-8", "25.12.00000"),
        (b"Healthy\r\n", "text/plain; charset=utf-8", "Healthy"),
        (b'"Healthy"', "text/plain", "Healthy"),
    ],
)
def test_texts_come_as_json_or_plain(body: bytes, media_type: str, text: str) -> None:
    assert wire.read_text(got(body, media_type)) == text


def test_a_page_is_no_text() -> None:
    with pytest.raises(UnreadableReplyError, match="is no JSON"):
        wire.read_text(got(b"<html>", "text/html"))
    with pytest.raises(UnreadableReplyError, match="is no text"):
        wire.read_text(got({"version": "25"}))


def test_scanned_hosts_are_read_one_by_one() -> None:
    reply = got([{"id": HOST, "hostId": None, "name": "lab-01"}, {}])
    first, second = wire.read_hosts(reply, iter([reply.body]))

    assert (first.host_scan_host_id, first.name) == (UUID(HOST), "lab-01")
    assert second.label == "(unnamed host)"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(ID),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "status", "hostScanHostStatus", "hostScanJobHostJoin", "actionQueue"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_json_does_anything_but_become_a_job_or_an_unreadable_reply(value: Any) -> None:
    for read in (wire.read_detail, wire.read_job_rows, wire.read_job_row, wire.read_text):
        with suppress(UnreadableReplyError):
            read(got(value))
