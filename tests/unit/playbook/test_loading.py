from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.errors import FilterError, PlaybookError
from hostscan_automation.jobs.limits import ExecuteOptions, LimitOverrides
from hostscan_automation.jobs.selection import Action, Selection
from hostscan_automation.playbook.loading import (
    load_filter_text,
    load_playbook,
    load_protection,
)
from hostscan_automation.playbook.model import ReportFormat, ReportRequest

if TYPE_CHECKING:
    from tests.unit.playbook.conftest import Desk

SMALL = "version: 1\nname: small\nsteps: [{select: {status: Queued}}]\n"
WHOLE = r"""
version: 1
name: cancel-stuck-scans
description: Cancel lab scans that have waited for more than six hours.
profile: nps01
vars: {subnet: 10.0.0.0/16, states: [Queued, Pending], most: 3}
protect:
  - any_host: {name: {glob: "dc*"}}
limits: {max_jobs: 500, max_percent: 12.5}
steps:
  - name: stuck in the queue
    select:
      all:
        - status: {var: states}
        - every_host: {name: {glob: "lab-*"}, ip: {cidr: {var: subnet}}}
        - created: {older_than: 6h}
        - not: {created_by: {glob: "LAB\\admin*"}}
        - host_count: {le: {var: most}}
    action: cancel
  - select: {all: [{status: Running}, {heartbeat: {older_than: 2h}}]}
    action: list
execute: {workers: 16, rate: 50, confirm: 2m, deadline: 30m, canary: 5, stop_after_failures: 3}
report:
  - {format: json, path: "reports/{name}-{run_id}.json"}
  - {format: html, path: "reports/{name}-{run_id}.html"}
"""


class TestWhole:
    def test_everything_in_it_is_read(self, desk: Desk) -> None:
        book = desk.load(WHOLE)
        assert (book.name, book.profile) == ("cancel-stuck-scans", "nps01")
        assert book.description.startswith("Cancel lab scans")
        assert book.limits == LimitOverrides(500, 12.5)
        assert book.execute == ExecuteOptions(
            workers=16, rate=50.0, confirm_s=120, deadline_s=1800, canary=5, stop_after_failures=3
        )
        assert book.reports == (
            ReportRequest(ReportFormat.JSON, "reports/{name}-{run_id}.json"),
            ReportRequest(ReportFormat.HTML, "reports/{name}-{run_id}.html"),
        )
        assert book.variables == {
            "subnet": "10.0.0.0/16", "states": ["Queued", "Pending"], "most": 3,
        }  # fmt: skip
        assert (book.file, book.folder) == (desk.file, desk.folder)
        assert (book.identity.name, book.identity.digest) == (book.name, book.digest)

    def test_its_selection_has_everything_filled_in(self, desk: Desk) -> None:
        selection = desk.load(WHOLE).selection
        first, second = selection.steps
        assert (first.name, first.action) == ("stuck in the queue", Action.CANCEL)
        assert first.filter.text == (
            "status: [Queued, Pending], every_host: {name: {glob: 'lab-*'}, ip: {cidr:"
            r" 10.0.0.0/16}}, created: {older_than: 6h}, not: {created_by: {glob: 'LAB\admin*'}},"
            " host_count: {le: 3}"
        )
        assert (second.name, second.action) == ("step 2", Action.LIST)
        assert [one.text for one in selection.protect] == [
            "playbook: any_host: {name: {glob: 'dc*'}}"
        ]
        assert Selection.from_data(selection.to_data()) == selection

    def test_what_is_left_out_has_the_defaults(self, desk: Desk) -> None:
        book = desk.load(SMALL)
        assert (book.description, book.profile, book.reports) == ("", None, ())
        assert book.limits == LimitOverrides()
        assert book.execute == ExecuteOptions()
        assert book.selection.protect == ()
        assert [step.name for step in book.selection.steps] == ["step 1"]

    @pytest.mark.parametrize(
        ("execute", "expected"),
        [
            ("{rate: unlimited}", ExecuteOptions(rate=None)),
            ("{rate: 0.5}", ExecuteOptions(rate=0.5)),
            ("{confirm: 0}", ExecuteOptions(confirm_s=0)),
            ("{confirm: 0s}", ExecuteOptions(confirm_s=0)),
            ("{canary: 0, deadline: 2d}", ExecuteOptions(deadline_s=172_800)),
        ],
    )
    def test_ways_to_execute(self, desk: Desk, execute: str, expected: ExecuteOptions) -> None:
        assert desk.load(f"{SMALL}execute: {execute}\n").execute == expected

    def test_limits_of_zero_are_zero(self, desk: Desk) -> None:
        assert desk.load(f"{SMALL}limits: {{max_jobs: 0}}").limits == LimitOverrides(0, None)

    def test_windows_line_ends_and_byte_order_marks_change_nothing(self, desk: Desk) -> None:
        desk.file.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
        assert load_playbook(desk.file).selection == desk.load(SMALL).selection


class TestFaults:
    def test_all_are_told_at_once_in_the_order_of_the_file(self, desk: Desk) -> None:
        found = desk.faults(
            r"""
            version: 1
            name: all at once?
            servr: x
            vars: {subnet: 10.0.0.0/16, empty: }
            protect:
              - not: {created_by: {exists: false}}
            limits: {max_job: 3, max_percent: 101}
            steps:
              - select:
                  all:
                    - status: [Queud, Pending]
                    - created: {older_then: 6h}
                    - created_by: 010
                    - any_host: {ip: {cidr: {var: subnt}}}
                action: cancle
              - selct: {status: Queued}
            execute: {workers: 0, canary: no}
            report: [{format: jsn, path: "{nam}.json"}]
            steps: []
            """,
            subnett="x",
        )
        assert found == [
            "--var subnett: is no variable of this playbook (did you mean 'subnet'?)",
            '3:1: name: becomes part of file names: it cannot hold any of / \\ : * ? " < > |',
            "4:1: servr: 'servr' is no key here",
            "5:29: vars.empty: is empty: give a value, or leave it out",
            (
                "7:5: protect.0: takes protection away where a value is missing: write exists: true"
                " instead of exists: false"
            ),
            "8:10: limits.max_job: 'max_job' is no key here (did you mean 'max_jobs'?)",
            "8:22: limits.max_percent: must be less than or equal to 100",
            "12:11: steps.0.select.all.0.status: 'Queud' is no status (did you mean 'Queued'?)",
            (
                "13:21: steps.0.select.all.1.created.older_then: 'older_then' is no operator"
                " (did you mean 'older_than'?)"
            ),
            (
                "14:23: 010 is read as different numbers by different programs: write it without"
                " the zero in front, or as text in quotes: '010'"
            ),
            (
                "15:34: steps.0.select.all.3.any_host.ip.cidr.var: 'subnt' is no variable"
                " (did you mean 'subnet'?)"
            ),
            (
                "16:5: steps.0.action: must be 'cancel' or 'list', not 'cancle'"
                " (did you mean 'cancel'?)"
            ),
            "17:5: steps.1.select: is missing",
            "17:5: steps.1.selct: 'selct' is no key here (did you mean 'select'?)",
            "18:11: execute.workers: must be greater than or equal to 1",
            "18:23: execute.canary: must be a whole number, not 'no'",
            (
                "19:11: report.0.format: must be 'json', 'csv', 'markdown' or 'html', not 'jsn'"
                " (did you mean 'json'?)"
            ),
            "19:24: report.0.path: knows {name} and {run_id}, not {nam} (did you mean 'name'?)",
            "20:1: key 'steps' stands here twice, first on line 9",
        ]

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("", "is empty"),
            ("---\n", "is empty"),
            ("- a", "1:1: a playbook is a mapping, not ['a']"),
            ("name: x", "1:1: version is missing: write version: 1"),
            ("name: x\nversion: 2\nother: 1",
             "2:1: version: this program reads version 1, not 2"),
            ("version: '1'", "1:1: version: this program reads version 1, not '1'"),
            ("version: 1.0", "1:1: version: this program reads version 1, not 1.0"),
            ("version: true", "1:1: version: this program reads version 1, not True"),
            ("a: [", "2:1: is no valid YAML: did not find expected node content"),
        ],
    )  # fmt: skip
    def test_what_is_no_playbook_at_all(self, desk: Desk, text: str, fault: str) -> None:
        assert desk.faults(text) == [fault]

    @pytest.mark.parametrize(
        ("line", "fault"),
        [
            ("vars: []", "4:1: vars: must be a mapping, not []"),
            ("vars: {a-b: 1, 3: 2}",
             ("4:16: vars.3: a variable's name is made of letters, digits, _ and -,"
             " and begins with a letter")),
            ("vars: {a: {b: 1}}", ("4:8: vars.a: must be text, a number, true or false, or a list"
             " of one of these")),
            ("vars: {a: []}", ("4:8: vars.a: must be text, a number, true or false, or a list of"
             " one of these")),
            ("vars: {a: [1, x]}", ("4:8: vars.a: must be text, a number, true or false, or a list"
             " of one of these")),
            ("protect: {status: Queued}", ("4:1: protect: must be a list,"
             " not {'status': 'Queued'}")),
            ("limits:", "4:1: limits: is empty: give a value, or leave it out"),
            ("limits: {max_jobs: 1.5}", "4:10: limits.max_jobs: must be a whole number, not 1.5"),
            ("limits: {max_jobs: -1}",
             "4:10: limits.max_jobs: must be greater than or equal to 0"),
            ("limits: {max_percent: all}",
             "4:10: limits.max_percent: must be a number, not 'all'"),
            ("limits: {max_jobs: true}", "4:10: limits.max_jobs: must be a whole number, not True"),
            ("execute: {rate: 0}",
             "4:11: execute.rate: must be a number above 0 up to 10000, or unlimited"),
            ("execute: {rate: fast}",
             "4:11: execute.rate: must be a number above 0 up to 10000, or unlimited"),
            ("execute: {rate: true}",
             "4:11: execute.rate: must be a number above 0 up to 10000, or unlimited"),
            ("execute: {confirm: 5}",
             "4:11: execute.confirm: must be a number and a unit: 30s, 90m, 6h, 2d or 1w"),
            ("execute: {confirm: false}",
             "4:11: execute.confirm: must be a number and a unit: 30s, 90m, 6h, 2d or 1w"),
            ("execute: {deadline: 0s}",
             "4:11: execute.deadline: must be greater than or equal to 1"),
            ("report: [{format: csv}]", "4:10: report.0.path: is missing"),
            ("report: [{format: csv, path: ''}]",
             "4:24: report.0.path: must be the path of a file"),
            ("description: 3", "4:1: description: must be text, not 3"),
            ("profile: [a]", "4:1: profile: must be text, not ['a']"),
        ],
    )  # fmt: skip
    def test_in_its_frame(self, desk: Desk, line: str, fault: str) -> None:
        assert desk.faults(f"{SMALL}{line}\n") == [fault]

    @pytest.mark.parametrize("key", ["server", "login", "password", "totp_secret", "Api_Key"])
    def test_servers_and_secrets_have_no_place_in_it(self, desk: Desk, key: str) -> None:
        (fault,) = desk.faults(f"{SMALL}{key}: hunter2\n")
        assert fault.startswith(f"4:1: {key}: a playbook names no server, login or secret")
        assert "hunter2" not in fault

    @pytest.mark.parametrize(
        "name", ["''", "' x'", "a/b", 'a"b', "'a:b'", "'dots.'", "'a\\tb'", "x" * 101, "'..'"]
    )
    def test_a_name_has_to_be_good_for_a_file(self, desk: Desk, name: str) -> None:
        text = SMALL.replace("small", name.replace("\\t", "\t") if "\\t" in name else name)
        (fault,) = desk.faults(text)
        assert fault.startswith("2:1: name: ")

    @pytest.mark.parametrize("name", ["Nightly cancel", "zoë-1", "a.b_c"])
    def test_a_name_may_be_what_people_write(self, desk: Desk, name: str) -> None:
        assert desk.load(SMALL.replace("small", name)).name == name

    @pytest.mark.parametrize(
        "steps",
        [
            "[{name: a, select: {all_jobs: true}}, {name: a, select: {all_jobs: true}}]",
            "[{name: step 2, select: {all_jobs: true}}, {select: {all_jobs: true}}]",
        ],
    )
    def test_two_steps_cannot_have_one_name(self, desk: Desk, steps: str) -> None:
        (fault,) = desk.faults(f"version: 1\nname: x\nsteps: {steps}")
        assert fault.endswith("is the name of an earlier step")
        assert fault.startswith("3:")

    @pytest.mark.parametrize("steps", ["[]", "{}", "", "[3]", "[{select: }]", "[{select: []}]"])
    def test_steps_are_there_and_select_something(self, desk: Desk, steps: str) -> None:
        assert desk.faults(f"version: 1\nname: x\nsteps: {steps}")

    def test_only_wrong_filters_are_a_filter_error(self, desk: Desk) -> None:
        wrong_filter = SMALL.replace("status", "statu")
        assert type(desk.error(wrong_filter)) is FilterError
        assert type(desk.error(wrong_filter + "limits: 3\n")) is PlaybookError
        assert type(desk.error(SMALL + "protect: [{a: 1}]\n")) is FilterError

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(PlaybookError, match=r"none\.yaml: does not exist"):
            load_playbook(tmp_path / "none.yaml")


class TestVariables:
    TEXT = SMALL.replace("Queued", "{var: status}") + "vars: {status: Queued}\n"

    def test_are_set_from_outside(self, desk: Desk) -> None:
        assert desk.load(self.TEXT).selection.steps[0].filter.text == "status: Queued"
        book = desk.load(self.TEXT, status="Paused")
        assert book.selection.steps[0].filter.text == "status: Paused"
        assert book.variables == {"status": "Paused"}

    def test_a_value_that_does_not_fit_is_told_where_it_is_used(self, desk: Desk) -> None:
        assert desk.faults(self.TEXT, status="Pausd") == [
            "3:19: steps.0.select.status: 'Pausd' is no status (did you mean 'Paused'?)"
        ]

    def test_do_not_raise_limits(self, desk: Desk) -> None:
        (fault,) = desk.faults(self.TEXT + "limits: {max_jobs: {var: status}}\n")
        assert fault == "5:10: limits.max_jobs: must be a whole number, not {'var': 'status'}"

    @pytest.mark.parametrize("declared", ["[1]", "{a: }", "{a: []}", "{a: {b: 1}}"])
    def test_that_are_declared_wrong_do_not_hide_other_faults(
        self, desk: Desk, declared: str
    ) -> None:
        found = desk.faults(f"{SMALL}vars: {declared}\nlimits: 3\n", a="x")
        assert "5:1: limits: must be a mapping, not 3" in found


class TestFiles:
    TEXT = SMALL.replace("status: Queued", "any_host: {name: {in_file: hosts.txt}}")

    def test_are_found_from_the_playbooks_folder(self, desk: Desk) -> None:
        desk.write("hosts.txt", "lab-1\nlab-2\n")
        assert desk.load(self.TEXT).selection.steps[0].filter.text == (
            "any_host: {name: [lab-1, lab-2]}"
        )

    def test_in_a_table_have_a_column(self, desk: Desk) -> None:
        desk.write("hosts.csv", "Ticket,Host\nCHG,lab-1\n")
        text = self.TEXT.replace("hosts.txt", "{path: {var: list}, column: host}")
        book = desk.load(text + "vars: {list: none.csv}\n", list="hosts.csv")
        assert book.selection.steps[0].filter.text == "any_host: {name: [lab-1]}"

    def test_that_are_missing_are_a_fault_with_a_place(self, desk: Desk) -> None:
        assert desk.faults(self.TEXT) == [
            "3:37: steps.0.select.any_host.name.in_file: file 'hosts.txt' does not exist"
        ]

    def test_that_are_empty_are_a_fault(self, desk: Desk) -> None:
        desk.write("hosts.txt", "# nobody\n")
        assert desk.faults(self.TEXT) == [
            "3:37: steps.0.select.any_host.name.in_file: file 'hosts.txt' holds no value"
        ]


class TestDigest:
    TEXT = SMALL.replace("Queued", "{var: status}") + "vars: {status: Queued}\n"

    def test_is_of_everything_that_decides(self, desk: Desk) -> None:
        text = TestFiles.TEXT + "vars: {a: b}\n"
        desk.write("hosts.txt", "lab-1\n")
        digests = [desk.load(text).digest, desk.load(text, a="c").digest]
        digests.append(desk.load(text + "# comment\n").digest)
        desk.write("hosts.txt", "lab-2\n")
        digests.append(desk.load(text).digest)
        assert len(set(digests)) == 4
        assert all(digest.startswith("sha256:") for digest in digests)

    def test_is_the_same_wherever_the_file_lies(self, desk: Desk, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").mkdir()
        copy = tmp_path / "elsewhere" / "other.yaml"
        first = desk.load(SMALL).digest
        copy.write_bytes(desk.file.read_bytes())
        assert load_playbook(copy).digest == first


class TestFilterText:
    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("status: [Queued, Pending]", "status: [Queued, Pending]"),
            ("{status: Queued, host_count: 1}", "status: Queued, host_count: 1"),
            ("not:\n  created_by: {glob: 'LAB\\a*'}", r"not: {created_by: {glob: 'LAB\a*'}}"),
        ],
    )
    def test_is_one_clause_in_yaml(self, text: str, told: str) -> None:
        assert load_filter_text(text).text == told

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("", "--where: is empty"),
            ("status", "--where:1:1: must be a clause such as status: Queued, not 'status'"),
            ("status: Queud",
             "--where:1:1: status: 'Queud' is no status (did you mean 'Queued'?)"),
            ("{status: Queued, status: Paused}",
             "--where:1:18: key 'status' stands here twice, first on line 1"),
            ("{status: Queued", "--where:2:1: is no valid YAML: did not find expected ',' or '}'"),
            ("a: \udcff", "--where: is not valid Unicode"),
            ("created_by: {var: x}", "--where:1:14: created_by.var: 'x' is no variable"),
        ],
    )  # fmt: skip
    def test_that_is_wrong_is_a_filter_error(self, text: str, fault: str) -> None:
        with pytest.raises(FilterError) as caught:
            load_filter_text(text)
        assert str(caught.value) == fault

    def test_finds_its_files_from_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "people").write_text("a\n", encoding="utf-8")
        text = "created_by: {in_file: people}"
        assert load_filter_text(text, folder=tmp_path).text == "created_by: [a]"


class TestProtection:
    def test_of_a_profile_finds_its_files_from_its_folder(self, tmp_path: Path) -> None:
        (tmp_path / "dcs.txt").write_text("dc01\n", encoding="utf-8")
        (one,) = load_protection(
            [{"any_host": {"name": {"in_file": "dcs.txt"}}}], origin="profile a", folder=tmp_path
        )
        assert one.text == "profile a: any_host: {name: [dc01]}"

    def test_that_is_wrong_names_the_profile(self) -> None:
        with pytest.raises(FilterError, match=r"^profile a: protect\.0\.statu: "):
            load_protection([{"statu": "x"}], origin="profile a", folder=Path())
