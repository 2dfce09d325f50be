"""Declare the documented values as parameters of a PowerShell script, and use them safely."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostscan_automation.porting.characters import single_quoted
from hostscan_automation.porting.names import name_parameters

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from hostscan_automation.porting.example import Parameter, PortedExample
    from hostscan_automation.porting.names import NamedParameter

MANDATORY = "    [Parameter(Mandatory = $true)]\n"

_TYPES = {"uuid": "guid", "integer": "long", "number": "double"}
# A text in a path stays one segment and does not spell the call that wipes all tables.
_SAFE_SEGMENT = r"^(?!\.{1,2}\z)(?!.*truncatealltables)[^\x00-\x1f]+\z"
_SECRETS = ("password", "passphrase")
# PSScriptAnalyzer takes these for secrets, too: credentialType, credentialName.
_SOUNDS_SECRET = (*_SECRETS, "cred")
_SAMPLES = {
    "uuid": "497f6eca-6276-4993-bfeb-53cbbbba6f08",
    "integer": "1",
    "number": "1.5",
    "boolean": "true",
    "date-time": "2030-01-01T00:00:00Z",
    "string": "text",
}

_COMMON_PARAMETERS = """
    Verbose vb Debug db ErrorAction ea WarningAction wa InformationAction infa ProgressAction proga
    ErrorVariable ev WarningVariable wv InformationVariable iv OutVariable ov OutBuffer ob
    PipelineVariable pv WhatIf wi Confirm cf UseTransaction usetx
"""
_AUTOMATIC_VARIABLES = """
    AllNodes args ConsoleFileName EnabledExperimentalFeatures Error Event EventArgs EventSubscriber
    ExecutionContext false foreach HOME Host input IsCoreCLR IsLinux IsMacOS IsWindows LastExitCode
    Matches MyInvocation NestedPromptLevel null OFS PID PROFILE PSBoundParameters PSCmdlet
    PSCommandPath PSCulture PSDebugContext PSEdition PSHOME PSItem PSScriptRoot PSSenderInfo
    PSUICulture PSVersionTable PWD ReportErrorShowExceptionClass ReportErrorShowInnerException
    ReportErrorShowSource ReportErrorShowStackTrace Sender ShellId StackTrace switch this true
"""
_PREFERENCES = """
    ConfirmPreference DebugPreference ErrorActionPreference ErrorView FormatEnumerationLimit
    InformationPreference LogCommandHealthEvent LogCommandLifecycleEvent LogEngineHealthEvent
    LogEngineLifecycleEvent LogProviderHealthEvent LogProviderLifecycleEvent MaximumHistoryCount
    OutputEncoding ProgressPreference PSDefaultParameterValues PSEmailServer
    PSModuleAutoLoadingPreference PSNativeCommandArgumentPassing
    PSNativeCommandUseErrorActionPreference PSSessionApplicationName PSSessionConfigurationName
    PSSessionOption PSStyle Transcript VerbosePreference WarningPreference WhatIfPreference
"""
_OWN_PARAMETERS = "NPSUrl Credential MfaCode SkipCertificateCheck"
_TAKEN = frozenset(
    f"{_COMMON_PARAMETERS} {_AUTOMATIC_VARIABLES} {_PREFERENCES} {_OWN_PARAMETERS}".lower().split()
)


def powershell_parameters(
    example: PortedExample, variables: Collection[str] = ()
) -> tuple[NamedParameter, ...]:
    """Return the documented values with names that PowerShell and the script leave free.

    Args:
        example: The example to name the values of.
        variables: Names that the script gives to variables of its own, in lower case.
    """
    return name_parameters(example, _spelled, _TAKEN.union(variables))


def _spelled(documented: str) -> str:
    """Return a documented name as a parameter's: its letters and digits, the first one large."""
    letters = "".join(letter for letter in documented if letter.isascii() and letter.isalnum())
    return letters[:1].upper() + letters[1:] if letters[:1].isalpha() else f"Value{letters}"


def help_text(named: NamedParameter) -> str:
    """Return the parameter's part of the comment-based help."""
    parameter, is_path = named.parameter, named.location == "path"
    text = (
        f"Value of {{{parameter.name}}} in the path"
        if is_path
        else (f"Value of {parameter.name} in the query")
    )
    text += f", type {parameter.type}"
    if parameter.values:
        text += f", one of {', '.join(parameter.values)}"
    if not is_path:
        text += (
            "; the page says it is required" if parameter.is_required else ("; it may be left out")
        )
    return f"\n.PARAMETER {named.name}\n{text}.\n"


def declaration(named: NamedParameter) -> str:
    """Return the parameter as the `param` block declares it."""
    kind = named.parameter.element_type
    is_path = named.location == "path"
    checks = ""
    if kind == "boolean":
        checks = "    [ValidateSet('true', 'false')]\n"
    elif is_path and kind in {"string", "date-time"}:
        checks = f"    [ValidatePattern('{_SAFE_SEGMENT}')]\n"
    if named.parameter.values:
        # Offered and not required: a server may know more values than its documentation.
        known = ", ".join(map(single_quoted, named.parameter.values))
        checks += f'    [ArgumentCompleter({{ @({known}) -like "$($args[2])*" }})]\n'
    array = "[]" if named.parameter.is_array and not is_path else ""
    mandatory = MANDATORY if is_path else ""
    type_ = "securestring" if _is_secret(named) else _TYPES.get(kind, "string")
    return f"{mandatory}{checks}    [{type_}{array}]${named.name}"


def _is_secret(named: NamedParameter) -> bool:
    """Say whether a value is kept from the screen; one in a path must be text to be checked."""
    is_text = named.location == "query" and named.parameter.type == "string"
    return is_text and any(word in named.name.lower() for word in _SECRETS)


def suppressions(parameters: Collection[NamedParameter]) -> Iterator[str]:
    """Give an attribute for each parameter that only sounds like a secret."""
    for named in parameters:
        is_text = named.parameter.element_type not in _TYPES and not _is_secret(named)
        if is_text and any(word in named.name.lower() for word in _SOUNDS_SECRET):
            yield (
                "[Diagnostics.CodeAnalysis.SuppressMessageAttribute("
                f"'PSAvoidUsingPlainTextForPassword', '{named.name}',"
                " Justification = 'The server takes this value as text in the address.')]\n"
            )


def zeros_checks(parameters: Collection[NamedParameter]) -> Iterator[str]:
    """Give a check for each id of a path: no record has the one of zeros only."""
    for name in (one.name for one in parameters if _is_required_id(one)):
        yield f"if (${name} -eq [guid]::Empty) {{\n    throw '{name} consists of zeros only'\n}}\n"


def _is_required_id(named: NamedParameter) -> bool:
    return named.location == "path" and named.parameter.element_type == "uuid"


def escaped_value(named: NamedParameter, variable: str | None = None) -> str:
    """Return the expression of a value as it stands in an address."""
    text = f'"${variable or named.name}"'
    if _is_secret(named):
        text = f"[Net.NetworkCredential]::new('', ${named.name}).Password"
    if named.parameter.element_type == "boolean":
        text = f"{text}.ToLowerInvariant()"
    return f"[uri]::EscapeDataString({text})"


def usage(parameters: Collection[NamedParameter], *, has_password: bool, has_code: bool) -> str:
    """Return how the script is called, as its help shows it."""
    words = [r".\ported-example.ps1 -NPSUrl https://nps01.example.com:6500"]
    if has_password:
        words.append("-Credential (Get-Credential)")
    if has_code:
        words.append("-MfaCode 123456")
    required = (named for named in parameters if named.location == "path")
    words += [f"-{named.name} {_sample(named.parameter)}" for named in required]
    return " ".join(words)


def _sample(parameter: Parameter) -> str:
    return parameter.values[0] if parameter.values else _SAMPLES[parameter.element_type]
