function Wait-HostScanJob {
    <#
    .SYNOPSIS
    Wait until host scan jobs have a certain status.

    .DESCRIPTION
    Looks at the list again and again, and returns each job as it gets there. All jobs share one
    look. What is not there in time is an error HostScan.WaitTimeout; the others were returned.

    .PARAMETER Id
    Ids of host scan jobs.

    .PARAMETER InputObject
    Jobs from Get-HostScanJob or Start-HostScanJob.

    .PARAMETER Until
    Names of statuses to wait for; without it every status in which a job has ended.

    .PARAMETER Any
    Return as soon as one of the jobs is there.

    .PARAMETER TimeoutSec
    Seconds to wait at most; without it there is no end.

    .PARAMETER PollSec
    Seconds between two looks, at least 2.

    .PARAMETER SessionName
    The session to use. Jobs from Get-HostScanJob know theirs.

    .INPUTS
    HostScan.Job, System.Guid, or objects with a property Id, JobId or HostScanJobId.

    .OUTPUTS
    HostScan.Job

    .EXAMPLE
    Start-HostScanJob -HostId $hostId | Wait-HostScanJob -TimeoutSec 600

    Scans a host and waits for the end.

    .EXAMPLE
    Get-HostScanJob -Status Queued | Wait-HostScanJob -Until Running -Any

    Waits until one of them runs.

    .LINK
    Get-HostScanJob
    #>
    [CmdletBinding(DefaultParameterSetName = 'ByJob')]
    [OutputType('HostScan.Job')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'ById', ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('JobId', 'HostScanJobId')]
        [ArgumentCompleter({ & (Get-Module -Name HostScanAutomation) { Get-HostScanCompletion -Kind Id -Word $args[2] } @args })]
        [guid[]] $Id,

        # the default set: a pipeline tries it first, so a job binds as what it is and not by its id
        [Parameter(Mandatory = $true, ParameterSetName = 'ByJob', ValueFromPipeline = $true)]
        [PSTypeName('HostScan.Job')]
        [object[]] $InputObject,

        [ArgumentCompleter({ & (Get-Module -Name HostScanAutomation) { Get-HostScanCompletion -Kind Status -Word $args[2] } @args })]
        [string[]] $Until,

        [switch] $Any,

        [ValidateRange(0, 604800)]
        [int] $TimeoutSec,

        [ValidateRange(2, 3600)]
        [int] $PollSec = 5,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module -Name HostScanAutomation) { Get-HostScanCompletion -Kind Session -Word $args[2] } @args })]
        [string] $SessionName = $script:DefaultSession
    )
    begin {
        Sync-HostScanPreference -Cmdlet $PSCmdlet -Bound $PSBoundParameters
        $ids = New-Object 'System.Collections.Generic.List[string]'
    }
    process {
        $jobs = if ($PSCmdlet.ParameterSetName -eq 'ByJob') { $InputObject } else { $Id }
        foreach ($job in $jobs) {
            $one = if ($job -is [guid]) { $job } else { [guid]"$($job.Id)" }
            if (Test-HostScanEmptyId -Id $one -Cmdlet $PSCmdlet) { continue }
            if (-not $ids.Contains("$one")) { $ids.Add("$one") }
        }
    }
    end {
        if ($ids.Count -eq 0) { return }
        $bridge = Get-HostScanBridge -Name $SessionName -Cmdlet $PSCmdlet
        $parameters = @{ ids = $ids; any = [bool]$Any; pollSec = $PollSec }
        if ($Until) { $parameters['until'] = $Until }
        if ($PSBoundParameters.ContainsKey('TimeoutSec')) { $parameters['timeoutSec'] = $TimeoutSec }
        $reply = @{}
        Invoke-HostScanRequest -Bridge $bridge -Method 'jobs.wait' -Parameter $parameters -TypeName 'HostScan.Job' -Cmdlet $PSCmdlet -Reply $reply
        $waiting = @($reply['Result'].waiting)
        if ($waiting.Count -gt 0) {
            $goal = if ($Until) { $Until -join ' or ' } else { 'their end' }
            $PSCmdlet.WriteError((ConvertTo-HostScanErrorRecord -ErrorId 'HostScan.WaitTimeout' -Category OperationTimeout `
                        -Message ('{0} of {1} jobs did not reach {2} within {3} seconds' -f $waiting.Count, $ids.Count, $goal, $TimeoutSec) `
                        -Target $waiting -Action 'Wait longer, or look at the jobs with Get-HostScanJob -Id.'))
        }
    }
}
