from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

import hostscan_automation.powershell
from hostscan_automation.powershell import objects, parameters
from hostscan_automation.powershell.protocol import METHODS, to_json

FOLDER = Path(hostscan_automation.powershell.__file__).parent
EMPTY = "00000000-0000-0000-0000-000000000000"
JOB = "497f6eca-6276-4993-bfeb-53cbbbba6f08"


def test_the_file_beside_the_code_says_what_the_code_says() -> None:
    on_disk = json.loads((FOLDER / "protocol.json").read_text(encoding="utf-8"))

    assert on_disk == json.loads(json.dumps(to_json()))


def test_every_method_says_what_it_does() -> None:
    assert all(spec.does.endswith(".") for spec in METHODS.values())


def test_only_these_methods_change_anything_on_the_server() -> None:
    changing = {name for name, spec in METHODS.items() if spec.changes}

    assert changing == {"jobs.cancel", "jobs.schedule", "playbook.apply"}


@pytest.mark.parametrize(
    ("model", "data"),
    [
        (parameters.ReadJobs, {"ids": [EMPTY]}),
        (parameters.ReadJobs, {"ids": ["TruncateAllTables"]}),
        (parameters.ReadJobs, {"ids": [f"{JOB}/../TruncateAllTables"]}),
        (parameters.ReadJobs, {"ids": [7]}),
        (parameters.CancelJobs, {"jobs": []}),
        (parameters.CancelJobs, {"jobs": [{"id": EMPTY}]}),
        (parameters.CancelJobs, {"jobs": [{"id": JOB}], "maxCount": -1}),
        (parameters.CancelJobs, {"jobs": [{"id": JOB}], "maxCount": "50"}),
        (parameters.CancelJobs, {"jobs": [{"id": JOB}], "force": True}),
        (parameters.CancelJobs, {"jobs": [{"id": JOB}], "throttleLimit": 0}),
        (parameters.WaitForJobs, {"ids": [JOB], "pollSec": 1}),
        (parameters.WaitForJobs, {"ids": [JOB], "timeoutSec": float("inf")}),
        (parameters.ListJobs, {"host_name": ["x"]}),
        (parameters.ListJobs, {"status": "Queued"}),
        (parameters.Connect, {"signIn": "guess"}),
    ],
)
def test_parameters_that_are_not_meant_so_are_refused(
    model: type[parameters.Parameters], data: dict[str, object]
) -> None:
    with pytest.raises(ValidationError):
        model.model_validate(data)


def test_ids_may_be_written_in_any_of_their_forms() -> None:
    read = parameters.ReadJobs.model_validate({"ids": [f"{{{JOB.upper()}}}", JOB.replace("-", "")]})

    assert {str(one) for one in read.ids} == {JOB}


def test_secrets_do_not_show_in_the_text_of_parameters() -> None:
    connect = parameters.Connect.model_validate(
        {"signIn": "totp", "login": "a", "password": "hunter2", "totpSecret": "JBSWY3DP"}
    )

    assert "hunter2" not in f"{connect!r}{connect}"
    assert "JBSWY3DP" not in f"{connect!r}{connect}"


def test_no_session_has_a_member_for_a_secret() -> None:
    members = " ".join(objects.Session.__annotations__).lower()

    assert not any(word in members for word in ("token", "password", "secret", "key", "code"))
