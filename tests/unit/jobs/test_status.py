from __future__ import annotations

import pytest

from hostscan_automation.jobs.status import (
    JobStatus,
    read_failure_reason,
    read_status,
    status_named,
)


@pytest.mark.parametrize(
    ("value", "description", "status"),
    [
        (0, None, JobStatus.QUEUED),
        (1, "Running", JobStatus.RUNNING),
        ("4", None, JobStatus.CANCELLED),
        (8, "scheduled", JobStatus.SCHEDULED),
        ("CompletedWithErrors", "Completed With Errors.", JobStatus.COMPLETED_WITH_ERRORS),
        (17, "Pending", JobStatus.PENDING),
        (-1, "Unknown", JobStatus.UNKNOWN),
        (None, "Paused", JobStatus.PAUSED),
        (3, "the agent did not answer", JobStatus.FAILED),
        (0, "Running", None),
        ("Queued", "Pending", None),
        (17, None, None),
        (17, "busy", None),
        (None, None, None),
        (True, None, None),
        (1.0, None, None),
        ("9" * 40, None, None),
        ("\u0661", None, None),
    ],
)
def test_number_and_description_have_to_agree(
    value: object, description: str | None, status: JobStatus | None
) -> None:
    assert read_status(value, description) is status


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (0, "NoError"),
        ("5", "AccessDenied"),
        ("failed to connect", "FailedToConnect"),
        (11, "FailedToConnect"),
        (12, "12"),
        ("Something New", "Something New"),
        (None, None),
        (False, None),
    ],
)
def test_failure_reasons_are_read_by_number_and_name(value: object, reason: str | None) -> None:
    assert read_failure_reason(value) == reason


def test_a_word_stands_for_a_status_or_for_none() -> None:
    assert status_named("completed not run") is JobStatus.COMPLETED_NOT_RUN
    assert status_named("gone") is status_named("") is status_named(None) is None


def test_every_status_is_active_or_ended_or_unknown() -> None:
    neither = [one for one in JobStatus if not one.is_active and not one.is_terminal]
    assert neither == [JobStatus.UNKNOWN]
    assert not [one for one in JobStatus if one.is_active and one.is_terminal]
