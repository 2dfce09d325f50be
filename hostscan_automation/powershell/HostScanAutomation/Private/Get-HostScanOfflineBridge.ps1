function Get-HostScanOfflineBridge {
    <#
    .SYNOPSIS
    Return a bridge for what needs no server: the one of the default session, else one of its own.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param([Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet)
    foreach ($bridge in $script:Bridges[$script:DefaultSession], $script:OfflineBridge) {
        if ($null -ne $bridge -and -not $bridge.Process.HasExited) { return $bridge }
    }
    $script:OfflineBridge = Open-HostScanBridge -Name 'offline' -Cmdlet $Cmdlet -PythonPath $script:PythonPath
    $script:OfflineBridge
}
