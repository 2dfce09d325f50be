function Write-HostScanProgress {
    <#
    .SYNOPSIS
    Show how far a call is.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [object] $Progress)
    $bar = @{ Activity = $Progress.activity; Status = $Progress.status }
    if ($null -ne $Progress.total -and $Progress.total -gt 0) {
        $bar['PercentComplete'] = [Math]::Min(100, [int](100 * $Progress.done / $Progress.total))
    }
    Write-Progress @bar
}
