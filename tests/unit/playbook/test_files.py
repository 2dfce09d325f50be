from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.errors import PlaybookError
from hostscan_automation.playbook.files import (
    LARGEST_LIST,
    MOST_COLUMNS,
    MOST_VALUES,
    ValueFiles,
    read_playbook,
)

if TYPE_CHECKING:
    from pathlib import Path


def fault(path: Path) -> str:
    with pytest.raises(PlaybookError) as caught:
        read_playbook(path)
    assert caught.value.file == str(path)
    return str(caught.value).removeprefix(f"{path}: ")


class TestPlaybookFiles:
    def test_are_utf8_with_or_without_mark(self, tmp_path: Path) -> None:
        file = tmp_path / "a.yaml"
        for mark in (b"", b"\xef\xbb\xbf"):
            file.write_bytes(mark + "name: Zoë\r\n".encode())
            assert read_playbook(file) == "name: Zoë\r\n"

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            (b"a\n\xe4: 1", "is not UTF-8 (line 2): save it as UTF-8"),
            ("a: 1".encode("utf-16"), "is UTF-16: save it as UTF-8"),
            (b"\x7fELF\0\0", "is binary, not text"),
            (b"#" * (1 << 20) + b"x", "is larger than 1 MiB"),
        ],
    )
    def test_that_are_no_text_say_what_they_are(
        self, tmp_path: Path, content: bytes, expected: str
    ) -> None:
        file = tmp_path / "a.yaml"
        file.write_bytes(content)
        assert fault(file) == expected

    def test_that_are_not_there_say_so(self, tmp_path: Path) -> None:
        assert fault(tmp_path) == "is a directory"
        assert fault(tmp_path / "none.yaml") == "does not exist"
        (tmp_path / "file").write_text("", encoding="utf-8")
        assert fault(tmp_path / "file" / "a.yaml") == "cannot be read: Not a directory"

    def test_of_100_mb_are_not_read(self, tmp_path: Path) -> None:
        file = tmp_path / "a.yaml"
        with file.open("wb") as sparse:
            os.truncate(sparse.fileno(), 100 << 20)
        assert fault(file) == "is larger than 1 MiB"


class TestValueFiles:
    def read(self, folder: Path, content: str | bytes, column: str | None = None) -> list[str]:
        data = content if isinstance(content, bytes) else content.encode()
        (folder / "values").write_bytes(data)
        return ValueFiles(folder).read("values", column)

    @pytest.mark.parametrize(
        "content",
        [
            "lab-1\nlab 2\n",
            "\ufefflab-1\r\n\r\n  lab 2  \r\n# lab-3\n",
            "lab-1\nlab 2".encode("utf-16"),
            "lab-1\nlab 2".encode("utf-16-be").join([b"\xfe\xff", b""]),
        ],
    )
    def test_hold_one_value_a_line(self, tmp_path: Path, content: str | bytes) -> None:
        assert self.read(tmp_path, content) == ["lab-1", "lab 2"]

    @pytest.mark.parametrize(
        "content",
        [
            "Ticket,Hostname\nCHG,lab-1\nCHG,\n\nCHG\n# CHG,lab-9\nCHG, lab-2 \n",
            'Ticket; HOSTNAME \r\n"C;H";lab-1\r\nCHG;"lab-2"\r\n',
            "Hostname\tOwner\nlab-1\tA, B\nlab-2\tC\n",
        ],
    )
    def test_can_be_tables_with_a_header(self, tmp_path: Path, content: str) -> None:
        assert self.read(tmp_path, content, "hostname") == ["lab-1", "lab-2"]

    def test_that_are_empty_give_nothing(self, tmp_path: Path) -> None:
        assert self.read(tmp_path, "# none\n\n") == []
        assert self.read(tmp_path, "", "Hostname") == []
        assert self.read(tmp_path, "Hostname\n", "Hostname") == []

    @pytest.mark.parametrize(
        ("content", "column", "expected"),
        [
            (b"a\0b", None, "is binary, not text"),
            (b"\xff\xfea", None, "is broken UTF-16: save it as UTF-8"),
            ("Ticket,Hostname\n", "Hostnam",
             "has no column 'Hostnam' (did you mean 'Hostname'?)"),
            ("A\n" + "x" * 200_000, "A", "field larger than field limit (131072)"),
            ("A" + "," * MOST_COLUMNS, "A", "has more than 1000 columns"),
            ("x\n" * (MOST_VALUES + 1), None, "holds more than 500000 lines"),
        ],
    )  # fmt: skip
    def test_that_cannot_be_used_say_why(
        self, tmp_path: Path, content: str | bytes, column: str | None, expected: str
    ) -> None:
        with pytest.raises(ValueError, match=r"^file 'values' ") as caught:
            self.read(tmp_path, content, column)
        assert str(caught.value) == f"file 'values' {expected}"

    def test_that_are_not_there_or_too_large_say_so(self, tmp_path: Path) -> None:
        files = ValueFiles(tmp_path)
        (tmp_path / "folder").mkdir()
        with (tmp_path / "large").open("wb") as sparse:
            os.truncate(sparse.fileno(), LARGEST_LIST + 1)
        for name, why in (
            ("none", "does not exist"), ("folder", "is a directory"),
            ("large", "is larger than 16 MiB"),
        ):  # fmt: skip
            with pytest.raises(ValueError, match=f"^file '{name}' {why}$"):
                files.read(name, None)

    def test_are_remembered_with_their_digest(self, tmp_path: Path) -> None:
        files = ValueFiles(tmp_path)
        (tmp_path / "a").write_text("x", encoding="utf-8")
        files.read("a", None)
        first = dict(files.digests)
        (tmp_path / "a").write_text("y", encoding="utf-8")
        files.read("a", None)
        assert list(first) == ["a"]
        assert files.digests != first
