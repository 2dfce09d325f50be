from __future__ import annotations

import inspect

import pytest
from pydantic import ValidationError

from hostscan_automation import errors
from hostscan_automation.powershell import faults
from hostscan_automation.powershell.parameters import Connect

TREE = [
    member
    for _, member in inspect.getmembers(errors, inspect.isclass)
    if issubclass(member, errors.HostscanError)
]
CATEGORIES = {
    "AuthenticationError", "ConnectionError", "InvalidArgument", "InvalidOperation",
    "InvalidResult", "LimitsExceeded", "NotInstalled", "ObjectNotFound", "OperationStopped",
    "OperationTimeout", "ParserError", "PermissionDenied", "ProtocolError",
    "ResourceUnavailable", "SecurityError", "WriteError",
}  # fmt: skip


@pytest.mark.parametrize("error", TREE)
def test_every_error_of_the_tree_has_a_kind_of_its_own_choosing(
    error: type[errors.HostscanError],
) -> None:
    assert error in faults.KIND_OF_ERROR


def test_every_kind_names_a_category_that_powershell_knows() -> None:
    kinds = [value for value in vars(faults).values() if isinstance(value, faults.Kind)]

    assert len(kinds) > 20
    assert {kind.category for kind in kinds} <= CATEGORIES


def test_every_kind_knows_a_way_out() -> None:
    kinds = [value for value in vars(faults).values() if isinstance(value, faults.Kind)]

    assert not [kind.id for kind in kinds if not kind.advice.endswith(".")]


@pytest.mark.parametrize(
    ("error", "error_id", "category"),
    [
        (errors.PasswordRefusedError("no"), "AuthenticationFailed", "AuthenticationError"),
        (errors.CodeRefusedError("no"), "MfaRejected", "AuthenticationError"),
        (errors.SessionExpiredError("no"), "TokenExpired", "AuthenticationError"),
        (errors.CertificateError("no"), "CertificateInvalid", "SecurityError"),
        (errors.NotReachedError("no"), "NotReached", "ConnectionError"),
        (errors.ReplyLostError("no"), "Timeout", "OperationTimeout"),
        (errors.JournalError("no"), "StateUnusable", "ResourceUnavailable"),
        (errors.FilterError("f", (errors.Finding("no"),)), "InvalidArgument", "InvalidArgument"),
        (errors.PlaybookError("f", (errors.Finding("no"),)), "PlaybookInvalid", "ParserError"),
        (errors.ExampleError("f", (errors.Finding("no"),)), "ExampleSyntax", "ParserError"),
    ],
)
def test_an_error_becomes_the_id_and_category_that_scripts_compare(
    error: Exception, error_id: str, category: str
) -> None:
    data = faults.fault_of(error, target="it").to_data()["data"]

    assert (data["errorId"], data["category"]) == (f"HostScan.{error_id}", category)
    assert data["target"] == "it"


def test_a_hint_is_the_recommended_action_and_a_trace_id_is_kept() -> None:
    problem = errors.Problem(further={"traceId": "00-abc"})
    error = errors.ForbiddenError(
        "role is missing", status=403, method="GET", path="/x", problem=problem, hint="Ask for it."
    )

    data = faults.fault_of(error).to_data()

    assert data["message"] == "role is missing"
    assert data["data"]["recommendedAction"] == "Ask for it."
    assert data["data"]["traceId"] == "00-abc"


def test_an_error_that_is_a_bug_tells_its_type_and_never_its_text() -> None:
    data = faults.fault_of(RuntimeError("hunter2")).to_data()

    assert "RuntimeError" in data["message"]
    assert "hunter2" not in str(data)
    assert data["data"]["errorId"] == "HostScan.InternalError"


def test_refused_parameters_are_named_without_their_values() -> None:
    with pytest.raises(ValidationError) as caught:
        Connect.model_validate({"signIn": "totp", "password": 4711, "nonsense": "hunter2"})

    message = faults.fault_of_parameters(caught.value).message

    assert "password" in message
    assert "nonsense" in message
    assert "4711" not in message
    assert "hunter2" not in message
