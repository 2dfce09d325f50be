function ConvertFrom-HostScanSecret {
    <#
    .SYNOPSIS
    Return the text of a SecureString, to be sent at once and kept nowhere.
    .DESCRIPTION
    Right on every system, which PtrToStringAuto is not.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [securestring] $Secret)
    (New-Object System.Net.NetworkCredential -ArgumentList '', $Secret).Password
}
