"""Write an example as a script on the cmdlets of the module HostScanAutomation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostscan_automation.porting import powershell_text as text
from hostscan_automation.porting.characters import single_quoted
from hostscan_automation.porting.job_calls import JobVerb, require_job_calls
from hostscan_automation.porting.powershell_parameters import (
    MANDATORY,
    declaration,
    help_text,
    powershell_parameters,
    usage,
    zeros_checks,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hostscan_automation.porting.example import PortedExample
    from hostscan_automation.porting.job_calls import JobCall
    from hostscan_automation.porting.names import NamedParameter

FIRST_LINES = f"{text.FIRST_LINE}\n#requires -Modules HostScanAutomation"
# The cmdlet of a call, up to the id that it takes.
_CMDLETS = {
    JobVerb.LIST: "Get-HostScanJob",
    JobVerb.DETAIL: "Get-HostScanJob -Id",
    JobVerb.OF_HOST: "Get-HostScanJob -HostId",
    JobVerb.CANCEL: "Stop-HostScanJob -PassThru -Id",
    JobVerb.SCHEDULE_HOST: "Start-HostScanJob -HostId",
    JobVerb.SCAN_RESOURCE: "Start-HostScanJob -ManagedResourceId",
}


def to_module(example: PortedExample, *, file_name: str) -> str:
    """Return the script, in ASCII, its lines ended by line feeds.

    Raises:
        ExampleError: A request has no cmdlet (P030).
    """
    calls = require_job_calls(example, frozenset(_CMDLETS), file_name=file_name, what="cmdlet")
    return "".join(_parts(calls, powershell_parameters(example, ("connection",))))


def _parts(calls: tuple[JobCall, ...], named: tuple[NamedParameter, ...]) -> Iterator[str]:
    changes = any(call.step.is_change for call in calls)
    yield f"{FIRST_LINES}\n\n<#\n"
    yield from _help(calls, named)
    process = "SupportsShouldProcess = $true, ConfirmImpact = 'High'" if changes else ""
    yield f"#>\n[CmdletBinding({process})]\nparam(\n"
    yield ",\n\n".join(_declarations(named)) + "\n)\n"
    yield "\nSet-StrictMode -Version 2.0\n$ErrorActionPreference = 'Stop'\n"
    yield from zeros_checks(named)
    yield _CONNECT
    for call in calls:
        yield f"    # {call.step}\n    {_command(call, named)}\n"
    yield "}\nfinally {\n    Disconnect-HostScanServer\n}\n"


_CONNECT = """
$connection = @{
    Uri                  = $NPSUrl
    Credential           = $Credential
    SkipCertificateCheck = $SkipCertificateCheck
}
if ($MfaCode -eq 'NA') {
    $connection['NoMfa'] = $true
}
else {
    $connection['Otp'] = $MfaCode
}
Connect-HostScanServer @connection
try {
"""


def _help(calls: tuple[JobCall, ...], named: tuple[NamedParameter, ...]) -> Iterator[str]:
    what = str(calls[0].step) if len(calls) == 1 else f"{len(calls)} documented requests"
    yield f".SYNOPSIS\nDo what {what} does, by the cmdlets of HostScanAutomation.\n"
    yield text.SERVER_HELP + text.CREDENTIAL_HELP + text.CODE_HELP
    yield from map(help_text, named)
    yield text.SWITCH_HELP
    yield f"\n.EXAMPLE\n{usage(named, has_password=True, has_code=True)}\n"


def _declarations(named: tuple[NamedParameter, ...]) -> Iterator[str]:
    yield f"{MANDATORY}    [uri]$NPSUrl"
    yield f"{MANDATORY}    [pscredential]$Credential"
    yield f"{MANDATORY}    [string]$MfaCode"
    yield from map(declaration, named)
    yield "    [switch]$SkipCertificateCheck"


def _command(call: JobCall, named: tuple[NamedParameter, ...]) -> str:
    cmdlet = _CMDLETS[call.verb]
    if call.written_id is not None:
        return f"{cmdlet} {single_quoted(call.written_id)}"
    if call.parameter is None:
        return cmdlet
    name = next(one.name for one in named if one.parameter == call.parameter)
    return f"{cmdlet} ${name}"
