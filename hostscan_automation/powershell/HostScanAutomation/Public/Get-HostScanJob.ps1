function Get-HostScanJob {
    <#
    .SYNOPSIS
    Get host scan jobs: all, those that a filter means, by id, or by host.

    .DESCRIPTION
    The server has no filter and no paging, so the list is read as a stream and filtered on this
    side; jobs come out as they are found. The list holds no creator and no times: -CreatedBy,
    -OlderThan, -Detailed and filters on such fields cost one more call for each job, and a warning
    says so above 200.

    Where a value that a filter needs is missing, the job is not selected.

    .PARAMETER Status
    Names of statuses; any of them.

    .PARAMETER HostName
    Names with the wildcards *, ? and [...]. A job is meant where any of its hosts has any of these
    names, or DNS names.

    .PARAMETER IpAddress
    Addresses, or networks such as 10.1.0.0/16, of any host of the job.

    .PARAMETER FailureReason
    Failure reasons of any host of the job, such as AccessDenied.

    .PARAMETER CreatedBy
    Who made the job, with the wildcards *, ? and [...].

    .PARAMETER OlderThan
    Only jobs created longer ago than this, by the server's clock.

    .PARAMETER Filter
    A filter clause in the language of the playbooks, for example '{every_host: {os: {glob: "*2012*"}}}'.

    .PARAMETER Id
    Ids of host scan jobs.

    .PARAMETER HostId
    Ids of hosts: the job of each. This is the id of a host, not of its record in the scan tables.

    .PARAMETER Detailed
    Read the detail of each job: creator and times.

    .PARAMETER SessionName
    The session to use.

    .PARAMETER IncludeTotalCount
    Return the number of jobs first. All jobs are read before the first is shown.

    .PARAMETER Skip
    Leave out the first so many jobs.

    .PARAMETER First
    End after so many jobs; the rest of the list is not read.

    .INPUTS
    System.Guid, or objects with a property Id, JobId, HostScanJobId or HostId.

    .OUTPUTS
    HostScan.Job

    .EXAMPLE
    Get-HostScanJob -Status Queued, Pending

    Lists what waits.

    .EXAMPLE
    Get-HostScanJob -HostName 'lab-*' -OlderThan (New-TimeSpan -Hours 6)

    Lists the jobs of lab hosts that are older than six hours.

    .EXAMPLE
    Get-HostScanJob -Filter '{any_host: {ip: {cidr: 10.1.0.0/16}}}' | Measure-HostScanJob

    Counts the jobs of one network by status.

    .EXAMPLE
    Get-HostScanJob -Id 497f6eca-6276-4993-bfeb-53cbbbba6f08 | Format-List

    Shows one job whole.

    .LINK
    Stop-HostScanJob

    .LINK
    Measure-HostScanJob
    #>
    [CmdletBinding(DefaultParameterSetName = 'List', SupportsPaging = $true)]
    [OutputType('HostScan.Job')]
    param(
        [Parameter(ParameterSetName = 'List')]
        [ArgumentCompleter({ & (Get-Module -Name HostScanAutomation) { Get-HostScanCompletion -Kind Status -Word $args[2] } @args })]
        [string[]] $Status,

        [Parameter(ParameterSetName = 'List', Position = 0)]
        [Alias('DnsHostName', 'ComputerName')]
        [ArgumentCompleter({ & (Get-Module -Name HostScanAutomation) { Get-HostScanCompletion -Kind HostName -Word $args[2] } @args })]
        [string[]] $HostName,

        [Parameter(ParameterSetName = 'List')]
        [string[]] $IpAddress,

        [Parameter(ParameterSetName = 'List')]
        [string[]] $FailureReason,

        [Parameter(ParameterSetName = 'List')]
        [string[]] $CreatedBy,

        [Parameter(ParameterSetName = 'List')]
        [timespan] $OlderThan,

        [Parameter(ParameterSetName = 'List')]
        [ValidateNotNullOrEmpty()]
        [string] $Filter,

        [Parameter(Mandatory = $true, ParameterSetName = 'ById', ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('JobId', 'HostScanJobId')]
        [ArgumentCompleter({ & (Get-Module -Name HostScanAutomation) { Get-HostScanCompletion -Kind Id -Word $args[2] } @args })]
        [guid[]] $Id,

        [Parameter(Mandatory = $true, ParameterSetName = 'ByHost', ValueFromPipelineByPropertyName = $true)]
        [guid[]] $HostId,

        [switch] $Detailed,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Module -Name HostScanAutomation) { Get-HostScanCompletion -Kind Session -Word $args[2] } @args })]
        [string] $SessionName = $script:DefaultSession
    )
    begin {
        Sync-HostScanPreference -Cmdlet $PSCmdlet -Bound $PSBoundParameters
        if ($PSBoundParameters.ContainsKey('OlderThan') -and $OlderThan -lt [timespan]::Zero) {
            $PSCmdlet.ThrowTerminatingError((ConvertTo-HostScanErrorRecord -ErrorId 'HostScan.InvalidArgument' -Category InvalidArgument `
                        -Message "-OlderThan: $OlderThan is negative" -Target $OlderThan -Action 'Give an age, such as 6:00:00 for six hours.'))
        }
        $ids = New-Object 'System.Collections.Generic.List[string]'
        $hostIds = New-Object 'System.Collections.Generic.List[string]'
    }
    process {
        # a job is read with others in one call, at the end
        foreach ($one in $Id) { if (-not $ids.Contains("$one")) { $ids.Add("$one") } }
        foreach ($one in $HostId) { if (-not $hostIds.Contains("$one")) { $hostIds.Add("$one") } }
    }
    end {
        $bridge = Get-HostScanBridge -Name $SessionName -Cmdlet $PSCmdlet
        $call = @{ Bridge = $bridge; TypeName = 'HostScan.Job'; Cmdlet = $PSCmdlet }
        if ($PSCmdlet.ParameterSetName -ne 'List') {
            $call['Method'] = 'jobs.detail'
            $call['Parameter'] = @{ ids = $ids; hostIds = $hostIds }
        }
        else {
            $call['Method'] = 'jobs.list'
            $call['Parameter'] = @{ detailed = [bool]$Detailed }
            if ($Status) { $call['Parameter']['status'] = $Status }
            if ($HostName) { $call['Parameter']['hostName'] = $HostName }
            if ($IpAddress) { $call['Parameter']['ipAddress'] = $IpAddress }
            if ($FailureReason) { $call['Parameter']['failureReason'] = $FailureReason }
            if ($CreatedBy) { $call['Parameter']['createdBy'] = $CreatedBy }
            if ($PSBoundParameters.ContainsKey('OlderThan')) { $call['Parameter']['olderThanSec'] = $OlderThan.TotalSeconds }
            if ($Filter) { $call['Parameter']['filter'] = $Filter }
        }
        $paging = $PSCmdlet.PagingParameters
        $page = @{}
        if ($paging.Skip -gt 0) { $page['Skip'] = [int][Math]::Min($paging.Skip, [int]::MaxValue) }
        if ($paging.First -lt [int]::MaxValue) { $page['First'] = [int]$paging.First }
        if ($call['Method'] -eq 'jobs.list') { $script:LastJobs = @() }
        if ($paging.IncludeTotalCount) {
            $all = @(Invoke-HostScanRequest @call)
            $paging.NewTotalCount($all.Count, 1.0)
            $all | Select-Object @page
        }
        elseif ($call['Method'] -eq 'jobs.list') {
            # the other side can leave out what is not wanted, and end the list early
            foreach ($part in $page.Keys) { $call['Parameter'][$part.ToLowerInvariant()] = $page[$part] }
            Invoke-HostScanRequest @call
        }
        elseif ($page.Count -gt 0) { Invoke-HostScanRequest @call | Select-Object @page }
        else { Invoke-HostScanRequest @call }
    }
}
