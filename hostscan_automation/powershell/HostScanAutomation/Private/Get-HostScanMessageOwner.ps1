function Get-HostScanMessageOwner {
    <#
    .SYNOPSIS
    Return the number of the request that a message belongs to; fail where it belongs to none.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param([Parameter(Mandatory = $true)] [object] $Message)
    $owner = $null
    if ($Message.PSObject.Properties['id']) { $owner = $Message.id }
    elseif ($Message.PSObject.Properties['params'] -and $Message.params.PSObject.Properties['request']) {
        $owner = $Message.params.request
    }
    if ($null -ne $owner) { return [int]$owner }
    $reason = 'a message belongs to no request'
    if ($Message.PSObject.Properties['error']) { $reason = $Message.error.message }
    throw (New-Object System.FormatException -ArgumentList $reason)
}
