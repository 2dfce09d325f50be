function ConvertTo-HostScanJson {
    <#
    .SYNOPSIS
    Return a value as one line of JSON in ASCII, or fail: only the types that are meant may pass.
    .DESCRIPTION
    Written out here because ConvertTo-Json differs between the shells in everything that matters:
    depth, line breaks, dates, one-element arrays, arrays that went through a pipeline.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([AllowNull()] [AllowEmptyString()] [AllowEmptyCollection()] [object] $InputObject)
    if ($null -eq $InputObject) { return 'null' }
    if ($InputObject -is [psobject]) { $InputObject = $InputObject.PSObject.BaseObject }
    if ($InputObject -is [System.Management.Automation.SwitchParameter]) { $InputObject = [bool]$InputObject }
    if ($InputObject -is [bool]) { if ($InputObject) { return 'true' } else { return 'false' } }
    if ($InputObject -is [datetime]) {
        $InputObject = $InputObject.ToUniversalTime().ToString('o', [System.Globalization.CultureInfo]::InvariantCulture)
    }
    if ($InputObject -is [guid] -or $InputObject -is [enum] -or $InputObject -is [char]) { $InputObject = "$InputObject" }
    if ($InputObject -is [string]) {
        $text = [regex]::Replace($InputObject, '[^\x20-\x7e]|["\\]', { param($match) '\u{0:x4}' -f [int][char]$match.Value })
        return '"' + $text + '"'
    }
    if ($InputObject -is [int] -or $InputObject -is [long]) { return '{0:d}' -f $InputObject }
    if ($InputObject -is [double]) {
        if ([double]::IsNaN($InputObject) -or [double]::IsInfinity($InputObject)) { throw 'a number that is not finite has no JSON' }
        return $InputObject.ToString('r', [System.Globalization.CultureInfo]::InvariantCulture)
    }
    if ($InputObject -is [System.Collections.IDictionary]) {
        $members = foreach ($key in $InputObject.Keys) {
            (ConvertTo-HostScanJson -InputObject "$key") + ':' + (ConvertTo-HostScanJson -InputObject $InputObject[$key])
        }
        return '{' + (@($members) -join ',') + '}'
    }
    if ($InputObject -is [System.Collections.IEnumerable]) {
        $items = foreach ($item in $InputObject) { ConvertTo-HostScanJson -InputObject $item }
        return '[' + (@($items) -join ',') + ']'
    }
    throw "a value of type $($InputObject.GetType().FullName) is not meant to leave this shell"
}
