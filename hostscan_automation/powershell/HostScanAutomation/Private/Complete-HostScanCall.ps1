function Complete-HostScanCall {
    <#
    .SYNOPSIS
    End a call that was stopped: ask the other side to stop, hear what it had sent, and warn.
    .DESCRIPTION
    Runs in a finally block while the pipeline is being stopped, by Ctrl+C or by Select-Object -First.
    Output and Write-Error end such a block without a word, so there is none here, and the warning
    comes last.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [hashtable] $Bridge,
        [Parameter(Mandatory = $true)] [int] $Id,
        [Parameter(Mandatory = $true)] [string] $Method
    )
    $run = $null
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    try {
        Send-HostScanMessage -Bridge $Bridge -Message @{ jsonrpc = '2.0'; method = 'cancel'; params = @{ id = $Id } }
        while ($clock.ElapsedMilliseconds -lt $script:StopWaitMs) {
            $message = Receive-HostScanMessage -Bridge $Bridge -Id $Id -TimeoutMs $script:StopWaitMs
            if ($null -eq $message -or $message.PSObject.Properties['error']) { break }
            if ($message.PSObject.Properties['result']) {
                if ($message.result.PSObject.Properties['run']) { $run = $message.result.run }
                break
            }
        }
    }
    catch { $run = $null }
    if ($null -ne $run) {
        $Bridge.LastRun = $run
        $outcomes = foreach ($outcome in $run.Outcomes.PSObject.Properties) {
            if ($outcome.Value) { '{0} {1}' -f $outcome.Value, $outcome.Name }
        }
        Write-Warning -Message ('Stopped: cancels were sent for {0} of {1} jobs, and not for {2}. So far: {3}. See: Get-HostScanRun -RunId {4}' -f
            $run.Sent, $run.Planned, ($run.Planned - $run.Sent), (@($outcomes) -join ', '), $run.RunId)
    }
    elseif ($Method -in 'jobs.cancel', 'playbook.apply', 'jobs.schedule') {
        Write-Warning -Message ('Stopped: {0} gave no summary, so some of it may have been sent. Get-HostScanRun shows what is on record.' -f $Method)
    }
}
