function Receive-HostScanMessage {
    <#
    .SYNOPSIS
    Return the next message that belongs to one request.
    .DESCRIPTION
    Calls may be nested (`Get-HostScanJob | ForEach-Object { Get-HostScanJob -Id $_.Id }`): what
    belongs to another request that is still open is kept for it, what belongs to none is old.
    #>
    [CmdletBinding()]
    [OutputType([object])]
    param(
        [Parameter(Mandatory = $true)] [hashtable] $Bridge,
        [Parameter(Mandatory = $true)] [int] $Id,
        [int] $TimeoutMs = 0
    )
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    if ($Bridge.Inbox[$Id].Count) { return $Bridge.Inbox[$Id].Dequeue() }
    while ($true) {
        $left = 0
        if ($TimeoutMs -gt 0) { $left = [Math]::Max(1, $TimeoutMs - $clock.ElapsedMilliseconds) }
        $message = Read-HostScanMessage -Bridge $Bridge -TimeoutMs $left
        if ($null -eq $message) { return }
        $owner = Get-HostScanMessageOwner -Message $message
        if ($owner -eq $Id) { return $message }
        if ($Bridge.Inbox.ContainsKey($owner)) { $Bridge.Inbox[$owner].Enqueue($message) }
        if ($TimeoutMs -gt 0 -and $clock.ElapsedMilliseconds -ge $TimeoutMs) { return }
    }
}
