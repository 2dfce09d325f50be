function Read-HostScanMessage {
    <#
    .SYNOPSIS
    Return the next message of a bridge, or nothing when none came in time.
    .DESCRIPTION
    Waits in small steps, because a wait inside .NET cannot be stopped with Ctrl+C. The read that
    is under way is kept by the bridge: a second one beside it would fail. Throws EndOfStreamException
    when the process has ended, and FormatException for a line that is no message.
    #>
    [CmdletBinding()]
    [OutputType([object])]
    param(
        [Parameter(Mandatory = $true)] [hashtable] $Bridge,
        [int] $TimeoutMs = 0
    )
    $Bridge.IsReading = $true
    try {
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        if ($null -eq $Bridge.Pending) { $Bridge.Pending = $Bridge.Out.ReadLineAsync() }
        while (-not $Bridge.Pending.Wait(100)) {
            if ($TimeoutMs -gt 0 -and $clock.ElapsedMilliseconds -ge $TimeoutMs) { return }
        }
        $line = $Bridge.Pending.Result
        $Bridge.Pending = $null
    }
    finally { $Bridge.IsReading = $false }
    if ($null -eq $line) { throw (New-Object System.IO.EndOfStreamException -ArgumentList 'the process has ended') }
    try { $message = ConvertFrom-Json -InputObject $line }
    catch { $message = $null }
    if ($message -isnot [System.Management.Automation.PSCustomObject]) {
        throw (New-Object System.FormatException -ArgumentList 'a line is no message')
    }
    $message
}
