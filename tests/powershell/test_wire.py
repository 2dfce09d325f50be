# ruff: noqa: E501, RUF001 - a script is easier to read unbroken; names are in many scripts
"""What goes over the wire from the shell, and what Windows PowerShell 5.1 would do otherwise."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from hostscan_automation.simulator import Simulator, SimulatorConfig
from hostscan_automation.simulator.scanjobs import JobSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.powershell.conftest import Shell, Told

pytestmark = pytest.mark.powershell

HOSTS = ("сервер-01", "ホスト", 'quo"te\\back', "O\u2019Brien", "😀-host", "a b")
# what a terminal would obey, and a line of its own
ACTING = "lab\x1b[2J\r\nWhat if: nothing"
# a typographic quote would end a string of the script
EASY = tuple(name for name in HOSTS if "\u2019" not in name)


@pytest.fixture(scope="module")
def site() -> Iterator[Simulator]:
    """A server with jobs that are hard on a shell."""
    with Simulator(SimulatorConfig(jobs=0)) as simulator:
        for number, name in enumerate(HOSTS):
            simulator.add_job(JobSpec(hosts=(name,), job_id=UUID(int=number + 1)))
        simulator.add_job(JobSpec(hosts=None, job_id=UUID(int=100)))
        simulator.add_job(JobSpec(hosts=(), job_id=UUID(int=101)))
        simulator.add_job(JobSpec(hosts=(ACTING,), job_id=UUID(int=102)))
        simulator.add_job(
            JobSpec(hosts=("one", "two", "three"), status="Failed", failure_reason="AccessDenied")
        )
        yield simulator


@pytest.fixture(scope="module")
def told(shell: Shell, site: Simulator) -> Told:
    account = site.accounts.without_mfa
    quoted = ", ".join(f"'{name}'" for name in EASY)
    return shell.run(
        rf"""
        $module = Get-Module -Name HostScanAutomation
        function Json($Value) {{ & $module {{ ConvertTo-HostScanJson -InputObject $args[0] }} $Value }}
        function Date($Value) {{ (& $module {{ ConvertTo-HostScanDate -Value $args[0] }} $Value).ToString('o') }}
        Tell 'texts' @((Json "a`r`n`t`"\'/"), (Json ([string][char]127)), (Json ([string][char]0x20ac)), (Json ([char]::ConvertFromUtf32(0x1F600))), (Json ''))
        Tell 'numbers' @((Json 0), (Json (-1)), (Json 2147483648), (Json 1.5), (Json 1e300))
        Tell 'lists' @((Json @()), (Json @(1)), (Json (,@(1))), (Json @('a', $null, $true)))
        Tell 'piped' @((Json @(1 | ForEach-Object {{ $_ }})), (Json @('a', 'b' | Where-Object {{ $_ -eq 'a' }})))
        $list = New-Object 'System.Collections.Generic.List[string]'; $list.Add('x')
        Tell 'list' (Json $list)
        $noted = Add-Member -InputObject 'text' -NotePropertyName More -NotePropertyValue 1 -PassThru
        Tell 'noted' (Json $noted)
        Tell 'others' @((Json ([guid]::Empty)), (Json ([System.DayOfWeek]::Friday)), (Json $null), (Json ([switch]$true)), (Json $false))
        Tell 'date' (Json ([datetime]::SpecifyKind([datetime]'2026-03-01T02:03:04', 'Utc')))
        Tell 'table' (Json ([ordered]@{{ a = @{{ b = @(@{{ c = 'd' }}) }}; 'ключ' = 1 }}))
        Tell 'refused' @(foreach ($value in [double]::NaN, (Secret 'x'), (Get-Item .), [timespan]'1:0:0') {{ (Fails {{ Json $value }}).message }})
        Tell 'dates' @((Date '2026-03-01T02:03:04.567Z'), (Date '2026-03-01T02:03:04+02:00'), (Date '2026-03-01T02:03:04'),
            (Date ([datetime]::SpecifyKind([datetime]'2026-03-01', 'Unspecified'))), (Date ([datetime]::SpecifyKind([datetime]'2026-03-01', 'Utc'))))
        Tell 'no date' @(& $module {{ ConvertTo-HostScanDate -Value $null }}).Count

        Connect-HostScanServer -Uri '{site.url}' -NoMfa -Credential (Login '{account.login}' '{account.password}')
        $names = @({quoted})
        Tell 'names' @(Get-HostScanJob -WarningAction SilentlyContinue | ForEach-Object {{ $_.HostName }})
        Tell 'found' @(Get-HostScanJob -HostName $names -WarningAction SilentlyContinue | ForEach-Object {{ $_.HostName }})
        Tell 'glob' (Get-HostScanJob -HostName '*РВЕР*' -WarningAction SilentlyContinue).HostName
        Tell 'brien' (Get-HostScanJob -HostName ('O' + [char]0x2019 + 'Brien') -WarningAction SilentlyContinue).HostName
        Tell 'no hosts' @((Get-HostScanJob -Id {UUID(int=100)}), (Get-HostScanJob -Id {UUID(int=101)}) | ForEach-Object {{ $_.Hosts.Count }})
        Tell 'failed' @(Get-HostScanJob -Status Failed | ForEach-Object {{ $_.FailedHosts, $_.Hosts.Count }})
        $odd = Get-HostScanJob -Id {UUID(int=102)}
        Tell 'odd' @($odd.HostName, $odd.Hosts[0].Name.Length, @(@($odd | Out-String; $odd.Hosts | Out-String; $odd | Format-List | Out-String) | Where-Object {{ $_.Contains([char]27 + '[2J') }}).Count)
        Tell 'odd what-if' @($odd | Stop-HostScanJob -WhatIf *>&1).Count
        Tell 'one host' (Get-HostScanJob -Id {UUID(int=1)}).Hosts.GetType().Name

        # as ConvertFrom-Json of 5.1 leaves them
        & $module {{ $script:TimesAreText = $true }}
        $text = '[{{"Created":"2026-03-01T02:03:04.567Z","Started":null,"Heartbeat":null,"Finished":null,"Hosts":[{{"Queued":"2026-03-01T02:03:04.567Z","Started":null,"Heartbeat":null,"Finished":null}}]}}]'
        $old = ConvertFrom-Json -InputObject $text
        $old[0].Created = '2026-03-01T02:03:04.567Z'
        & $module {{ Add-HostScanTypeName -InputObject $args[0] -TypeName HostScan.Job }} $old
        Tell 'old' @($old[0].Created.ToString('o'), "$($old[0].Started)", $old[0].Hosts[0].Queued.ToString('o'), ($old[0].Age -is [timespan]))
        Tell 'still' (Get-HostScanJob -Id {UUID(int=1)}).Created.Kind.ToString()
        Tell 'session' (Get-HostScanSession).ConnectedAt.Kind.ToString()
        """
    )


def read(texts: list[str]) -> list[Any]:
    return [json.loads(text) for text in texts]


def test_text_goes_out_in_ascii_and_means_the_same(told: Told) -> None:
    assert "".join(told["texts"]).isascii()
    assert "\x7f" not in "".join(told["texts"])
    assert read(told["texts"]) == ["a\r\n\t\"\\'/", "\x7f", "€", "😀", ""]


def test_lists_stay_lists_also_with_one_element_and_after_a_pipeline(told: Told) -> None:
    assert read(told["lists"])[:2] == [[], [1]]
    assert read(told["lists"])[3] == ["a", None, True]
    assert read(told["piped"]) == [[1], ["a"]]
    assert json.loads(told["list"]) == ["x"]


def test_numbers_tables_and_the_rest_are_what_they_were(told: Told) -> None:
    assert read(told["numbers"]) == [0, -1, 2147483648, 1.5, 1e300]
    assert json.loads(told["noted"]) == "text"
    assert read(told["others"]) == [str(UUID(int=0)), "Friday", None, True, False]
    assert json.loads(told["date"]) == "2026-03-01T02:03:04.0000000Z"
    assert json.loads(told["table"]) == {"a": {"b": [{"c": "d"}]}, "ключ": 1}


def test_what_is_not_meant_to_leave_the_shell_does_not(told: Told) -> None:
    assert len(told["refused"]) == 4
    assert "finite" in told["refused"][0]
    assert all("not meant to leave" in message for message in told["refused"][1:])


def test_times_are_read_in_every_form(told: Told) -> None:
    assert told["dates"] == [
        "2026-03-01T02:03:04.5670000Z",
        "2026-03-01T00:03:04.0000000Z",
        "2026-03-01T02:03:04.0000000Z",
        "2026-03-01T00:00:00.0000000Z",
        "2026-03-01T00:00:00.0000000Z",
    ]
    assert told["no date"] == 0


def test_times_that_stay_text_in_5_1_become_times(told: Told) -> None:
    moment = "2026-03-01T02:03:04.5670000Z"
    assert told["old"] == [moment, "", moment, True]
    assert told["still"] == told["session"] == "Utc"


def test_names_of_hosts_are_listed_and_found_in_every_script(told: Told) -> None:
    assert set(HOSTS) <= set(told["names"])
    assert set(told["found"]) == set(EASY)
    assert told["glob"] == HOSTS[0]
    assert told["brien"] == "O\u2019Brien"


def test_jobs_without_hosts_and_with_one_have_a_list_of_them(told: Told) -> None:
    assert told["no hosts"] == [0, 0]
    assert told["one host"] == "Object[]"
    assert told["failed"] == [3, 3]


def test_a_name_that_a_terminal_would_obey_is_shown_and_kept_as_it_is(told: Told) -> None:
    shown, length, obeyed = told["odd"]

    assert shown == "lab\\x1b[2J\\r\\nWhat if: nothing"
    assert length == len(ACTING)
    assert obeyed == 0
    assert "\x1b[2J" not in told.stdout
    assert 'lab\\x1b[2J\\r\\nWhat if: nothing (Queued)".' in told.stdout
