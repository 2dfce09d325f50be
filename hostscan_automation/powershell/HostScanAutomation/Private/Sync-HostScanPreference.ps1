function Sync-HostScanPreference {
    <#
    .SYNOPSIS
    Give the calling function the preferences of its own caller.
    .DESCRIPTION
    What a script sets as $WhatIfPreference, and the -WhatIf of a function that calls a cmdlet of
    this module, do not reach a module by themselves: ShouldProcess would answer yes.
    Every cmdlet comes here first, so here is also said that Constrained Language Mode will not do.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        [switch] $Force
    )
    if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
        # a record of its own cannot be made there
        Write-Error -ErrorId 'HostScan.PythonNotFound' -Category NotInstalled -ErrorAction Stop `
            -Message "this shell runs in $($ExecutionContext.SessionState.LanguageMode), where a module that is not signed cannot start Python" `
            -RecommendedAction 'Use the hostscan command line, or have the module signed by somebody this machine trusts.'
    }
    $preferences = @{
        WhatIf            = 'WhatIfPreference'
        Confirm           = 'ConfirmPreference'
        ErrorAction       = 'ErrorActionPreference'
        WarningAction     = 'WarningPreference'
        Verbose           = 'VerbosePreference'
        ProgressAction    = 'ProgressPreference'
    }
    foreach ($parameter in $preferences.Keys) {
        if ($Bound.ContainsKey($parameter)) { continue }
        $value = $Cmdlet.SessionState.PSVariable.GetValue($preferences[$parameter])
        if ($parameter -eq 'WhatIf') { $value = [bool]$value }
        if ($parameter -eq 'Confirm' -and $Force) { $value = 'None' }
        if ($null -ne $value) {
            Set-Variable -Name $preferences[$parameter] -Value $value -Scope 1 -WhatIf:$false -Confirm:$false
        }
    }
}
