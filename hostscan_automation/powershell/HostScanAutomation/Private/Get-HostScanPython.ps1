function Get-HostScanPython {
    <#
    .SYNOPSIS
    Return the interpreters to try, best first: each with its file, its arguments and where it is from.
    .DESCRIPTION
    -PythonPath, then $env:HOSTSCAN_PYTHON, then what `hostscan powershell install` wrote beside
    this module. Each of these was somebody's choice, so where one is given nothing else is tried.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param([string] $PythonPath)
    if ($PythonPath) { return @{ File = $PythonPath; Before = ''; Origin = '-PythonPath' } }
    if ($env:HOSTSCAN_PYTHON) { return @{ File = $env:HOSTSCAN_PYTHON; Before = ''; Origin = '$env:HOSTSCAN_PYTHON' } }
    $note = [System.IO.Path]::Combine((Split-Path -Path $PSScriptRoot -Parent), 'HostScanAutomation.config.json')
    if (Test-Path -LiteralPath $note) {
        $text = [System.IO.File]::ReadAllText($note)
        return @{ File = (ConvertFrom-Json -InputObject $text).python; Before = ''; Origin = $note }
    }
    foreach ($name in 'py', 'python3', 'python') {
        $found = Get-Command -Name $name -CommandType Application -ErrorAction SilentlyContinue
        if ($null -eq $found) { continue }
        $before = ''
        if ($name -eq 'py') { $before = '-3 ' }
        @{ File = @($found)[0].Path; Before = $before; Origin = 'PATH' }
    }
}
