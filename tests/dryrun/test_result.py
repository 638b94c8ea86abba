"""Dryrun: counts, records, frames, logs, requests, problems, output, and how they are shown."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest

from nangonb._dryrun import Dryrun
from nangonb.errors import ScriptError, UnknownName, UsageError
from tests.scripted import ScriptedNango
from tests.world import YAML, World, shown

TYPES = """%%nango_yaml
integrations:
  acme:
    syncs:
      things:
        runs: every day
        output: Thing
        endpoint: GET /things
models:
  Thing:
    id: string
    count: number
    price: number
    active: boolean
    made: date
    tags: string[]
    note?: string | null
"""


def things(acme: World, records: list[dict[str, Any]]) -> Dryrun:
    acme.cell(TYPES)
    acme.cell(f"%%nango_sync things\ndef fetch_data(nango):\n    nango.batch_save({records!r}, 'Thing')\n")
    return acme.session.dryrun("things", "conn-1")


ONE = {"id": "1", "count": 1, "price": 1.5, "active": True, "made": "2026-01-01T00:00:00.000Z", "tags": ["a"]}
TWO_MODELS = """%%nango_yaml two
integrations:
  acme:
    syncs:
      both:
        runs: every day
        output: [A, B]
        endpoint: [GET /a, GET /b]
models:
  A:
    id: string
  B:
    id: string
"""


class TestRecords:
    def test_saves_updates_and_deletes(self, acme: World) -> None:
        result = acme.sync(
            "nango.batch_save([{'id': '1', 'name': 'Ada'}, {'id': '2'}], 'Contact')\n"
            "nango.batch_update([{'id': '1', 'age': 36}, {'id': '9', 'age': 1}], 'Contact')\n"
            "nango.batch_delete([{'id': '2'}, {'id': '8'}], 'Contact')"
        )
        assert result.records == {"Contact": [{"id": "1", "name": "Ada", "age": 36}]}
        assert result.updated == {"Contact": [{"id": "9", "age": 1}]}
        assert [row["id"] for row in result.deleted["Contact"]] == ["2", "8"]
        assert (result.counts.added, result.counts.updated, result.counts.deleted) == (2, 2, 2)
        assert len(result.df) == 1

    def test_null_and_absent_differ(self, acme: World) -> None:
        result = acme.sync("nango.batch_save([{'id': '1', 'name': None}, {'id': '2'}], 'Contact')")
        assert result.records == {"Contact": [{"id": "1", "name": None}, {"id": "2"}]}

    def test_repeated_ids_are_a_problem(self, acme: World) -> None:
        result = acme.sync(
            "nango.batch_save([{'id': '1', 'name': 'a'}, {'id': '1', 'name': 'b'}], 'Contact')"
        )
        assert result.records == {"Contact": [{"id": "1", "name": "a"}]}
        assert [p.code for p in result.problem_list] == ["duplicate-id"]


class TestFrames:
    def test_columns_are_the_model_s_in_its_order_and_typed(self, acme: World) -> None:
        frame = things(acme, [ONE, {**ONE, "id": "2", "extra": 1, "note": None}]).df
        assert list(frame.columns) == ["id", "count", "price", "active", "made", "tags", "note", "extra"]
        assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
            "id": "string", "count": "Int64", "price": "Float64", "active": "boolean", "made": "string",
            "tags": "object", "note": "string", "extra": "Int64",
        }  # fmt: skip
        assert frame.loc[0, "made"] == "2026-01-01T00:00:00.000Z"

    def test_an_empty_result_keeps_its_columns(self, acme: World) -> None:
        result = things(acme, [])
        assert list(result.df.columns) == ["id", "count", "price", "active", "made", "tags", "note"]
        assert len(result.df) == 0
        assert str(result.df["count"].dtype) == "Int64"
        assert result.records == {"Thing": []}

    def test_what_does_not_fit_its_type_is_kept_as_it_is(self, acme: World) -> None:
        result = things(acme, [{**ONE, "count": "many"}])
        assert str(result.df["count"].dtype) == "object"
        assert result.df.loc[0, "count"] == "many"
        assert {p.code for p in result.problem_list} == {"invalid-record", "wrong-type"}

    def test_digits_are_never_lost(self, acme: World) -> None:
        result = things(acme, [{**ONE, "count": 2**70}, {**ONE, "id": "2", "count": 0.5}])
        assert list(result.df["count"]) == [2**70, 0.5]
        assert {"lost-digits", "unsafe-integer"} <= {p.code for p in result.problem_list}

    def test_df_needs_exactly_one_model(self, acme: World) -> None:
        acme.cell(TWO_MODELS)
        acme.cell("%%nango_sync both\ndef fetch_data(nango):\n    nango.batch_save([{'id': '1'}], 'B')\n")
        result = acme.session.dryrun("both", "conn-1")
        with pytest.raises(UsageError) as caught:
            _ = result.df
        assert shown(caught.value) == (
            'UsageError: both has 2 models (A, B); .df needs exactly one.\nTake one: run["A"]'
        )
        assert (len(result["A"]), len(result["B"])) == (0, 1)
        assert list(result) == ["A", "B"]
        with pytest.raises(UnknownName) as unknown:
            result["C"]
        assert "There is no model of this run named 'C'.\nThere is: A, B." in shown(unknown.value)
        bound = result.bound()
        assert {name: len(frame) for name, frame in bound.items()} == {"A": 0, "B": 1}

    def test_bound_is_the_frame_of_the_only_model(self, acme: World) -> None:
        bound = acme.sync("nango.batch_save([{'id': '1'}], 'Contact')").bound()
        assert isinstance(bound, pd.DataFrame)
        assert list(bound["id"]) == ["1"]


class TestOutput:
    def output(self, acme: World, expression: str, **options: Any) -> Dryrun:
        acme.action(f"return {expression}", **options)
        return acme.session.last_dryrun()

    def test_of_an_action(self, acme: World) -> None:
        result = self.output(acme, "{'fields': [{'a': 1}, {'a': 2}], 'n': input['n'] * 1.0}", input={"n": 2})
        assert result.output == {"fields": [{"a": 1}, {"a": 2}], "n": 2}
        assert type(result.output["n"]) is int
        assert result.bound() is result.output
        assert list(result.frame("fields")["a"]) == [1, 2]
        assert result.models == () and result.records == {}

    def test_input_as_text_and_from_a_file(self, acme: World, tmp_path: Any) -> None:
        file = tmp_path / "in.json"
        file.write_text('{"n": 3}')
        assert self.output(acme, "input", input='{"n": 3}').output == {"n": 3}
        assert self.output(acme, "input", input=f"@{file}").output == {"n": 3}

    def test_frames_of_parts(self, acme: World) -> None:
        result = self.output(acme, "{'fields': [{'a': 1}], 'text': 'x'}")
        with pytest.raises(UnknownName) as unknown:
            result.frame("field")
        assert "There is no field of the output named 'field'.\nDid you mean 'fields'?" in shown(
            unknown.value
        )
        with pytest.raises(UnknownName):
            result.frame("text.x")
        assert list(result.frame("text")["value"]) == ["x"]
        assert result.df.loc[0, "text"] == "x"

    def test_a_list_is_a_frame(self, acme: World) -> None:
        assert list(self.output(acme, "[{'a': 1}, {'a': None}]").df["a"]) == [1, pd.NA]

    def test_an_action_without_input_parameter(self, acme: World) -> None:
        acme.cell(YAML)
        acme.cell("%%nango_action do-it\ndef run_action(nango):\n    return 1\n")
        assert acme.session.dryrun("do-it", "conn-1").output == 1

    def test_dates_arrive_as_text(self, acme: World) -> None:
        acme.action(
            "return {'at': datetime(2026, 1, 2, tzinfo=UTC)}", head="from datetime import UTC, datetime\n"
        )
        assert acme.session.last_dryrun().output == {"at": "2026-01-02T00:00:00.000Z"}


class TestWhatHappened:
    def test_logs_and_requests_as_frames(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [{"a": 1}, [{"id": "1"}]]
        result = acme.sync(
            "nango.get('/a', params={'x': 1}, headers={'Accept': 'text/csv', 'X-Api-Key': 'abcdefgh'})\n"
            "nango.batch_save(nango.get('/b').data, 'Contact')\nnango.log('done', level='warn')"
        )
        requests = result.requests
        assert list(requests["endpoint"]) == ["/a", "/b"]
        assert list(requests["status"]) == [200, 200]
        assert list(requests["records"]) == [0, 1]
        assert requests.loc[0, "params"] == {"x": 1}
        assert requests.loc[0, "headers"] == {"Accept": "text/csv", "X-Api-Key": None}
        assert list(result.logs[["level", "message"]].iloc[0]) == ["warn", "done"]
        assert list(result.problems.columns) == ["severity", "code", "message", "place", "hint"]
        assert len(result.problems) == 0

    def test_nothing_happened(self, acme: World) -> None:
        result = acme.sync("pass")
        assert len(result.requests) == len(result.logs) == len(result.problems) == 0
        assert (result.ok, result.error, result.error_json) == (True, None, None)

    def test_last_dryrun(self, acme: World) -> None:
        with pytest.raises(UsageError, match="No script was dry run yet"):
            acme.session.last_dryrun()
        first = acme.sync("pass")
        acme.action("return 1")
        assert acme.session.last_dryrun().script.name == "do-it"
        for name in ("contacts", "acme/contacts", "acme/syncs/contacts"):
            assert acme.session.last_dryrun(name) is first
        with pytest.raises(UnknownName) as caught:
            acme.session.last_dryrun("contact")
        assert "Did you mean 'contacts'?" in shown(caught.value)

    def test_a_failed_one_is_kept(self, acme: World) -> None:
        error = acme.fails("nango.batch_save([{'id': '1'}], 'Contact')\nraise ValueError('x')")
        assert acme.session.last_dryrun() is error.dryrun
        assert isinstance(error.dryrun.error, ValueError)
        assert len(error.dryrun.df) == 1

    def test_readable_after_the_session_is_closed(self, demo: World) -> None:
        demo.cell(
            "%%nango_yaml\nintegrations:\n  salesforce:\n    syncs:\n      people:\n        runs: every day\n"
            "        output: P\n        endpoint: GET /p\nmodels:\n  P:\n    id: string\n    name: string\n"
        )
        demo.cell(
            "%%nango_sync people\ndef fetch_data(nango):\n"
            "    for page in nango.paginate('/services/data/v53.0/query', "
            "params={'q': 'SELECT Id, Name FROM Contact'}, paginate={'type': 'link', "
            "'response_path': 'records', 'link_path_in_response_body': 'nextRecordsUrl'}):\n"
            "        nango.batch_save([{'id': r['Id'], 'name': r['Name']} for r in page], 'P')\n"
        )
        result = demo.session.dryrun("people", "conn-1")
        demo.session.close()
        assert len(result.df) == len(result.records["P"]) == 2413
        assert "added 2,413" in str(result)
        assert result._repr_mimebundle_()["text/html"]
        assert result.requests["kind"].tolist() == ["nango", "provider", "provider"]


class TestShown:
    def test_the_count_line_and_a_preview(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [{}]
        result = acme.sync(
            "nango.get('/a')\n"
            "nango.batch_save([{'id': str(n)} for n in range(30)], 'Contact')\nnango.log('hi')"
        )
        text = str(result)
        first = text.splitlines()[0]
        assert first.startswith("✓ contacts on conn-1 · dev · 127.0.0.1:")
        assert " · added 30 · updated 0 · deleted 0 · 1 request · 0 writes to the provider · " in first
        assert "Contact · 20 of 30 rows" in text
        assert "info  hi" in text

    def test_the_mime_bundle_carries_no_records_but_the_preview(self, acme: World) -> None:
        result = acme.sync("nango.batch_save([{'id': f'row-{n}'} for n in range(30)], 'Contact')")
        bundle = result._repr_mimebundle_()
        assert bundle["application/vnd.nangonb.dryrun+json"] == {
            "schema": 1,
            "script": "acme/syncs/contacts",
            "state": "succeeded",
            "counts": {"added": 30, "updated": 0, "deleted": 0},
            "requests": 0,
            "models": {"Contact": ["id", "name", "age", "active"]},
        }
        assert "row-19" in bundle["text/html"]
        assert "row-20" not in bundle["text/html"]

    def test_a_failed_run(self, acme: World) -> None:
        error = acme.fails("nango.batch_save([{'id': '1'}], 'Contact')\nraise ValueError('<b>x</b>')")
        text, html = str(error.dryrun), error.dryrun._repr_mimebundle_()["text/html"]
        assert text.startswith("✗ contacts on conn-1")
        assert "ValueError: <b>x</b>" in text
        assert "<b>x</b>" not in html

    @pytest.mark.parametrize("rows", [0, 1, 5])
    def test_preview_rows(self, acme: World, rows: int) -> None:
        acme.session.config.overrides["preview_rows"] = rows or None
        if rows == 0:
            from pathlib import Path

            Path("pyproject.toml").write_text("[tool.nangonb]\npreview_rows = 0\n")
        result = acme.sync("nango.batch_save([{'id': f'row-{n}'} for n in range(9)], 'Contact')")
        shown_rows = [n for n in range(9) if f"row-{n}" in str(result)]
        assert shown_rows == list(range(rows))


class TestValidation:
    BAD = (
        "nango.batch_save([{'id': '1'}], 'Contact')\n"
        "nango.batch_save([{'id': '2', 'age': 'old', 'x': 1}], 'Contact')"
    )

    def test_without_it_breaches_are_summed_up(self, acme: World) -> None:
        result = acme.sync(self.BAD)
        (problem,) = [p for p in result.problem_list if p.code == "invalid-record"]
        assert problem.severity == "warning"
        assert problem.message.startswith("1 of 2 records of Contact breaks its model: ")
        assert "age is 'old', not" in problem.message
        assert "x is not in the model" in problem.message
        assert "--validation" in problem.hint
        assert result.counts.added == 2

    @pytest.mark.parametrize("one_by_one", [False, True])
    def test_where_all_records_break_the_model_the_mark_says_so(self, acme: World, one_by_one: bool) -> None:
        """In lists of dicts (kept in columns) and one at a time."""
        rows = "[{'id': str(n), 'age': 'old'} for n in range(1200)]"
        each = f"for row in {rows}:\n    nango.batch_save([row], 'Contact')"
        result = acme.sync(each if one_by_one else f"nango.batch_save({rows}, 'Contact')")
        (problem,) = [p for p in result.problem_list if p.code == "invalid-record"]
        assert problem.severity == "error"
        assert problem.message.startswith("1,200 of 1,200 records of Contact break their model: ")
        first = str(result).splitlines()[0]
        assert first.startswith("▲ contacts on conn-1")
        assert first.endswith(" · all 1,200 records of Contact break the model · 1 error")
        html = result._repr_mimebundle_()["text/html"]
        assert 'n-warn">▲' in html and "all 1,200 records of Contact break the model" in html

    def test_one_record_is_all_too(self, acme: World) -> None:
        first = str(acme.sync("nango.batch_save([{'id': '1', 'age': 'old'}], 'Contact')")).splitlines()[0]
        assert first.startswith("▲") and first.endswith(
            "the only record of Contact breaks the model · 1 error"
        )

    def test_one_model_of_two(self, acme: World) -> None:
        acme.cell(TWO_MODELS)
        acme.cell(
            "%%nango_sync both\ndef fetch_data(nango):\n    nango.batch_save([{'id': '1'}], 'A')\n"
            "    nango.batch_save([{'id': '1', 'x': 1}, {'id': '2', 'x': 1}], 'B')\n"
        )
        first = str(acme.session.dryrun("both", "conn-1")).splitlines()[0]
        assert first.startswith("▲") and "all 2 records of B break the model" in first
        assert "of A" not in first

    def test_some_are_a_warning_under_a_tick(self, acme: World) -> None:
        first = str(acme.sync(self.BAD)).splitlines()[0]
        assert first.startswith("✓") and first.endswith(" · 1 warning")

    def test_they_are_a_frame(self, acme: World) -> None:
        row = "{'id': str(n), 'age': 'old' if n % 2 else n, 'x': n}"
        body = f"nango.batch_save([{row} for n in range(20)], 'Contact')"
        result = acme.sync(body + "\nnango.batch_update([{'id': '1', 'active': 'yes'}], 'Contact')")
        frame = result.validation
        assert list(frame.columns) == [
            "of", "model", "path", "rule", "count", "first_ids", "got", "expected",
        ]  # fmt: skip
        assert frame.to_dict("records") == [
            {"of": "records", "model": "Contact", "path": "x", "rule": "additionalProperties", "count": 20,
             "first_ids": ["0", "1", "2", "3", "4"], "got": "0", "expected": "no such field"},
            {"of": "records", "model": "Contact", "path": "age", "rule": "type", "count": 10,
             "first_ids": ["1", "3", "5", "7", "9"], "got": "'old'", "expected": "number"},
            {"of": "records", "model": "Contact", "path": "active", "rule": "type", "count": 1,
             "first_ids": ["1"], "got": "'yes'", "expected": "boolean"},
        ]  # fmt: skip
        text, html = str(result), result._repr_mimebundle_()["text/html"]
        assert "validation · 3 rules are broken" in text
        assert re.search(r"Contact +age +type +10 +1, 3, 5, 7, 9 +'old' +number", text)
        assert "<b>validation</b>" in html and "<td>1, 3, 5, 7, 9</td>" in html
        assert len([p for p in result.problem_list if p.code == "invalid-record"]) == 1

    def test_a_run_as_declared_has_an_empty_one(self, acme: World) -> None:
        result = acme.sync("nango.batch_save([{'id': '1'}], 'Contact')")
        broken = acme.sync(self.BAD)
        assert (len(result.validation), "rules are broken" in str(result)) == (0, False)
        assert result.validation.dtypes.to_dict() == broken.validation.dtypes.to_dict()

    def test_however_many_rules_are_broken_the_display_stays_small(self, acme: World) -> None:
        body = "nango.batch_save([{'id': str(n), f'field {n}': n} for n in range(3000)], 'Contact')"
        result = acme.sync(body)
        assert 100 < len(result.validation) <= 201
        assert result.validation["count"].sum() == 3000
        assert "rules are broken, the first 10; see .validation for all" in str(result)
        assert len(str(result)) < 8_000

    def test_values_of_secret_fields_are_masked(self, acme: World) -> None:
        result = acme.sync("nango.batch_save([{'id': '1', 'api_key': 'canary-value-77'}], 'Contact')")
        assert list(result.validation["got"]) == ["****"]
        assert "canary-value-77" not in str(result.validation) + str(result.problem_list)

    def test_with_it_the_run_ends(self, acme: World) -> None:
        error = acme.fails(self.BAD, validation=True)
        text = shown(error)
        assert "SDKError: batch_save of Contact: 1 of 1 record breaks the model." in text
        assert "(invalid_sync_record)" in text
        assert list(error.dryrun.validation["path"]) == ["age", "x"]
        assert "age is 'old', not" in text
        assert "---->   4     nango.batch_save([{'id': '2'" in text
        assert error.dryrun.records == {"Contact": [{"id": "1"}]}
        assert getattr(error.__cause__, "code", None) == "invalid_sync_record"

    def test_good_records_pass(self, acme: World) -> None:
        body = "nango.batch_save([{'id': '1', 'name': None, 'age': 1.5, 'active': True}], 'Contact')"
        assert acme.sync(body, validation=True).problem_list == []

    def action(self, acme: World, output: str, **options: Any) -> Dryrun:
        acme.cell(
            "%%nango_yaml\nintegrations:\n  acme:\n    actions:\n      make:\n        endpoint: POST /make\n"
            "        input: In\n        output: Out\n      bare:\n        endpoint: POST /bare\n"
            "models:\n  In:\n    n: number\n  Out:\n    id: string\n    when?: string\n"
        )
        acme.cell(
            f"%%nango_action make\ndef run_action(nango, input):\n    nango.log('ran')\n    return {output}\n"
        )
        acme.cell("%%nango_action bare\ndef run_action(nango, input):\n    return 1\n")
        return acme.session.dryrun(options.pop("name", "make"), "conn-1", **options)

    def test_input_and_output_of_an_action(self, acme: World) -> None:
        result = self.action(acme, "{'id': 1}", input={"n": "x"})
        assert [(p.code, p.severity, p.message) for p in result.problem_list] == [
            ("invalid-input", "warning", "The input of make breaks its model In: n is 'x', not number."),
            ("invalid-output", "warning", "The output of make breaks its model Out: id is 1, not string."),
        ]
        assert result.output == {"id": 1}
        columns = ["of", "model", "path", "rule", "got", "expected"]
        assert result.validation[columns].to_numpy().tolist() == [
            ["input", "In", "n", "type", "'x'", "number"],
            ["output", "Out", "id", "type", "1", "string"],
        ]
        assert list(result.validation["first_ids"]) == [[], []]
        assert "In (input)" in str(result) and "Out (output)" in str(result)

    def test_the_input_is_checked_before_the_run(self, acme: World) -> None:
        with pytest.raises(ScriptError) as caught:
            self.action(acme, "{'id': '1'}", input={}, validation=True)
        assert "SDKError: The input of make breaks its model In: n is missing." in shown(caught.value)
        assert getattr(caught.value.__cause__, "code", None) == "invalid_action_input"
        assert "(invalid_action_input)" in shown(caught.value)
        assert list(caught.value.dryrun.validation["rule"]) == ["required"]
        assert caught.value.dryrun.trace.logs == []

    def test_the_output_after_it(self, acme: World) -> None:
        with pytest.raises(ScriptError) as caught:
            self.action(acme, "{'id': '1', 'more': 1}", input={"n": 1}, validation=True)
        assert "The output of make breaks its model Out: more is not in the model." in shown(caught.value)
        assert getattr(caught.value.__cause__, "code", None) == "invalid_action_output"
        assert caught.value.dryrun.output == {"id": "1", "more": 1}
        assert len(caught.value.dryrun.trace.logs) == 1

    def test_an_input_that_is_not_declared(self, acme: World) -> None:
        result = self.action(acme, "{}", name="bare", input={"n": 1})
        assert [p.message for p in result.problem_list] == ["bare declares no input, and got one."]
        assert list(result.validation["expected"]) == ["no input"]
        with pytest.raises(ScriptError, match="bare declares no input"):
            self.action(acme, "{}", name="bare", input={"n": 1}, validation=True)

    def test_right_ones_pass(self, acme: World) -> None:
        result = self.action(acme, "{'id': '1'}", input={"n": 1}, validation=True)
        assert (result.ok, result.problem_list) == (True, [])
