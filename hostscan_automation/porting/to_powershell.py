"""Write an example as one corrected script for Windows PowerShell 5.1 and PowerShell 7."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostscan_automation.porting.characters import single_quoted
from hostscan_automation.porting.example import JSON_CONTENT_TYPE, SignIn
from hostscan_automation.porting.names import NamedParameter, name_parameters
from hostscan_automation.porting.powershell_text import (
    CODE_HELP,
    CONNECTION,
    CREDENTIAL_HELP,
    END,
    FIRST_LINE,
    FIRST_STEP,
    SECOND_STEP,
    SERVER_HELP,
    SETTINGS,
    SIGN_IN_FUNCTION,
    SWITCH_HELP,
    VARIABLES,
)
from hostscan_automation.porting.reserved import TAKEN_IN_POWERSHELL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hostscan_automation.porting.example import Parameter, PortedExample, Step

_TYPES = {"uuid": "guid", "integer": "long", "number": "double"}
# A text in a path stays one segment and does not spell the call that wipes all tables.
_SAFE_SEGMENT = r"^(?!\.{1,2}\z)(?!.*truncatealltables)[^\x00-\x1f]+\z"
# What PSScriptAnalyzer takes for the name of a secret.
_SECRET_NAMES = ("password", "passphrase", "cred")
_SAMPLES = {
    "uuid": "497f6eca-6276-4993-bfeb-53cbbbba6f08",
    "integer": "1",
    "number": "1.5",
    "boolean": "true",
    "date-time": "2030-01-01T00:00:00Z",
    "string": "text",
}
_MANDATORY = "    [Parameter(Mandatory = $true)]\n"


def to_powershell(example: PortedExample) -> str:
    """Return the script, in ASCII, its lines ended by line feeds.

    It needs no module. What the page leaves open becomes parameters; nothing that the page says is
    read as PowerShell.
    """
    return "".join(_Script(example).parts())


def powershell_name(documented: str) -> str:
    """Return a documented name as a parameter's: its letters and digits, the first one large."""
    letters = "".join(letter for letter in documented if letter.isascii() and letter.isalnum())
    return letters[:1].upper() + letters[1:] if letters[:1].isalpha() else f"Value{letters}"


class _Script:
    """One script in the making, part by part."""

    def __init__(self, example: PortedExample) -> None:
        self._example = example
        self._has_password = example.has(SignIn.PASSWORD)
        self._has_code = example.has(SignIn.TWO_FACTOR)
        self._bodies = {
            number: f"jsonBody{number}"
            for number, call in enumerate(example.calls, 1)
            if call.body is not None
        }
        taken = TAKEN_IN_POWERSHELL | VARIABLES | {name.lower() for name in self._bodies.values()}
        self._named = name_parameters(example, powershell_name, taken)

    def parts(self) -> Iterator[str]:
        calls = self._example.calls
        yield FIRST_LINE + "\n<#\n"
        yield from self._help()
        yield "#>\n"
        yield from self._attributes()
        yield f"param(\n{_separated(self._declarations())}\n)\n"
        yield SETTINGS
        yield from (_zeros_check(one.name) for one in self._named if _is_required_id(one))
        yield from (self._body(call, number) for number, call in enumerate(calls, 1) if call.body)
        yield SIGN_IN_FUNCTION if self._has_password else ""
        yield CONNECTION
        yield FIRST_STEP if self._has_password else ""
        yield SECOND_STEP if self._has_code else ""
        yield from (self._call(call, number) for number, call in enumerate(calls, 1))
        yield END

    def _help(self) -> Iterator[str]:
        calls = self._example.calls
        what = str(calls[0]) if len(calls) == 1 else f"{len(calls)} requests"
        yield f".SYNOPSIS\nSend {what} to a Netwrix Privilege Secure server.\n\n.DESCRIPTION\n"
        yield _SIGN_IN_WORDS[self._has_password, self._has_code]
        yield from (f"    {call}\n" for call in calls)
        yield "With -WhatIf it sends no change.\n" if self._changes else ""
        yield SERVER_HELP
        yield CREDENTIAL_HELP if self._has_password else ""
        yield CODE_HELP if self._has_code else ""
        yield from (_parameter_help(named) for named in self._named)
        yield SWITCH_HELP
        yield f"\n.EXAMPLE\n{self._usage()}\n"

    def _usage(self) -> str:
        words = [r".\ported-example.ps1 -NPSUrl https://nps01.example.com:6500"]
        if self._has_password:
            words.append("-Credential (Get-Credential)")
        if self._has_code:
            words.append("-MfaCode 123456")
        required = (named for named in self._named if named.location == "path")
        words += [f"-{named.name} {_SAMPLES[_scalar(named)]}" for named in required]
        return " ".join(words)

    @property
    def _changes(self) -> bool:
        return any(call.is_change for call in self._example.calls)

    def _attributes(self) -> Iterator[str]:
        process = "SupportsShouldProcess = $true, ConfirmImpact = 'High'" if self._changes else ""
        yield f"[CmdletBinding({process})]\n"
        for named in self._named:
            is_text = _TYPES.get(named.parameter.element_type) is None
            if is_text and any(secret in named.name.lower() for secret in _SECRET_NAMES):
                yield (
                    "[Diagnostics.CodeAnalysis.SuppressMessageAttribute("
                    f"'PSAvoidUsingPlainTextForPassword', '{named.name}',"
                    " Justification = 'The server takes this value as text in the address.')]\n"
                )

    def _declarations(self) -> Iterator[str]:
        yield f"{_MANDATORY}    [uri]$NPSUrl"
        if self._has_password:
            yield f"{_MANDATORY}    [pscredential]$Credential"
        if self._has_code:
            yield f"{_MANDATORY}    [string]$MfaCode"
        yield from (_declaration(named) for named in self._named)
        yield "    [switch]$SkipCertificateCheck"

    def _body(self, call: Step, number: int) -> str:
        text = call.body.text if call.body else ""
        return f"\n${self._bodies[number]} = @'\n{text}\n'@\n"

    def _call(self, call: Step, number: int) -> str:
        lines = [f"# {call}", f"$path = {single_quoted(call.path)}"]
        for parameter in call.path_parameters:
            value = _value(self._find("path", parameter))
            lines.append(f"$path = $path.Replace('{{{parameter.name}}}', {value})")
        if call.query_parameters:
            lines += self._query(call)
        lines += ["$request = @{", *_aligned(self._request(call, number)), "}"]
        send = "Invoke-RestMethod @common @request"
        if call.is_change:
            condition = f"$PSCmdlet.ShouldProcess(\"${{server}}${{path}}\", '{call.method}')"
            lines += [f"if ({condition}) {{", f"    {send}", "}"]
        else:
            lines.append(send)
        return "\n" + "".join(f"    {line}\n" for line in lines)

    def _request(self, call: Step, number: int) -> dict[str, str]:
        request = {
            "Method": f"'{call.method}'",
            "Uri": '"${server}${path}"',
            "Headers": "$headers" if call.is_authorized else "@{ Accept = 'application/json' }",
        }
        if call.body is not None:
            request["ContentType"] = f"'{JSON_CONTENT_TYPE}'"
            request["Body"] = f"[Text.Encoding]::UTF8.GetBytes(${self._bodies[number]})"
        return request

    def _query(self, call: Step) -> Iterator[str]:
        yield "$query = @()"
        for parameter in call.query_parameters:
            yield from _query_part(parameter.name, self._find("query", parameter))
        yield "if ($query.Count -gt 0) {"
        yield "    $path += '?' + ($query -join '&')"
        yield "}"

    def _find(self, location: str, parameter: Parameter) -> NamedParameter:
        wanted = (location, parameter)
        return next(one for one in self._named if (one.location, one.parameter) == wanted)


_SIGN_IN_WORDS = {
    (True, True): "Signs in with password and one-time code, then sends\n",
    (True, False): "Signs in with a password, then sends\n",
    (False, False): "Sends, without signing in,\n",
}


def _separated(declarations: Iterator[str]) -> str:
    return ",\n\n".join(declarations)


def _is_required_id(named: NamedParameter) -> bool:
    return named.location == "path" and named.parameter.type == "uuid"


def _zeros_check(name: str) -> str:
    return f"if (${name} -eq [guid]::Empty) {{\n    throw '{name} consists of zeros only'\n}}\n"


def _scalar(named: NamedParameter) -> str:
    """Return the type of a value; a path takes one value, whatever the page says."""
    return named.parameter.element_type


def _parameter_help(named: NamedParameter) -> str:
    parameter = named.parameter
    if named.location == "path":
        text = f"Value of {{{parameter.name}}} in the path, type {parameter.type}."
    else:
        text = f"Value of {parameter.name} in the query, type {parameter.type}; it may be left out."
    return f"\n.PARAMETER {named.name}\n{text}\n"


def _declaration(named: NamedParameter) -> str:
    kind = _scalar(named)
    lines = []
    if named.location == "path":
        lines.append("[Parameter(Mandatory = $true)]")
    if kind == "boolean":
        lines.append("[ValidateSet('true', 'false')]")
    elif named.location == "path" and kind in {"string", "date-time"}:
        lines.append(f"[ValidatePattern('{_SAFE_SEGMENT}')]")
    is_array = named.parameter.is_array and named.location == "query"
    lines.append(f"[{_TYPES.get(kind, 'string')}{'[]' if is_array else ''}]${named.name}")
    return "\n".join(f"    {line}" for line in lines)


def _aligned(entries: Mapping[str, str]) -> Iterator[str]:
    width = max(map(len, entries))
    yield from (f"    {key.ljust(width)} = {value}" for key, value in entries.items())


def _query_part(documented: str, named: NamedParameter) -> Iterator[str]:
    key = single_quoted(f"{documented}=")
    yield f"if ($PSBoundParameters.ContainsKey('{named.name}')) {{"
    if named.parameter.is_array:
        yield f"    foreach ($value in ${named.name}) {{"
        yield f"        $query += {key} + {_value(named, 'value')}"
        yield "    }"
    else:
        yield f"    $query += {key} + {_value(named)}"
    yield "}"


def _value(named: NamedParameter, variable: str | None = None) -> str:
    """Return the expression of a value as it stands in an address."""
    text = f'"${variable or named.name}"'
    if _scalar(named) == "boolean":
        text = f"{text}.ToLowerInvariant()"
    return f"[uri]::EscapeDataString({text})"
