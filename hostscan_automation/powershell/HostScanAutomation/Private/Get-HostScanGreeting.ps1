function Get-HostScanGreeting {
    <#
    .SYNOPSIS
    Shake hands over a new bridge; return nothing, or what is wrong with the other side.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param([Parameter(Mandatory = $true)] [hashtable] $Bridge)
    $greeting = @{
        protocol    = $script:ProtocolVersion
        client      = 'HostScanAutomation/{0}' -f $ExecutionContext.SessionState.Module.Version
        sessionName = $Bridge.Name
    }
    $Bridge.NextId++
    try {
        Send-HostScanMessage -Bridge $Bridge -Message @{ jsonrpc = '2.0'; id = $Bridge.NextId; method = 'initialize'; params = $greeting }
        $reply = Read-HostScanMessage -Bridge $Bridge -TimeoutMs $script:HandshakeMs
    }
    catch {
        $said = if ($Bridge.ErrorTail.Wait(2000)) { $Bridge.ErrorTail.Result.Trim() } else { '' }
        if (-not $said) { $said = $_.Exception.Message }
        return @{ ErrorId = ''; Message = @($said -split "`r?`n")[-1] }
    }
    if ($null -eq $reply) { return @{ ErrorId = ''; Message = 'it did not answer within {0} seconds' -f ($script:HandshakeMs / 1000) } }
    if ($reply.PSObject.Properties['error']) { return @{ ErrorId = $reply.error.data.errorId; Message = $reply.error.message } }
    if (-not $reply.PSObject.Properties['result'] -or $reply.result.protocol -ne $script:ProtocolVersion) {
        return @{ ErrorId = 'HostScan.VersionMismatch'; Message = 'it does not speak protocol {0}' -f $script:ProtocolVersion }
    }
    $Bridge.Version = $reply.result.version
}
