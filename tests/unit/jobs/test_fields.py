from __future__ import annotations

import pytest

from hostscan_automation.jobs.fields import (
    HOST_FIELDS,
    JOB_FIELDS,
    UNREADABLE,
    Cost,
    FieldType,
    address_of,
)


def test_the_catalogue_of_a_job_is_as_documented() -> None:
    assert [name for name, field in JOB_FIELDS.items() if field.cost is Cost.LIST] == [
        "id", "status", "status_description", "host_count",
    ]  # fmt: skip
    assert [name for name, field in JOB_FIELDS.items() if field.cost is Cost.DETAIL] == [
        "created", "modified", "created_by", "created_from", "started", "heartbeat", "finished",
    ]  # fmt: skip


def test_the_catalogue_of_a_host_is_as_documented() -> None:
    assert [name for name, field in HOST_FIELDS.items() if field.cost is Cost.LIST] == [
        "name", "dns_name", "os", "ip", "version", "status", "status_description",
        "failure_reason", "host_id", "host_scan_host_id",
    ]  # fmt: skip
    assert [name for name, field in HOST_FIELDS.items() if field.cost is Cost.DETAIL] == [
        "queued", "started", "heartbeat", "finished",
    ]  # fmt: skip


def test_all_times_stand_in_the_detail() -> None:
    fields = [*JOB_FIELDS.values(), *HOST_FIELDS.values()]
    assert all(field.needs_detail for field in fields if field.type is FieldType.TIME)


@pytest.mark.parametrize("text", ["10.0.0.5, 10.0.0.6", "10.0.0.05", "10.0.0.5:22", "lab", "1.2.3"])
def test_what_is_no_single_address_is_unreadable(text: str) -> None:
    assert address_of(text) is UNREADABLE
    assert repr(UNREADABLE) == "(unreadable)"


def test_addresses_are_one_and_the_same_however_they_are_written() -> None:
    assert address_of("::ffff:10.0.0.5") == address_of(" 10.0.0.5 ")
    assert address_of("fe80::1%eth0") == address_of("FE80:0::1")
    assert address_of("") is address_of(None) is None
