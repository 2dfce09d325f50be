"""Write an example as one corrected script for Windows PowerShell 5.1 and PowerShell 7."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostscan_automation.porting import powershell_text as text
from hostscan_automation.porting.characters import single_quoted
from hostscan_automation.porting.example import JSON_CONTENT_TYPE, SignIn
from hostscan_automation.porting.powershell_parameters import (
    MANDATORY,
    declaration,
    escaped_value,
    help_text,
    powershell_parameters,
    suppressions,
    usage,
    zeros_checks,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hostscan_automation.porting.example import Parameter, PortedExample, Step
    from hostscan_automation.porting.names import NamedParameter

_SIGN_IN_WORDS = {
    (True, True): "Signs in with password and one-time code, then sends\n",
    (True, False): "Signs in with a password, then sends\n",
    (False, False): "Sends, without signing in,\n",
}
_WITHOUT_TOKEN = "@{ Accept = 'application/json' }"  # noqa: S105 - PowerShell, not a secret


def to_powershell(example: PortedExample) -> str:
    """Return the script, in ASCII, its lines ended by line feeds.

    It needs no module. What the page leaves open becomes parameters; nothing that the page says is
    read as PowerShell.
    """
    return "".join(_Script(example).parts())


class _Script:
    """One script in the making, part by part."""

    def __init__(self, example: PortedExample) -> None:
        self._calls = example.calls
        self._has_password = example.has(SignIn.PASSWORD)
        self._has_code = example.has(SignIn.TWO_FACTOR)
        self._changes = any(call.is_change for call in example.calls)
        bodies = {_body_name(number) for number, _ in enumerate(example.calls, 1)}
        self._named = powershell_parameters(
            example, text.VARIABLES.union(name.lower() for name in bodies)
        )

    def parts(self) -> Iterator[str]:
        numbered = list(enumerate(self._calls, 1))
        yield f"{text.FIRST_LINE}\n\n<#\n"
        yield from self._help()
        process = "SupportsShouldProcess = $true, ConfirmImpact = 'High'" if self._changes else ""
        yield f"#>\n[CmdletBinding({process})]\n"
        yield from suppressions(self._named)
        yield "param(\n" + ",\n\n".join(self._declarations()) + "\n)\n"
        yield text.SETTINGS
        yield from zeros_checks(self._named)
        yield from (_body(call, number) for number, call in numbered)
        yield text.SIGN_IN_FUNCTION if self._has_password else ""
        yield text.CONNECTION
        yield text.FIRST_STEP if self._has_password else ""
        yield text.SECOND_STEP if self._has_code else ""
        yield from (self._call(call, number) for number, call in numbered)
        yield text.END

    def _help(self) -> Iterator[str]:
        calls = self._calls
        what = str(calls[0]) if len(calls) == 1 else f"{len(calls)} requests"
        yield f".SYNOPSIS\nSend {what} to a Netwrix Privilege Secure server.\n\n.DESCRIPTION\n"
        yield _SIGN_IN_WORDS[self._has_password, self._has_code]
        yield from (f"    {call}\n" for call in calls)
        yield "With -WhatIf it sends no change.\n" if self._changes else ""
        yield text.SERVER_HELP
        yield text.CREDENTIAL_HELP if self._has_password else ""
        yield text.CODE_HELP if self._has_code else ""
        yield from map(help_text, self._named)
        yield text.SWITCH_HELP
        line = usage(self._named, has_password=self._has_password, has_code=self._has_code)
        yield f"\n.EXAMPLE\n{line}\n"

    def _declarations(self) -> Iterator[str]:
        yield f"{MANDATORY}    [uri]$NPSUrl"
        if self._has_password:
            yield f"{MANDATORY}    [pscredential]$Credential"
        if self._has_code:
            yield f"{MANDATORY}    [string]$MfaCode"
        yield from map(declaration, self._named)
        yield "    [switch]$SkipCertificateCheck"

    def _call(self, call: Step, number: int) -> str:
        lines = [f"# {call}", f"$path = {single_quoted(call.path)}"]
        for parameter in call.path_parameters:
            value = escaped_value(self._find("path", parameter))
            lines.append(f"$path = $path.Replace('{{{parameter.name}}}', {value})")
        if call.query_parameters:
            lines += self._query(call)
        lines += ["$request = @{", *_aligned(_request(call, number)), "}"]
        send = "Invoke-RestMethod @common @request"
        if call.is_change:
            condition = f"$PSCmdlet.ShouldProcess(\"${{server}}${{path}}\", '{call.method}')"
            lines += [f"if ({condition}) {{", f"    {send}", "}"]
        else:
            lines.append(send)
        return "\n" + "".join(f"    {line}\n" for line in lines)

    def _query(self, call: Step) -> Iterator[str]:
        yield "$query = @()"
        for parameter in call.query_parameters:
            yield from _query_part(self._find("query", parameter))
        yield "if ($query.Count -gt 0) {"
        yield "    $path += '?' + ($query -join '&')"
        yield "}"

    def _find(self, location: str, parameter: Parameter) -> NamedParameter:
        wanted = (location, parameter)
        return next(one for one in self._named if (one.location, one.parameter) == wanted)


def _body_name(number: int) -> str:
    return f"jsonBody{number}"


def _body(call: Step, number: int) -> str:
    if call.body is None:
        return ""
    return f"\n${_body_name(number)} = @'\n{call.body.text}\n'@\n"


def _request(call: Step, number: int) -> Mapping[str, str]:
    request = {
        "Method": f"'{call.method}'",
        "Uri": '"${server}${path}"',
        "Headers": "$headers" if call.is_authorized else _WITHOUT_TOKEN,
    }
    if call.body is not None:
        request["ContentType"] = f"'{JSON_CONTENT_TYPE}'"
        request["Body"] = f"[Text.Encoding]::UTF8.GetBytes(${_body_name(number)})"
    return request


def _aligned(entries: Mapping[str, str]) -> Iterator[str]:
    width = max(map(len, entries))
    yield from (f"    {key.ljust(width)} = {value}" for key, value in entries.items())


def _query_part(named: NamedParameter) -> Iterator[str]:
    key = single_quoted(f"{named.parameter.name}=")
    yield f"if ($PSBoundParameters.ContainsKey('{named.name}')) {{"
    if named.parameter.is_array:
        yield f"    foreach ($value in ${named.name}) {{"
        yield f"        $query += {key} + {escaped_value(named, 'value')}"
        yield "    }"
    else:
        yield f"    $query += {key} + {escaped_value(named)}"
    yield "}"
