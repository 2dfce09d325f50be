function Select-HostScanPage {
    <#
    .SYNOPSIS
    Hand on a part of the jobs that come down the pipeline, and keep the first of them in memory.
    .DESCRIPTION
    What is kept serves the completion of -Id and -HostName.
    #>
    [CmdletBinding()]
    [OutputType('HostScan.Job')]
    param(
        [Parameter(Mandatory = $true, ValueFromPipeline = $true)] [object] $InputObject,
        [uint64] $Skip = 0,
        [uint64] $First = [uint64]::MaxValue
    )
    begin { $seen = [uint64]0 }
    process {
        $seen++
        if ($seen -le $Skip -or $seen - $Skip -gt $First) { return }
        if ($script:LastJobs.Count -lt 1000) { $script:LastJobs.Add($InputObject) }
        $InputObject
    }
}
