function Test-HostScanConnection {
    <#
    .SYNOPSIS
    Look whether a server answers, whether its certificate is trusted, and how its clock stands.

    .DESCRIPTION
    Without -Uri it looks at the server of the session, and whether the sign-in still holds. With
    -Uri it looks at any server and signs in to none; the result then shows the certificate's
    fingerprint, for Connect-HostScanServer -Fingerprint, after you compared it on the server.

    .PARAMETER Uri
    Address of a server.

    .PARAMETER Quiet
    Return only $true or $false.

    .PARAMETER SessionName
    The session to look at.

    .INPUTS
    None

    .OUTPUTS
    HostScan.ConnectionTest, or a Boolean with -Quiet.

    .EXAMPLE
    Test-HostScanConnection -Uri https://nps01.lab.example:6500

    Shows what can be seen of a server before signing in.

    .EXAMPLE
    if (-not (Test-HostScanConnection -Quiet)) { Connect-HostScanServer -ProfileName nightly }

    Signs in where the session does not work any more.

    .LINK
    Connect-HostScanServer
    #>
    [CmdletBinding(DefaultParameterSetName = 'Session')]
    [OutputType('HostScan.ConnectionTest', [bool])]
    param(
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'Server')]
        [Alias('Server', 'Url', 'NPSUrl')]
        [ValidateNotNullOrEmpty()]
        [string] $Uri,

        [switch] $Quiet,

        [Parameter(ParameterSetName = 'Session')]
        [ArgumentCompleter({ & (Get-Module -Name HostScanAutomation) { Get-HostScanCompletion -Kind Session -Word $args[2] } @args })]
        [string] $SessionName = $script:DefaultSession
    )
    Sync-HostScanPreference -Cmdlet $PSCmdlet -Bound $PSBoundParameters
    $parameters = @{}
    if ($Uri) {
        $bridge = Get-HostScanOfflineBridge -Cmdlet $PSCmdlet
        $parameters['uri'] = $Uri
    }
    else {
        $known = $script:Bridges[$SessionName]
        if ($Quiet -and ($null -eq $known -or -not $known.IsConnected)) { return $false }
        $bridge = Get-HostScanBridge -Name $SessionName -Cmdlet $PSCmdlet
    }
    $found = Invoke-HostScanRequest -Bridge $bridge -Method 'connection.test' -Parameter $parameters -TypeName 'HostScan.ConnectionTest' -Cmdlet $PSCmdlet
    if (-not $Quiet) { return $found }
    $found.IsReachable -and $found.IsHealthy -and ($Uri -or $found.IsSignedIn)
}
