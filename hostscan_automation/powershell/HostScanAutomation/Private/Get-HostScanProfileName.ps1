function Get-HostScanProfileName {
    <#
    .SYNOPSIS
    Return the names of the profiles in the configuration file.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    $file = $env:HOSTSCAN_CONFIG
    if (-not $file) {
        # where the Python side looks for it
        $folder = if ($env:LOCALAPPDATA) { $env:LOCALAPPDATA }
        elseif ($env:XDG_CONFIG_HOME) { $env:XDG_CONFIG_HOME }
        else { [System.IO.Path]::Combine("$env:HOME", '.config') }
        $file = [System.IO.Path]::Combine($folder, 'hostscan', 'config.toml')
    }
    if (-not (Test-Path -LiteralPath $file -PathType Leaf)) { return }
    foreach ($line in [System.IO.File]::ReadAllLines($file)) {
        if ($line -match '^\s*\[profiles\.(?:"(?<name>[^"]+)"|(?<name>[\w-]+))\]') { $Matches['name'] }
    }
}
