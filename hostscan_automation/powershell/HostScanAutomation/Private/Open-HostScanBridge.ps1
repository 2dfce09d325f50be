function Open-HostScanBridge {
    <#
    .SYNOPSIS
    Start a Python process and shake hands with it; return the bridge.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [string] $Name,
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [string] $PythonPath
    )
    $tried = New-Object 'System.Collections.Generic.List[string]'
    $errorId = 'HostScan.PythonNotFound'
    foreach ($python in @(Get-HostScanPython -PythonPath $PythonPath)) {
        # -I keeps the current folder and PYTHON* variables out, and with them packages that were
        # installed with `pip install --user`: -P finds those, and still not the current folder
        foreach ($isolation in '-I', '-P') {
            $arguments = '{0}{1} -X utf8 -u -m hostscan_automation.powershell.bridge --parent-pid {2}' -f $python.Before, $isolation, $PID
            $attempt = Connect-HostScanProcess -Name $Name -File $python.File -Argument $arguments
            if ($null -ne $attempt.Bridge) { return $attempt.Bridge }
            if ($attempt.ErrorId) { $errorId = $attempt.ErrorId }
            if ($attempt.Problem -notlike '*No module named*hostscan_automation*') { break }
        }
        $tried.Add(('{0} ({1}): {2}' -f $python.File, $python.Origin, $attempt.Problem))
    }
    if ($tried.Count -eq 0) { $tried.Add('py, python3 and python are not on PATH') }
    $Cmdlet.ThrowTerminatingError((ConvertTo-HostScanErrorRecord -ErrorId $errorId -Category NotInstalled `
                -Message ('no Python with hostscan-automation could be started; tried {0}' -f ($tried -join '; ')) `
                -Target @($tried) -Action 'Install hostscan-automation for Python 3.11 or newer, then run `hostscan powershell install`, or give -PythonPath, or set $env:HOSTSCAN_PYTHON.'))
}
