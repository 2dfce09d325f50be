from __future__ import annotations

import contextlib
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostscan_automation.api.ids import read_id

ID = UUID("497f6eca-6276-4993-bfeb-53cbbbba6f08")


@pytest.mark.parametrize(
    "value",
    [ID, str(ID), str(ID).upper(), ID.hex, f"{{{ID}}}", f"  {ID}\n"],
)
def test_an_id_is_read_in_its_usual_forms(value: UUID | str) -> None:
    assert read_id(value) == ID


@pytest.mark.parametrize(
    "text",
    [
        "",
        "TruncateAllTables",
        str(ID)[:-1],
        f"{ID}/../x",
        f"urn:uuid:{ID}",
        f"{{{ID}",
        "\uff14" * 32,
    ],
)
def test_what_is_no_id_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="job id is no UUID"):
        read_id(text)


def test_the_id_of_zeros_is_refused() -> None:
    with pytest.raises(ValueError, match="host id consists of zeros only"):
        read_id("00000000-0000-0000-0000-000000000000", "host id")


def test_a_number_is_no_id() -> None:
    with pytest.raises(TypeError, match="int"):
        read_id(5)  # type: ignore[arg-type]


@given(st.text())
def test_no_text_becomes_anything_but_a_uuid(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert read_id(text).int
