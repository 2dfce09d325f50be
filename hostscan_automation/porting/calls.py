"""Turn one `Invoke-RestMethod` of an example into the request it was meant to be."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hostscan_automation.porting.addresses import Address, check_path, read_address, refuse_wipe
from hostscan_automation.porting.bodies import body_of_table, body_of_text
from hostscan_automation.porting.diagnostics import Notes, Repair
from hostscan_automation.porting.evaluation import Fields, Given, Json, Reply, Value, Words
from hostscan_automation.porting.example import (
    FIRST_STEP,
    SECOND_STEP,
    Body,
    Parameter,
    SignIn,
    Step,
)
from hostscan_automation.porting.refusals import is_destructive
from hostscan_automation.porting.syntax import (
    Constant,
    Literal,
    NewSession,
    OutsideSubsetError,
    Request,
)

if TYPE_CHECKING:
    from hostscan_automation.porting.document import Section
    from hostscan_automation.porting.evaluation import Variables
    from hostscan_automation.porting.places import Place

_METHODS = {"GET", "PUT", "POST", "PATCH", "DELETE"}
_SIGN_INS = {
    "/signinbody": SignIn.PASSWORD,
    "/signin2fa": SignIn.TWO_FACTOR,
    "/sigin2fa": SignIn.TWO_FACTOR,
}
_JSON = re.compile(r"application/json(\s*;\s*charset\s*=\s*\"?utf-8\"?)?", re.IGNORECASE)
_JSON_PATCH = "application/json-patch+json"
# The id that stands here is a UUID, whatever a page says: a sibling of it wipes all tables.
_JOB = re.compile(r"/api/v1/hostscanjob/\{([\w.-]+)\}", re.IGNORECASE)
_HOST_SCAN_JOBS = "/api/v1/hostscanjob/"
_NAME_OF_ID = re.compile(r"(?:.*I|i)[dD]", re.DOTALL)


@dataclass(slots=True)
class CallReader:
    """Reads the requests of one example, one after the other.

    Attributes:
        servers: Every server an address named.
        latest: How far the example is signed in.
        lacks_session: Whether a sign-in was met that keeps no cookies.
    """

    section: Section
    variables: Variables
    notes: Notes
    servers: set[str]
    latest: SignIn | None = None
    lacks_session: bool = False

    def read(self, request: Request) -> Step:
        """Return what a request means, and note what was repaired in it.

        Raises:
            OutsideSubsetError: It cannot be carried over without guessing.
            ForbiddenCallError: It wipes every host scan table.
        """
        address = self._address(request)
        sign_in = _SIGN_INS.get(address.path.lower())
        method = self._method(request)
        self._check_session(request, sign_in)
        used = self._token(request)
        if sign_in is None:
            step = self._call(request, method, address, used)
        elif method != "POST":
            raise OutsideSubsetError(request.place, f"{address.path} is called by POST")
        else:
            step = self._sign_in(request, sign_in, used)
            self._note_spelling(address)
        self._note_content_type(request, step.body)
        return step

    def _call(self, request: Request, method: str, address: Address, used: Reply | None) -> Step:
        if used is not None and used.sign_in is not self.latest:
            raise OutsideSubsetError(request.place, "the token is not that of the last sign-in")
        step = Step(
            method,
            address.path,
            path_parameters=self._path_parameters(address),
            body=self._body(request),
            is_authorized=used is not None,
            place=request.place,
        )
        if is_destructive(step):
            self.notes.add(Repair.P017, request.place, str(step))
        if method == "GET" and step.body is not None:
            raise OutsideSubsetError(request.place, "a GET with a body cannot be carried over")
        if method == "GET" and step.is_change:
            self.notes.add(Repair.P016, request.place, address.path)
        return step

    def _sign_in(self, request: Request, sign_in: SignIn, used: Reply | None) -> Step:
        self.latest = sign_in
        if sign_in is SignIn.PASSWORD:
            self._check_login(request)
            return replace(FIRST_STEP, place=request.place)
        if used is None or used.sign_in is not SignIn.PASSWORD:
            message = "the second step needs the token of the first as Authorization"
            raise OutsideSubsetError(request.place, message)
        self._check_code(request)
        return replace(SECOND_STEP, place=request.place)

    def _address(self, request: Request) -> Address:
        argument = request.argument("uri", "url")
        if argument is None:
            raise OutsideSubsetError(request.place, "the request has no address")
        if argument.name.lower() == "url":
            self.notes.add(Repair.P004, argument.place)
        value = self.variables.evaluate(argument.value)
        if not isinstance(value, Words):
            raise OutsideSubsetError(argument.value.place, "the address is no text")
        address = read_address(value)
        if isinstance(first := value.pieces[0], Given) and first.name.lower() == "npsurl":
            self.notes.add(Repair.P024, first.place, first.name)
        refuse_wipe(address.path, address.place(0))
        check_path(address)
        if address.is_written_out:
            self.notes.add(Repair.P007, argument.value.place, address.path)
        if address.server:
            self.servers.add(address.server)
        return address

    def _method(self, request: Request) -> str:
        argument = request.argument("method")
        if argument is None:
            return "GET"
        value = self.variables.evaluate(argument.value)
        method = (value.fixed or "").upper() if isinstance(value, Words) else ""
        if method not in _METHODS:
            message = (
                f"method {method[:20]!r} cannot be carried over"
                if method
                else ("this method cannot be carried over")
            )
            raise OutsideSubsetError(argument.value.place, message)
        return method

    def _check_session(self, request: Request, sign_in: SignIn | None) -> None:
        argument = request.argument("websession", "webrequestsession")
        if argument is None:
            if sign_in is not None:
                self._note_missing_session(request.place)
            return
        if argument.name.lower() == "webrequestsession":
            self.notes.add(Repair.P005, argument.place)
        if not isinstance(self.variables.evaluate(argument.value), NewSession):
            raise OutsideSubsetError(argument.value.place, "this is no web session")
        if sign_in is None:
            message = "a web session on a call after the sign-in cannot be carried over"
            raise OutsideSubsetError(argument.place, message)

    def _token(self, request: Request) -> Reply | None:
        """Return the reply whose token the request carries; note a missing Accept."""
        argument = request.argument("headers")
        headers = self.variables.evaluate(argument.value) if argument else None
        if headers is None:
            self.notes.add(Repair.P015, request.place)
            return None
        if not isinstance(headers, Fields):
            raise OutsideSubsetError(request.place, "the headers are no hashtable")
        self._check_headers(headers, request.place)
        authorization = headers.get("authorization")
        return None if authorization is None else _token_of(authorization)

    def _check_headers(self, headers: Fields, place: Place) -> None:
        for name in headers.values:
            if name.lower() not in {"authorization", "accept"}:
                raise OutsideSubsetError(headers.place, f"header {name!r} cannot be carried over")
        accept = headers.get("accept")
        if accept is None:
            self.notes.add(Repair.P015, place)
        elif not isinstance(accept, Words) or accept.fixed != "application/json":
            raise OutsideSubsetError(headers.place, "only Accept: application/json is carried over")

    def _check_login(self, request: Request) -> None:
        argument = request.argument("body")
        value = self.variables.evaluate(argument.value) if argument else None
        fields = value.fields if isinstance(value, Json) else None
        password = fields.get("password") if fields else None
        login = fields.get("login") if fields else None
        is_complete = fields is not None and len(fields.values) == len(("login", "password"))
        if not is_complete or not isinstance(login, Words) or not isinstance(password, Words):
            message = "the sign-in needs (ConvertTo-Json ...) of Login and Password as its body"
            raise OutsideSubsetError(request.place, message)
        if any(isinstance(piece, Literal) for piece in password.pieces):
            self.notes.add(Repair.P013, password.place, "password")

    def _check_code(self, request: Request) -> None:
        argument = request.argument("body")
        value = self.variables.evaluate(argument.value) if argument else None
        if isinstance(value, Words) and isinstance(given := value.only, Given):
            if not given.is_environment:
                self.notes.add(Repair.P009, given.place, given.name)
        elif value is not None and _is_code(value):
            self.notes.add(Repair.P013, value.place, "one-time code")
        else:
            raise OutsideSubsetError(request.place, "the second step needs the code as its body")

    def _body(self, request: Request) -> Body | None:
        argument = request.argument("body")
        if argument is None:
            return None
        value = self.variables.evaluate(argument.value)
        match value:
            case Json():
                return body_of_table(value.fields)
            case Words() if (text := value.fixed) is not None:
                return self._text_body(text, value)
            case Words() if isinstance(given := value.only, Given):
                raise OutsideSubsetError(given.place, f"value of ${given.name} is not known")
            case _:
                raise OutsideSubsetError(argument.value.place, "this body cannot be carried over")

    def _text_body(self, text: str, words: Words) -> Body:
        place = next((one.place for one in words.pieces if isinstance(one, Literal)), words.place)
        body, reading = body_of_text(text, place)
        if reading.fault is not None:
            self.notes.add(Repair.P012, place, reading.fault)
        for key in reading.doubled_keys:
            self.notes.add(Repair.P025, place, key)
        if words.is_expandable_here_string:
            self.notes.add(Repair.P014, words.place)
        return body

    def _path_parameters(self, address: Address) -> tuple[Parameter, ...]:
        found: dict[str, Parameter] = {}
        for name, place in address.placeholders:
            self.notes.add(Repair.P010, place, f"{{{name}}}")
            found[name] = self._path_parameter(name, address.path)
        return tuple(found.values())

    def _path_parameter(self, name: str, path: str) -> Parameter:
        job = _JOB.match(path)
        if job is not None and job[1] == name:
            return Parameter(name, "uuid")
        known = self.section.path_parameter(name)
        if known is not None:
            return Parameter(name, known.type, known.values)
        is_id = path.lower().startswith(_HOST_SCAN_JOBS) and _NAME_OF_ID.fullmatch(name)
        return Parameter(name, "uuid" if is_id else "string")

    def _note_spelling(self, address: Address) -> None:
        offset = address.path.lower().find("sigin2fa")
        if offset >= 0:
            self.notes.add(Repair.P006, address.place(offset))

    def _note_content_type(self, request: Request, body: Body | None) -> None:
        argument = request.argument("contenttype")
        if argument is None:
            if body is not None:
                self.notes.add(Repair.P018, request.place)
            return
        value = self.variables.evaluate(argument.value)
        text = value.fixed if isinstance(value, Words) else None
        if text is not None and text.strip().lower() == _JSON_PATCH:
            self.notes.add(Repair.P008, argument.value.place, _JSON_PATCH)
        elif text is None or not _JSON.fullmatch(text.strip()):
            message = "this content type cannot be carried over"
            raise OutsideSubsetError(argument.value.place, message)

    def _note_missing_session(self, place: Place) -> None:
        if not self.lacks_session:
            self.notes.add(Repair.P019, place)
        self.lacks_session = True


def _is_code(value: Value) -> bool:
    """Say whether a one-time code is written into the example, as text or as a number."""
    if isinstance(value, Constant):
        return isinstance(value.value, int) and not isinstance(value.value, bool)
    return isinstance(value, Words) and bool(value.fixed)


def _token_of(authorization: Value) -> Reply:
    match authorization:
        case Words(pieces=(Literal(text=text), Reply() as reply)) if text.lower() == "bearer ":
            return reply
    message = 'Authorization is something else than "Bearer $Token" of the sign-in'
    raise OutsideSubsetError(authorization.place, message)
