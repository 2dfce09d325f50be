# Loads the module: one file for each function, named here one by one, because the names of files
# count their capitals on some systems. Nothing is started and nothing is printed.

Set-StrictMode -Version 2.0

$script:ProtocolVersion = 1
$script:DefaultSession = 'Default'
$script:StopWaitMs = 5000
$script:HandshakeMs = 10000
# ConvertFrom-Json of Windows PowerShell leaves times as text
$script:TimesAreText = $PSVersionTable.PSVersion.Major -lt 6

# name of a session -> its bridge: one process for each session
$script:Bridges = @{}
# the bridge for what needs no server (playbooks, runs, examples), started when first needed
$script:OfflineBridge = $null
# the first jobs of the last list, for the completion of -Id and -HostName
$script:LastJobs = @()
# what Connect-HostScanServer was given as -PythonPath
$script:PythonPath = ''

$private = @(
    'Add-HostScanTypeName'
    'Close-HostScanBridge'
    'Complete-HostScanCall'
    'Connect-HostScanProcess'
    'ConvertFrom-HostScanSecret'
    'ConvertTo-HostScanDate'
    'ConvertTo-HostScanErrorRecord'
    'ConvertTo-HostScanJson'
    'Get-HostScanBridge'
    'Get-HostScanCompletion'
    'Get-HostScanGreeting'
    'Get-HostScanMessageOwner'
    'Get-HostScanOfflineBridge'
    'Get-HostScanPlanText'
    'Get-HostScanProfileName'
    'Get-HostScanPython'
    'Get-HostScanReportFormat'
    'Invoke-HostScanRequest'
    'Open-HostScanBridge'
    'Read-HostScanMessage'
    'Receive-HostScanMessage'
    'Resolve-HostScanPath'
    'Send-HostScanMessage'
    'Sync-HostScanPreference'
    'Test-HostScanEmptyId'
    'Write-HostScanFault'
    'Write-HostScanOutcome'
    'Write-HostScanProgress'
)
$public = @(
    'Connect-HostScanServer'
    'ConvertFrom-HostScanExample'
    'Disconnect-HostScanServer'
    'Export-HostScanReport'
    'Get-HostScanJob'
    'Get-HostScanRun'
    'Get-HostScanSession'
    'Invoke-HostScanPlaybook'
    'Measure-HostScanJob'
    'Start-HostScanJob'
    'Stop-HostScanJob'
    'Test-HostScanConnection'
    'Test-HostScanPlaybook'
    'Wait-HostScanJob'
)
foreach ($name in $private) { . "$PSScriptRoot/Private/$name.ps1" }
foreach ($name in $public) { . "$PSScriptRoot/Public/$name.ps1" }

# Remove-Module comes here; the end of the shell does not, and needs not: the pipe ends with it.
# In Constrained Language Mode nothing can be set here, and nothing is ever started.
if ($ExecutionContext.SessionState.LanguageMode -eq 'FullLanguage') {
    $ExecutionContext.SessionState.Module.OnRemove = {
        foreach ($bridge in @($script:Bridges.Values) + @($script:OfflineBridge)) {
            if ($null -ne $bridge) { Close-HostScanBridge -Bridge $bridge }
        }
    }
}

Export-ModuleMember -Function $public
