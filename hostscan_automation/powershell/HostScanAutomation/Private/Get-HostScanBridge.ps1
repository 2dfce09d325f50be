function Get-HostScanBridge {
    <#
    .SYNOPSIS
    Return the bridge of a session that is signed in, or end the cmdlet with NotConnected.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [string] $Name,
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet
    )
    $bridge = $script:Bridges[$Name]
    if ($null -ne $bridge -and $bridge.IsConnected) { return $bridge }
    $Cmdlet.ThrowTerminatingError((ConvertTo-HostScanErrorRecord -ErrorId 'HostScan.NotConnected' -Category ConnectionError `
                -Message "session $Name is not connected" -Target $Name -Action 'Run Connect-HostScanServer first.'))
}
