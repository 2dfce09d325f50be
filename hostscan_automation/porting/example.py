"""Hold what a documented example means: its requests in order, and what was repaired."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from hostscan_automation.porting.effects import is_action
from hostscan_automation.porting.places import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hostscan_automation.porting.diagnostics import Diagnostic

JSON_CONTENT_TYPE = "application/json; charset=utf-8"
ACCEPTED = "application/json"


class SignIn(StrEnum):
    """The two requests that sign an account in."""

    PASSWORD = "password"  # noqa: S105 - the name of a step
    TWO_FACTOR = "two_factor"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that whoever runs the ported example gives.

    Attributes:
        name: As it is documented, letter by letter.
        type: `uuid`, `date-time`, `integer`, `number`, `boolean`, `string`, or `array[...]` of one.
        values: The only values that are documented, or none where they are not listed.
        is_required: Whether the page says that it must be given.
    """

    name: str
    type: str
    values: tuple[str, ...] = ()
    is_required: bool = False

    @property
    def is_array(self) -> bool:
        """Whether several values may be given."""
        return self.type.startswith("array[")

    @property
    def element_type(self) -> str:
        """The type of one value."""
        return self.type.removeprefix("array[").removesuffix("]")


@dataclass(frozen=True, slots=True)
class Body:
    """A JSON body, its text in ASCII and laid out as the example has it."""

    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One documented request.

    Attributes:
        path: From the server's root, placeholders as `{name}`, without query.
        query_parameters: What the page documents beside the path; all of it may be left out.
        sign_in: Which part of signing in this is, or None.
        is_authorized: Whether the request carries the token of the sign-in before it.
        is_said_to_change: Whether the page's title tells of a change.
        place: Where the example makes the request.
    """

    method: str
    path: str
    path_parameters: tuple[Parameter, ...] = ()
    query_parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    sign_in: SignIn | None = None
    is_authorized: bool = False
    is_said_to_change: bool = False
    place: Place = field(default=Place(1, 1), compare=False)

    @property
    def is_change(self) -> bool:
        """Whether the request may change something; a GET that starts or stops does too."""
        return self.method != "GET" or self.is_said_to_change or is_action(self.path)

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers that a repaired request sends; the token stands as `{Token}`."""
        headers = {"Accept": ACCEPTED}
        if self.is_authorized:
            headers["Authorization"] = "Bearer {Token}"
        if self.body is not None:
            headers["Content-Type"] = JSON_CONTENT_TYPE
        return headers

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


FIRST_STEP = Step(
    "POST",
    "/signinBody",
    body=Body('{"Login": "{Login}", "Password": "{Password}"}'),
    sign_in=SignIn.PASSWORD,
)
SECOND_STEP = Step(
    "POST",
    "/signin2fa",
    body=Body('"{MfaCode}"'),
    sign_in=SignIn.TWO_FACTOR,
    is_authorized=True,
)


@dataclass(frozen=True, slots=True)
class PortedExample:
    """The meaning of a document: every documented request, in order, and every repair.

    Attributes:
        steps: At least one.
        diagnostics: In the order of the file.
    """

    steps: tuple[Step, ...]
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def calls(self) -> tuple[Step, ...]:
        """The requests that are not part of signing in."""
        return tuple(step for step in self.steps if step.sign_in is None)

    def has(self, sign_in: SignIn) -> bool:
        """Say whether a step of signing in is documented."""
        return any(step.sign_in is sign_in for step in self.steps)
