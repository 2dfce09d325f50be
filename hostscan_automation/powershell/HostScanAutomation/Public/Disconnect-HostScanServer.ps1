function Disconnect-HostScanServer {
    <#
    .SYNOPSIS
    End a session: forget its token and end its Python process.

    .DESCRIPTION
    Ends the default session, the named one, or all of them. A session that is not there is nothing
    to end, and no error.

    .PARAMETER SessionName
    The session to end, by its name.

    .PARAMETER All
    End every session, and the process that served cmdlets without a session.

    .INPUTS
    None. A HostScan.Session may be piped by the property name SessionName or Name.

    .OUTPUTS
    None

    .EXAMPLE
    Disconnect-HostScanServer

    Ends the default session.

    .EXAMPLE
    Disconnect-HostScanServer -All

    Ends all of them.

    .LINK
    Connect-HostScanServer
    #>
    [CmdletBinding(DefaultParameterSetName = 'Named')]
    [OutputType([void])]
    param(
        [Parameter(Position = 0, ValueFromPipelineByPropertyName = $true, ParameterSetName = 'Named')]
        [Alias('Name')]
        [ArgumentCompleter({ & (Get-Module -Name HostScanAutomation) { Get-HostScanCompletion -Kind Session -Word $args[2] } @args })]
        [string] $SessionName = $script:DefaultSession,

        [Parameter(Mandatory = $true, ParameterSetName = 'All')]
        [switch] $All
    )
    begin { Sync-HostScanPreference -Cmdlet $PSCmdlet -Bound $PSBoundParameters }
    process {
        $names = @($SessionName)
        if ($All) { $names = @($script:Bridges.Keys) }
        foreach ($name in $names) {
            if (-not $script:Bridges.ContainsKey($name)) { continue }
            Close-HostScanBridge -Bridge $script:Bridges[$name]
            $script:Bridges.Remove($name)
        }
        if ($All -and $null -ne $script:OfflineBridge) {
            Close-HostScanBridge -Bridge $script:OfflineBridge
            $script:OfflineBridge = $null
        }
    }
}
