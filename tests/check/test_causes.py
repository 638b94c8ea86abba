"""One Problem a cause, names of other cells, and what an export makes of it all."""

from __future__ import annotations

from pathlib import Path

import pytest

from nangonb._project import LAYOUTS
from nangonb.errors import ProjectError
from tests.check.cells import YAML, session, sync

OTHER = """\
%%nango_sync all
def fetch_data(nango):
    nango.log(shout('x'))

def shout(text):
    return text.upper()
"""


@pytest.mark.parametrize(
    ("magic", "script", "code"),
    [
        ("sync people", sync("> nango.log(frobnicate(1))"), "undefined-name"),
        ("sync people", sync("> return 1"), "sync-returns-value"),
        ("sync people", sync('> nango.batchSave([], "Person")'), "unknown-attribute"),
        ("sync people", sync('> nango.get("/x", retryOn=[404])'), "sdk-arguments"),
        ("sync people", "> nango.log('x')\n\n\n" + sync("nango.log('x')"), "nango-at-top"),
        ("sync people", "> from math import *\n\n\n" + sync("nango.log(str(sqrt(2)))"), "star-import"),
        ("sync people", "> import requests\n\n\n" + sync("nango.log('x')"), "ts-import"),
        ("sync people", sync("> if nango.variant is 'x':\n    nango.log('x')"), "ts-is"),
        ("on_event greet", "def on_event(nango):\n>     nango.list_records('Person')\n", "sync-only"),
    ],
)
def test_lints_and_the_translator_say_a_thing_once(magic: str, script: str, code: str) -> None:
    _, problems, (line,) = session(magic, script)
    assert [(p.code, p.place.line if p.place else None) for p in problems] == [(code, line)]


def test_a_name_is_said_where_it_is_first_used() -> None:
    _, problems, (line,) = session("sync people", sync("> nango.log(token)\nnango.log(token)"))
    assert [(p.code, p.place.line if p.place else None) for p in problems if p.code == "undefined-name"] == [
        ("undefined-name", line)
    ]


def test_a_name_that_stands_in_another_cell() -> None:
    _, problems, _ = session("sync people", sync("> nango.log(shout('x'))"), OTHER)
    (problem,) = problems
    assert problem.code == "undefined-name"
    assert problem.hint.startswith(
        "shout is defined in Cell In[2]. A script can use only the names of its own cell"
    )


def test_the_column_counts_characters() -> None:
    _, problems, _ = session("sync people", sync("> nango.log('äöü€' + token)"))
    (place,) = [problem.place for problem in problems if problem.code == "undefined-name"]
    assert place is not None and place.column is not None
    assert place.text[place.column - 1 :].startswith("token")


def test_what_another_cell_imports_from_a_module_is_used() -> None:
    module = "import json\nfrom math import ceil\n\n\ndef f():\n    return 1\n"
    made, problems, _ = session("module helpers", module)
    assert [p.message.split()[0] for p in problems if p.code == "unused-import"] == ["`json`", "`math.ceil`"]
    made.declare(
        "%%nango_sync people\nfrom nangonb.modules.helpers import ceil\n\n\n"
        "def fetch_data(nango):\n    nango.log(str(ceil(1.5)))\n",
        label="Cell In[10]",
    )
    found = [p.message.split()[0] for p in made.check().problems if p.code == "unused-import"]
    assert found == ["`json`"]


@pytest.mark.parametrize("layout", [each.name for each in LAYOUTS])
def test_what_the_cli_refuses_stops_an_export_to_typescript(layout: str, tmp_path: Path) -> None:
    made, _, (line,) = session(
        "action do", "def run_action(nango, input):\n>     nango.batch_save([], 'P')\n"
    )
    for name in ("people", "all"):
        made.declare(f"%%nango_sync {name}\n" + sync("nango.log('x')"), label=f"In {name}")
    made.declare("%%nango_on_event greet\ndef on_event(nango):\n    nango.log('x')\n", label="In greet")
    assert made.check(layout=layout).ok == (layout == "python")
    if layout == "python":
        assert made.export(tmp_path / "out", layout=layout).written
        return
    with pytest.raises(ProjectError) as caught:
        made.export(tmp_path / "out", layout=layout)
    (problem,) = caught.value.problems
    assert (problem.code, problem.severity) == ("sync-only", "error")
    assert problem.place is not None and problem.place.line == line
    assert not (tmp_path / "out").exists()


def test_what_is_only_untidy_is_exported(tmp_path: Path) -> None:
    text = "import json\n\n\n" + sync("answer = nango.get('/x')\nnango.log(f'x')")
    made, _, _ = session("sync people", text)
    others = "%%nango_sync all\n" + sync("nango.log('x')")
    made.declare(others, label="In all")
    made.declare("%%nango_action do\ndef run_action(nango, input):\n    return {}\n", label="In do")
    made.declare("%%nango_on_event greet\ndef on_event(nango):\n    nango.log('x')\n", label="In greet")
    assert {p.code for p in made.check().problems} == {"unused-import", "unused-variable", "python-slip"}
    assert made.export(tmp_path / "out").written


def test_the_command_says_it_of_a_saved_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from nangonb._cli.main import main

    folder = tmp_path / "crm" / "syncs"
    folder.mkdir(parents=True)
    (tmp_path / "nango.yaml").write_text(YAML.partition("\n")[2])
    (folder / "people.py").write_text(sync("nango.log(token)"))
    assert main(["check", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "undefined-name: token is not defined." in said
    assert "line 2" in said
