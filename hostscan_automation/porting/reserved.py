"""List the names that a parameter of a generated PowerShell script cannot have."""

from __future__ import annotations

_COMMON_PARAMETERS = """
    Verbose vb Debug db ErrorAction ea WarningAction wa InformationAction infa ProgressAction proga
    ErrorVariable ev WarningVariable wv InformationVariable iv OutVariable ov OutBuffer ob
    PipelineVariable pv WhatIf wi Confirm cf
"""
_AUTOMATIC_VARIABLES = """
    args ConsoleFileName EnabledExperimentalFeatures Error Event EventArgs EventSubscriber
    ExecutionContext false foreach HOME Host input IsCoreCLR IsLinux IsMacOS IsWindows LastExitCode
    Matches MyInvocation NestedPromptLevel null OFS PID PROFILE PSBoundParameters PSCmdlet
    PSCommandPath PSCulture PSDebugContext PSEdition PSHOME PSItem PSScriptRoot PSSenderInfo
    PSUICulture PSVersionTable PWD Sender ShellId StackTrace switch this true
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

TAKEN_IN_POWERSHELL = frozenset(
    (_COMMON_PARAMETERS + _AUTOMATIC_VARIABLES + _PREFERENCES).lower().split()
)
