"""Hold the parts of a ported PowerShell script that are the same in every one.

They are valid for Windows PowerShell 5.1 and PowerShell 7, hold ASCII only, and keep to the rules
of PSScriptAnalyzer. Comments in them speak to whoever opens the script.
"""

from __future__ import annotations

# A blank line follows it: PowerShell finds no help in a comment that another one touches.
FIRST_LINE = "#requires -Version 5.1"

SERVER_HELP = """
.PARAMETER NPSUrl
Address of the server, such as https://nps01.example.com:6500. Plain http reaches this machine only.
"""

CREDENTIAL_HELP = """
.PARAMETER Credential
Account that signs in. A domain account is written with its domain in front.
"""

CODE_HELP = """
.PARAMETER MfaCode
One-time code of the second factor. An account that needs none gives NA.
"""

SWITCH_HELP = """
.PARAMETER SkipCertificateCheck
Trust any certificate. Whoever stands between here and the server can then read the password.
"""

SETTINGS = """
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

if (-not $NPSUrl.IsAbsoluteUri -or @('https', 'http') -notcontains $NPSUrl.Scheme) {
    throw 'NPSUrl is no address such as https://nps01.example.com:6500'
}
if ($NPSUrl.Scheme -eq 'http' -and -not $NPSUrl.IsLoopback) {
    throw 'NPSUrl would send the password unencrypted; use https'
}
"""

SIGN_IN_FUNCTION = """
function Get-TokenText {
    param([object]$Reply)
    $text = "$Reply".Trim('"')
    if ($Reply -isnot [string] -or $text -notmatch '^[^\\s<>]+$') {
        throw 'the server answered the sign-in with something that is no token'
    }
    $text
}
"""

CONNECTION = """
$server = $NPSUrl.GetLeftPart([UriPartial]::Path).TrimEnd('/')
$common = @{ UseBasicParsing = $true; TimeoutSec = 100; MaximumRedirection = 0 }
$isWindowsPowerShell = $PSVersionTable.PSVersion.Major -lt 6
$network = [Net.ServicePointManager]
$previousCallback = $network::ServerCertificateValidationCallback
if ($SkipCertificateCheck) {
    Write-Warning -Message 'The certificate of the server is not checked.'
}

try {
    if ($isWindowsPowerShell) {
        $tls12 = [Net.SecurityProtocolType]::Tls12
        $network::SecurityProtocol = $network::SecurityProtocol -bor $tls12
        $network::Expect100Continue = $false
    }
    else {
        $common['SkipCertificateCheck'] = [bool]$SkipCertificateCheck
    }
    if ($isWindowsPowerShell -and $SkipCertificateCheck) {
        # Compiled, because the check runs on threads that know no PowerShell.
        if (-not ('HostScanPortedExample' -as [type])) {
            Add-Type -TypeDefinition @'
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

public static class HostScanPortedExample
{
    public static RemoteCertificateValidationCallback Callback { get { return Accept; } }

    private static bool Accept(
        object sender, X509Certificate one, X509Chain chain, SslPolicyErrors errors)
    {
        return true;
    }
}
'@
        }
        $network::ServerCertificateValidationCallback = [HostScanPortedExample]::Callback
    }
"""

FIRST_STEP = """
    # Sign in: the password.
    $session = New-Object -TypeName Microsoft.PowerShell.Commands.WebRequestSession
    $login = ConvertTo-Json -Compress -InputObject @{
        Login    = $Credential.UserName
        Password = [Net.NetworkCredential]::new('', $Credential.Password).Password
    }
    $headers = @{ Accept = 'application/json' }
    $request = @{
        Method      = 'POST'
        Uri         = "${server}/signinBody"
        WebSession  = $session
        Headers     = $headers
        ContentType = 'application/json; charset=utf-8'
        Body        = [Text.Encoding]::UTF8.GetBytes($login)
    }
    $token = Get-TokenText -Reply (Invoke-RestMethod @common @request)
    $headers = @{ Accept = 'application/json'; Authorization = "Bearer $token" }
"""

SECOND_STEP = """
    # Sign in: the one-time code, in the session of the password.
    $code = ConvertTo-Json -Compress -InputObject "$MfaCode"
    $request = @{
        Method      = 'POST'
        Uri         = "${server}/signin2fa"
        WebSession  = $session
        Headers     = $headers
        ContentType = 'application/json; charset=utf-8'
        Body        = [Text.Encoding]::UTF8.GetBytes($code)
    }
    $token = Get-TokenText -Reply (Invoke-RestMethod @common @request)
    $headers = @{ Accept = 'application/json'; Authorization = "Bearer $token" }
"""

END = """\
}
catch {
    # The record of the error holds the request with its token: it goes, its words stay.
    $response = $null
    if ($_.Exception.PSObject.Properties['Response']) {
        $response = $_.Exception.Response
    }
    $text = "$($_.ErrorDetails)"
    if (-not $text) {
        $text = $_.Exception.Message
    }
    if ($null -ne $response) {
        $text = "HTTP $([int]$response.StatusCode): $text"
    }
    if ($global:Error.Count -gt 0) {
        $global:Error.RemoveAt(0)
    }
    throw $text
}
finally {
    if ($isWindowsPowerShell) {
        $network::ServerCertificateValidationCallback = $previousCallback
    }
}
"""

# Names that the script gives to variables of its own.
VARIABLES = frozenset(
    (
        *("server", "common", "network", "iswindowspowershell", "previouscallback", "tls12"),
        *("session", "login", "headers", "request", "token", "code", "path", "query", "value"),
        *("response", "text", "reply"),
    )
)
