from __future__ import annotations

import pytest

from hostscan_automation.api.endpoints import ALL, Effect, effect_of, endpoint_of

ID = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
JOBS = "/api/v1/HostScanJob"


@pytest.mark.parametrize(
    ("method", "path", "effect"),
    [
        ("GET", JOBS, Effect.READ),
        ("GET", JOBS.lower(), Effect.READ),
        ("GET", f"{JOBS}/{ID}", Effect.READ),
        ("GET", f"{JOBS}/ByHostId/{ID.upper()}", Effect.READ),
        ("GET", f"{JOBS}/Host", Effect.READ),
        ("GET", "/api/v1/Version", Effect.READ),
        ("GET", f"{JOBS}/Host/{ID}/Stop", Effect.CHANGE),
        ("GET", f"{JOBS}/host/{ID}/start", Effect.CHANGE),
        ("GET", f"{JOBS}/Search", Effect.CHANGE),
        ("GET", f"{JOBS}/{ID}/x", Effect.CHANGE),
        ("DELETE", f"{JOBS}/{ID}", Effect.CHANGE),
        ("POST", JOBS, Effect.CHANGE),
        ("HEAD", JOBS, Effect.CHANGE),
    ],
)
def test_the_effect_is_the_tables_and_not_the_verbs(method: str, path: str, effect: Effect) -> None:
    assert effect_of(method, path) is effect


def test_every_endpoint_of_the_table_is_found_again() -> None:
    for endpoint in ALL:
        ids = dict.fromkeys(("job_id", "host_id", "host_scan_host_id", "managed_resource_id"), ID)
        found = endpoint_of(endpoint.method, endpoint.path(**ids))
        assert found is not None
        assert found.effect is endpoint.effect


def test_the_table_has_no_way_to_wipe_the_scan_tables() -> None:
    assert not [endpoint for endpoint in ALL if "truncate" in endpoint.template.lower()]
