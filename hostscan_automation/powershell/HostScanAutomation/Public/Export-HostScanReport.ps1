function Export-HostScanReport {
    <#
    .SYNOPSIS
    Write the report of a run to a file.

    .DESCRIPTION
    The report is made from the journal, so it can be written at any time after the run, in any
    format. Results that are piped in choose the run, and the jobs of it that the report holds.

    A file that exists is not replaced: the report gets the run's id into its name, and -PassThru
    tells where it went. -Force replaces the file, -NoClobber refuses.

    .PARAMETER InputObject
    Results of one run: from Stop-HostScanJob -PassThru, from Invoke-HostScanPlaybook, or from
    Get-HostScanRun.

    .PARAMETER RunId
    Id of a run, as Get-HostScanRun shows it.

    .PARAMETER Path
    The file to write.

    .PARAMETER Format
    The format; without it the extension of the path decides.

    .PARAMETER NoClobber
    Refuse where the file exists.

    .PARAMETER Force
    Replace the file where it exists.

    .PARAMETER PassThru
    Return the file.

    .INPUTS
    HostScan.StopResult, HostScan.PlaybookResult, HostScan.Run

    .OUTPUTS
    None, or System.IO.FileInfo with -PassThru.

    .EXAMPLE
    Invoke-HostScanPlaybook -Path .\nightly.yaml -Force | Export-HostScanReport -Path .\nightly.html

    Runs a playbook and writes its report.

    .EXAMPLE
    Export-HostScanReport -RunId 20260301-020000-ab12 -Path .\run.csv -Force -PassThru

    Writes the report of an earlier run.

    .LINK
    Get-HostScanRun
    #>
    [CmdletBinding(DefaultParameterSetName = 'ByResult', SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]
    [OutputType([System.IO.FileInfo])]
    param(
        [Parameter(Mandatory = $true, ParameterSetName = 'ByResult', ValueFromPipeline = $true)]
        [object[]] $InputObject,

        [Parameter(Mandatory = $true, ParameterSetName = 'ByRun')]
        [ValidateNotNullOrEmpty()]
        [string] $RunId,

        [Parameter(Mandatory = $true, Position = 0)]
        [ValidateNotNullOrEmpty()]
        [string] $Path,

        [ValidateSet('Csv', 'Json', 'Html', 'Markdown')]
        [string] $Format,

        [switch] $NoClobber,

        [switch] $Force,

        [switch] $PassThru
    )
    begin {
        Sync-HostScanPreference -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Force:$Force
        $runs = New-Object 'System.Collections.Generic.List[string]'
        $jobs = New-Object 'System.Collections.Generic.List[string]'
        if ($RunId) { $runs.Add($RunId) }
    }
    process {
        foreach ($result in $InputObject) {
            if ($null -eq $result.PSObject.Properties['RunId']) {
                $PSCmdlet.WriteError((ConvertTo-HostScanErrorRecord -ErrorId 'HostScan.InvalidArgument' -Category InvalidArgument `
                            -Message 'an object that is piped in is no result of a run: it has no RunId' -Target $result `
                            -Action 'Pipe in what Stop-HostScanJob -PassThru, Invoke-HostScanPlaybook or Get-HostScanRun return.'))
                continue
            }
            if (-not $runs.Contains($result.RunId)) { $runs.Add($result.RunId) }
            if ($result.PSTypeNames -contains 'HostScan.StopResult') { $jobs.Add($result.Id) }
        }
    }
    end {
        $problem = ''
        $action = 'Give -RunId, or the results of one run.'
        $file = Resolve-HostScanPath -Path $Path -Cmdlet $PSCmdlet
        $kind = if ($Format) { $Format.ToLowerInvariant() } else { Get-HostScanReportFormat -Path $file }
        if ($runs.Count -eq 0) { return }
        if ($runs.Count -gt 1) { $problem = 'results of {0} runs were piped in, and a report tells one' -f $runs.Count }
        elseif (-not $kind) {
            $problem = 'the extension of {0} names no format' -f $Path
            $action = 'Give -Format, or a path that ends in .csv, .json, .html or .md.'
        }
        elseif ($NoClobber -and (Test-Path -LiteralPath $file)) {
            $problem = '{0} exists' -f $Path
            $action = 'Give another -Path, or leave out -NoClobber: then the file gets the id of the run into its name.'
        }
        if ($problem) {
            $PSCmdlet.ThrowTerminatingError((ConvertTo-HostScanErrorRecord -ErrorId 'HostScan.InvalidArgument' -Category InvalidArgument `
                        -Message $problem -Target $Path -Action $action))
        }
        if (-not $PSCmdlet.ShouldProcess($file, "Write the report of run $($runs[0])")) { return }
        $parameters = @{ runId = $runs[0]; path = $file; format = $kind; jobIds = $jobs; replace = [bool]$Force }
        $reply = @{}
        Invoke-HostScanRequest -Bridge (Get-HostScanOfflineBridge -Cmdlet $PSCmdlet) -Method 'report.export' -Parameter $parameters -Cmdlet $PSCmdlet -Reply $reply
        if ($PassThru) { Get-Item -LiteralPath $reply['Result'].path }
    }
}
