function ConvertTo-HostScanDate {
    <#
    .SYNOPSIS
    Return a time from the wire as a DateTime in UTC, or nothing for nothing.
    .DESCRIPTION
    ConvertFrom-Json leaves a time as text in Windows PowerShell and makes a DateTime of it in
    PowerShell 6 and later, of a kind that depends on how the zone was written.
    #>
    [CmdletBinding()]
    [OutputType([datetime])]
    param([AllowNull()] [object] $Value)
    if ($null -eq $Value) { return }
    if ($Value -is [datetime]) {
        if ($Value.Kind -eq [System.DateTimeKind]::Unspecified) { return [datetime]::SpecifyKind($Value, 'Utc') }
        return $Value.ToUniversalTime()
    }
    [datetime]::Parse(
        "$Value",
        [System.Globalization.CultureInfo]::InvariantCulture,
        [System.Globalization.DateTimeStyles]'AdjustToUniversal,AssumeUniversal'
    )
}
