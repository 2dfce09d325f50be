from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostscan_automation.api.guard import refuse_forbidden, refuse_forbidden_quickly
from hostscan_automation.errors import PlanRefusedError

PATH = "/api/v1/HostScanJob/TruncateAllTables"
SPELLINGS = [
    PATH,
    PATH.upper(),
    PATH.lower(),
    PATH + "/",
    PATH + ";jsessionid=1",
    PATH + "?x=1",
    "/api/v1/HostScanJob/./TruncateAllTables",
    "/api/v1/HostScanJob/x/../TruncateAllTables",
    "/api\\v1\\HostScanJob\\TruncateAllTables",
    "//api/v1//HostScanJob//TruncateAllTables",
    "/api/v1/HostScanJob/%54runcateAllTables",
    "/api/v1/HostScanJob/%2554runcateAllTables",
    "/api/v1/HostScanJob/%25252554runcateAllTables",
    "/api/v1/HostScanJob/%u0054runcateAllTables",
    "/api/v1/HostScanJob/TruncateAllTables%20",
    "/api/v1/HostScanJob/TruncateAll%00Tables",
    "/api/v1/HostScanJob/Truncate.All.Tables",
    "/api/v1/HostScanJob/Truncate%c0%afAllTables",
    "/api/v1/HostScanJob/\uff34runcateAllTables",
    "/api/v1/HostScanJob/%EF%BC%B4runcateAllTables",
    "/api/v1/HostScanJob/Truncate\u200bAllTables",
    "/x?path=/api/v1/HostScanJob/TruncateAllTables",
    "/x?path=%252Fapi%252Fv1%252FHostScanJob%252FTruncateAllTables",
]


@pytest.mark.parametrize("text", SPELLINGS)
@pytest.mark.parametrize("refuse", [refuse_forbidden, refuse_forbidden_quickly])
def test_the_forbidden_call_is_refused_in_every_spelling(refuse: object, text: str) -> None:
    with pytest.raises(PlanRefusedError, match="never called"):
        refuse(text)  # type: ignore[operator]


@given(st.integers(0, 6), st.sets(st.integers(0, 16)), st.booleans())
def test_encoding_any_letter_any_number_of_times_hides_nothing(
    times: int, encoded: set[int], is_lower: bool
) -> None:
    word = "truncatealltables" if is_lower else "TruncateAllTables"
    text = "".join(f"%{ord(c):02X}" if at in encoded else c for at, c in enumerate(word))
    for _ in range(times):
        text = quote(text)

    with pytest.raises(PlanRefusedError):
        refuse_forbidden_quickly(f"/api/v1/HostScanJob/{text}")


@pytest.mark.parametrize(
    "text",
    [
        "/api/v1/HostScanJob/497f6eca-6276-4993-bfeb-53cbbbba6f08",
        "/api/v1/HostScanJob/Host/497f6eca-6276-4993-bfeb-53cbbbba6f08/Stop?hostConnected=true",
        "/api/v1/Truncated",
        "/api/v1/All%20Tables",
        "/api/v1/Stra%C3%9Fe",
        "",
    ],
)
def test_everything_else_passes(text: str) -> None:
    refuse_forbidden(text)
    refuse_forbidden_quickly(text)


def test_what_is_encoded_without_end_is_refused() -> None:
    text = "%54"
    for _ in range(20):
        text = quote(text)

    with pytest.raises(PlanRefusedError, match="over and over"):
        refuse_forbidden(text)
