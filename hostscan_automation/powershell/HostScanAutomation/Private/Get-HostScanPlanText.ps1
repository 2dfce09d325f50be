function Get-HostScanPlanText {
    <#
    .SYNOPSIS
    Return in words what a plan would do.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [object] $Plan)
    $steps = foreach ($step in $Plan.Steps) {
        if ($step.Action -eq 'cancel' -and $step.Planned -gt 0) { @{ Name = $step.Name; Planned = $step.Planned } }
    }
    $steps = @($steps)
    if ($steps.Count -eq 0) { return 'Cancel 0 jobs' }
    if ($steps.Count -eq 1) { return "Cancel $($Plan.Planned) jobs, step '$($steps[0].Name)'" }
    $parts = foreach ($step in $steps) { "$($step.Planned) in step '$($step.Name)'" }
    "Cancel $($Plan.Planned) jobs: $($parts -join ', ')"
}
