function Test-HostScanPlaybook {
    <#
    .SYNOPSIS
    Check playbook files, all their faults at once.

    .DESCRIPTION
    Uses the loader that runs a playbook, and needs no server. A file without a fault gives no
    output.

    .PARAMETER Path
    Playbook files (YAML).

    .PARAMETER Quiet
    Return only $true or $false for each file.

    .INPUTS
    System.String, or files from Get-ChildItem.

    .OUTPUTS
    HostScan.Diagnostic, or a Boolean with -Quiet.

    .EXAMPLE
    Get-ChildItem -Path .\playbooks -Filter *.yaml | Test-HostScanPlaybook

    Checks a folder of playbooks.

    .EXAMPLE
    if (-not (Test-HostScanPlaybook -Path .\nightly.yaml -Quiet)) { throw 'nightly.yaml is wrong' }

    Stops a script.

    .LINK
    Invoke-HostScanPlaybook
    #>
    [CmdletBinding()]
    [OutputType('HostScan.Diagnostic', [bool])]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('FullName')]
        [ValidateNotNullOrEmpty()]
        [string[]] $Path,

        [switch] $Quiet
    )
    begin {
        Sync-HostScanPreference -Cmdlet $PSCmdlet -Bound $PSBoundParameters
        $bridge = Get-HostScanOfflineBridge -Cmdlet $PSCmdlet
    }
    process {
        foreach ($one in $Path) {
            $reply = @{}
            $call = @{ Bridge = $bridge; Cmdlet = $PSCmdlet; Reply = $reply; Method = 'playbook.validate'; TypeName = 'HostScan.Diagnostic' }
            $call['Parameter'] = @{ path = Resolve-HostScanPath -Path $one -Cmdlet $PSCmdlet }
            $found = @(Invoke-HostScanRequest @call)
            if ($Quiet) { $reply['Result'].valid } else { $found }
        }
    }
}
