function Start-HostScanJob {
    <#
    .SYNOPSIS
    Ask the server to scan hosts.

    .DESCRIPTION
    Schedules a scan for hosts, or scans managed resources now. The requests leave at the end of the
    pipeline: where it breaks before, nothing is asked for. A request that may have arrived is never
    sent again.

    .PARAMETER HostId
    Ids of hosts, not of records in the scan tables.

    .PARAMETER ManagedResourceId
    Ids of managed resources.

    .PARAMETER SessionName
    The session to use.

    .INPUTS
    System.Guid, or objects with a property HostId or ManagedResourceId.

    .OUTPUTS
    HostScan.Job

    .EXAMPLE
    Start-HostScanJob -HostId 70e3fb2d-1cb6-4dbc-ab8d-fa7209aca5dd

    Scans one host.

    .EXAMPLE
    (Get-HostScanJob -Status Failed).Hosts | Start-HostScanJob -WhatIf

    Says which hosts would be scanned again.

    .LINK
    Wait-HostScanJob
    #>
    [CmdletBinding(DefaultParameterSetName = 'ByHost', SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]
    [OutputType('HostScan.Job')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'ByHost', ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [guid[]] $HostId,

        [Parameter(Mandatory = $true, ParameterSetName = 'ByResource', ValueFromPipelineByPropertyName = $true)]
        [guid[]] $ManagedResourceId,

        [ArgumentCompleter({ & (Get-Module -Name HostScanAutomation) { Get-HostScanCompletion -Kind Session -Word $args[2] } @args })]
        [string] $SessionName = $script:DefaultSession
    )
    begin {
        Sync-HostScanPreference -Cmdlet $PSCmdlet -Bound $PSBoundParameters
        $bridge = Get-HostScanBridge -Name $SessionName -Cmdlet $PSCmdlet
        $chosen = New-Object 'System.Collections.Generic.List[string]'
        $name = 'hostIds'
    }
    process {
        $ids = $HostId
        $what = 'host'
        if ($PSCmdlet.ParameterSetName -eq 'ByResource') {
            $ids = $ManagedResourceId
            $what = 'managed resource'
            $name = 'managedResourceIds'
        }
        foreach ($one in $ids) {
            if (Test-HostScanEmptyId -Id $one -Cmdlet $PSCmdlet) { continue }
            if ($chosen.Contains("$one")) { continue }
            if ($PSCmdlet.ShouldProcess("$what $one", 'Scan')) { $chosen.Add("$one") }
        }
    }
    end {
        if ($chosen.Count -eq 0) { return }
        Invoke-HostScanRequest -Bridge $bridge -Method 'jobs.schedule' -Parameter @{ $name = $chosen } -TypeName 'HostScan.Job' -Cmdlet $PSCmdlet
    }
}
