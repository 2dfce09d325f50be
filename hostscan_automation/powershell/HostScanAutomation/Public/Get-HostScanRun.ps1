function Get-HostScanRun {
    <#
    .SYNOPSIS
    Show what runs did, from the journal on this machine.

    .DESCRIPTION
    Every cancel is written to the journal before it is sent, by this module and by the hostscan
    command line alike. So a run can be looked up whatever became of the shell that started it. No
    server is needed.

    .PARAMETER RunId
    Ids of runs. Each then comes with its jobs.

    .PARAMETER Last
    How many of the latest runs.

    .INPUTS
    System.String, or objects with a property RunId.

    .OUTPUTS
    HostScan.Run

    .EXAMPLE
    Get-HostScanRun -Last 5

    Shows the last five runs.

    .EXAMPLE
    (Get-HostScanRun -RunId 20260301-020000-ab12).Jobs | Where-Object Outcome -EQ failed

    Shows the jobs of a run that failed.

    .LINK
    Export-HostScanReport
    #>
    [CmdletBinding(DefaultParameterSetName = 'Last')]
    [OutputType('HostScan.Run')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'ById', ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [ValidateNotNullOrEmpty()]
        [string[]] $RunId,

        [Parameter(ParameterSetName = 'Last')]
        [ValidateRange(1, 100000)]
        [int] $Last = 10
    )
    begin {
        Sync-HostScanPreference -Cmdlet $PSCmdlet -Bound $PSBoundParameters
        $bridge = Get-HostScanOfflineBridge -Cmdlet $PSCmdlet
    }
    process {
        if ($PSCmdlet.ParameterSetName -eq 'Last') {
            Invoke-HostScanRequest -Bridge $bridge -Method 'runs.list' -Parameter @{ last = $Last } -TypeName 'HostScan.Run' -Cmdlet $PSCmdlet
            return
        }
        foreach ($one in $RunId) {
            $reply = @{}
            $call = @{ Bridge = $bridge; Cmdlet = $PSCmdlet; Reply = $reply; Method = 'run.show'; TypeName = 'HostScan.StopResult' }
            $call['Parameter'] = @{ runId = $one }
            $jobs = @(Invoke-HostScanRequest @call -GoOn)
            if ($null -eq $reply['Result']) { continue }
            $run = $reply['Result'].run
            Add-HostScanTypeName -InputObject $run -TypeName 'HostScan.Run'
            $run.PSObject.Properties.Add((New-Object System.Management.Automation.PSNoteProperty -ArgumentList 'Jobs', $jobs))
            $run
        }
    }
}
