function Measure-HostScanJob {
    <#
    .SYNOPSIS
    Count host scan jobs by status, host or failure reason.

    .DESCRIPTION
    Counts what comes down the pipeline and asks the server for nothing. A job with several hosts
    counts once for each of its hosts' names, or once for each of their different failure reasons.

    .PARAMETER InputObject
    Jobs from Get-HostScanJob.

    .PARAMETER By
    What to count by.

    .INPUTS
    HostScan.Job

    .OUTPUTS
    HostScan.Summary

    .EXAMPLE
    Get-HostScanJob | Measure-HostScanJob

    Counts all jobs by status.

    .EXAMPLE
    Get-HostScanJob -Status Failed | Measure-HostScanJob -By FailureReason

    Shows why scans fail.

    .LINK
    Get-HostScanJob
    #>
    [CmdletBinding()]
    [OutputType('HostScan.Summary')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [PSTypeName('HostScan.Job')]
        [object[]] $InputObject,

        [ValidateSet('Status', 'HostName', 'FailureReason')]
        [string] $By = 'Status'
    )
    begin {
        $counts = @{}
        $jobs = 0
    }
    process {
        foreach ($job in $InputObject) {
            $jobs++
            $names = switch ($By) {
                'Status' { $job.Status }
                'HostName' { foreach ($scanned in $job.Hosts) { @($scanned.Name, $scanned.DnsHostName, $scanned.IpAddress, '(unnamed host)' | Where-Object -FilterScript { $_ })[0] } }
                'FailureReason' { foreach ($scanned in $job.Hosts) { if ($scanned.FailureReason -and $scanned.FailureReason -ne 'NoError') { $scanned.FailureReason } } }
            }
            foreach ($name in @($names | Select-Object -Unique)) { $counts[$name] = 1 + $counts[$name] }
        }
    }
    end {
        $sorted = $counts.GetEnumerator() | Sort-Object -Property @{ Expression = 'Value'; Descending = $true }, @{ Expression = 'Key' }
        foreach ($entry in $sorted) {
            [pscustomobject]@{
                PSTypeName = 'HostScan.Summary'
                By         = $By
                Name       = $entry.Key
                Count      = $entry.Value
                Percent    = [Math]::Round(100 * $entry.Value / $jobs, 1)
            }
        }
    }
}
