function Stop-HostScanJob {
    <#
    .SYNOPSIS
    Cancel host scan jobs.

    .DESCRIPTION
    Asks for each job, gathers those that were agreed to, and sends them as one run at the end of
    the pipeline. The run obeys the same limits, protections, pacing and journal as the hostscan
    command line. A pipeline that breaks before its end (Ctrl+C, an error further up) cancels nothing.

    Jobs that come from Get-HostScanJob carry what you saw of them: where the sort of their status
    or their hosts have changed since, they are left alone and reported as drifted. With -Id nothing
    was seen, and the state at the time of the call decides. A job that has ended already is
    reported as already_finished, and is no error.

    Cancelling is asynchronous: the server answers 202 and does it later. Without -Wait a job is
    reported as accepted; with -Wait it is reported once, after a later look at it.

    Of several rows, a bad one is one error and the others are carried out; with -ErrorAction Stop
    nothing is. Ctrl+C stops within half a second, and a warning tells what was sent and what not.
    Cancelling a job leaves the schedule of its platform alone: the same hosts come back at its next
    time.

    .PARAMETER Id
    Ids of host scan jobs.

    .PARAMETER InputObject
    Jobs from Get-HostScanJob.

    .PARAMETER MaxCount
    Refuse the whole when more jobs than this would be cancelled. Lowers a limit, never raises it.

    .PARAMETER Wait
    Wait until the jobs are seen to be cancelled.

    .PARAMETER TimeoutSec
    Seconds that -Wait waits at most, 120 without it.

    .PARAMETER ThrottleLimit
    How many requests are under way at once.

    .PARAMETER Force
    Do not ask. Limits and protections hold as before.

    .PARAMETER PassThru
    Return what became of each job.

    .PARAMETER Reason
    Why, for the journal and the report.

    .PARAMETER SessionName
    The session to use. Jobs from Get-HostScanJob know theirs.

    .INPUTS
    HostScan.Job, System.Guid, or objects with a property Id, JobId or HostScanJobId.

    .OUTPUTS
    None, or HostScan.StopResult with -PassThru.

    .EXAMPLE
    Stop-HostScanJob -Id 497f6eca-6276-4993-bfeb-53cbbbba6f08

    Asks, then cancels one job.

    .EXAMPLE
    Get-HostScanJob -Status Queued -HostName 'lab-*' | Stop-HostScanJob -WhatIf

    Says what would be cancelled, and sends nothing.

    .EXAMPLE
    Get-HostScanJob -Status Queued -HostName 'lab-*' | Stop-HostScanJob -Force -MaxCount 50 -Wait -PassThru

    Cancels without asking, at most 50 or none at all, and returns what became of each.

    .EXAMPLE
    Import-Csv -Path .\ticket.csv | Stop-HostScanJob -Confirm

    Asks for each row of a file that has a column Id or JobId.

    .LINK
    Get-HostScanJob

    .LINK
    Get-HostScanRun

    .LINK
    Export-HostScanReport
    #>
    [CmdletBinding(DefaultParameterSetName = 'ByJob', SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    [OutputType('HostScan.StopResult')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'ById', ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('JobId', 'HostScanJobId')]
        [ArgumentCompleter({ & (Get-Module -Name HostScanAutomation) { Get-HostScanCompletion -Kind Id -Word $args[2] } @args })]
        [guid[]] $Id,

        # the default set: a pipeline tries it first, so a job binds as what it is and not by its id
        [Parameter(Mandatory = $true, ParameterSetName = 'ByJob', ValueFromPipeline = $true)]
        [PSTypeName('HostScan.Job')]
        [object[]] $InputObject,

        [ValidateRange(0, [int]::MaxValue)]
        [int] $MaxCount,

        [switch] $Wait,

        [ValidateRange(0, 86400)]
        [int] $TimeoutSec = 120,

        [ValidateRange(1, 64)]
        [int] $ThrottleLimit,

        [switch] $Force,

        [switch] $PassThru,

        [string] $Reason,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module -Name HostScanAutomation) { Get-HostScanCompletion -Kind Session -Word $args[2] } @args })]
        [string] $SessionName = $script:DefaultSession
    )
    begin {
        Sync-HostScanPreference -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Force:$Force
        # name of a session -> its jobs by id, in the order in which they came
        $chosen = @{}
        $asked = @{}
    }
    process {
        $null = Get-HostScanBridge -Name $SessionName -Cmdlet $PSCmdlet
        $jobs = if ($PSCmdlet.ParameterSetName -eq 'ByJob') { $InputObject } else { $Id }
        foreach ($job in $jobs) {
            if ($job -is [guid]) {
                if (Test-HostScanEmptyId -Id $job -Cmdlet $PSCmdlet) { continue }
                $target = "$job"
                $meant = @{ id = "$job" }
            }
            else {
                $target = '{0} {1} ({2})' -f $job.Id, $job.HostName, $job.Status
                $meant = @{ id = "$($job.Id)"; status = "$($job.Status)"; fingerprint = "$($job.Fingerprint)" }
            }
            if ($asked.ContainsKey($meant['id'])) { continue }
            $asked[$meant['id']] = $true
            if (-not $PSCmdlet.ShouldProcess($target, 'Cancel host scan job')) { continue }
            if (-not $chosen.ContainsKey($SessionName)) { $chosen[$SessionName] = New-Object 'System.Collections.Generic.List[object]' }
            $chosen[$SessionName].Add($meant)
        }
    }
    end {
        foreach ($name in @($chosen.Keys)) {
            $bridge = Get-HostScanBridge -Name $name -Cmdlet $PSCmdlet
            $parameters = @{ jobs = $chosen[$name]; wait = [bool]$Wait }
            if ($Wait) { $parameters['timeoutSec'] = $TimeoutSec }
            if ($PSBoundParameters.ContainsKey('MaxCount')) { $parameters['maxCount'] = $MaxCount }
            if ($PSBoundParameters.ContainsKey('ThrottleLimit')) { $parameters['throttleLimit'] = $ThrottleLimit }
            if ($Reason) { $parameters['reason'] = $Reason }
            Invoke-HostScanRequest -Bridge $bridge -Method 'jobs.cancel' -Parameter $parameters -TypeName 'HostScan.StopResult' -Cmdlet $PSCmdlet |
                ForEach-Object -Process {
                    if ($PassThru) { $_ }
                    Write-HostScanOutcome -Result $_ -Cmdlet $PSCmdlet -Wait:$Wait
                }
        }
    }
}
