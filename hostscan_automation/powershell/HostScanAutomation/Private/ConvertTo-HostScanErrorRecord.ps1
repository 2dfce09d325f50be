function ConvertTo-HostScanErrorRecord {
    <#
    .SYNOPSIS
    Return an error record with its id, category, target and the way out.
    #>
    [CmdletBinding()]
    [OutputType([System.Management.Automation.ErrorRecord])]
    param(
        [Parameter(Mandatory = $true)] [string] $Message,
        [Parameter(Mandatory = $true)] [string] $ErrorId,
        [Parameter(Mandatory = $true)] [System.Management.Automation.ErrorCategory] $Category,
        [Parameter(Mandatory = $true)] [string] $Action,
        [AllowNull()] [object] $Target
    )
    $exception = New-Object System.InvalidOperationException -ArgumentList $Message
    $record = New-Object System.Management.Automation.ErrorRecord -ArgumentList $exception, $ErrorId, $Category, $Target
    $record.ErrorDetails = New-Object System.Management.Automation.ErrorDetails -ArgumentList $Message
    $record.ErrorDetails.RecommendedAction = $Action
    $record
}
