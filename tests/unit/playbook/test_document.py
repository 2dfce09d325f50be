from __future__ import annotations

import time
from typing import Any

import pytest

from hostscan_automation.playbook.document import MOST_VALUES, Node, parse_document


def parsed(text: str) -> Any:
    root, faults = parse_document(text)
    assert not faults
    assert root is not None
    return root.data


def faults(text: str) -> list[str]:
    return [finding.text("f") for finding in parse_document(text)[1]]


class TestScalars:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("22:30", "22:30"),
            ("no", "no"),
            ("Yes", "Yes"),
            ("on", "on"),
            ("true", True),
            ("FALSE", False),
            ("~", None),
            ("null", None),
            ("0", 0),
            ("-7", -7),
            ("+7", 7),
            ("12.5", 12.5),
            ("1e3", "1e3"),
            ("1_000", "1_000"),
            (".5", ".5"),
            (".inf", ".inf"),
            ("2026-01-31", "2026-01-31"),
            ("2026-01-31T18:00:00Z", "2026-01-31T18:00:00Z"),
            ("10.0.0.0/16", "10.0.0.0/16"),
            ("lab-*", "lab-*"),
            ("=", "="),
            ("'010'", "010"),
            ('"no"', "no"),
            ('"12"', "12"),
            (r"'LAB\admin*'", r"LAB\admin*"),
            (r'"LAB\\admin*"', r"LAB\admin*"),
        ],
    )
    def test_are_what_they_look_like(self, text: str, value: object) -> None:
        found = parsed(f"key: {text}")["key"]
        assert found == value
        assert type(found) is type(value)

    @pytest.mark.parametrize("text", ["010", "-010", "0x1F", "0o17", "0b1", "00"])
    def test_that_programs_read_differently_are_faults(self, text: str) -> None:
        assert faults(f"key: {text}") == [
            (
                f"f:1:6: {text} is read as different numbers by different programs: write it"
                f" without the zero in front, or as text in quotes: '{text}'"
            )
        ]

    def test_of_too_many_digits_are_faults(self) -> None:
        (fault,) = faults(f"key: {'9' * 100_000}")
        assert fault.startswith("f:1:6: '9999")
        assert fault.endswith("has too many digits for a number: put text in quotes")
        assert len(fault) < 200

    def test_of_several_lines_are_text(self) -> None:
        assert parsed("a: |\n  010\n  no\n") == {"a": "010\nno\n"}


class TestFaults:
    def test_a_key_that_stands_twice_is_told_with_both_places(self) -> None:
        assert faults("a: 1\nb: {c: 1, c: 2}\na: 3\n") == [
            "f:2:11: key 'c' stands here twice, first on line 2",
            "f:3:1: key 'a' stands here twice, first on line 1",
        ]

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("", "f: is empty"),
            ("# nothing\n", "f: is empty"),
            ("a: 1\n---\nb: 2\n", "f:2:1: holds more than one document"),
            ("a: !!python/object:os.system x",
             "f:1:4: the tag 'tag:yaml.org,2002:python/object:os.system' is not used in playbooks"),
            ("a: !x [1]", "f:1:4: the tag '!x' is not used in playbooks"),
            ("a: *b", "f:1:4: *b names no value that stands before it"),
            ("a: &b [*b]", "f:1:8: *b names no value that stands before it"),
            ("a: &b 1\n*b : 2", "f:2:1: *b names no value that stands before it"),
            ("? [a]\n: 1", "f:1:3: a key must be plain text"),
            ("a: [1", "f:2:1: is no valid YAML: did not find expected ',' or ']'"),
            ("a: 'b", "f:1:6: is no valid YAML: found unexpected end of stream"),
            ("a: b: c", "f:1:5: is no valid YAML: mapping values are not allowed in this context"),
            ("a: 1\n\tb: 2",
             "f:2:1: is no valid YAML: found a tab character that violates indentation"),
            ("ä: 'ö\nü'\nx: \x00", "f:3:4: holds a control character"),
            ("ab: 1\nc: \x00", "f:2:4: holds a control character"),
            ("a: \x1b[31m", "f:1:4: holds a control character"),
            ("a: \ud800", "f: is not valid Unicode"),
        ],
    )  # fmt: skip
    def test_are_told_with_their_place(self, text: str, fault: str) -> None:
        assert faults(text) == [fault]

    def test_that_leave_the_document_readable_leave_it(self) -> None:
        root, found = parse_document("a: 010\na: 2\nb: 3")
        assert root is not None
        assert root.data == {"a": "010", "b": 3}
        assert len(found) == 2


class TestBombs:
    def test_aliases_are_counted_each_time(self) -> None:
        lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
        begin = time.perf_counter()
        root, found = parse_document("\n".join(lines))
        assert time.perf_counter() - begin < 1
        assert root is None
        assert f"holds more than {MOST_VALUES} values" in found[0].message

    def test_an_alias_is_the_value_it_names(self) -> None:
        assert parsed("a: &b {c: [1]}\nd: *b\ne: [*b, *b]") == {
            "a": {"c": [1]}, "d": {"c": [1]}, "e": [{"c": [1]}, {"c": [1]}],
        }  # fmt: skip

    @pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000])
    def test_deep_nesting_is_a_fault_and_quick(self, text: str) -> None:
        begin = time.perf_counter()
        (fault,) = faults(text)
        assert time.perf_counter() - begin < 1
        assert fault.endswith("is nested too deep")


class TestPlaces:
    ROOT, _ = parse_document("a: 1\nb:\n  - c: {d: 2}\n  - e\nf: &x\n  g: 3\nh: *x\n")

    @pytest.mark.parametrize(
        ("path", "place"),
        [
            ((), (1, 1)),
            (("a",), (1, 1)),
            (("b",), (2, 1)),
            (("b", 0), (3, 5)),
            (("b", 0, "c"), (3, 5)),
            (("b", 0, "c", "d"), (3, 9)),
            (("b", 1), (4, 5)),
            (("b", 7), (2, 1)),
            (("b", 0, "nothing", "here"), (3, 5)),
            (("h", "g"), (6, 3)),
            (("x.y",), (1, 1)),
        ],
    )
    def test_a_path_leads_to_its_key_or_as_near_as_it_gets(
        self, path: tuple[str | int, ...], place: tuple[int, int]
    ) -> None:
        assert isinstance(self.ROOT, Node)
        assert self.ROOT.find(path) == place
        finding = self.ROOT.finding(path, "wrong")
        assert (finding.line, finding.column) == place
        assert finding.path == ".".join(map(str, path))
