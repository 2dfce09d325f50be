function ConvertFrom-HostScanExample {
    <#
    .SYNOPSIS
    Turn a documented example into something that runs.

    .DESCRIPTION
    Reads the vendor's documented PowerShell examples (a page, a script or text), repairs what does
    not run as printed, tells each repair with its line, and writes the example anew. What it cannot
    read is an error with line and column, never a guess. Nothing is sent anywhere.

    .PARAMETER Path
    Files with an example: .md, .ps1 or text.

    .PARAMETER InputObject
    The text of an example. Lines that are piped in are one text.

    .PARAMETER As
    What to make of it: a Python script, plain PowerShell for 5.1 and 7, a script with the cmdlets
    of this module, a playbook, or JSON.

    .PARAMETER AllowDestructive
    Carry over an example that deletes without naming an id. TruncateAllTables never is.

    .INPUTS
    System.String, or files from Get-ChildItem.

    .OUTPUTS
    HostScan.PortedExample

    .EXAMPLE
    ConvertFrom-HostScanExample -Path .\CancelJob.md -As Module | Select-Object -ExpandProperty Text

    Shows the example with the cmdlets of this module.

    .EXAMPLE
    (Get-Clipboard | ConvertFrom-HostScanExample -As PowerShell).Diagnostics

    Shows what had to be repaired in a text from the clipboard.

    .LINK
    Invoke-HostScanPlaybook
    #>
    [CmdletBinding(DefaultParameterSetName = 'Text')]
    [OutputType('HostScan.PortedExample')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'Path', ValueFromPipelineByPropertyName = $true)]
        [Alias('FullName')]
        [ValidateNotNullOrEmpty()]
        [string[]] $Path,

        [Parameter(Mandatory = $true, ParameterSetName = 'Text', ValueFromPipeline = $true)]
        [AllowEmptyString()]
        [string] $InputObject,

        [ValidateSet('Python', 'PowerShell', 'Module', 'Playbook', 'Json')]
        [string] $As = 'PowerShell',

        [switch] $AllowDestructive
    )
    begin {
        Sync-HostScanPreference -Cmdlet $PSCmdlet -Bound $PSBoundParameters
        $sources = New-Object 'System.Collections.Generic.List[hashtable]'
        $lines = New-Object 'System.Collections.Generic.List[string]'
    }
    process {
        if ($PSCmdlet.ParameterSetName -eq 'Text') { $lines.Add($InputObject) }
        foreach ($one in $Path) { $sources.Add(@{ path = Resolve-HostScanPath -Path $one -Cmdlet $PSCmdlet }) }
    }
    end {
        if ($lines.Count -gt 0) { $sources.Add(@{ text = $lines -join "`n" }) }
        $bridge = Get-HostScanOfflineBridge -Cmdlet $PSCmdlet
        foreach ($source in $sources) {
            $source['target'] = $As.ToLowerInvariant()
            if ($AllowDestructive) { $source['allowDestructive'] = $true }
            $reply = @{}
            $pieces = @(Invoke-HostScanRequest -Bridge $bridge -Method 'example.port' -Parameter $source -Cmdlet $PSCmdlet -Reply $reply -GoOn)
            if ($null -eq $reply['Result']) { continue }
            $diagnostics = @($reply['Result'].diagnostics)
            if ($diagnostics.Count -gt 0) { Add-HostScanTypeName -InputObject $diagnostics -TypeName 'HostScan.Diagnostic' }
            [pscustomobject]@{
                PSTypeName  = 'HostScan.PortedExample'
                Path        = $source['path']
                As          = $As
                Text        = $pieces -join ''
                Diagnostics = $diagnostics
            }
        }
    }
}
