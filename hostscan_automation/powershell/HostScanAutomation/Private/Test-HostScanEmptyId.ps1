function Test-HostScanEmptyId {
    <#
    .SYNOPSIS
    Return whether an id is the empty one, and write an error for it: it names nothing.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [guid] $Id,
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet
    )
    if ($Id -ne [guid]::Empty) { return $false }
    $Cmdlet.WriteError((ConvertTo-HostScanErrorRecord -ErrorId 'HostScan.InvalidArgument' -Category InvalidArgument `
                -Message 'the empty id names nothing' -Target $Id -Action 'Look where this id comes from.'))
    $true
}
