function Close-HostScanBridge {
    <#
    .SYNOPSIS
    End the process of a bridge: the end of its input asks, and after two seconds it is made to.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [hashtable] $Bridge)
    $Bridge.IsConnected = $false
    try {
        if ($Bridge.Process.HasExited) { return }
        $Bridge.Process.StandardInput.Dispose()
        if (-not $Bridge.Process.WaitForExit(2000)) { $Bridge.Process.Kill() }
    }
    catch {
        # it ended by itself in between
        Write-Verbose -Message ('process {0} had ended' -f $Bridge.Process.Id)
    }
}
