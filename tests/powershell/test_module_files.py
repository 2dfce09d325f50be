"""The module's files: what a reader, an old shell and an analyser would object to."""

# ruff: noqa: E501 - a script is easier to read unbroken
from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import hostscan_automation.powershell
from hostscan_automation.powershell.protocol import PROTOCOL, to_json

if TYPE_CHECKING:
    from tests.powershell.conftest import Shell, Told

HERE = Path(__file__).parent
FOLDER = Path(hostscan_automation.powershell.__file__).parent / "HostScanAutomation"
SCRIPTS = sorted(FOLDER.rglob("*.ps1"))
TEXTS = sorted(path for path in FOLDER.rglob("*") if path.is_file())
PUBLIC = [path.stem for path in SCRIPTS if path.parent.name == "Public"]
CMDLETS = {
    "Connect-HostScanServer", "Disconnect-HostScanServer", "Get-HostScanSession",
    "Test-HostScanConnection", "Get-HostScanJob", "Start-HostScanJob", "Stop-HostScanJob",
    "Wait-HostScanJob", "Measure-HostScanJob", "Invoke-HostScanPlaybook", "Test-HostScanPlaybook",
    "Get-HostScanRun", "Export-HostScanReport", "ConvertFrom-HostScanExample",
}  # fmt: skip
BAD_SCRIPT = """
param([string] $Password = 'x', [Parameter(Mandatory = $true)] $Given = 1, [switch] $On = $true)
function Frobnicate-Things { param([Parameter(ValueFromPipeline = $true)] $Left) gci . }
function Remove-Widget { $unused = 1; $global:leak = 2; $input = 3 }
try { Get-ChildItem -Path . } catch { }
if ($Given -eq $null) { Write-Host 'a' }
$b = $Given ? 1 : 2
$c = $Given ?? 3
Get-Item a && Get-Item b
Add-Member one two three
function Set-Promise { [CmdletBinding(SupportsShouldProcess = $true)] param() 1 }
function Test-Call { [CmdletBinding()] param() $PSCmdlet.ShouldProcess('x') }
function Test-Closure { param([string] $Lost) { $Lost }.GetNewClosure() }
ConvertFrom-Json -InputObject '{}' -AsHashtable
$info.EnvironmentVariables.Clear(); $task.GetAwaiter()
$day = [datetime]'2026-03-01'
if ($IsWindows) { "`u{1F600}" }
foreach ($profile in 1, 2) { $day }
"""


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_file_is_ascii_because_5_1_reads_others_by_its_code_page(path: Path) -> None:
    content = path.read_bytes()

    assert content.isascii()
    assert b"\r" not in content
    assert b"\t" not in content
    assert content.endswith(b"\n")
    assert not re.search(rb"[ ]+$", content, re.MULTILINE)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_every_file_holds_the_one_function_it_is_named_after(path: Path) -> None:
    names = re.findall(r"^function (\S+)", path.read_text("ascii"), re.MULTILINE)

    assert names == [path.stem]


def test_the_manifest_names_every_cmdlet_one_by_one() -> None:
    manifest = (FOLDER / "HostScanAutomation.psd1").read_text("ascii")
    loader = (FOLDER / "HostScanAutomation.psm1").read_text("ascii")
    named = set(re.findall(r"'(\w+-HostScan\w+)'", manifest))
    loaded = re.findall(r"^ {4}'(\S+)'$", loader, re.MULTILINE)

    assert named == CMDLETS == set(PUBLIC)
    assert sorted(loaded) == sorted(path.stem for path in SCRIPTS)
    assert f"ModuleVersion        = '{version('hostscan-automation')}'" in manifest
    assert f"$script:ProtocolVersion = {PROTOCOL}" in loader
    assert "AliasesToExport      = @()" in manifest
    assert "$script:StopWaitMs = 5000" in loader
    assert "$script:HandshakeMs = 10000" in loader


@pytest.mark.parametrize("name", ["Format", "Types"])
def test_formats_and_types_show_only_members_that_the_objects_have(name: str) -> None:
    made_by_the_module = {
        "HostScan.Job": {"Age"},
        "HostScan.Plan": {"Jobs"},
        "HostScan.PlaybookResult": {"Jobs", "Reports"},
        "HostScan.Session": {"LastRun", "ProcessId", "Python"},
        "HostScan.Summary": {"By", "Name", "Count", "Percent"},
        "HostScan.PortedExample": {"Path", "As", "Text", "Diagnostics"},
    }
    members = {f"HostScan.{item}": set(schema["properties"]) for item, schema in items().items()}
    tree = ET.parse(FOLDER / f"HostScanAutomation.{name}.ps1xml")  # noqa: S314 - our own file

    for view in tree.iter("View" if name == "Format" else "Type"):
        kind = str(view.findtext("Name"))
        shown = {str(one.text) for one in view.iter("PropertyName")}
        shown |= {str(one.text) for one in view.findall(".//ReferencedProperties/Name")}
        for script in (*view.iter("ScriptBlock"), *view.iter("GetScriptBlock")):
            shown |= set(re.findall(r"\$(?:_|this)\.(?!PSObject)(\w+)", str(script.text)))
        known = members.get(kind, set()) | made_by_the_module.get(kind, set())
        assert shown - {"Value"} <= known | {"Name"}, kind


def items() -> dict[str, Any]:
    shapes = dict(to_json()["items"])
    shapes["JobHost"] = shapes["Job"]["$defs"]["JobHost"]
    shapes["Plan"] = to_json()["methods"]["playbook.plan"]["result"]["$defs"]["Plan"]
    shapes["PlaybookResult"] = shapes["Run"]
    shapes.pop("str", None)
    return shapes


@pytest.fixture(scope="module")
def told(shell: Shell) -> Told:
    """What the shell's own parser makes of the scripts."""
    bad = shell.folder / "bad.ps1"
    bad.write_text(BAD_SCRIPT, encoding="ascii")
    finder = HERE / "Find-ScriptFault.ps1"
    own = re.findall(r"^function (\S+)", finder.read_text("ascii"), re.MULTILINE)
    return shell.run(
        f"""
        $files = @(Get-ChildItem -Path '{FOLDER}' -Recurse -Filter *.ps*1 | ForEach-Object {{ $_.FullName }})
        $known = {quoted([path.stem for path in SCRIPTS])}
        Tell 'module' @(& '{finder}' -Path $files -Known $known)
        Tell 'finder' @(& '{finder}' -Path '{finder}' -Known ({quoted(own)} + 'Get-Verb'))
        Tell 'bad' @(& '{finder}' -Path '{bad}' | ForEach-Object {{ "$($_.Rule): $($_.Text)" }} | Select-Object -Unique)
        Tell 'calls' @(foreach ($file in $files) {{
            $tree = [System.Management.Automation.Language.Parser]::ParseFile($file, [ref]$null, [ref]$null)
            $strings = $tree.FindAll({{ param($node) $node -is [System.Management.Automation.Language.StringConstantExpressionAst] }}, $true)
            $tables = $tree.FindAll({{ param($node) $node -is [System.Management.Automation.Language.HashtableAst] }}, $true)
            @{{
                file = [System.IO.Path]::GetFileNameWithoutExtension($file)
                strings = @($strings | ForEach-Object {{ $_.Value }} | Select-Object -Unique)
                keys = @($tables | ForEach-Object {{ $_.KeyValuePairs }} | ForEach-Object {{ "$($_.Item1)" }} | Select-Object -Unique)
            }}
        }})
        Tell 'exported' @(Get-Command -Module HostScanAutomation | ForEach-Object {{ "$($_.CommandType) $($_.Name)" }})
        Tell 'manifest' (Test-ModuleManifest -Path '{FOLDER / "HostScanAutomation.psd1"}').Name
        """
    )


def quoted(names: list[str]) -> str:
    return "@(" + ", ".join(f"'{name}'" for name in names) + ")"


def test_no_script_holds_what_the_analyser_objects_to(told: Told) -> None:
    assert told["module"] == []
    assert told["finder"] == []


def test_the_stand_in_for_the_analyser_finds_what_it_is_there_for(told: Told) -> None:
    assert {fault.partition(": ")[0] for fault in told["bad"]} == {
        "not a command of both shells, or an alias", "three positional arguments",
        "a command to avoid", "verb is not approved", "noun is plural",
        "changes without ShouldProcess", "ShouldProcess is promised or called, not both",
        "parameter is not used", "password as plain text", "mandatory with a default",
        "switch that is on", "pipeline without process", "automatic variable is assigned",
        "global variable", "variable is not used", "$null on the right", "syntax that 5.1 lacks",
        "parameter that 5.1 lacks", "variable that 5.1 lacks", "member to avoid",
        "cast to a time", "empty catch",
    }  # fmt: skip
    assert set(told["bad"]) >= {
        "ShouldProcess is promised or called, not both: Set-Promise",
        "ShouldProcess is promised or called, not both: Test-Call",
        "parameter is not used: Lost", "automatic variable is assigned: profile",
        "automatic variable is assigned: input", 'syntax that 5.1 lacks: "`u{1F600}"',
        "member to avoid: EnvironmentVariables", "member to avoid: GetAwaiter",
    }  # fmt: skip


def test_the_module_exports_fourteen_functions_and_nothing_else(told: Told) -> None:
    assert sorted(told["exported"]) == sorted(f"Function {name}" for name in CMDLETS)
    assert told["manifest"] == "HostScanAutomation"


def test_every_method_of_the_bridge_is_called_with_parameters_that_it_has(told: Told) -> None:
    schema = to_json()["methods"]
    called: dict[str, set[str]] = {}
    for call in told["calls"]:
        for method in set(call["strings"]) & set(schema):
            called.setdefault(method, set()).add(call["file"])
    every_parameter = {name for spec in schema.values() for name in parameters_of(spec["params"])}
    # members of tables that do not travel
    local = {
        "Bridge", "Cmdlet", "Reply", "Method", "TypeName", "Parameter", "Message", "ErrorId",
        "Category", "Target", "Action", "File", "Before", "Origin", "Name", "Planned", "Text",
        "Tip", "Problem", "Process", "Python", "Out", "ErrorTail", "Pending", "IsReading",
        "NextId", "Inbox", "IsConnected", "LastRun", "Version", "Activity", "Status", "PSTypeName",
        "By", "Count", "Percent", "Path", "As", "Diagnostics", "Expression", "Descending",
        "WhatIf", "Confirm", "ErrorAction", "WarningAction", "Verbose", "ProgressAction",
        "jsonrpc", "id", "method", "params", "$name",
    }  # fmt: skip

    assert set(called) == set(schema) - {"disconnect", "shutdown"}
    for call in told["calls"]:
        if call["file"] == "HostScanAutomation":
            continue
        unknown = set(call["keys"]) - local - every_parameter
        assert not unknown, (call["file"], unknown)


def parameters_of(schema: dict[str, Any]) -> set[str]:
    names = set(schema.get("properties", {}))
    for inner in schema.get("$defs", {}).values():
        names |= set(inner.get("properties", {}))
    return names


def test_the_protocol_file_is_part_of_the_package() -> None:
    path = Path(hostscan_automation.powershell.__file__).parent / "protocol.json"

    assert json.loads(path.read_text("utf-8"))["protocol"] == PROTOCOL
