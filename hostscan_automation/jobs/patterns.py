"""Compile globs, regular expressions and networks into tests on one value."""

from __future__ import annotations

import fnmatch
import re
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Any

from hostscan_automation.jobs.suggestion import shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from ipaddress import IPv4Address

LONGEST_PATTERN = 1000
MOST_EXPRESSIONS = 1000
"""Regular expressions in all filters of a playbook: together they may need 250 MB and no more."""

_MOST_MEMORY = 256 * 1024  # of one expression; RE2 itself allows 8 MB


def is_glob(text: str) -> bool:
    """Whether a text holds anything that is special in a glob."""
    return any(letter in text for letter in "*?[")


def glob_test(pattern: str) -> Callable[[str], bool]:
    """Return a test for a glob: `*`, `?` and `[...]` are special, a backslash is not.

    The whole value has to fit, without regard to case. The translation never backtracks over an
    earlier star, so no pattern takes longer than its length times that of the value.

    Raises:
        ValueError: The pattern is empty or too long.
    """
    _check_length(pattern)
    fits = re.compile(fnmatch.translate(pattern.casefold())).match
    return lambda text: fits(text.casefold()) is not None


def regex_test(pattern: str, *, is_whole: bool) -> Callable[[str], bool]:
    """Return a test for a regular expression (RE2), without regard to case.

    Raises:
        ValueError: RE2 does not take the expression; the message says why.
    """
    _check_length(pattern)
    import re2  # noqa: PLC0415 - only a filter with a regular expression pays for it

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = _MOST_MEMORY
    try:
        expression = re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError) as error:
        raise ValueError(f"{shown(pattern)} is no regular expression: {_why(error)}") from None
    fits = expression.fullmatch if is_whole else expression.search
    return lambda text: fits(text) is not None


def _why(error: Exception) -> str:
    reason = error.args[0]
    text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else "not valid Unicode"
    if "invalid perl operator" in text:
        return f"{text} (look-around is not supported; use not: {{...}})"
    if "escape sequence" in text:
        return f"{text} (back references are not supported; a backslash itself is \\\\)"
    return text[:200]


def _check_length(pattern: str) -> None:
    if not pattern:
        raise ValueError("is empty")
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"is longer than {LONGEST_PATTERN} characters")


def network_test(text: str) -> Callable[[IPv4Address | IPv6Address], bool]:
    """Return a test for a network such as `10.0.0.0/16`: whether an address lies in it.

    Raises:
        ValueError: It is no network, or has bits set behind its prefix.
    """
    network = _network(text)
    version, mask, base = network.version, int(network.netmask), int(network.network_address)
    return lambda address: address.version == version and int(address) & mask == base


def _network(text: str) -> IPv4Network | IPv6Network:
    address, slash, _ = text.strip().partition("/")
    try:
        written, network = ip_address(address), ip_network(text.strip(), strict=False)
    except ValueError:
        raise ValueError(f"{shown(text)} is no network such as 10.0.0.0/16") from None
    if not slash:
        raise ValueError(f"{shown(text)} has no prefix length: write {network}")
    if written != network.network_address:
        raise ValueError(f"{shown(text)} has bits set behind its prefix: write {network}")
    if isinstance(written, IPv6Address) and written.ipv4_mapped:
        raise ValueError(f"{shown(text)} holds IPv4 addresses: write the IPv4 network")
    return network


def any_of(tests: list[Callable[[Any], bool]]) -> Callable[[Any], bool]:
    """Return the test that at least one of several tests passes."""
    return tests[0] if len(tests) == 1 else lambda value: any(test(value) for test in tests)
