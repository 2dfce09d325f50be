function Invoke-HostScanPlaybook {
    <#
    .SYNOPSIS
    Plan a playbook, ask, and carry out exactly what was shown.

    .DESCRIPTION
    Makes a plan from a fresh read of the server and asks once for the whole of it. What is carried
    out is that plan: a job whose hosts changed or which no longer matches is left alone and
    reported as drifted, and a plan that does not hold any more is refused as a whole.

    With -WhatIf nothing is sent and the plan itself is returned, with its jobs, so that a program
    can read it. A plan that a limit refuses is an error with the id HostScan.LimitExceeded.

    .PARAMETER Path
    Playbook files (YAML).

    .PARAMETER Variable
    Values for the playbook's vars, such as @{ subnet = '10.1.0.0/16' }.

    .PARAMETER MaxCount
    Refuse the whole when more jobs than this would be cancelled. Lowers a limit, never raises it.

    .PARAMETER Force
    Do not ask. Limits and protections hold as before.

    .PARAMETER ReportPath
    Write a report of the run here too; the extension (.csv, .json, .html, .md) names its format.

    .PARAMETER Reason
    Why, for the journal and the report.

    .PARAMETER SessionName
    The session to use.

    .INPUTS
    System.String, or files from Get-ChildItem.

    .OUTPUTS
    HostScan.PlaybookResult, or HostScan.Plan with -WhatIf.

    .EXAMPLE
    Invoke-HostScanPlaybook -Path .\cancel-stuck-scans.yaml -WhatIf

    Returns the plan and sends nothing.

    .EXAMPLE
    (Invoke-HostScanPlaybook -Path .\cancel-stuck-scans.yaml -WhatIf).Jobs | Format-Table

    Shows each job of the plan.

    .EXAMPLE
    Invoke-HostScanPlaybook -Path .\subnet.yaml -Variable @{ subnet = '10.1.0.0/16' } -MaxCount 50 -Force -ReportPath .\subnet.html

    Runs without asking, cancels 50 jobs at the most or none at all, and writes a report.

    .LINK
    Test-HostScanPlaybook

    .LINK
    Export-HostScanReport
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    [OutputType('HostScan.PlaybookResult', 'HostScan.Plan')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('FullName')]
        [ValidateNotNullOrEmpty()]
        [string[]] $Path,

        [hashtable] $Variable = @{},

        [ValidateRange(0, [int]::MaxValue)]
        [int] $MaxCount,

        [switch] $Force,

        [ValidateNotNullOrEmpty()]
        [string] $ReportPath,

        [string] $Reason,

        [ArgumentCompleter({ & (Get-Module -Name HostScanAutomation) { Get-HostScanCompletion -Kind Session -Word $args[2] } @args })]
        [string] $SessionName = $script:DefaultSession
    )
    begin {
        Sync-HostScanPreference -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Force:$Force
        $bridge = Get-HostScanBridge -Name $SessionName -Cmdlet $PSCmdlet
        $variables = @{}
        foreach ($name in $Variable.Keys) {
            # a playbook reads a duration from text such as 21600s
            $value = $Variable[$name]
            if ($value -is [timespan]) { $value = '{0}s' -f [long]$value.TotalSeconds }
            $variables["$name"] = $value
        }
        $files = New-Object 'System.Collections.Generic.List[string]'
    }
    process {
        foreach ($one in $Path) { $files.Add((Resolve-HostScanPath -Path $one -Cmdlet $PSCmdlet)) }
    }
    end {
        foreach ($file in $files) {
            $parameters = @{ path = $file; variables = $variables }
            if ($PSBoundParameters.ContainsKey('MaxCount')) { $parameters['maxCount'] = $MaxCount }
            $reply = @{}
            $call = @{ Bridge = $bridge; Cmdlet = $PSCmdlet; Reply = $reply }
            $jobs = @(Invoke-HostScanRequest @call -Method 'playbook.plan' -Parameter $parameters -TypeName 'HostScan.PlannedStop')
            $plan = $reply['Result'].plan
            $refusals = @($plan.Refusals)
            $refused = $null
            if ($refusals.Count -gt 0) {
                $refused = ConvertTo-HostScanErrorRecord -ErrorId 'HostScan.LimitExceeded' -Category LimitsExceeded -Target $file `
                    -Message ('plan is refused: {0}' -f ($refusals -join '; ')) `
                    -Action 'Nothing was sent. Narrow the filter, or raise the limit in the playbook or the profile.'
                if (-not $WhatIfPreference) { $PSCmdlet.ThrowTerminatingError($refused) }
            }
            # a plan that cancels nothing is nothing to ask about
            $agreed = ($plan.Planned -eq 0 -and -not $WhatIfPreference) -or
                $PSCmdlet.ShouldProcess($plan.Server, (Get-HostScanPlanText -Plan $plan))
            if ($WhatIfPreference) {
                Add-HostScanTypeName -InputObject $plan -TypeName 'HostScan.Plan'
                $plan.PSObject.Properties.Add((New-Object System.Management.Automation.PSNoteProperty -ArgumentList 'Jobs', $jobs))
                $plan
                if ($null -ne $refused) { $PSCmdlet.WriteError($refused) }
            }
            if (-not $agreed) { continue }
            $parameters = @{ planId = $plan.PlanId; planHash = $plan.PlanHash }
            if ($ReportPath) { $parameters['reportPath'] = Resolve-HostScanPath -Path $ReportPath -Cmdlet $PSCmdlet }
            if ($Reason) { $parameters['reason'] = $Reason }
            $results = @(Invoke-HostScanRequest @call -Method 'playbook.apply' -Parameter $parameters -TypeName 'HostScan.StopResult')
            $run = $reply['Result'].run
            Add-HostScanTypeName -InputObject $run -TypeName 'HostScan.PlaybookResult'
            $run.PSObject.Properties.Add((New-Object System.Management.Automation.PSNoteProperty -ArgumentList 'Reports', @($reply['Result'].reports)))
            $run.PSObject.Properties.Add((New-Object System.Management.Automation.PSNoteProperty -ArgumentList 'Jobs', $results))
            $run
            foreach ($result in $results) { Write-HostScanOutcome -Result $result -Cmdlet $PSCmdlet -Wait }
        }
    }
}
