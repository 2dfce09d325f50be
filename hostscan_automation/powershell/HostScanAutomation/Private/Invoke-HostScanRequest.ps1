function Invoke-HostScanRequest {
    <#
    .SYNOPSIS
    Call a method of the bridge: results go down the pipeline as they come, the answer into -Reply.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [hashtable] $Bridge,
        [Parameter(Mandatory = $true)] [string] $Method,
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [System.Collections.IDictionary] $Parameter = @{},
        [string] $TypeName = '',
        [hashtable] $Reply = @{},
        # an error that the other side answers with is written, and the cmdlet goes on
        [switch] $GoOn
    )
    if ($Bridge.IsReading) {
        # the action of an event comes here while another call waits, in the same runspace
        $Cmdlet.ThrowTerminatingError((ConvertTo-HostScanErrorRecord -ErrorId 'HostScan.Busy' -Category InvalidOperation `
                    -Message ('session {0} is waiting for another call' -f $Bridge.Name) -Target $Bridge.Name `
                    -Action 'Nothing was sent. Let the action of an event set a variable, and call the cmdlet afterwards; or give it a session of its own.'))
    }
    $Bridge.NextId++
    $id = $Bridge.NextId
    $Bridge.Inbox[$id] = New-Object System.Collections.Queue
    $Reply['Result'] = $null
    $isOpen = $false
    $bar = ''
    Write-Verbose -Message ('{0} (request {1})' -f $Method, $id)
    try {
        Send-HostScanMessage -Bridge $Bridge -Message @{ jsonrpc = '2.0'; id = $id; method = $Method; params = $Parameter }
        $isOpen = $true
        while ($isOpen) {
            $message = Receive-HostScanMessage -Bridge $Bridge -Id $id
            if ($bar -and $message.PSObject.Properties['id']) { Write-Progress -Activity $bar -Completed }
            if ($message.PSObject.Properties['result']) {
                $isOpen = $false
                $Reply['Result'] = $message.result
                if ($Method -in 'jobs.cancel', 'playbook.apply' -and $null -ne $message.result.run) { $Bridge.LastRun = $message.result.run }
            }
            elseif ($message.PSObject.Properties['error']) {
                $isOpen = $false
                Write-HostScanFault -Fault $message.error -Cmdlet $Cmdlet -Terminating:(-not $GoOn)
            }
            elseif ($message.method -eq 'results') {
                $items = $message.params.results
                if ($TypeName) { Add-HostScanTypeName -InputObject $items -TypeName $TypeName }
                if ($Method -eq 'jobs.list' -and $script:LastJobs.Count -lt 1000) { $script:LastJobs += $items }
                foreach ($item in $items) { $item }
            }
            elseif ($message.method -eq 'itemError') { Write-HostScanFault -Fault $message.params.error -Cmdlet $Cmdlet }
            elseif ($message.method -eq 'warning') { Write-Warning -Message $message.params.message }
            elseif ($message.method -eq 'progress') {
                $bar = $message.params.activity
                Write-HostScanProgress -Progress $message.params
            }
        }
    }
    catch [System.IO.IOException] {
        # EndOfStreamException is one: the process ended, or its pipe broke
        $isOpen = $false
        $Bridge.IsConnected = $false
        $tail = if ($Bridge.ErrorTail.Wait(500)) { @($Bridge.ErrorTail.Result.Trim() -split "`r?`n")[-1] } else { '' }
        $Cmdlet.ThrowTerminatingError((ConvertTo-HostScanErrorRecord -ErrorId 'HostScan.ServerExited' -Category ConnectionError `
                    -Message ('the Python process of session {0} has ended during {1}{2}' -f $Bridge.Name, $Method, $(if ($tail) { ': ' + $tail })) `
                    -Target $Bridge.Name -Action 'Run Connect-HostScanServer again. Get-HostScanRun shows what had been done.'))
    }
    catch [System.FormatException] {
        $Cmdlet.ThrowTerminatingError((ConvertTo-HostScanErrorRecord -ErrorId 'HostScan.Protocol' -Category ProtocolError `
                    -Message ('the Python process answered {0} with something else than the protocol: {1}' -f $Method, $_.Exception.Message) `
                    -Target $Bridge.Name -Action 'Repeat it. If it stays so, run `hostscan powershell install` and Connect-HostScanServer again.'))
    }
    finally {
        if ($isOpen) { Complete-HostScanCall -Bridge $Bridge -Id $id -Method $Method }
        $Bridge.Inbox.Remove($id)
    }
}
