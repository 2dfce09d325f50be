function Get-HostScanReportFormat {
    <#
    .SYNOPSIS
    Return the format that the extension of a path stands for, or nothing.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Path)
    switch ([System.IO.Path]::GetExtension($Path).ToLowerInvariant()) {
        '.csv' { 'csv' }
        '.json' { 'json' }
        '.html' { 'html' }
        '.htm' { 'html' }
        '.md' { 'markdown' }
        '.markdown' { 'markdown' }
    }
}
