function Connect-HostScanProcess {
    <#
    .SYNOPSIS
    Start one interpreter and shake hands; return the bridge, or the problem in words.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [string] $Name,
        [Parameter(Mandatory = $true)] [string] $File,
        [Parameter(Mandatory = $true)] [string] $Argument
    )
    $utf8 = New-Object System.Text.UTF8Encoding -ArgumentList $false
    $info = New-Object System.Diagnostics.ProcessStartInfo
    $info.FileName = $File
    $info.Arguments = $Argument
    $info.UseShellExecute = $false
    $info.CreateNoWindow = $true
    $info.RedirectStandardInput = $info.RedirectStandardOutput = $info.RedirectStandardError = $true
    $info.StandardOutputEncoding = $info.StandardErrorEncoding = $utf8
    $consoleEncoding = $null
    try {
        # Windows PowerShell gives a child's input the console's encoding, byte order mark included
        $consoleEncoding = [Console]::InputEncoding
        [Console]::InputEncoding = $utf8
    }
    catch { $consoleEncoding = $null }
    try { $process = [System.Diagnostics.Process]::Start($info) }
    catch { return @{ Bridge = $null; ErrorId = ''; Problem = $_.Exception.GetBaseException().Message } }
    finally {
        if ($null -ne $consoleEncoding) { try { [Console]::InputEncoding = $consoleEncoding } catch { $consoleEncoding = $null } }
    }
    $bridge = @{
        Name = $Name; Process = $process; Python = $File
        Out = $process.StandardOutput; ErrorTail = $process.StandardError.ReadToEndAsync()
        Pending = $null; IsReading = $false; NextId = 0; Inbox = @{}
        IsConnected = $false; LastRun = $null; Version = ''
    }
    $problem = Get-HostScanGreeting -Bridge $bridge
    if ($null -eq $problem) { return @{ Bridge = $bridge; ErrorId = ''; Problem = '' } }
    Close-HostScanBridge -Bridge $bridge
    @{ Bridge = $null; ErrorId = $problem.ErrorId; Problem = $problem.Message }
}
