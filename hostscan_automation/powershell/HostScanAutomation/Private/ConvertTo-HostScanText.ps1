function ConvertTo-HostScanText {
    <#
    .SYNOPSIS
    Return a value as the text that a playbook reads it from.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([AllowNull()] [object] $Value)
    if ($Value -is [bool]) { if ($Value) { return 'true' } else { return 'false' } }
    if ($Value -is [timespan]) { return '{0}s' -f [long]$Value.TotalSeconds }
    if ($Value -is [datetime]) { return $Value.ToUniversalTime().ToString('o', [System.Globalization.CultureInfo]::InvariantCulture) }
    [System.Convert]::ToString($Value, [System.Globalization.CultureInfo]::InvariantCulture)
}
