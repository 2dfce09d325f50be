"""Listing, reading, counting, scheduling and waiting for jobs on a server with 2,134 of them."""

# ruff: noqa: E501 - a script is easier to read unbroken
from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from hostscan_automation.simulator import Simulator
    from tests.powershell.conftest import Shell, Told

pytestmark = [pytest.mark.powershell, pytest.mark.simulator]


@pytest.fixture(scope="module")
def told(shell: Shell, joining: str) -> Told:
    return shell.run(
        rf"""
        {joining}
        $all = @(Get-HostScanJob)
        $queued = $all | Where-Object {{ $_.Status -eq 'Queued' -and $_.Hosts.Count -eq 1 }} | Select-Object -First 3
        $failed = $all | Where-Object {{ $_.Status -eq 'Failed' -and $_.Hosts.Count -eq 1 }} | Select-Object -First 1
        Tell 'count' $all.Count
        Tell 'job' $queued[0]
        Tell 'statuses' @($all | ForEach-Object {{ $_.Status }} | Select-Object -Unique)
        Tell 'status' @(Get-HostScanJob -Status queued, Running | ForEach-Object {{ $_.Status }} | Select-Object -Unique)
        Tell 'host' @(Get-HostScanJob -HostName $queued[0].Hosts[0].Name | ForEach-Object {{ $_.Id }})
        Tell 'alias' @(Get-HostScanJob -ComputerName $queued[0].Hosts[0].DnsHostName | ForEach-Object {{ $_.Id }})
        Tell 'glob' @(@(Get-HostScanJob 'LAB-1*').Count, @($all | Where-Object {{ @($_.Hosts | Where-Object {{ $_.Name -like 'lab-1*' -or $_.DnsHostName -like 'lab-1*' }}).Count }}).Count)
        Tell 'ip' @(Get-HostScanJob -IpAddress $queued[0].Hosts[0].IpAddress | ForEach-Object {{ $_.Id }})
        Tell 'network' @(@(Get-HostScanJob -IpAddress 10.0.0.0/16 -WarningAction SilentlyContinue).Count, @($all | Where-Object {{ @($_.Hosts | Where-Object {{ "$($_.IpAddress)" -like '10.0.*' }}).Count }}).Count)
        Tell 'reason' @(Get-HostScanJob -FailureReason accessdenied -WarningAction SilentlyContinue | ForEach-Object {{ $_.Hosts | ForEach-Object {{ $_.FailureReason }} }} | Select-Object -Unique)
        Tell 'filter' @(Get-HostScanJob -Filter '{{status: Failed, host_count: {{gt: 3}}}}' | ForEach-Object {{ $_.Hosts.Count }} | Sort-Object -Unique)
        Tell 'both' @(Get-HostScanJob -Status Queued -CreatedBy $null).Count
        Tell 'paged' @(@(Get-HostScanJob -First 2 -Skip 3 | ForEach-Object {{ $_.Id }}), @($all[3..4] | ForEach-Object {{ $_.Id }}))
        Tell 'old' @(Get-HostScanJob -Status Queued -OlderThan 6:0:0 -WarningVariable many 3>$null | ForEach-Object {{ $_.Age.TotalHours -gt 6 }} | Select-Object -Unique)
        Tell 'creator' @(Get-HostScanJob -Status Running -CreatedBy '*schedule*' | ForEach-Object {{ $_.CreatedBy }} | Select-Object -Unique)
        Tell 'detailed' @(Get-HostScanJob -Status Scheduled -Detailed -First 2 | ForEach-Object {{ [bool]$_.Created }})

        Tell 'bad status' (Fails {{ Get-HostScanJob -Status Queeud }})
        Tell 'bad filter' (Fails {{ Get-HostScanJob -Filter '{{statsu: Queued}}' }})
        Tell 'bad id' (Fails {{ Get-HostScanJob -Id nonsense }})

        $one = Get-HostScanJob -Id $queued[0].Id
        Tell 'by id' @($one.Id, $one.Status, [bool]$one.Created)
        Tell 'by value' @($queued | Get-HostScanJob | ForEach-Object {{ $_.Id }})
        Tell 'by name' @($queued | Select-Object -Property @{{ Name = 'JobId'; Expression = {{ $_.Id }} }} | Get-HostScanJob).Count
        Tell 'raw' $one.Raw
        Tell 'hidden' @(@($one | Get-Member -Name Raw).Count, @($one | Select-Object -Property * | Get-Member -Name Raw).Count)
        Tell 'by piped host' @($failed.Hosts | Get-HostScanJob | ForEach-Object {{ $_.Hosts[0].HostId }})
        Tell 'failed host' $failed.Hosts[0].HostId
        Tell 'by host' (Get-HostScanJob -HostId $failed.Hosts[0].HostId).HostName
        Tell 'ids' @($queued | ForEach-Object {{ $_.Id }})
        $Error.Clear()
        Tell 'bad row' @(@($queued[0].Id, 'nonsense', $queued[1].Id | Get-HostScanJob -ErrorAction SilentlyContinue).Count, $Error.Count)

        Tell 'by status' @($all | Measure-HostScanJob)
        Tell 'by reason' @($all | Measure-HostScanJob -By FailureReason | ForEach-Object {{ $_.Name }})
        Tell 'by hostname' @(Measure-HostScanJob -InputObject $queued -By HostName | ForEach-Object {{ $_.Count }})
        Tell 'no job' (Fails {{ [pscustomobject]@{{ Status = 'x' }} | Measure-HostScanJob -ErrorAction Stop }})

        Tell 'table' @($queued | Format-Table | Out-String -Stream | Where-Object {{ $_ }})
        Tell 'list' ($one | Format-List | Out-String)
        Tell 'summary' @($all | Measure-HostScanJob | Out-String -Stream | Where-Object {{ $_ }} | Select-Object -First 3)
        Tell 'select' @($queued[0] | Select-Object -Property * | ForEach-Object {{ $_.PSTypeNames[0] }})

        Tell 'scanned' @($failed.Hosts | Start-HostScanJob | ForEach-Object {{ "$($_.PSTypeNames[0]) $($_.Status) $($_.HostName)" }})
        $both = @(($all | Where-Object {{ $_.Status -eq 'Complete' -and $_.Hosts.Count -eq 2 }} | Select-Object -First 1).Hosts | ForEach-Object {{ $_.HostId }})
        $new = @(Start-HostScanJob -HostId $both)
        Tell 'two scanned' $new.Count
        Tell 'resource' @(Start-HostScanJob -ManagedResourceId (New-Guid)).Count
        Tell 'piped resource' @([pscustomobject]@{{ ManagedResourceId = New-Guid }} | Start-HostScanJob).Count
        Tell 'by guid' @(([guid](New-Guid)) | Start-HostScanJob).Count
        Tell 'waited by value' @($queued | ForEach-Object {{ $_.Id }} | Wait-HostScanJob -Until Queued, Running | ForEach-Object {{ $_.Id }})
        Tell 'waited by name' @($queued | Select-Object -Property @{{ Name = 'HostScanJobId'; Expression = {{ $_.Id }} }} | Wait-HostScanJob -Until Queued, Running).Count
        Tell 'empty host' (Fails {{ Start-HostScanJob -HostId ([guid]::Empty) -ErrorAction Stop }})
        Tell 'waited' @($new | Wait-HostScanJob -PollSec 2 -TimeoutSec 30 | ForEach-Object {{ $_.IsTerminal }})
        Tell 'until' @(Wait-HostScanJob -Id $queued[0].Id -Until Queued, Running | ForEach-Object {{ $_.Id }})
        Tell 'any' @(Wait-HostScanJob -InputObject $queued -Until Queued -Any | ForEach-Object {{ $_.Id }}).Count
        Tell 'too late' (Fails {{ Wait-HostScanJob -Id $failed.Id -Until Paused -TimeoutSec 1 -ErrorAction Stop }})
        Tell 'never' (Fails {{ Wait-HostScanJob -Id $queued[1].Id -Until Paused -TimeoutSec 1 -ErrorAction Stop }})
        Tell 'gone' (Fails {{ Wait-HostScanJob -Id (New-Guid) -ErrorAction Stop }})
        Tell 'no status' (Fails {{ Wait-HostScanJob -Id $queued[1].Id -Until Pausd }})
        """
    )


def test_all_jobs_are_listed_with_a_name_as_their_status(told: Told) -> None:
    assert told["count"] == 2134
    assert "Queued" in told["statuses"]
    assert not [status for status in told["statuses"] if not status.isalpha()]


def test_a_job_has_the_members_it_is_documented_with(told: Told) -> None:
    assert set(told["job"]) >= {
        "Id", "Status", "StatusDescription", "Hosts", "HostName", "IsTerminal", "CreatedBy",
        "Created",
    }  # fmt: skip
    assert set(told["job"]["Hosts"][0]) >= {
        "HostId", "HostScanHostId", "DnsHostName", "IpAddress", "Os", "Status", "FailureReason",
    }  # fmt: skip
    assert told["job"]["IsTerminal"] is False


def test_a_job_keeps_the_form_of_the_server_where_it_does_not_show(told: Told) -> None:
    assert set(told["raw"]) == {"id", "status", "statusDescription", "hostScanHostStatus"}
    assert (told["raw"]["id"], told["raw"]["status"]) == (told["ids"][0], "Queued")
    (host,) = told["raw"]["hostScanHostStatus"]
    assert set(host) == {
        "hostScanHostId", "hostId", "name", "dnsHostName", "os", "ipAddress", "version", "status",
        "statusDescription", "failureReason",
    }  # fmt: skip
    assert host["version"]
    assert told["hidden"] == [0, 0]


def test_filters_leave_what_they_say(told: Told) -> None:
    assert sorted(told["status"]) == ["Queued", "Running"]
    assert told["job"]["Id"] in told["host"]
    assert told["job"]["Id"] in told["alias"]
    assert told["job"]["Id"] in told["ip"]
    assert told["glob"][0] == told["glob"][1] > 10
    assert told["network"][0] == told["network"][1] > 10
    assert "AccessDenied" in told["reason"]
    assert min(told["filter"]) > 3
    assert told["paged"][0] == told["paged"][1]


def test_what_only_the_detail_knows_is_read_there(told: Told) -> None:
    assert told["old"] == [True]
    assert told["creator"] == ["Platform schedule"]
    assert told["detailed"] == [True, True]


@pytest.mark.parametrize(
    ("fault", "word"), [("bad status", "did you mean 'Queued'"), ("bad filter", "statsu")]
)
def test_a_wrong_filter_is_named_by_its_parameter(told: Told, fault: str, word: str) -> None:
    assert told[fault]["id"] == "HostScan.InvalidArgument,Get-HostScanJob"
    assert word in told[fault]["message"]
    assert told[fault]["message"].startswith("-")


def test_an_id_that_is_none_never_leaves_the_shell(told: Told, server: Simulator) -> None:
    assert told["bad id"]["id"].startswith("ParameterArgumentTransformationError")
    assert not server.requests(path="nonsense")


def test_jobs_are_read_by_id_by_pipeline_and_by_host(told: Told) -> None:
    assert told["by id"] == [told["ids"][0], "Queued", True]
    assert told["by value"] == told["ids"]
    assert told["by name"] == 3
    assert told["by host"]
    assert told["by piped host"] == [told["failed host"]]
    assert told["bad row"] == [2, 1]


def test_jobs_are_counted(told: Told) -> None:
    counts = {one["Name"]: one["Count"] for one in told["by status"]}

    assert sum(counts.values()) == 2134
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    assert "AccessDenied" in told["by reason"]
    assert "NoError" not in told["by reason"]
    assert sum(told["by hostname"]) == 3
    assert told["no job"]["id"].startswith("ParameterBinding") or told["no job"]["id"]


def test_what_is_shown_is_a_table_of_what_matters_and_a_list_of_the_rest(told: Told) -> None:
    assert told["table"][0].split() == [
        "Id", "Status", "Hosts", "Failed", "Created", "Description",
    ]  # fmt: skip
    assert told["table"][2].startswith(told["ids"][0][:8] + " Queued")
    assert "CreatedBy" in told["list"]
    assert re.search(r"^Created +: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$", told["list"], re.MULTILINE)
    assert "Fingerprint" not in told["list"]
    assert "By: Status" in told["summary"][0]


def test_scans_are_asked_for_once_each_and_waited_for(told: Told, server: Simulator) -> None:
    assert told["scanned"][0].startswith("HostScan.Job ")
    assert told["two scanned"] == 2
    assert told["resource"] == told["piped resource"] == 1
    assert told["empty host"]["id"] == "HostScan.InvalidArgument,Start-HostScanJob"
    assert told["by guid"] == 1
    assert len(server.requests("POST", path="/HostScanJob")) == 5
    assert told["waited"] == [True, True]


def test_a_wait_ends_where_it_can(told: Told) -> None:
    assert told["until"] == [told["ids"][0]]
    assert told["waited by value"] == told["ids"]
    assert told["waited by name"] == 3
    assert told["any"] == 3, "all that are there at the first look"
    assert told["too late"]["id"] == "HostScan.WaitTimeout,Wait-HostScanJob"
    assert told["never"]["id"] == "HostScan.WaitTimeout,Wait-HostScanJob"
    assert told["never"]["message"] == "1 of 1 jobs did not reach Paused within 1 seconds"
    assert told["gone"]["id"] == "HostScan.NotFound,Wait-HostScanJob"
    assert "Paused" in told["no status"]["message"]
