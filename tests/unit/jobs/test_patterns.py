from __future__ import annotations

import time
from ipaddress import ip_address

import pytest

from hostscan_automation.jobs.patterns import (
    LONGEST_PATTERN,
    glob_test,
    is_glob,
    network_test,
    regex_test,
)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("lab-*", "LAB-007", True),
        ("LAB-*", "lab-007", True),
        ("lab-?", "lab-7", True),
        ("lab-?", "lab-77", False),
        ("lab-[0-3]*", "lab-2x", True),
        ("lab-[!0-3]*", "lab-2x", False),
        (r"LAB\admin*", r"lab\Admin1", True),
        (r"LAB\admin*", "labadmin1", False),
        (r"LAB\*", r"lab\anybody", True),
        ("a.b", "axb", False),
        ("a[", "a[", True),
        ("straße", "STRASSE", True),
        ("lab", "lab-1", False),
        ("*", "", True),
    ],
)
def test_globs(pattern: str, text: str, fits: bool) -> None:
    assert glob_test(pattern)(text) is fits


def test_a_glob_of_many_stars_does_not_blow_up() -> None:
    test = glob_test("*a" * 400 + "b")
    begin = time.perf_counter()
    assert not test("a" * 2000)
    assert time.perf_counter() - begin < 1


def test_a_regex_that_would_blow_up_elsewhere_does_not() -> None:
    test = regex_test("(a+)+$", is_whole=True)
    begin = time.perf_counter()
    assert not test("a" * 3000 + "b")
    assert time.perf_counter() - begin < 1


@pytest.mark.parametrize("pattern", [r"\pL{200}", "(a{1000}){1000}", r"(\pL{30}){30}"])
def test_a_regex_that_needs_much_memory_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"too large|invalid repetition size"):
        regex_test(pattern, is_whole=True)


def test_regexes_fit_as_a_whole_or_in_part_without_case() -> None:
    assert regex_test("web-[0-9]+", is_whole=True)("WEB-12")
    assert not regex_test("web-[0-9]+", is_whole=True)("web-12.lab")
    assert regex_test("web-[0-9]+", is_whole=False)("x-web-12.lab")


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(", "missing"),
        ("(?=x)", "look-around is not supported"),
        (r"(a)\1", "back references are not supported"),
        ("a{2000}", "invalid repetition size"),
        ("\ud800", "not valid Unicode"),
        ("(" * 900, "missing"),
    ],
)
def test_a_bad_regex_says_why(pattern: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as caught:
        regex_test(pattern, is_whole=True)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("make", [glob_test, lambda text: regex_test(text, is_whole=True)])
def test_patterns_are_neither_empty_nor_endless(make: object) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match="empty"):
        make("")
    with pytest.raises(ValueError, match="longer than"):
        make("a" * (LONGEST_PATTERN + 1))


@pytest.mark.parametrize(
    ("network", "address", "inside"),
    [
        ("10.0.0.0/16", "10.0.255.255", True),
        ("10.0.0.0/16", "10.1.0.0", False),
        ("0.0.0.0/0", "192.168.0.1", True),
        ("10.0.0.5/32", "10.0.0.5", True),
        ("10.0.0.0/255.255.0.0", "10.0.3.4", True),
        ("fd00::/8", "fd12::1", True),
        ("fd00::/8", "fe80::1", False),
        ("0.0.0.0/0", "::1", False),
        ("::/0", "10.0.0.1", False),
    ],
)
def test_networks(network: str, address: str, inside: bool) -> None:
    assert network_test(network)(ip_address(address)) is inside


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("10.0.0.1/16", r"bits set behind its prefix: write 10\.0\.0\.0/16"),
        ("10.0.0.1", r"no prefix length: write 10\.0\.0\.1/32"),
        ("::1", "no prefix length: write ::1/128"),
        ("10.0.0.0/33", "is no network"),
        ("10.0.0/16", "is no network"),
        ("010.0.0.0/8", "is no network"),
        ("lab", "is no network"),
        ("::ffff:10.0.0.0/104", "write the IPv4 network"),
    ],
)
def test_a_bad_network_says_how_to_write_it(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        network_test(text)


def test_only_three_signs_make_a_glob() -> None:
    assert [is_glob(text) for text in ("a*", "a?", "[a]", r"LAB\a", "a.b", "a]")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
