function Get-HostScanCompletion {
    <#
    .SYNOPSIS
    Return what could stand at a place on the command line. Never asks the server.
    #>
    [CmdletBinding()]
    [OutputType([System.Management.Automation.CompletionResult])]
    param(
        [Parameter(Mandatory = $true)] [string] $Kind,
        [AllowEmptyString()] [string] $Word
    )
    $choices = switch ($Kind) {
        'Status' {
            foreach ($status in 'Queued', 'Running', 'Complete', 'Failed', 'Cancelled', 'CompletedWithErrors',
                'CompletedNotRun', 'Paused', 'Scheduled', 'Unknown', 'Pending') { @{ Text = $status; Tip = $status } }
        }
        'Session' { foreach ($name in $script:Bridges.Keys) { @{ Text = $name; Tip = "session $name" } } }
        'Profile' { foreach ($name in @(Get-HostScanProfileName)) { @{ Text = $name; Tip = "profile $name" } } }
        'Id' { foreach ($job in $script:LastJobs) { @{ Text = $job.Id; Tip = '{0} ({1})' -f $job.HostName, $job.Status } } }
        'HostName' {
            $seen = @{}
            foreach ($job in $script:LastJobs) {
                foreach ($name in @($job.HostName -split ', ')) {
                    if ($name -and -not $seen.ContainsKey($name)) { $seen[$name] = $true; @{ Text = $name; Tip = '{0} ({1})' -f $name, $job.Status } }
                }
            }
        }
    }
    $start = $Word.Trim("'", '"')
    foreach ($choice in @($choices)) {
        if (-not $choice.Text.StartsWith($start, [System.StringComparison]::OrdinalIgnoreCase)) { continue }
        $quoted = $choice.Text
        if ($quoted -notmatch '^[\w.:*-]+$') { $quoted = "'" + $quoted.Replace("'", "''") + "'" }
        New-Object System.Management.Automation.CompletionResult -ArgumentList $quoted, $choice.Text, 'ParameterValue', $choice.Tip
    }
}
