function Write-HostScanFault {
    <#
    .SYNOPSIS
    Write an error that the bridge reported, in the name of the cmdlet that the person called.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [object] $Fault,
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [switch] $Terminating
    )
    $record = @{ Message = $Fault.message; ErrorId = $Fault.data.errorId; Category = $Fault.data.category }
    $record['Target'] = $Fault.data.target
    $record['Action'] = $Fault.data.recommendedAction
    if ($Fault.data.traceId) { $record['Message'] = '{0} (trace id {1})' -f $Fault.message, $Fault.data.traceId }
    $errorRecord = ConvertTo-HostScanErrorRecord @record
    if ($Terminating) { $Cmdlet.ThrowTerminatingError($errorRecord) }
    $Cmdlet.WriteError($errorRecord)
}
