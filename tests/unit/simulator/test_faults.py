from __future__ import annotations

import re
from pathlib import Path

import pytest

from hostscan_automation.cli.simulate_command import simulate
from hostscan_automation.errors import SettingsError
from hostscan_automation.simulator import FAULT_NAMES, Faults, parse_fault, parse_faults
from hostscan_automation.simulator.faults import Dice


def test_every_documented_fault_is_known() -> None:
    documented = (
        "latency busy lost-reply cut html truncated token-ttl skew vanish finish never-cancelled"
        " sign-in-500"
    )

    assert set(documented.split()) <= set(FAULT_NAMES)


def test_faults_are_read_as_a_person_writes_them() -> None:
    faults = parse_faults(["latency=20", "busy = 0.25", "sign-in-500=2", "skew=-300", "cut"])

    assert faults == Faults(latency_ms=20, busy=0.25, sign_in_500=2, skew_s=-300, cut=0.1)


def test_the_last_value_of_a_name_counts() -> None:
    assert parse_faults(["busy=0.1", "busy=0.2"]).busy == 0.2


def test_no_fault_is_no_fault() -> None:
    assert parse_faults([]) == Faults()
    assert str(Faults()) == "none"


def test_every_fault_is_told_of_in_the_help_and_on_the_page() -> None:
    page = Path(__file__).parents[3].joinpath("docs", "simulator.md").read_text(encoding="utf-8")
    told = {word.partition("=")[0] for word in str(simulate.help).split()}

    assert set(FAULT_NAMES) <= told
    assert set(re.findall(r"^\| `([\w-]+)", page, re.MULTILINE)) == set(FAULT_NAMES)


@pytest.mark.parametrize("name", FAULT_NAMES)
def test_a_bare_name_is_a_fault_that_can_be_written_again(name: str) -> None:
    faults = parse_faults([name])

    assert faults != Faults()
    assert parse_faults(str(faults).split()) == faults


def test_an_unknown_name_suggests_a_known_one() -> None:
    with pytest.raises(SettingsError) as caught:
        parse_fault("lost-replys=0.1")

    assert caught.value.message == "fault 'lost-replys' is not known"
    assert caught.value.hint == "Did you mean 'lost-reply'?"


def test_a_name_that_is_like_no_other_lists_them_all() -> None:
    with pytest.raises(SettingsError) as caught:
        parse_fault("qqq")

    assert "never-cancelled" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("busy=1.5", "a share from 0 to 1"),
        ("busy=-0.1", "a share from 0 to 1"),
        ("busy=nan", "a share from 0 to 1"),
        ("busy=", "a share from 0 to 1"),
        ("busy=x", "a share from 0 to 1"),
        ("latency=-1", "milliseconds, 0 or more"),
        ("latency=inf", "milliseconds, 0 or more"),
        ("sign-in-500=1.5", "a whole number, 0 or more"),
        ("token-ttl=-5", "seconds, 0 or more"),
        ("token-ttl=year", "seconds, 0 or more"),
        (
            "retry-after=tomorrow",
            "seconds, 0 or more, or one of none, seconds, date, nonsense, year",
        ),
    ],
)
def test_a_value_out_of_range_is_refused(text: str, wanted: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_fault(text)

    value = text.partition("=")[2]
    assert caught.value.message == f"fault {text.partition('=')[0]!r} takes {wanted}, not {value!r}"


def test_values_given_in_code_are_checked_as_well() -> None:
    with pytest.raises(SettingsError, match="'cut' takes a share"):
        Faults(cut=10)


def test_dice_throw_the_same_for_the_same_seed_and_occasion() -> None:
    first, second, other = Dice(1), Dice(1), Dice(2)
    occasions = [f"job {number}" for number in range(100)]

    marked = [occasion for occasion in occasions if first.marks(0.3, "vanish", occasion)]

    assert marked[::-1] == [one for one in reversed(occasions) if second.marks(0.3, "vanish", one)]
    assert marked != [occasion for occasion in occasions if other.marks(0.3, "vanish", occasion)]
    assert 15 < len(marked) < 45


def test_what_strikes_once_need_not_strike_again() -> None:
    dice = Dice(1)

    struck = [dice.strikes(0.5, "busy", "DELETE", "/x") for _ in range(50)]

    assert 10 < sum(struck) < 40
    assert not any(dice.strikes(0, "busy") for _ in range(10))
    assert all(dice.strikes(1, "busy") for _ in range(10))
