function Resolve-HostScanPath {
    <#
    .SYNOPSIS
    Return the full path of a file, which need not exist, as other programs understand it.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [string] $Path,
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet
    )
    # a folder that the shell went to is not the folder of its process
    $Cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
}
