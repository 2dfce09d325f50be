from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hostscan_automation import errors
from hostscan_automation.cli.exits import ExitCode, exit_code_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def below(kind: type[errors.HostscanError]) -> Iterator[type[errors.HostscanError]]:
    for child in kind.__subclasses__():
        if child.__module__.startswith("hostscan_automation"):
            yield child
            yield from below(child)


@pytest.mark.parametrize("kind", sorted(set(below(errors.HostscanError)), key=str))
def test_every_error_has_an_exit_code_that_promises_that_nothing_was_sent(
    kind: type[errors.HostscanError],
) -> None:
    assert ExitCode.SETTINGS <= exit_code_of(kind) <= ExitCode.REFUSED


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.SecretNotFoundError, 3),
        (errors.JournalError, 3),
        (errors.ReportError, 3),
        (errors.PasswordRefusedError, 4),
        (errors.CertificateError, 5),
        (errors.ReplyLostError, 5),
        (errors.NotFoundError, 5),
        (errors.ForbiddenError, 7),
        (errors.FilterError, 6),
        (errors.ExampleError, 6),
        (errors.PlanRefusedError, 7),
    ],
)
def test_the_codes_are_those_of_the_manual(kind: type[errors.HostscanError], code: int) -> None:
    assert exit_code_of(kind) == code


def test_an_error_without_a_place_in_the_tree_counts_as_a_bug() -> None:
    assert exit_code_of(errors.HostscanError("x")) is ExitCode.BUG
