from __future__ import annotations

import pytest

from hostscan_automation.api.address import ServerAddress
from hostscan_automation.errors import SettingsError


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://NPS01.Example.com:6500/", "https://nps01.example.com:6500"),
        ("  https://nps01:443 ", "https://nps01"),
        ("https://nps01", "https://nps01"),
        ("http://localhost:6500", "http://localhost:6500"),
        ("http://127.8.8.8", "http://127.8.8.8"),
        ("http://[::1]:80", "http://[::1]"),
        ("https://bücher.example:6500", "https://xn--bcher-kva.example:6500"),
        ("https://nps01.example.com.:6500", "https://nps01.example.com:6500"),
    ],
)
def test_the_same_server_is_always_spelt_the_same(text: str, url: str) -> None:
    assert ServerAddress.parse(text).url == url


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nps01:6500", "does not start with https://"),
        ("ftp://nps01", "does not start with https://"),
        ("https://", "does not start with https://"),
        ("http://nps01:6500", "unencrypted"),
        ("http://127.0.0.1.example.com", "unencrypted"),
        ("http://localhost.example.com", "unencrypted"),
        ("https://nps01:6500/api", "has a path"),
        ("https://nps01:6500/?x=1", "has a path"),
        ("https://nps01:99999", "no usable port"),
        ("https://nps01:0", "no usable port"),
        ("https://nps01:port", "no usable port"),
        ("https://nps 01", "no usable host name"),
        ("https://nps..example.com", "no usable host name"),
        (f"https://{'x' * 64}.example.com", "no usable host name"),
        (f"https://{'x.' * 127}com", "no usable host name"),
        ("https://nps%2e01", "no usable host name"),
        ("https://nps\x0001", "no usable host name"),
        ("https://nps\x7f01", "no usable host name"),
        ("https://" + "ü" * 80, "no usable host name"),
        ("https://[::1", "is no address"),
    ],
)
def test_what_is_no_address_of_a_server_is_an_error(text: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        ServerAddress.parse(text)


def test_a_password_in_the_address_is_not_shown() -> None:
    with pytest.raises(SettingsError, match="holds a login") as caught:
        ServerAddress.parse("https://admin:Secret99@nps01:6500")

    assert "Secret99" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "is_loopback"),
    [
        ("https://localhost", True),
        ("https://lab.localhost", True),
        ("https://127.0.0.1", True),
        ("https://[::1]", True),
        ("https://10.0.0.1", False),
        ("https://nps01", False),
    ],
)
def test_loopback_is_this_machine_alone(url: str, *, is_loopback: bool) -> None:
    assert ServerAddress.parse(url).is_loopback is is_loopback
