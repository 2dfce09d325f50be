function Send-HostScanMessage {
    <#
    .SYNOPSIS
    Send one message as one line of ASCII bytes, past every encoding that the shell may have set.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [hashtable] $Bridge,
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Message
    )
    $bytes = [System.Text.Encoding]::ASCII.GetBytes((ConvertTo-HostScanJson -InputObject $Message) + "`n")
    $stream = $Bridge.Process.StandardInput.BaseStream
    $stream.Write($bytes, 0, $bytes.Length)
    $stream.Flush()
}
