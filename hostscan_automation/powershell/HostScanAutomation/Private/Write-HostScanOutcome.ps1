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
    $errorId, $category, $action = switch ($Result.Outcome) {
        'gone' { 'HostScan.NotFound', 'ObjectNotFound', 'Nothing is left to cancel. Look where this id comes from.' }
        'refused' { 'HostScan.BadRequest', 'InvalidArgument', 'Look at the job with Get-HostScanJob -Id.' }
        'not_attempted' { 'HostScan.Cancelled', 'OperationStopped', 'Nothing was sent for this job: it can be cancelled again.' }
        'uncertain' { 'HostScan.Timeout', 'OperationTimeout', 'Look at the job with Get-HostScanJob -Id before you repeat it.' }
        'accepted' { if ($Wait) { 'HostScan.WaitTimeout', 'OperationTimeout', 'The server works on it: wait for it with Wait-HostScanJob.' } else { $null, $null, $null } }
        'failed' {
            if ($Result.HttpStatus -eq 403) { 'HostScan.Forbidden', 'PermissionDenied', 'Use an account that has the role Admin or App.' }
            else { 'HostScan.ServerError', 'ResourceUnavailable', 'Look at the job with Get-HostScanJob -Id, and try again later.' }
        }
        default { $null, $null, $null }
    }
    if ($errorId) {
        $Cmdlet.WriteError((ConvertTo-HostScanErrorRecord -ErrorId $errorId -Category $category -Message $said -Target $Result.Id -Action $action))
    }
    elseif ($Result.Outcome -in 'protected', 'drifted') { Write-Warning -Message $said }
}
