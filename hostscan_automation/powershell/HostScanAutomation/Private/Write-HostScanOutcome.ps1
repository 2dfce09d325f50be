function Write-HostScanOutcome {
    <#
    .SYNOPSIS
    Say in the right stream what became of a job, where that is not simply "cancelled".
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [object] $Result,
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [switch] $Wait
    )
    $said = '{0}: {1}' -f $Result.Id, $Result.Outcome
    if ($Result.Detail) { $said = '{0} ({1})' -f $said, $Result.Detail }
    if ($Result.TraceId) { $said = '{0} (trace id {1})' -f $said, $Result.TraceId }
    $errorId, $category = switch ($Result.Outcome) {
        'gone' { 'HostScan.NotFound', 'ObjectNotFound' }
        'refused' { 'HostScan.BadRequest', 'InvalidArgument' }
        'not_attempted' { 'HostScan.Cancelled', 'OperationStopped' }
        'uncertain' { 'HostScan.Timeout', 'OperationTimeout' }
        'accepted' { if ($Wait) { 'HostScan.WaitTimeout', 'OperationTimeout' } else { $null, $null } }
        'failed' { if ($Result.HttpStatus -eq 403) { 'HostScan.Forbidden', 'PermissionDenied' } else { 'HostScan.ServerError', 'ResourceUnavailable' } }
        default { $null, $null }
    }
    if ($errorId) {
        $Cmdlet.WriteError((ConvertTo-HostScanErrorRecord -ErrorId $errorId -Category $category -Message $said -Target $Result.Id))
    }
    elseif ($Result.Outcome -in 'protected', 'drifted') { Write-Warning -Message $said }
}
