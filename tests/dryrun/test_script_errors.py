"""What a person sees when a script is wrong: what, where in the cell, how to mend it; and nothing is lost."""

from __future__ import annotations

import pytest

from nangonb.errors import HTTPError, ProjectError, ScriptError
from tests.scripted import Answer, ScriptedNango
from tests.world import YAML, World, shown

LOOP = (
    "for page in nango.paginate('/items', paginate={'limit': 10}):\n    nango.batch_save(page, 'Contact')\n"
)


def failing(acme: World, cell: str) -> ScriptError:
    acme.cell(YAML, label="Cell In[1]")
    acme.cell(cell, label="Cell In[7]")
    with pytest.raises(ScriptError) as caught:
        acme.session.dryrun("contacts", "conn-1")
    return caught.value


class TestWhere:
    def test_first_line(self, acme: World) -> None:
        error = failing(acme, "%%nango_sync contacts\nimport nothing_like_it\ndef fetch_data(nango): pass\n")
        assert shown(error).splitlines()[:6] == [
            "Cell In[7], line 2",
            "        1 %%nango_sync contacts",
            "---->   2 import nothing_like_it",
            "        3 def fetch_data(nango): pass",
            "",
            "ModuleNotFoundError: No module named 'nothing_like_it'",
        ]

    def test_in_the_middle_and_in_a_helper(self, acme: World) -> None:
        error = failing(
            acme,
            "# a comment of Colab\n%%nango_sync contacts\n\n"
            "def name_of(record):\n    return record['Name']\n\n"
            "def fetch_data(nango):\n    nango.log('start')\n    name_of({})\n    nango.log('never')\n",
        )
        assert error.trace == (
            "Cell In[7], line 9, in fetch_data",
            "        7 def fetch_data(nango):",
            "        8     nango.log('start')",
            "---->   9     name_of({})",
            "       10     nango.log('never')",
            "",
            "Cell In[7], line 5, in name_of",
            "        3",
            "        4 def name_of(record):",
            "---->   5     return record['Name']",
            "        6",
            "        7 def fetch_data(nango):",
            "",
            "KeyError: 'Name'",
        )
        assert "The data has no key 'Name' here; use .get('Name') where it may be absent." in shown(error)
        (problem,) = [p for p in error.dryrun.problem_list if p.code == "script-failed"]
        assert (str(problem.place), problem.message) == ("Cell In[7], line 5", "KeyError: 'Name'")

    def test_in_a_module(self, acme: World) -> None:
        acme.cell(
            "%%nango_module helpers/names\n\ndef first(record):\n    return record.missing\n",
            label="Cell In[4]",
        )
        error = failing(
            acme,
            "%%nango_sync contacts\nfrom nangonb.modules.helpers.names import first\n"
            "def fetch_data(nango):\n    first({})\n",
        )
        lines = shown(error).splitlines()
        assert "Cell In[7], line 4, in fetch_data" in lines
        assert "Cell In[4], line 4, in first" in lines
        assert "AttributeError: 'dict' object has no attribute 'missing'" in lines
        assert error.dryrun.error_json is not None
        assert error.dryrun.error_json["place"] == {
            "source": "Cell In[4]", "line": 4, "text": "    return record.missing",
        }  # fmt: skip

    def test_only_the_user_s_lines(self, acme: World) -> None:
        error = failing(
            acme,
            "%%nango_sync contacts\nimport json\ndef fetch_data(nango):\n"
            "    nango.batch_save(json.loads('['), 'Contact')\n",
        )
        text = shown(error)
        assert "site-packages" not in text
        assert "json/decoder.py" not in text
        assert text.count("Cell In[7], line") == 1
        assert "JSONDecodeError: Expecting value" in text

    def test_inside_the_sdk_the_user_s_line_is_shown(self, acme: World) -> None:
        error = failing(
            acme, "%%nango_sync contacts\ndef fetch_data(nango):\n    nango.batch_save([{}], 'Contact')\n"
        )
        assert "---->   3     nango.batch_save([{}], 'Contact')" in shown(error)
        assert "nangonb/" not in shown(error)

    def test_causes_come_first(self, acme: World) -> None:
        error = failing(
            acme,
            "%%nango_sync contacts\ndef fetch_data(nango):\n    try:\n        1 / 0\n"
            "    except ZeroDivisionError as error:\n        raise ValueError('no rate') from error\n",
        )
        text = shown(error)
        assert text.index("ZeroDivisionError: division by zero") < text.index("ValueError: no rate")

    def test_what_was_logged_as_an_error_may_say_why(self, acme: World) -> None:
        error = failing(
            acme,
            "%%nango_sync contacts\ndef fetch_data(nango):\n    nango.log('not this')\n"
            "    for n in range(4):\n        nango.log(f'error\\n{n}', level='error')\n"
            "    raise ValueError('no')\n",
        )
        assert [line for line in shown(error).splitlines() if line.startswith("Logged")] == [
            "Logged: error 1", "Logged: error 2", "Logged: error 3",
        ]  # fmt: skip

    def test_exceptions_that_cause_each_other(self, acme: World) -> None:
        error = failing(
            acme,
            "%%nango_sync contacts\ndef fetch_data(nango):\n    a, b = ValueError('a'), ValueError('b')\n"
            "    a.__cause__, b.__cause__ = b, a\n    raise a\n",
        )
        assert str(error) == "contacts failed: ValueError: a"

    def test_endless_recursion_is_shown_in_brief(self, acme: World) -> None:
        error = failing(
            acme,
            "%%nango_sync contacts\ndef again(n):\n"
            "    return again(n + 1)\ndef fetch_data(nango):\n    again(0)\n",
        )
        assert "RecursionError: maximum recursion depth exceeded" in shown(error)
        assert "calls more …: nangonb.last_dryrun().error" in shown(error)
        assert len(shown(error).splitlines()) < 60

    def test_a_very_long_text_is_cut(self, acme: World) -> None:
        error = failing(
            acme, "%%nango_sync contacts\ndef fetch_data(nango):\n    raise ValueError('x' * 50_000)\n"
        )
        said = "48,012 of 50,012 characters are left out: nangonb.last_dryrun().error"
        assert said in shown(error) and said in str(error)
        assert len(shown(error)) < 4_000
        assert len(str(error.dryrun.error)) == 50_000
        error = failing(
            acme, "%%nango_sync contacts\ndef fetch_data(nango):\n    raise ValueError('x\\n' * 900)\n"
        )
        assert len(shown(error).splitlines()) < 40

    def test_a_long_chain_of_errors_is_cut(self, acme: World) -> None:
        error = failing(
            acme,
            "%%nango_sync contacts\ndef again(n):\n    try:\n        1 / 0\n    except ZeroDivisionError:\n"
            "        if n:\n            again(n - 1)\n        raise ValueError(n)\n"
            "def fetch_data(nango):\n    again(40)\n",
        )
        text = shown(error)
        assert "errors more in between: nangonb.last_dryrun().error" in text
        assert text.count("ZeroDivisionError: division") <= 4 and len(text.splitlines()) < 200

    def test_what_else_was_found_is_shown_with_the_error(self, acme: World) -> None:
        acme.cell(
            "%%nango_sync lost\n#| integration: acme\ndef fetch_data(nango):\n"
            "    nango.batch_save([{'id': '1'}], 'Thing')\n    1 / 0\n"
        )
        with pytest.raises(ScriptError) as caught:
            acme.session.dryrun("lost", "conn-1")
        text = shown(caught.value)
        assert "▲ warning undeclared-output: Nothing declares which models lost saves to." in text
        assert text.index("ZeroDivisionError") < text.index("▲") < text.index("Kept until then")
        assert "undeclared-output" in str(caught.value.dryrun)
        assert "undeclared-output" in caught.value.dryrun._repr_mimebundle_()["text/html"]

    def test_an_exception_without_a_text(self, acme: World) -> None:
        error = failing(
            acme,
            "%%nango_sync contacts\nclass Odd(Exception):\n"
            "    def __str__(self):\n        raise RuntimeError\n"
            "def fetch_data(nango):\n    raise Odd()\n",
        )
        assert str(error) == "contacts failed: Odd: (its text cannot be made)"

    def test_sys_exit_and_other_base_exceptions_fail_the_run(self, acme: World) -> None:
        error = failing(
            acme, "%%nango_sync contacts\nimport sys\ndef fetch_data(nango):\n    sys.exit('enough')\n"
        )
        assert str(error) == "contacts failed: SystemExit: enough"
        assert error.dryrun.state == "failed"

    def test_odd_line_ends_do_not_shift_lines(self, acme: World) -> None:
        error = failing(
            acme,
            "%%nango_sync contacts\ndef fetch_data(nango):\n"
            "    text = 'a\u2028b\x0cc'\n    raise ValueError(text)\n",
        )
        assert "---->   4     raise ValueError(text)" in shown(error)

    def test_windows_line_ends(self, acme: World) -> None:
        error = failing(
            acme,
            "%%nango_sync contacts\r\ndef fetch_data(nango):\r\n    x = 1\r\n    raise ValueError(x)\r\n",
        )
        assert "---->   4     raise ValueError(x)" in shown(error)


class TestWhatCannotRun:
    @pytest.mark.parametrize(
        ("body", "line", "said"),
        [
            ("def fetch_data(nango)\n    pass\n", 3, "expected ':'"),
            ("def fetch_data(nango):\n    x = (\n", 4, "'(' was never closed"),
            ("x = 1\n  y = 2\ndef fetch_data(nango): pass\n", 4, "unexpected indent"),
        ],
    )
    def test_a_syntax_error(self, acme: World, body: str, line: int, said: str) -> None:
        acme.cell(YAML)
        with pytest.raises(ProjectError) as caught:
            acme.cell(f"%%nango_sync contacts\n\n{body}")
        (problem,) = caught.value.problems
        assert (problem.code, problem.place and problem.place.line) == ("python-syntax", line)
        assert said in problem.message
        assert problem.place is not None and problem.place.text in shown(caught.value)
        # a later use says which cell failed
        with pytest.raises(ProjectError) as later:
            acme.session.dryrun("contacts", "conn-1")
        assert "contacts cannot be used: its cell has an error (Cell In[2])" in shown(later.value)

    def test_what_parses_and_does_not_compile(self, acme: World) -> None:
        text = "%%nango_sync contacts\ndef fetch_data(nango):\n    pass\nreturn 5\n"
        try:
            error: Exception = failing(acme, text)
        except ProjectError as refused:  # found when the cell is run
            error = refused
        assert "'return' outside function" in shown(error)
        assert "Cell In[7], line 4" in shown(error)
        assert "return 5" in shown(error)

    def test_no_fetch_data(self, acme: World) -> None:
        acme.cell(YAML)
        with pytest.raises(ProjectError) as caught:
            acme.cell("%%nango_sync contacts\n\ndef fetchData(nango):\n    pass\n")
        (problem,) = caught.value.problems
        assert problem.message == "The script has no function fetch_data."
        assert problem.hint == "Rename fetchData to fetch_data."
        assert str(problem.place) == "Cell In[2], line 3"

    def test_nothing_like_fetch_data(self, acme: World) -> None:
        acme.cell(YAML)
        with pytest.raises(ProjectError) as caught:
            acme.cell("%%nango_sync contacts\nx = 1\n")
        assert caught.value.problems[0].hint == "def fetch_data(nango): …"

    def test_a_generator(self, acme: World) -> None:
        error = failing(acme, "%%nango_sync contacts\ndef fetch_data(nango):\n    yield 1\n")
        assert "fetch_data contains `yield`, so a call does not run its code." in shown(error)

    def test_async(self, acme: World) -> None:
        acme.cell(YAML)
        with pytest.raises(ProjectError) as caught:
            acme.cell("%%nango_sync contacts\nasync def fetch_data(nango):\n    pass\n")
        assert "fetch_data is async." in shown(caught.value)


class TestNames:
    def test_of_another_script_cell(self, acme: World) -> None:
        acme.cell(
            "%%nango_module tools\nLIMIT = 5\ndef cut(text):\n    return text[:LIMIT]\n", label="Cell In[3]"
        )
        error = failing(acme, "%%nango_sync contacts\ndef fetch_data(nango):\n    cut('abc')\n")
        assert "NameError: name 'cut' is not defined" in shown(error)
        assert (
            "cut is defined in Cell In[3]. A script can use only the names of its own cell, as on Nango:"
            in shown(error)
        )

    def test_of_an_ordinary_cell(self, acme: World) -> None:
        class Front:
            def progress(self, name: str) -> object:
                return lambda progress: None

            def show_choice(self, choice: object) -> None: ...

            def locate_name(self, name: str) -> str | None:
                return "Cell In[2]" if name == "helper" else None

            def notebook(self) -> None:
                return None

        acme.session.front = Front()  # type: ignore[assignment]
        error = failing(acme, "%%nango_sync contacts\ndef fetch_data(nango):\n    helper()\n")
        assert "helper is defined in Cell In[2]." in shown(error)
        assert "or into a %%nango_module cell and import it." in shown(error)

    def test_of_nowhere(self, acme: World) -> None:
        error = failing(acme, "%%nango_sync contacts\ndef fetch_data(nango):\n    lenn('x')\n")
        assert str(error) == "contacts failed: NameError: name 'lenn' is not defined"

    def test_a_misspelt_model(self, acme: World) -> None:
        error = failing(
            acme,
            "%%nango_sync contacts\nfrom nangonb.models import Contct\ndef fetch_data(nango):\n    pass\n",
        )
        assert "There is no model Contct. Did you mean Contact?" in shown(error)
        assert "---->   2 from nangonb.models import Contct" in shown(error)

    def test_a_misspelt_module(self, acme: World) -> None:
        acme.cell("%%nango_module tools\nLIMIT = 5\n")
        error = failing(
            acme,
            "%%nango_sync contacts\n"
            "from nangonb.modules.tool import LIMIT\ndef fetch_data(nango):\n    pass\n",
        )
        text = "There is no module nangonb.modules.tool. Did you mean nangonb.modules.tools?"
        assert text in shown(error)

    def test_a_module_whose_cell_failed(self, acme: World) -> None:
        with pytest.raises(ProjectError):
            acme.cell("%%nango_module tools\nLIMIT = = 5\n", label="Cell In[3]")
        error = failing(
            acme,
            "%%nango_sync contacts\nfrom nangonb.modules import tools\ndef fetch_data(nango):\n    pass\n",
        )
        assert "nangonb.modules.tools cannot be used: its cell has an error (Cell In[3])." in shown(error)

    @pytest.mark.parametrize(
        "line", ["import nangonb.models", "from nangonb import models", "import nangonb.modules.x"]
    )
    def test_imports_that_need_names(self, acme: World, line: str) -> None:
        error = failing(acme, f"%%nango_sync contacts\n{line}\ndef fetch_data(nango):\n    pass\n")
        assert "ImportError: Import names: from nangonb.mod" in shown(error)

    def test_a_relative_import(self, acme: World) -> None:
        error = failing(acme, "%%nango_sync contacts\nfrom .tools import x\ndef fetch_data(nango): pass\n")
        assert "ImportError: A script is not part of a package: import from nangonb.modules.NAME" in shown(
            error
        )

    def test_a_file_beside_the_notebook(self, acme: World) -> None:
        error = failing(acme, "%%nango_sync contacts\nimport my.tools\ndef fetch_data(nango): pass\n")
        assert "my is not installed here. Code of your own goes into a cell: %%nango_module my" in shown(
            error
        )

    def test_modules_are_loaded_afresh_for_each_run(self, acme: World) -> None:
        import sys

        acme.cell("%%nango_module state\nseen = []\n")
        acme.cell(YAML)
        acme.cell(
            "%%nango_sync contacts\nfrom nangonb.modules.state import seen\n"
            "def fetch_data(nango):\n    seen.append(1)\n    nango.log(len(seen))\n"
        )
        for _ in range(2):
            assert acme.session.dryrun("contacts", "conn-1").trace.logs[0].message == "1"
        assert "nangonb.modules.state" not in sys.modules
        assert "nangonb.models" not in sys.modules

    def test_modules_import_each_other_and_models_work(self, acme: World, scripted: ScriptedNango) -> None:
        acme.cell(
            "%%nango_module a\nfrom nangonb.models import Contact\n"
            "def make() -> Contact:\n    return Contact(id='1')\n"
        )
        acme.cell("%%nango_module b\nfrom nangonb.modules.a import make\ndef both():\n    return [make()]\n")
        result = acme.sync("nango.batch_save(both(), 'Contact')", head="from nangonb.modules.b import both\n")
        assert result.records == {"Contact": [{"id": "1"}]}


class TestSaving:
    @pytest.mark.parametrize(
        ("call", "said"),
        [
            (
                "nango.batch_save([{'id': '1'}], 'Contacts')",
                "batch_save: 'Contacts' is not a model that contacts saves to. Did you mean 'Contact'? "
                "Its output in nango.yaml: Contact.",
            ),
            (
                "nango.batch_save('Contact', [{'id': '1'}])",
                "batch_save: the model is given by its name, not as list: "
                "nango.batch_save(records, 'Contact').",
            ),
            (
                "nango.batch_save([{'id': '1'}, {'name': 'x'}], 'Contact')",
                "batch_save of Contact: record 1 has no 'id' (fields: name); every record needs one.",
            ),
            (
                "nango.batch_update([{'id': None}], 'Contact')",
                "batch_update of Contact: field 'id' of record 0 is None",
            ),
            (
                "nango.batch_delete(['1'], 'Contact')",
                "batch_delete of Contact: record 0 is '1', of type str, not "
                "a mapping; a record is a dict with an 'id'.",
            ),
            (
                "nango.batch_save({'id': '1'}, 'Contact')",
                "batch_save of Contact: expected a list of records, got one record; wrap it: [record].",
            ),
            (
                "nango.batch_save([{'id': '1', 'name': {1, 2}}], 'Contact')",
                "batch_save of Contact: record 0 (id '1'), field 'name': "
                "JSON does not support values of type set",
            ),
            (
                "nango.batch_save([{'id': '1', 'age': float('nan')}], 'Contact')",
                "batch_save of Contact: record 0 (id '1'), field 'age':",
            ),
            (
                "import pandas as pd\nnango.batch_save(pd.DataFrame([{'id': '1'}]), 'Contact')",
                "batch_save of Contact: expected a list of records, got a DataFrame; "
                "use df.to_dict('records').",
            ),
            ("nango.batch_save(0, 'Contact')", "batch_save of Contact: expected a list of records, "
                                               "got 0 (int)."),
            ("nango.batch_save([{'id': '1'}])", "missing 1 required positional argument: 'model'"),
        ],
    )  # fmt: skip
    def test_what_is_refused_and_what_is_kept(self, acme: World, call: str, said: str) -> None:
        error = acme.fails(f"nango.batch_save([{{'id': 'kept'}}], 'Contact')\n{call}")
        assert said in shown(error)
        assert "Kept until then: 1 record, 0 requests: nangonb.last_dryrun()" in shown(error)
        assert error.dryrun.records == {"Contact": [{"id": "kept"}]}
        assert acme.session.last_dryrun() is error.dryrun

    def test_nothing_and_generators_are_fine(self, acme: World) -> None:
        result = acme.sync(
            "nango.batch_save(None, 'Contact')\nnango.batch_save([], 'Contact')\n"
            "nango.batch_save(({'id': str(n)} for n in range(3)), 'Contact')"
        )
        assert result.counts.added == 3

    def test_without_a_declared_output_anything_goes_with_a_warning(self, acme: World) -> None:
        acme.cell(
            "%%nango_sync loose --integration-id acme\n"
            "def fetch_data(nango):\n    nango.batch_save([{'id': 1}], 'Any')\n"
        )
        result = acme.session.dryrun("loose", "conn-1")
        assert result.records == {"Any": [{"id": 1}]}
        (problem,) = [p for p in result.problem_list if p.code == "undeclared-output"]
        assert "#| output: Contact" in problem.hint
        assert {p.severity for p in result.problem_list} == {"warning"}

    def test_a_returned_value_is_a_problem(self, acme: World) -> None:
        result = acme.sync("return 5")
        assert [p.code for p in result.problem_list] == ["sync-returns-value"]


class TestContradictions:
    def test_a_line_of_the_cell_against_nango_yaml(self, acme: World) -> None:
        acme.cell(YAML)
        said = acme.cell(
            "%%nango_sync contacts\n#| runs: every hour\ndef fetch_data(nango):\n    nango.log('x')\n"
        )
        (problem,) = said.problems
        assert problem.severity == "error"
        assert {place.source for place in (problem.place, *problem.related) if place} == {
            "Cell In[1]",
            "Cell In[2]",
        }
        result = acme.session.dryrun("contacts", "conn-1")  # a dry run warns, and runs
        assert [(p.code, p.severity) for p in result.problem_list] == [(problem.code, "warning")]
        assert "contacts > runs is declared twice" in problem.message
        assert "A dry run uses the value of Cell In[1], line 6" in problem.hint


class TestHabits:
    """What people know from TypeScript and from other clients."""

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ("r['records']", "A response is not its body: write .data['records'], as in response.data"),
            ("r.json()", "has no attribute 'json'. The decoded body is response.data, without a call."),
            ("r.status_code", "It is response.status."),
            ("r.get('records')", "The body is .data: response.data.get(…)"),
            ("list(r)", "A response is not its body: write .data"),
            ("'a' in r", "A response is not its body: write .data, as in 'a' in response.data."),
            ("nango.batchSave([], 'Contact')", "Did you mean 'batch_save'?"),
            ("nango.lastSyncDate", "Did you mean 'last_sync_date'?"),
            ("nango.paginate({'endpoint': '/c', 'retries': 3, 'paginate': {}})",
             "nango.paginate() takes the endpoint and keywords, not one dict: "
             "nango.paginate('/c', retries=…, paginate=…)"),
            ("nango.get({'endpoint': '/c', 'baseUrlOverride': 'x'})", "nango.get('/c', base_url_override=…)"),
            ("nango.paginate('/c', {'type': 'cursor'})",
             "Options are keywords: nango.paginate('/contacts', paginate={…})"),
            ("nango.get('/c', {'limit': 1})", "Options are keywords: nango.get('/contacts', params={…})"),
        ],
    )  # fmt: skip
    def test_what_to_write_is_said_at_the_line(
        self, acme: World, scripted: ScriptedNango, line: str, said: str
    ) -> None:
        scripted.answers = [{"records": []}]
        error = acme.fails(f"r = nango.get('/a')\n{line}")
        assert said in shown(error)
        assert f"---->   4     {line}" in shown(error)

    def test_errors_of_axios(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [Answer({}, 404)]
        error = acme.fails(
            "try:\n    nango.get('/a')\nexcept nango_http as e:\n    e.response.status",
            head="from nangonb import HTTPError as nango_http\n",
        )
        assert "It has .status, .data and .headers itself, and no .response." in shown(error)

    def test_a_response_is_true(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [{}]
        assert acme.sync("assert nango.get('/a')").ok

    def test_an_empty_body(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [Answer(b"")]
        assert "perhaps the body was empty, HTML or broken JSON" in shown(
            acme.fails("nango.get('/empty').data['records']")
        )


class TestErrorsOfTheScript:
    def test_action_errors(self, acme: World) -> None:
        with pytest.raises(ScriptError) as caught:
            acme.action("raise nango.ActionError('No such contact', id=7)")
        text = shown(caught.value)
        assert "ActionError: No such contact" in text
        assert '{"message": "No such contact", "id": 7}' in text
        found = caught.value.dryrun.error_json
        assert found is not None
        assert (found["type"], found["payload"], found["status"]) == (
            "action_script_runtime_error", {"message": "No such contact", "id": 7}, 500,
        )  # fmt: skip

    def test_a_note_is_shown(self, acme: World) -> None:
        error = acme.fails("error = ValueError('x')\nerror.add_note('see the manual')\nraise error")
        assert "ValueError: x\nsee the manual" in shown(error)

    def test_an_output_that_json_cannot_hold(self, acme: World) -> None:
        with pytest.raises(ScriptError) as caught:
            acme.action("return {'tags': {1}}")
        assert "run_action returned what JSON cannot hold: tags: " in shown(caught.value)

    def test_the_cause_is_the_script_s_own_exception(self, acme: World, scripted: ScriptedNango) -> None:
        error = acme.fails("nango.get('/x')")
        assert isinstance(error.__cause__, HTTPError)
        assert error.dryrun.error is error.__cause__
        assert error.exit_code == 12


def test_a_comprehension_on_one_line_is_shown_once(demo: World) -> None:
    demo.session.declare(
        "%%nango_action comprehended\n"
        "#| integration: salesforce\n"
        "def run_action(nango):\n"
        "    return [row['missing'] for row in [{}]]\n",
        label="Cell In[1]",
    )
    with pytest.raises(ScriptError) as raised:
        demo.session.dryrun("comprehended", "conn-1")
    text = "\n".join(raised.value.trace)
    assert text.count("Cell In[1], line 4") == 1 and "<listcomp>" not in text
