function Connect-HostScanServer {
    <#
    .SYNOPSIS
    Sign in to a Netwrix Privilege Secure server.

    .DESCRIPTION
    Starts one Python process for this session and signs in. The token stays in that process; no
    object, stream or error of this module ever holds it. What is given here wins over every
    HOSTSCAN_ variable of the environment.

    The session is forgotten before the new one is tried: when signing in fails, the lines of a
    script that follow meet the error HostScan.NotConnected and not yesterday's server. Note that
    an error ends its own line of a script and not the script; set $ErrorActionPreference = 'Stop'
    where that matters (see: Get-Help about_HostScanAutomation).

    The server's certificate is checked. A server that signed its certificate itself needs
    -CaBundle, or -Fingerprint, or, where nothing else is possible, -SkipCertificateCheck.

    .PARAMETER Uri
    Address of the server, such as https://nps01.lab.example:6500. With -ProfileName it may be left
    out, because the profile names the server.

    .PARAMETER Credential
    Login (DOMAIN\user) and password.

    .PARAMETER TotpSecret
    The secret of the authenticator, in base32 or as an otpauth:// address; one-time codes are made
    from it. Password and secret in the same place are one factor, not two.

    .PARAMETER Otp
    The one-time code itself, as text (a number would lose its leading zeros). It serves one sign-in.

    .PARAMETER NoMfa
    The account needs no second factor.

    .PARAMETER Token
    A bearer token that was got elsewhere. It cannot be renewed beyond what the server grants.

    .PARAMETER AppUser
    Name of an application user.

    .PARAMETER ApiKey
    The API key of the application user.

    .PARAMETER ProfileName
    A profile of config.toml: its server, its login, its secrets, its limits and what it protects.

    .PARAMETER CaBundle
    File of certificates (PEM) to check the server's certificate against.

    .PARAMETER Fingerprint
    SHA-256 of the server's certificate, 64 hexadecimal digits: this certificate and no other. A
    thumbprint of 40 digits, as Windows shows it, is SHA-1 and no pin.

    .PARAMETER SkipCertificateCheck
    Do not check the certificate. Everybody between this machine and the server can then read the
    password. Warns each time, and holds for this session alone.

    .PARAMETER TimeoutSec
    Seconds that one call may wait for the server, its repetitions included. Without it a server
    that does not answer any more is waited for up to two minutes.

    .PARAMETER RetrySignIn
    Try a password or TOTP secret again that this server refused before. Without it a refused one is
    not sent again, so that no account gets locked.

    .PARAMETER PythonPath
    The Python interpreter that hostscan-automation is installed for. Without it the variable
    HOSTSCAN_PYTHON decides, then what `hostscan powershell install` noted, then py and python3.

    .PARAMETER SessionName
    Name of the session, for those who work with several servers at once.

    .PARAMETER PassThru
    Return the session.

    .INPUTS
    None

    .OUTPUTS
    None, or HostScan.Session with -PassThru.

    .EXAMPLE
    Connect-HostScanServer -Uri https://nps01.lab.example:6500 -Credential (Get-Credential) -TotpSecret (Read-Host -Prompt 'TOTP secret' -AsSecureString)

    Signs in with a password, and with one-time codes made from the secret.

    .EXAMPLE
    Connect-HostScanServer https://nps01.lab.example:6500 -Credential LAB\admin -Otp 012345

    Asks for the password and uses the code that the telephone shows.

    .EXAMPLE
    Connect-HostScanServer -ProfileName nightly -PassThru

    Signs in as the profile says, and shows the session.

    .EXAMPLE
    Connect-HostScanServer -Uri https://nps02:6500 -AppUser hostscan -ApiKey $key -SessionName second
    Get-HostScanJob -SessionName second

    Works with a second server under a name of its own.

    .LINK
    Disconnect-HostScanServer

    .LINK
    Get-HostScanSession
    #>
    [CmdletBinding(DefaultParameterSetName = 'Totp')]
    [OutputType('HostScan.Session')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'Totp')]
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'Otp')]
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'NoMfa')]
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'Token')]
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'ApiKey')]
        [Parameter(Position = 0, ParameterSetName = 'Profile')]
        [Alias('Server', 'Url', 'NPSUrl')]
        [ValidateNotNullOrEmpty()]
        [string] $Uri,

        [Parameter(Mandatory = $true, ParameterSetName = 'Totp')]
        [Parameter(Mandatory = $true, ParameterSetName = 'Otp')]
        [Parameter(Mandatory = $true, ParameterSetName = 'NoMfa')]
        [pscredential] [System.Management.Automation.Credential()] $Credential,

        [Parameter(Mandatory = $true, ParameterSetName = 'Totp')]
        [securestring] $TotpSecret,

        [Parameter(Mandatory = $true, ParameterSetName = 'Otp')]
        [ValidateNotNullOrEmpty()]
        [string] $Otp,

        [Parameter(Mandatory = $true, ParameterSetName = 'NoMfa')]
        [switch] $NoMfa,

        [Parameter(Mandatory = $true, ParameterSetName = 'Token')]
        [securestring] $Token,

        [Parameter(Mandatory = $true, ParameterSetName = 'ApiKey')]
        [ValidateNotNullOrEmpty()]
        [string] $AppUser,

        [Parameter(Mandatory = $true, ParameterSetName = 'ApiKey')]
        [securestring] $ApiKey,

        [Parameter(Mandatory = $true, ParameterSetName = 'Profile')]
        [ValidateNotNullOrEmpty()]
        [ArgumentCompleter({ & (Get-Module -Name HostScanAutomation) { Get-HostScanCompletion -Kind Profile -Word $args[2] } @args })]
        [string] $ProfileName,

        [ValidateNotNullOrEmpty()]
        [string] $CaBundle,

        [ValidateNotNullOrEmpty()]
        [string] $Fingerprint,

        [switch] $SkipCertificateCheck,

        [ValidateRange(1, 3600)]
        [int] $TimeoutSec,

        [switch] $RetrySignIn,

        [ValidateNotNullOrEmpty()]
        [string] $PythonPath,

        [ValidateNotNullOrEmpty()]
        [string] $SessionName = $script:DefaultSession,

        [switch] $PassThru
    )
    Sync-HostScanPreference -Cmdlet $PSCmdlet -Bound $PSBoundParameters
    if ($script:Bridges.ContainsKey($SessionName)) {
        Close-HostScanBridge -Bridge $script:Bridges[$SessionName]
        $script:Bridges.Remove($SessionName)
    }
    $python = $script:PythonPath
    if ($PythonPath) {
        # a bare name such as python3.12 is looked for on PATH
        $python = $PythonPath
        if ($PythonPath -match '[\\/]') { $python = Resolve-HostScanPath -Path $PythonPath -Cmdlet $PSCmdlet }
    }
    $bridge = Open-HostScanBridge -Name $SessionName -Cmdlet $PSCmdlet -PythonPath $python
    $script:PythonPath = $python

    $how = $PSCmdlet.ParameterSetName
    $parameters = @{ signIn = $how.Substring(0, 1).ToLowerInvariant() + $how.Substring(1) }
    if ($Uri) { $parameters['uri'] = $Uri }
    if ($Credential) {
        # not GetNetworkCredential(), which takes LAB\user apart
        $parameters['login'] = $Credential.UserName
        $parameters['password'] = ConvertFrom-HostScanSecret -Secret $Credential.Password
    }
    if ($TotpSecret) { $parameters['totpSecret'] = ConvertFrom-HostScanSecret -Secret $TotpSecret }
    if ($Otp) { $parameters['otp'] = $Otp }
    if ($Token) { $parameters['token'] = ConvertFrom-HostScanSecret -Secret $Token }
    if ($AppUser) { $parameters['appUser'] = $AppUser }
    if ($ApiKey) { $parameters['apiKey'] = ConvertFrom-HostScanSecret -Secret $ApiKey }
    if ($ProfileName) { $parameters['profileName'] = $ProfileName }
    if ($CaBundle) { $parameters['caBundle'] = Resolve-HostScanPath -Path $CaBundle -Cmdlet $PSCmdlet }
    if ($Fingerprint) { $parameters['fingerprint'] = $Fingerprint }
    if ($SkipCertificateCheck) { $parameters['skipCertificateCheck'] = $true }
    if ($RetrySignIn) { $parameters['retrySignIn'] = $true }
    if ($TimeoutSec) { $parameters['timeoutSec'] = $TimeoutSec }
    Write-Verbose -Message ('signing in by {0}{1}' -f $how, $(if ($NoMfa) { ', without a second factor' }))
    try {
        $session = Invoke-HostScanRequest -Bridge $bridge -Method 'connect' -Parameter $parameters -TypeName 'HostScan.Session' -Cmdlet $PSCmdlet
        $bridge.IsConnected = $true
        $script:Bridges[$SessionName] = $bridge
    }
    finally {
        $parameters = $null
        if (-not $bridge.IsConnected) { Close-HostScanBridge -Bridge $bridge }
    }
    if ($PassThru) { $session }
}
