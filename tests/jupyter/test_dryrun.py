"""%nango_dryrun: options, results, errors, and the stop button."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.jupyter.cells import ECHO, SYNC, YAML, declare, failure
from tests.kernel import Kernel, Result
from tests.sandbox.process import Sandbox

MIME = "application/vnd.nangonb.dryrun+json"


@pytest.fixture(autouse=True)
def _declared(kernel: Kernel) -> None:
    declare(kernel, YAML, SYNC, ECHO)


def test_a_result_is_shown_in_three_forms(kernel: Kernel, nango: Sandbox) -> None:
    result = kernel.run("%nango_dryrun contacts conn-1").check()
    host = nango.url.removeprefix("http://")
    assert set(result.data) == {"text/plain", "text/html", MIME}
    assert result.text.startswith(
        f"✓ contacts on conn-1 · dev · {host} · added 2,000 · updated 0 · deleted 0 · "
    )
    assert "20 of 2,000 rows × 2 columns" in result.text
    assert "<b>contacts</b>" in result.html
    summary = result.data[MIME]
    assert summary["counts"] == {"added": 2000, "updated": 0, "deleted": 0}
    assert "Ada" not in json.dumps(summary)


def test_the_variable_is_bound_on_success_and_unbound_at_the_start(kernel: Kernel) -> None:
    kernel.run("%nango_dryrun contacts conn-1 -o found").check()
    assert kernel.run("type(found).__name__, found.shape").check().text == "('DataFrame', (2000, 2))"
    kernel.run("%nango_dryrun echo conn-1 -i '{\"a\": [1, 2]}' -o found").check()
    assert kernel.run("found").check().text == "{'got': {'a': [1, 2]}}"
    kernel.run(ECHO.replace('{"got": input}', "1 / 0")).check()
    failure(kernel, "%nango_dryrun echo conn-1 -o found")
    assert kernel.run("'found' in globals()").check().text == "False"
    assert "not the name of a variable" in failure(kernel, "%nango_dryrun contacts conn-1 -o 1st").traceback


def test_an_error_with_half_a_character_or_a_terminals_own_is_shown(kernel: Kernel) -> None:
    kernel.run(
        ECHO.replace('return {"got": input}', "raise ValueError(chr(0xd800) + chr(27) + '[2J')")
    ).check()
    error = failure(kernel, "%nango_dryrun echo conn-1")
    assert error.traceback.count("ValueError: \\ud800\\x1b[2J") == 1
    assert error.evalue == "echo failed: ValueError: \\ud800\\x1b[2J"
    assert kernel.run("nangonb.last_dryrun()").check().text.startswith("✗ echo on conn-1")


def test_a_semicolon_silences(kernel: Kernel) -> None:
    assert kernel.run("%nango_dryrun contacts conn-1 -o quiet ;").check().outputs == ()
    assert kernel.run("%nango_dryrun contacts conn-1;").check().outputs == ()
    assert kernel.run("len(quiet)").check().text == "2000"


def test_values_come_from_the_notebook(kernel: Kernel) -> None:
    kernel.run("payload = {'deep': [1, None]}\nwhich = 'conn-2'\nsince = '2026-06-01'\nmost = 1").check()
    result = kernel.run("%nango_dryrun echo $which -i $payload").check()
    assert " on conn-2 " in result.text
    assert '"deep"' in result.text
    since = kernel.run(
        "run = get_ipython().run_line_magic('nango_dryrun', 'contacts conn-1 -l $since')\nrun.counts.added"
    )
    assert 0 < int(since.check().text) < 2000
    kernel.run("%nango_dryrun contacts conn-1 --max-requests $most ;").check()
    error = failure(kernel, "%nango_dryrun echo conn-1 -i $payloadd")
    assert "Did you mean $payload?" in error.traceback
    assert (
        "invalid int value: 'many'" in failure(kernel, "%nango_dryrun contacts --max-requests many").traceback
    )


def test_input_from_a_file(kernel: Kernel) -> None:
    kernel.run("import pathlib; _ = pathlib.Path('my input.json').write_text('{\"id\": 7}')").check()
    assert '"id"' in kernel.run("%nango_dryrun echo conn-1 -i '@my input.json'").check().text
    assert "none.json" in failure(kernel, "%nango_dryrun echo conn-1 -i @none.json").traceback


def test_words_are_quoted_as_in_a_shell(kernel: Kernel) -> None:
    for written in ('\'{"a": "b c"}\'', '"{\\"a\\": \\"b c\\"}"', "'{\"a\":\"b'\\ 'c\"}'"):
        kernel.run(f"%nango_dryrun echo conn-1 -i {written} -o got ;").check()
        assert kernel.run("got['got']").check().text == "{'a': 'b c'}"
    error = failure(kernel, '%nango_dryrun echo conn-1 -i \'{"a": 1}')
    assert error.ename == "UsageError"
    assert "no closing quotation" in error.traceback
    assert "^" in error.traceback
    # Not expanded by IPython: {…} stays as it is, where a variable of that name exists
    kernel.run("a = 5\n%nango_dryrun echo conn-1 -i '[\"{a}\"]' -o got ;").check()
    assert kernel.run("got['got']").check().text == "['{a}']"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%nango_dryrun contacts --read-olny", "Did you mean --read-only?"),
        ("%nango_dryrun contacts --valid", "unknown option '--valid'"),
        ("%nango_dryrun contacts --json", "unknown option '--json'"),
        ("%nango_dryrun contacts a b", "unexpected argument 'b'"),
        ("%nango_dryrun", "required: NAME"),
        ("%nango_dryrun contacs", "Did you mean 'contacts'?"),
        ("%nango_dryrun contacts conn-11", "Did you mean 'conn-1'?"),
        ("%nango_dryrun contacts conn-1 -e prdo", "NANGO_SECRET_KEY_PRDO"),
        ("%nango_dryrun contacts conn-1 -l yesterday", "is not a date"),
        ("%nango_dryrun echo conn-1 -i {", "is not JSON"),
        ("%nango_connection conn-1 --integration-id salesfroce", "Did you mean 'salesforce'?"),
        ("%nango_check contatcs", "Did you mean 'contacts'?"),
        ("%%nango_sync s --rnus 'every day'\ndef fetch_data(nango): pass", "Did you mean --runs?"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(kernel: Kernel, line: str, said: str) -> None:
    assert said in failure(kernel, line).traceback


def test_without_a_selection_the_choices_are_raised(kernel: Kernel) -> None:
    error = failure(kernel, "%nango_dryrun contacts")
    assert (error.ename, error.evalue) == (
        "UsageError",
        "salesforce has 2 connections, and none is selected.",
    )
    for said in ("conn-1", "2026-06-30", "%nango_connection conn-2"):
        assert said in error.traceback
    kernel.run("%nango_connection conn-2").check()
    assert " on conn-2 " in kernel.run("%nango_dryrun contacts").check().text
    assert " on conn-1 " in kernel.run("%nango_dryrun contacts conn-1").check().text


def test_an_exception_shows_the_lines_of_the_user(kernel: Kernel) -> None:
    script = ECHO.replace(
        'return {"got": input}', "return inner(input)\n\ndef inner(x):\n    return x['absent']"
    )
    count = kernel.run(script).check().execution_count
    error = failure(kernel, "%nango_dryrun echo conn-1 -i '{}'")
    assert error.ename == "ScriptError"
    assert error.evalue == "echo failed: KeyError: 'absent'"
    assert f"Cell In[{count}], line 3, in run_action" in error.traceback
    assert f"Cell In[{count}], line 6, in inner" in error.traceback
    assert error.traceback.count("KeyError: 'absent'") == 1
    assert "nangonb.last_dryrun()" in error.traceback.splitlines()[-1]
    kernel.run("import nangonb").check()
    assert kernel.run("nangonb.last_dryrun().ok").check().text == "False"


def test_a_name_of_another_cell_is_pointed_at(kernel: Kernel) -> None:
    count = kernel.run("def shorten(text):\n    return text[:3]").check().execution_count
    kernel.run(ECHO.replace('{"got": input}', "shorten(input)")).check()
    error = failure(kernel, "%nango_dryrun echo conn-1 -i '\"hello\"'")
    assert "name 'shorten' is not defined" in error.traceback
    assert f"shorten is defined in Cell In[{count}]" in error.traceback


def test_an_unknown_model_is_named(kernel: Kernel) -> None:
    kernel.run(SYNC.replace("import Contact", "import Contcat")).check()
    error = failure(kernel, "%nango_dryrun contacts conn-1")
    assert "Contcat" in error.traceback
    assert "Did you mean Contact?" in error.traceback


def test_a_dry_run_can_be_assigned(kernel: Kernel) -> None:
    assert kernel.run("run = %nango_dryrun contacts conn-1").check().outputs == ()
    assert kernel.run("run.counts.added, list(run.df)").check().text == "(2000, ['id', 'name'])"


LOOP = ECHO.replace(
    'return {"got": input}',
    'nango.log("begun")\n    print("looping", flush=True)\n    while True:\n        pass',
)
SLOW = """\
%%nango_sync slow --integration-id unreliable --output Contact
def fetch_data(nango):
    nango.batch_save([{"id": "1", "name": "kept"}], "Contact")
    nango.get("/slow", params={"seconds": 60})
"""


@pytest.mark.parametrize(
    ("cell", "name", "word"), [(LOOP, "echo conn-1", "looping"), (SLOW, "slow flaky-1", "stop with")]
)
def test_the_stop_button_keeps_what_was_fetched(kernel: Kernel, cell: str, name: str, word: str) -> None:
    kernel.run(cell).check()
    kernel.run("import nangonb").check()
    running = kernel.begin(f"%nango_dryrun {name}")
    running.until(word)
    kernel.interrupt()
    result = running.result()
    assert result.error is not None
    assert result.error.ename == "Interrupted"
    assert "nangonb.last_dryrun()" in result.error.traceback
    assert "nangonb/" not in result.error.traceback
    assert kernel.run("nangonb.last_dryrun().state").check().text == "'interrupted'"
    if name.startswith("slow"):
        assert kernel.run("nangonb.last_dryrun()['Contact']['name'].tolist()").check().text == "['kept']"
    kernel.run("%nango_dryrun contacts conn-1").check()  # kernel and client go on


def test_progress_comes_and_goes(kernel: Kernel) -> None:
    kernel.run(SLOW).check()
    running = kernel.begin("%nango_dryrun slow flaky-1")
    shown = running.until("stop with ■")
    assert "slow · " in shown.text
    kernel.interrupt()
    result = running.result()
    assert "stop with" not in result.text
    assert "stop with" not in json.dumps(result.outputs)


def test_a_quick_run_shows_no_progress(kernel: Kernel) -> None:
    kernel.run("%nango_dryrun contacts conn-1 ;").check()  # what is imported on first use is there now
    result = kernel.run("%nango_dryrun echo conn-1 -i 1").check()
    assert [output["output_type"] for output in result.outputs] == ["execute_result"]


def test_no_secret_is_in_any_output(kernel: Kernel, nango: Sandbox) -> None:
    token = nango.client.get("/connections/conn-1", params={"provider_config_key": "salesforce"}).json()[
        "credentials"
    ]["access_token"]
    leaky = ECHO.replace(
        'return {"got": input}',
        "credentials = nango.get_connection()['credentials']\n    nango.log(str(credentials))\n"
        "    if input == 'fail': raise ValueError(credentials['access_token'])\n    return credentials",
    )
    kernel.run(leaky).check()
    results: list[Result] = [
        kernel.run(code)
        for code in (
            "%nango_dryrun echo conn-1",
            "%nango_dryrun echo conn-1 -i '\"fail\"'",
            "%nango_connection conn-1",
            "%nango_check",
            "%nango_export leaky --layout python",
            "import nangonb; print(nangonb.last_dryrun(), nangonb.last_dryrun().logs)",
            "from nangonb._session import current; current().connections.target(), current().config",
            "%config NangoMagics",
        )
    ]
    everything = json.dumps([result.outputs for result in results], ensure_ascii=False)
    assert "'access_token'" in everything
    assert token not in everything
    assert nango.key not in everything
    assert nango.key not in json.dumps(kernel.widgets)


def test_check_and_export(kernel: Kernel, tmp_path: Path) -> None:
    check = kernel.run("%nango_check").check()
    assert "2 scripts" in check.text
    assert "salesforce   sync    contacts" in check.text
    assert "<table" in check.html
    assert "1 script" in kernel.run("%nango_check contacts").check().text
    kernel.run("%nango_forget echo").check()
    kernel.run(f"folder = {str(tmp_path / 'out')!r}").check()
    exported = kernel.run("%nango_export $folder --layout python").check()
    assert "└── contacts.py" in exported.text
    assert (tmp_path / "out" / "salesforce" / "syncs" / "contacts.py").is_file()
    assert "created" not in kernel.run("%nango_export $folder --layout python").check().text


def test_run_all_without_a_front_end(tmp_path: Path, nango: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """nbclient runs a notebook to its end, stores what it shows, and stops where a dry run fails."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    monkeypatch.setenv("NANGO_HOSTPORT", nango.url)
    monkeypatch.setenv("NANGO_SECRET_KEY_DEV", nango.key)
    slow = SLOW.replace("60", "1").replace("Contact", "Item")
    sources = ["%load_ext nangonb", YAML, SYNC, "%nango_connection conn-1", "%nango_dryrun contacts", slow]
    sources += ["%nango_dryrun slow flaky-1", "%nango_dryrun nothing", "never = 1"]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]  # type: ignore[no-untyped-call]
    notebook = nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call]
    client = NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(tmp_path)}})
    with pytest.raises(CellExecutionError):
        client.execute()
    assert MIME in notebook.cells[4].outputs[-1].data
    assert "stop with" not in json.dumps(notebook.cells[6].outputs)
    assert "slow on flaky-1" in json.dumps(notebook.cells[6].outputs)
    assert notebook.cells[7].outputs[0].ename == "UnknownName"
    assert notebook.cells[8].execution_count is None
    saved = json.dumps(notebook)
    assert nango.key not in saved
    widgets = json.dumps(client.widget_state, ensure_ascii=False)
    assert "conn-1" in widgets
    assert ".example" not in widgets


def test_another_front_end_option(new_kernel: Callable[..., Kernel], nango: Sandbox) -> None:
    """Settings of %config count before those of the environment."""
    kernel = new_kernel(env={"NANGO_SECRET_KEY_DEV": "wrong", "NANGO_SECRET_KEY_PROD": nango.key})
    kernel.run("%load_ext nangonb").check()
    kernel.run(f"%config NangoMagics.host = {nango.url!r}").check()
    kernel.run("%config NangoMagics.environment = 'prod'").check()
    kernel.run("%config NangoMagics.preview_rows = 5").check()
    for cell in (YAML, SYNC):
        kernel.run(cell).check()
    result = kernel.run("%nango_dryrun contacts conn-1").check()
    assert " · prod · " in result.text
    assert "5 of 2,000 rows" in result.text
    error = kernel.run("%nango_dryrun contacts conn-1 -e dev").error
    assert error is not None
    assert "NANGO_SECRET_KEY_DEV" in error.traceback
    assert "wrong" not in error.traceback.replace("wrong key", "")
