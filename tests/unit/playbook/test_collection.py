from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from hostscan_automation.errors import PlaybookError
from hostscan_automation.jobs.job import ScanJob, ScannedHost
from hostscan_automation.jobs.limits import effective_limits
from hostscan_automation.jobs.planning import PlanBuilder
from hostscan_automation.jobs.status import read_failure_reason, read_status
from hostscan_automation.playbook import collection
from hostscan_automation.playbook.collection import (
    copy_playbook,
    shipped_folder,
    shipped_playbook,
    shipped_playbooks,
)
from hostscan_automation.playbook.loading import load_playbook
from hostscan_automation.simulator.config import SimulatorConfig
from hostscan_automation.simulator.fleet import Fleet
from hostscan_automation.simulator.seed import SeededJobs
from hostscan_automation.simulator.wire import JobWriter

if TYPE_CHECKING:
    from pathlib import Path

    from hostscan_automation.jobs.plan import CancelPlan

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAMES = [file.stem for file in sorted(shipped_folder().glob("*.yaml"))]


class TestShipped:
    def test_are_listed_with_what_they_are_for(self) -> None:
        shipped = shipped_playbooks()
        assert [one.name for one in shipped] == NAMES
        assert len(NAMES) >= 7
        assert all(len(one.description) > 30 for one in shipped)

    @pytest.mark.parametrize("name", NAMES)
    def test_carry_the_editors_schema_line_and_explain_themselves(self, name: str) -> None:
        text = shipped_playbook(name).file.read_text(encoding="utf-8")
        lines = text.splitlines()
        assert lines[0] == "# yaml-language-server: $schema=playbook.schema.json"
        assert sum("#" in line for line in lines) >= 10
        assert f"{name}.yaml" in text
        assert all(len(line) <= 105 for line in lines)

    @pytest.mark.parametrize("name", NAMES)
    def test_name_every_file_they_read_as_a_companion(self, name: str, tmp_path: Path) -> None:
        copied, *_ = copy_playbook(name, tmp_path)
        assert load_playbook(copied).digest == load_playbook(shipped_playbook(name).file).digest

    def test_lie_in_the_package_where_it_was_installed(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(collection, "__file__", str(tmp_path / "collection.py"))
        (tmp_path / "shipped").mkdir()
        assert shipped_folder() == tmp_path / "shipped"


class TestCopy:
    def test_brings_what_it_needs(self, tmp_path: Path) -> None:
        written = copy_playbook("cancel-hosts-of-change-ticket.yaml", tmp_path / "new")
        assert [file.relative_to(tmp_path).as_posix() for file in written] == [
            "new/cancel-hosts-of-change-ticket.yaml",
            "new/change-ticket-hosts.csv",
            "new/playbook.schema.json",
        ]

    def test_leaves_what_is_there(self, tmp_path: Path) -> None:
        copy_playbook("report-failed-jobs", tmp_path)
        (tmp_path / "change-ticket-hosts.csv").write_text("mine", encoding="utf-8")
        written = copy_playbook("cancel-hosts-of-change-ticket", tmp_path)
        assert [file.name for file in written] == ["cancel-hosts-of-change-ticket.yaml"]
        assert (tmp_path / "change-ticket-hosts.csv").read_text(encoding="utf-8") == "mine"
        with pytest.raises(PlaybookError, match=r"report-failed-jobs\.yaml: exists already"):
            copy_playbook("report-failed-jobs", tmp_path)

    def test_of_what_is_not_shipped_suggests_another(self, tmp_path: Path) -> None:
        with pytest.raises(PlaybookError, match=r"did you mean 'report-failed-jobs'\?") as caught:
            copy_playbook("report-failed", tmp_path)
        assert "cancel-stuck-in-queue" in (caught.value.hint or "")

    def test_into_something_that_is_no_folder_says_so(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("", encoding="utf-8")
        with pytest.raises(PlaybookError, match="cannot be written to"):
            copy_playbook("report-failed-jobs", tmp_path / "file" / "folder")


class TestOnTheSeededSite:
    """What each playbook finds on the site that the simulator shows by default."""

    @pytest.mark.parametrize("name", NAMES)
    def test_each_finds_something_within_its_limits(self, name: str) -> None:
        plan = planned(name)
        assert plan.counts.listed == 2134
        assert plan.refusals == ()
        for step in plan.steps:
            assert step.matched > 0, step.name
        if name.startswith("report-"):
            assert plan.counts.planned == 0
        else:
            assert plan.counts.planned > 0

    def test_the_queue_is_stuck_convincingly(self) -> None:
        plan = planned("cancel-stuck-in-queue")
        assert 30 <= plan.counts.planned <= 120
        assert set(plan.statuses) == {"Queued", "Pending"}
        assert plan.counts.protected > 0
        assert plan.counts.undecided > 0

    def test_only_the_playbook_that_names_them_takes_scheduled_jobs(self) -> None:
        takers = [name for name in NAMES if "Scheduled" in planned(name).statuses]
        assert takers == ["cancel-jobs-of-one-creator"]


@cache
def planned(name: str) -> CancelPlan:
    playbook = load_playbook(shipped_playbook(name).file)
    builder = PlanBuilder(playbook.selection, now=NOW)
    for row, _ in site():
        builder.add(row)
    details = {detail.id: detail for _, detail in site()}
    for job_id in builder.pending:
        builder.add_detail(details[job_id])
    return builder.build(
        server="nps.lab", account="admin", playbook=playbook.identity,
        limits=effective_limits(playbook.limits),
    )  # fmt: skip


@cache
def site() -> list[tuple[ScanJob, ScanJob]]:
    now = NOW.timestamp()
    seeded = SeededJobs(2134, 1, now, Fleet(1))
    writer = JobWriter(SimulatorConfig())
    jobs = [seeded[number] for number in range(len(seeded))]
    return [
        (job_of_row(as_sent(writer.row(job, now))), job_of_detail(as_sent(writer.detail(job, now))))
        for job in jobs
    ]


def as_sent(data: Any) -> Any:
    return json.loads(json.dumps(data))


def job_of_row(data: Any) -> ScanJob:
    rows = data["hostScanHostStatus"]
    return ScanJob(
        id=UUID(data["id"]),
        status=read_status(data["status"], data["statusDescription"]),
        status_text=data["statusDescription"],
        hosts=None if rows is None else tuple(host_of_row(row) for row in rows),
    )


def host_of_row(data: Any) -> ScannedHost:
    return ScannedHost(
        host_scan_host_id=UUID(data["hostScanHostId"]),
        name=data["name"],
        dns_name=data["dnsHostName"],
        os=data["os"],
        ip=data["ipAddress"],
        version=data["version"],
        status=read_status(data["status"], data["statusDescription"]),
        failure_reason=read_failure_reason(data["failureReason"]),
    )


def job_of_detail(data: Any) -> ScanJob:
    joins = data["hostScanJobHostJoin"]
    return ScanJob(
        id=UUID(data["id"]),
        status=None,
        hosts=None if joins is None else tuple(host_of_join(join) for join in joins),
        has_detail=True,
        created=moment(data["createdDateTimeUtc"]),
        created_by=data["createdByUserName"],
        created_from=data["createdFromAddress"],
    )


def host_of_join(data: Any) -> ScannedHost:
    queue = data["actionQueue"]
    return ScannedHost(
        host_scan_host_id=UUID(data["hostScanHostId"]),
        queued=moment(queue["timeCreated"]),
        started=moment(queue["timeStarted"]),
        heartbeat=moment(queue["heartBeatDateTimeUtc"]),
        finished=moment(queue["timeFinished"]),
    )


def moment(text: str) -> datetime | None:
    if text.startswith("0001-"):
        return None
    return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
