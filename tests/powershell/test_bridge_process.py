"""What the module does when the other side does not behave."""

# ruff: noqa: E501 - a script is easier to read unbroken
from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.powershell.conftest import Shell, Told

pytestmark = pytest.mark.powershell

CONNECT = "Connect-HostScanServer -Uri https://nps -Credential (Login 'LAB\\admin' 'x') -NoMfa"


@pytest.fixture(scope="module")
def told(shell: Shell, stand_in: str) -> Told:
    """One script for everything that needs no special part."""
    return shell.run(
        f"""
        {CONNECT}
        $jobs = @(Get-HostScanJob)
        Tell 'count' $jobs.Count
        Tell 'types' @($jobs[0].PSTypeNames[0], $jobs[0].Hosts[0].PSTypeNames[0])
        Tell 'nested' @(Get-HostScanJob | ForEach-Object {{ Get-HostScanJob -Id $_.Id }}).Count
        Tell 'first' @(Get-HostScanJob | Select-Object -First 3).Count
        Tell 'after first' @(Get-HostScanJob -First 2).Count
        Tell 'total' @(Get-HostScanJob -IncludeTotalCount -First 2)[0]
        Tell 'missing' (Fails {{ Get-HostScanJob -Id (New-Guid) -ErrorAction Stop }})
        $found = @('00000000-0000-0000-0000-000000000005', (New-Guid), '00000000-0000-0000-0000-000000000006' |
            Get-HostScanJob -ErrorAction SilentlyContinue -ErrorVariable bad)
        Tell 'two of three' @($found.Count, $bad.Count)
        $one = Get-HostScanJob -Filter created
        Tell 'created' @("$($one.Created.Kind)", $one.Created.ToString('o'), "$($one.Hosts[0].Queued.Kind)")
        Tell 'age' ($one.Age -is [timespan])
        Tell 'unknown parameter' (Fails {{ Get-HostScanJob -Filter "`u{{d83d}}" }})
        Tell 'session' (Get-HostScanSession)
        Tell 'verbose' @(Get-HostScanSession -Verbose 4>&1 | ForEach-Object {{ "$_" }})
        """,
        env={"HOSTSCAN_PYTHON": stand_in},
    )


def test_results_of_several_lines_arrive_whole(told: Told) -> None:
    assert told["count"] == 250
    assert told["types"] == ["HostScan.Job", "HostScan.JobHost"]


def test_calls_can_be_nested_in_a_pipeline(told: Told) -> None:
    assert told["nested"] == 250


def test_select_first_ends_the_call_and_the_next_one_works(told: Told) -> None:
    assert told["first"] == 3
    assert told["after first"] == 2


def test_the_total_count_comes_first_and_counts_all(told: Told) -> None:
    assert told["total"]["value"] == 250


def test_a_job_that_is_not_there_is_one_error_with_its_id(told: Told) -> None:
    assert told["missing"]["id"] == "HostScan.NotFound,Get-HostScanJob"
    assert told["missing"]["category"] == "ObjectNotFound"
    assert told["missing"]["target"]
    assert told["two of three"] == [2, 1]


def test_times_are_moments_in_utc_in_every_shell(told: Told) -> None:
    assert told["created"] == ["Utc", "2026-03-01T02:03:04.5670000Z", "Utc"]
    assert told["age"] is True


def test_text_that_cannot_be_sent_is_refused_at_the_door(told: Told) -> None:
    assert told["unknown parameter"]["id"] == "HostScan.InvalidArgument,Get-HostScanJob"


def test_a_session_holds_no_secret_and_verbose_tells_method_and_number_only(told: Told) -> None:
    assert told["session"]["Account"] == "LAB\\admin"
    assert not {"Token", "Password", "ApiKey"} & set(told["session"])
    assert told["verbose"][0].startswith("session (request ")


def test_a_line_that_is_no_message_is_an_error_and_the_next_call_works(
    shell: Shell, stand_in: str
) -> None:
    told = shell.run(
        f"""
        {CONNECT}
        Tell 'babble' (Fails {{ Get-HostScanJob }})
        Tell 'next' @(Get-HostScanJob -Id 00000000-0000-0000-0000-000000000001).Count
        """,
        env={"HOSTSCAN_PYTHON": stand_in, "STAND_IN_PART": "babbles"},
    )

    assert told["babble"]["id"] == "HostScan.Protocol,Get-HostScanJob"
    assert told["babble"]["category"] == "ProtocolError"
    assert told["next"] == 1


def test_a_process_that_dies_is_told_with_its_last_words_and_leaves_no_session(
    shell: Shell, stand_in: str
) -> None:
    told = shell.run(
        f"""
        {CONNECT}
        Tell 'died' (Fails {{ Get-HostScanJob }})
        Tell 'then' (Fails {{ Get-HostScanJob }})
        Tell 'sessions' @(Get-HostScanSession).Count
        """,
        env={"HOSTSCAN_PYTHON": stand_in, "STAND_IN_PART": "dies"},
    )

    assert told["died"]["id"] == "HostScan.ServerExited,Get-HostScanJob"
    assert told["died"]["category"] == "ConnectionError"
    assert "the last words" in told["died"]["message"]
    assert told["then"]["id"] == "HostScan.NotConnected,Get-HostScanJob"
    assert told["sessions"] == 0


def test_a_process_that_was_killed_in_between_is_noticed(shell: Shell, stand_in: str) -> None:
    told = shell.run(
        f"""
        {CONNECT}
        $process = Get-Process -Id (Get-HostScanSession).ProcessId
        $process.Kill()
        $process.WaitForExit()
        Tell 'killed' (Fails {{ Get-HostScanJob }})
        {CONNECT}
        Tell 'again' @(Get-HostScanJob -First 1).Count
        Tell 'two' (Fails {{ (Get-Process -Id (Get-HostScanSession).ProcessId).Kill(); Get-HostScanSession -ErrorAction Stop }})
        {CONNECT}
        {CONNECT} -SessionName other
        $process = Get-Process -Id (Get-HostScanSession -SessionName other).ProcessId
        $process.Kill()
        $process.WaitForExit()
        $left = @(Get-HostScanSession -ErrorAction SilentlyContinue -ErrorVariable gone)
        Tell 'others' @($left.Count, $left[0].Account, @($gone | ForEach-Object {{ "$($_.FullyQualifiedErrorId) $($_.TargetObject)" }}), @(Get-HostScanSession).Count)
        """,
        env={"HOSTSCAN_PYTHON": stand_in},
    )

    assert told["killed"]["id"] == "HostScan.ServerExited,Get-HostScanJob"
    assert "Connect-HostScanServer" in told["killed"]["action"]
    assert told["again"] == 1
    assert told["two"]["id"] == "HostScan.ServerExited,Get-HostScanSession"
    gone = ["HostScan.ServerExited,Get-HostScanSession other"]
    assert told["others"] == [1, "LAB\\admin", gone, 1]


def test_ctrl_c_stops_a_cancel_at_once_and_says_what_was_sent(shell: Shell, stand_in: str) -> None:
    told = shell.interrupt(
        f"""
        {CONNECT}
        try {{
            Stop-HostScanJob -Id 00000000-0000-0000-0000-000000000001 -Force -PassThru |
                ForEach-Object {{ Tell "sent $($_.Attempts)" $_.Outcome }}
        }}
        finally {{ Tell 'last run' ((Get-HostScanSession).LastRun) }}
        Tell 'not reached' 1
        """,
        at="##sent 3",
        env={"HOSTSCAN_PYTHON": stand_in, "STAND_IN_PART": "keeps sending"},
    )

    assert "Stopped: cancels were sent for 4 of 9 jobs, and not for 5" in told.stdout
    assert "4 accepted, 5 not_attempted" in told.stdout
    assert "not reached" not in told.values
    assert told["last run"]["RunId"] == "r1"
    assert told.seconds < 10, "most of this is the shell ending, on a busy machine"


def test_a_call_that_does_not_stop_is_left_after_a_while(shell: Shell, stand_in: str) -> None:
    told = shell.interrupt(
        f"""
        {CONNECT}
        & (Get-Module -Name HostScanAutomation) {{ $script:StopWaitMs = 1000 }}
        Stop-HostScanJob -Id 00000000-0000-0000-0000-000000000001 -Force -PassThru |
            ForEach-Object {{ Tell 'sent' 1 }}
        """,
        at="##sent",
        env={"HOSTSCAN_PYTHON": stand_in, "STAND_IN_PART": "never answers"},
    )

    assert "gave no summary, so some of it may have been sent" in told.stdout
    assert 0.9 < told.seconds < 20


def test_progress_is_shown_and_select_first_in_a_cancel_stops_the_rest_and_warns(
    shell: Shell, stand_in: str
) -> None:
    told = shell.run(
        f"""
        {CONNECT}
        $global:bars = @()
        function global:Write-Progress {{
            param([string] $Activity, [string] $Status, [int] $PercentComplete = -1, [switch] $Completed)
            $global:bars += "$Activity|$Status|$PercentComplete|$Completed"
        }}
        Get-HostScanJob -Filter 'progress' | Out-Null
        Tell 'bars' $global:bars
        $first = Stop-HostScanJob -Id 00000000-0000-0000-0000-000000000001 -Force -PassThru |
            Select-Object -First 1
        Tell 'first' $first.Outcome
        Tell 'next' @(Get-HostScanJob -First 2).Count
        """,
        env={"HOSTSCAN_PYTHON": stand_in, "STAND_IN_PART": "keeps sending"},
    )

    assert told["bars"] == ["Listing|half|50|False", "Listing|some|-1|False", "Listing||-1|True"]
    assert told["first"] == "accepted"
    assert "WARNING: Stopped: cancels were sent for 4 of 9 jobs" in told.stdout
    assert told["next"] == 2


def test_a_python_that_cannot_serve_is_named_with_the_reason(shell: Shell, stand_in: str) -> None:
    silent = shell.folder / "silent"
    silent.write_text("#!/bin/sh\necho welcome\nsleep 1\n", encoding="utf-8")
    silent.chmod(0o755)
    mute = shell.folder / "mute"
    mute.write_text("#!/bin/sh\necho $$ > mute.pid\nexec sleep 60\n", encoding="utf-8")
    mute.chmod(0o755)
    bare = shell.folder / "bare"
    bare.write_text(
        "#!/bin/sh\necho \"$1: No module named 'hostscan_automation'\" >&2\nexit 1\n",
        encoding="utf-8",
    )
    bare.chmod(0o755)
    told = shell.run(
        f"""
        function Try([string] $Python) {{
            Fails {{ {CONNECT} -PythonPath $Python }}
        }}
        Tell 'missing' (Try '/nowhere/python')
        & (Get-Module -Name HostScanAutomation) {{ $script:HandshakeMs = 500 }}
        Tell 'mute' (Try '{mute}')
        & (Get-Module -Name HostScanAutomation) {{ $script:HandshakeMs = 10000 }}
        Tell 'silent' (Try '{silent}')
        Tell 'bare' (Try '{bare}')
        Tell 'version' (Fails {{ $env:STAND_IN_PART = 'other version'; {CONNECT} -PythonPath '{stand_in}' }})
        Tell 'offline' (Fails {{ Get-HostScanRun }})
        """,
        env={"HOSTSCAN_PYTHON": "/nowhere/else"},
    )

    for name in ("missing", "mute", "silent", "bare"):
        assert told[name]["id"] == "HostScan.PythonNotFound,Connect-HostScanServer", name
        assert told[name]["category"] == "NotInstalled"
        assert "hostscan powershell install" in told[name]["action"]
    assert "/nowhere/python (-PythonPath)" in told["missing"]["message"]
    assert "did not answer within 0.5 seconds" in told["mute"]["message"]
    assert is_gone(int((shell.folder / "mute.pid").read_text("ascii"))), "it is made to end"
    assert str(silent) in told["silent"]["message"]
    assert "-P: No module named" in told["bare"]["message"], "it was tried without -I, too"
    assert told["version"]["id"] == "HostScan.VersionMismatch,Connect-HostScanServer"
    assert "protocol 99" in told["version"]["message"]
    assert told["offline"]["id"].startswith("HostScan.")


def test_the_process_ends_with_the_shell_however_that_ends(shell: Shell, stand_in: str) -> None:
    told = shell.run(
        f"""
        {CONNECT}
        Tell 'pid' (Get-HostScanSession).ProcessId
        [Environment]::Exit(7)
        """,
        env={"HOSTSCAN_PYTHON": stand_in},
    )

    assert told.code == 7
    assert is_gone(told["pid"])


def is_gone(pid: int) -> bool:
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.05)
    return False
