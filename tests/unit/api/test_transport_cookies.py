from __future__ import annotations

import pytest
from requests import PreparedRequest
from requests.cookies import RequestsCookieJar

from hostscan_automation.api.transport_cookies import LONGEST_COOKIE, MOST_COOKIES, keep_cookies


def kept(*given: str) -> dict[str, str | None]:
    request = PreparedRequest()
    request.prepare("POST", "https://nps01.lab.example:6500/signinBody")
    jar = RequestsCookieJar()
    keep_cookies(jar, request, given)
    return {cookie.name: cookie.value for cookie in jar}


def test_cookies_are_kept_as_the_server_sent_them() -> None:
    assert kept("a=1; Path=/; HttpOnly", "b=2; Secure; Max-Age=600") == {"a": "1", "b": "2"}
    assert kept("gone=1; Max-Age=0", "old=1; expires=Wed, 21 Oct 2015 07:28:00 GMT") == {}


@pytest.mark.parametrize(
    "attribute",
    [
        "Max-Age",
        "Max-Age=soon",
        f"Max-Age={'9' * 5000}",
        "expires=Wed, 21 Ont 2026 07:28:00 GMT",
        f"expires=Wed, 21 Oct {'9' * 5000} 07:28:00 GMT",
        "expires",
        'expires="',
    ],
)
def test_an_attribute_that_nobody_can_read_costs_no_cookie(attribute: str) -> None:
    beside = f"second=2; {attribute}" if len(attribute) < LONGEST_COOKIE else "second=2"

    assert kept("first=1; Path=/", beside) == {"first": "1", "second": "2"}


def test_a_cookie_longer_than_any_is_left_out() -> None:
    assert kept(f"long={'x' * LONGEST_COOKIE}", "short=1") == {"short": "1"}


def test_a_server_that_sends_cookies_without_end_gets_the_latest_back() -> None:
    names = [f"c{number}" for number in range(MOST_COOKIES + 20)]
    left = kept(*(f"{name}=1" for name in names))

    assert len(left) == MOST_COOKIES
    assert names[-1] in left
    assert names[0] not in left
