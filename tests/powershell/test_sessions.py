"""Connecting in every way, failing to, and what is left afterwards."""

# ruff: noqa: E501 - a script is easier to read unbroken
from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.simulator import Simulator, SimulatorConfig
from hostscan_automation.simulator.accounts import Account
from hostscan_automation.simulator.totp import Totp

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from tests.powershell.conftest import Shell, Told

pytestmark = [pytest.mark.powershell, pytest.mark.simulator]

SECRET = "Пароль€😀\"\\'\u2018\u2019"
OTHER_TOTP = "GEZDGNBVGY3TQOJQ"


@pytest.fixture(scope="module")
def site() -> Iterator[Simulator]:
    """A server with TLS and some more accounts."""
    with Simulator(SimulatorConfig(tls=True, jobs=40)) as simulator:
        accounts = simulator.accounts
        accounts.add(Account("LAB\\jürgen", SECRET, totp=Totp("JBSWY3DPEHPK3PXP")))
        accounts.add(Account("LAB\\otp", "pass-word-otp", totp=Totp(OTHER_TOTP)))
        accounts.add(Account("LAB\\wrong-code", "pass-word-wrong", totp=Totp(OTHER_TOTP)))
        accounts.add(Account("LAB\\no-role", "pass-word-role", role="User"))
        yield simulator


@pytest.fixture(scope="module")
def told(shell: Shell, site: Simulator) -> Told:
    accounts = site.accounts
    totp = Totp(OTHER_TOTP)
    code = totp.code(totp.step_at(site.now()))
    profile = f"""
[profiles.nightly]
server = "{site.url}"
app = "{accounts.application.login}"
api_key = "env:NIGHTLY_KEY"
ca_bundle = '{site.ca_bundle}'
"""
    (shell.folder / "config.toml").write_text(profile, encoding="utf-8")
    return shell.run(
        rf"""
        $sim = @{{ Uri = '{site.url}'; CaBundle = '{site.ca_bundle}' }}
        $someone = Login 'LAB\no-mfa' '{accounts.without_mfa.password}'
        $fingerprint = (Test-HostScanConnection -Uri '{site.url}').Fingerprint

        Tell 'nobody' @((Fails {{ Get-HostScanJob }}), @(Get-HostScanSession).Count)
        Tell 'totp' (Connect-HostScanServer @sim -Credential (Login 'LAB\jürgen' '{powershell(SECRET)}') -TotpSecret (Secret 'jbsw y3dp-ehpk 3pxp') -PassThru)
        Tell 'otp' (Connect-HostScanServer @sim -Credential (Login 'LAB\otp' 'pass-word-otp') -Otp '{code}' -PassThru)
        Tell 'nomfa' (Connect-HostScanServer @sim -Credential $someone -NoMfa -PassThru)
        Tell 'app' (Connect-HostScanServer @sim -AppUser '{accounts.application.login}' -ApiKey (Secret '{accounts.application.password}') -PassThru)
        Tell 'token' (Connect-HostScanServer @sim -Token (Secret '{accounts.application.password}') -PassThru)
        Tell 'token works' @(Get-HostScanJob -First 1).Count
        Tell 'profile' (Connect-HostScanServer -ProfileName nightly -PassThru)
        Tell 'pinned' (Connect-HostScanServer -Uri '{site.url}' -Credential $someone -NoMfa -Fingerprint $fingerprint -PassThru)
        Tell 'unchecked' (Connect-HostScanServer -Url '{site.url}' -Credential $someone -NoMfa -SkipCertificateCheck -TimeoutSec 30 -PassThru -WarningVariable warned 3>$null)
        Tell 'warned' "$warned"

        Tell 'wrong password' (Fails {{ Connect-HostScanServer @sim -Credential (Login 'LAB\no-mfa' 'not it') -NoMfa }})
        Tell 'then' @((Fails {{ Get-HostScanJob }}), (Fails {{ Stop-HostScanJob -Id (New-Guid) -Force }}), @(Get-HostScanSession).Count)
        Tell 'again' (Fails {{ Connect-HostScanServer @sim -Credential (Login 'LAB\no-mfa' 'not it') -NoMfa }})
        Tell 'wrong code' (Fails {{ Connect-HostScanServer @sim -Credential (Login 'LAB\wrong-code' 'pass-word-wrong') -Otp '000000' }})
        Tell 'code needed' (Fails {{ Connect-HostScanServer @sim -Credential (Login 'LAB\otp' 'pass-word-otp') -NoMfa }})
        Tell 'bad totp' (Fails {{ Connect-HostScanServer @sim -Credential $someone -TotpSecret (Secret 'no base32!') }})
        Tell 'wrong token' (Fails {{ Connect-HostScanServer @sim -Token (Secret 'abcdefghijklmnopqrstuvwxyz') }})
        Tell 'untrusted' (Fails {{ Connect-HostScanServer -Uri '{site.url}' -Credential $someone -NoMfa }})
        Tell 'wrong pin' (Fails {{ Connect-HostScanServer -Uri '{site.url}' -Credential $someone -NoMfa -Fingerprint ('0' * 64) }})
        Tell 'thumbprint' (Fails {{ Connect-HostScanServer -Uri '{site.url}' -Credential $someone -NoMfa -Fingerprint ('0' * 40) }})
        Tell 'no server' (Fails {{ Connect-HostScanServer -Uri 'http://127.0.0.1:9' -Credential $someone -NoMfa -TimeoutSec 1 }})
        Tell 'no profile' (Fails {{ Connect-HostScanServer -ProfileName nightyl }})
        Tell 'empty' (Fails {{ Connect-HostScanServer @sim -AppUser 'LAB\no-mfa' -ApiKey (New-Object System.Security.SecureString) }})

        Connect-HostScanServer @sim -Credential (Login 'LAB\no-role' 'pass-word-role') -NoMfa -WarningVariable role 3>$null
        Tell 'role' "$role"
        Tell 'forbidden' (Fails {{ Get-HostScanJob }})

        Connect-HostScanServer @sim -Credential $someone -NoMfa
        Connect-HostScanServer @sim -AppUser '{accounts.application.login}' -ApiKey (Secret '{accounts.application.password}') -SessionName second
        Tell 'two' @(Get-HostScanSession | ForEach-Object {{ $_.Name }} | Sort-Object)
        Tell 'second' @((Get-HostScanSession -SessionName second).Account, (Get-HostScanJob -SessionName second -First 1).SessionName)
        Tell 'test' (Test-HostScanConnection)
        Tell 'quiet' @((Test-HostScanConnection -Quiet), (Test-HostScanConnection -Quiet -SessionName third), (Test-HostScanConnection -Uri 'http://127.0.0.1:9' -Quiet), (Test-HostScanConnection -Uri '{site.url}' -Quiet))
        Tell 'members' @(Get-HostScanSession | Get-Member | ForEach-Object {{ $_.Name }})
        $pids = @(Get-HostScanSession | ForEach-Object {{ $_.ProcessId }})
        Disconnect-HostScanServer
        Tell 'one left' @(Get-HostScanSession | ForEach-Object {{ $_.Name }})
        Disconnect-HostScanServer -All
        Tell 'none left' @(@(Get-HostScanSession).Count, @(Get-Process -Id $pids -ErrorAction SilentlyContinue).Count)
        Disconnect-HostScanServer
        Tell 'errors' ($Error | ForEach-Object {{ "$_ $($_.Exception) $($_.ScriptStackTrace)" }} | Out-String)
        """,
        env={
            "NIGHTLY_KEY": accounts.application.password,
            # a parameter wins over each of these
            "HOSTSCAN_TOKEN": "nobody-should-use-this-token-here",
            "HOSTSCAN_SERVER": "https://other.invalid:6500",
            "HOSTSCAN_LOGIN": "nobody",
            "HOSTSCAN_PASSWORD": "nothing",
            "HOSTSCAN_NO_MFA": "1",
        },
    )


def powershell(text: str) -> str:
    """Return a text as the inside of a single-quoted string."""
    for quote in "'\u2018\u2019\u201a\u201b":
        text = text.replace(quote, quote * 2)
    return text


@pytest.mark.parametrize(
    ("way", "account", "certificate"),
    [
        ("totp", "LAB\\jürgen", "verified"),
        ("otp", "LAB\\otp", "verified"),
        ("nomfa", "LAB\\no-mfa", "verified"),
        ("app", "hostscan-nightly", "verified"),
        ("profile", "hostscan-nightly", "verified"),
        ("pinned", "LAB\\no-mfa", "pinned"),
        ("unchecked", "LAB\\no-mfa", "not checked"),
    ],
)
def test_every_way_of_signing_in_works_and_wins_over_the_environment(
    told: Told, site: Simulator, way: str, account: str, certificate: str
) -> None:
    assert told[way]["Account"] == account
    assert told[way]["Server"] == site.url
    assert told[way]["Certificate"] == certificate
    assert told[way]["ServerVersion"] == "25.12.00000"


def test_a_ready_token_works_without_a_sign_in(told: Told) -> None:
    assert told["token"]["SignIn"] == "token"
    assert told["token works"] == 1


def test_a_certificate_that_is_not_checked_is_said_each_time(told: Told) -> None:
    assert "certificate" in told["warned"]


@pytest.mark.parametrize(
    ("failure", "error_id", "category"),
    [
        ("wrong password", "AuthenticationFailed", "AuthenticationError"),
        ("again", "AuthenticationFailed", "AuthenticationError"),
        ("wrong code", "MfaRejected", "AuthenticationError"),
        ("code needed", "MfaRequired", "AuthenticationError"),
        ("bad totp", "InvalidArgument", "InvalidArgument"),
        ("wrong token", "TokenExpired", "AuthenticationError"),
        ("untrusted", "CertificateInvalid", "SecurityError"),
        ("wrong pin", "CertificateInvalid", "SecurityError"),
        ("thumbprint", "InvalidArgument", "InvalidArgument"),
        ("no server", "NotReached", "ConnectionError"),
        ("no profile", "InvalidArgument", "InvalidArgument"),
        ("empty", "InvalidArgument", "InvalidArgument"),
    ],
)
def test_every_way_of_failing_has_its_own_error(
    told: Told, failure: str, error_id: str, category: str
) -> None:
    assert told[failure]["id"] == f"HostScan.{error_id},Connect-HostScanServer", told[failure]
    assert told[failure]["category"] == category
    assert told[failure]["message"]


def test_a_thumbprint_is_explained(told: Told) -> None:
    assert "SHA-1" in told["thumbprint"]["message"] + told["thumbprint"]["action"]


def test_a_failed_connect_leaves_no_session_behind(told: Told) -> None:
    assert told["nobody"][0]["id"] == "HostScan.NotConnected,Get-HostScanJob"
    listing, stopping, sessions = told["then"]
    assert listing["id"] == "HostScan.NotConnected,Get-HostScanJob"
    assert stopping["id"] == "HostScan.NotConnected,Stop-HostScanJob"
    assert "Connect-HostScanServer" in stopping["action"]
    assert sessions == 0


def test_a_refused_password_is_sent_once_and_not_again(told: Told, site: Simulator) -> None:
    tries = [one for one in site.requests("POST", path="/signinBody") if one.status == 401]

    assert len(tries) == 1
    assert "retry" in (told["again"]["message"] + told["again"]["action"]).lower()


def test_an_account_without_the_role_is_warned_of_and_refused(told: Told) -> None:
    assert "Admin" in told["role"]
    assert told["forbidden"]["id"] == "HostScan.Forbidden,Get-HostScanJob"
    assert told["forbidden"]["category"] == "PermissionDenied"


def test_two_sessions_live_side_by_side(told: Told) -> None:
    assert told["two"] == ["Default", "second"]
    assert told["second"] == ["hostscan-nightly", "second"]
    assert told["one left"] == ["second"]
    assert told["none left"] == [0, 0]


def test_a_connection_is_looked_at_with_and_without_a_session(told: Told) -> None:
    assert told["test"]["IsSignedIn"] is True
    assert told["test"]["Health"] == "Healthy"
    assert told["quiet"] == [True, False, False, False]


def test_no_secret_is_in_any_object_error_or_stream(told: Told, site: Simulator) -> None:
    accounts = site.accounts
    everything = told.stdout + told.stderr
    secrets = (SECRET, "pass-word", accounts.without_mfa.password, accounts.application.password)

    assert "AuthenticationFailed" in told["errors"] or "password" in told["errors"]
    assert not [secret for secret in secrets if secret in everything]
    assert "eyJ" not in everything
    assert not {"Token", "Password", "AccessToken"} & set(told["members"])


def test_secrets_are_in_no_command_line_and_no_environment(shell: Shell, site: Simulator) -> None:
    password = site.accounts.without_mfa.password
    told = shell.run(
        rf"""
        Connect-HostScanServer -Uri '{site.url}' -CaBundle '{site.ca_bundle}' -NoMfa `
            -Credential (Login 'LAB\no-mfa' '{password}')
        $id = (Get-HostScanSession).ProcessId
        Tell 'seen' @([System.IO.File]::ReadAllText("/proc/$id/cmdline"), [System.IO.File]::ReadAllText("/proc/$id/environ"))
        """
    )

    assert "bridge" in told["seen"][0]
    assert not [text for text in told["seen"] if password in text]


def test_a_token_that_ends_is_renewed_and_one_that_cannot_be_is_told(shell: Shell) -> None:
    with Simulator(SimulatorConfig(jobs=5, token_ttl_s=1)) as site:
        account = site.accounts.without_mfa
        told = shell.run(
            rf"""
            Connect-HostScanServer -Uri '{site.url}' -NoMfa -Credential (Login '{account.login}' '{account.password}')
            [Threading.Thread]::Sleep(1200)
            Tell 'renewed' @(Get-HostScanJob).Count
            """
        )

        assert told["renewed"] == 5


def test_a_session_that_cannot_be_renewed_and_a_server_that_is_gone_are_errors(
    shell: Shell,
) -> None:
    with Simulator(SimulatorConfig(jobs=5)) as site:
        account = site.accounts.without_mfa
        process = shell.start(
            rf"""
            $sim = @{{ Uri = '{site.url}'; TimeoutSec = 3 }}
            Connect-HostScanServer @sim -NoMfa -Credential (Login '{account.login}' '{account.password}')
            Connect-HostScanServer @sim -Token (Secret '{token_of(site)}') -SessionName token
            Tell 'ready' 1
            $null = [Console]::In.ReadLine()
            Tell 'refused' (Fails {{ Get-HostScanJob }})
            Tell 'expired' (Fails {{ Get-HostScanJob -SessionName token }})
            Tell 'ready' 2
            $null = [Console]::In.ReadLine()
            Tell 'gone' (Fails {{ Get-HostScanJob }})
            Tell 'test' (Test-HostScanConnection)
            Tell 'sessions' @(Get-HostScanSession).Count
            """,
            interactive=True,
        )
        wait_for(process, "##ready=1")
        site.expire_tokens()
        account.password = "changed meanwhile"
        answer(process)
        seen = wait_for(process, "##ready=2")
    told = shell.finish(process, "go\n", seen)

    assert told["refused"]["id"] == "HostScan.AuthenticationFailed,Get-HostScanJob"
    assert told["expired"]["id"] == "HostScan.TokenExpired,Get-HostScanJob"
    assert told["gone"]["category"] in {"ConnectionError", "AuthenticationError"}
    assert told["test"]["IsReachable"] is False
    assert told["sessions"] == 2


def token_of(site: Simulator) -> str:
    """Sign in as a program of somebody else would, and return the token."""
    account = site.accounts.without_mfa
    jar = urllib.request.HTTPCookieProcessor()
    opener = urllib.request.build_opener(jar)

    def post(path: str, body: str, **headers: str) -> str:
        headers |= {"Content-Type": "application/json"}
        request = urllib.request.Request(site.url + path, body.encode(), headers)  # noqa: S310
        with opener.open(request) as reply:
            return str(json.load(reply))

    first = post("/signinBody", json.dumps({"Login": account.login, "Password": account.password}))
    return post("/signin2fa", '"NA"', Authorization=f"Bearer {first}")


def answer(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def wait_for(process: subprocess.Popen[str], text: str) -> str:
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if text in line:
            return seen
    raise AssertionError(f"{text!r} never came: {seen}")
