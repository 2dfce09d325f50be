function Get-HostScanSession {
    <#
    .SYNOPSIS
    Show who is signed in to which server.

    .DESCRIPTION
    Returns one object for each session, without any secret. LastRun tells how the last run of the
    session ended, also when it was stopped with Ctrl+C.

    .PARAMETER SessionName
    Only the session of this name.

    .INPUTS
    None

    .OUTPUTS
    HostScan.Session

    .EXAMPLE
    Get-HostScanSession

    Shows all sessions.

    .EXAMPLE
    (Get-HostScanSession).LastRun.Outcomes

    Shows how the last run ended, after Ctrl+C for instance.

    .LINK
    Connect-HostScanServer
    #>
    [CmdletBinding()]
    [OutputType('HostScan.Session')]
    param(
        [Parameter(Position = 0)]
        [ArgumentCompleter({ & (Get-Module -Name HostScanAutomation) { Get-HostScanCompletion -Kind Session -Word $args[2] } @args })]
        [string] $SessionName
    )
    Sync-HostScanPreference -Cmdlet $PSCmdlet -Bound $PSBoundParameters
    foreach ($bridge in @($script:Bridges.Values)) {
        if (-not $bridge.IsConnected -or ($SessionName -and $bridge.Name -ne $SessionName)) { continue }
        if ($bridge.Process.HasExited) {
            # one that is gone does not hide the others
            $bridge.IsConnected = $false
            $PSCmdlet.WriteError((ConvertTo-HostScanErrorRecord -ErrorId 'HostScan.ServerExited' -Category ConnectionError `
                        -Message ('the Python process of session {0} has ended' -f $bridge.Name) -Target $bridge.Name `
                        -Action 'Run Connect-HostScanServer again. Get-HostScanRun shows what had been done.'))
            continue
        }
        $session = Invoke-HostScanRequest -Bridge $bridge -Method 'session' -TypeName 'HostScan.Session' -Cmdlet $PSCmdlet
        $lastRun = $bridge.LastRun
        if ($null -ne $lastRun -and $lastRun.PSTypeNames[0] -ne 'HostScan.Run') {
            Add-HostScanTypeName -InputObject $lastRun -TypeName 'HostScan.Run'
        }
        $session.PSObject.Properties.Add((New-Object System.Management.Automation.PSNoteProperty -ArgumentList 'LastRun', $lastRun))
        $session.PSObject.Properties.Add((New-Object System.Management.Automation.PSNoteProperty -ArgumentList 'ProcessId', $bridge.Process.Id))
        $session.PSObject.Properties.Add((New-Object System.Management.Automation.PSNoteProperty -ArgumentList 'Python', $bridge.Python))
        $session
    }
}
