"""A notebook file declares what running all of its cells would, and nothing of it is executed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nangonb._folders import declare_notebook, read, read_notebook
from nangonb._project import Declarations, FailedCell, Problem, ScriptCell, YamlCell
from nangonb.errors import FolderError, ProjectError
from tests.folders.making import FIELD, SYNC, YAML, code, write_notebook


def problems(path: Path) -> list[Problem]:
    return declare_notebook(Declarations(), path)


def one(path: Path, code: str) -> Problem:
    (found,) = [problem for problem in problems(path) if problem.code == code]
    return found


def test_cells_in_order_with_the_numbers_that_people_count(tmp_path: Path) -> None:
    path = write_notebook(
        tmp_path / "quickstart.ipynb",
        {"cell_type": "markdown", "metadata": {}, "source": "# Contacts"},
        code("%load_ext nangonb"),
        code(YAML, id="ab12"),
        code(SYNC),
    )
    yaml, sync = read_notebook(path)
    assert isinstance(yaml, YamlCell) and isinstance(sync, ScriptCell)
    assert yaml.source.label == "quickstart.ipynb cell 3"
    assert sync.source.label == "quickstart.ipynb cell 4"
    assert yaml.source.id is not None and yaml.source.id.endswith("quickstart.ipynb#ab12")
    project = read([path])
    assert project.problems == ()
    assert project.script("contacts").config.output == ("Contact",)


def test_nothing_is_executed(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    spy = f"open({str(trace)!r}, 'w').close()\n"
    path = write_notebook(tmp_path / "a.ipynb", code(YAML), code(SYNC + spy), code(spy))
    assert read([path]).script("contacts").name == "contacts"
    assert not trace.exists()


def test_sources_are_text_or_lists_of_lines(tmp_path: Path) -> None:
    path = write_notebook(
        tmp_path / "a.ipynb",
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": YAML.splitlines(keepends=True)},
        code(SYNC),
    )
    assert read([path]).problems == ()


def test_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", code(YAML), code(SYNC))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read([path]).problems == ()


def test_a_later_cell_replaces_an_earlier_one_and_says_so(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", code(YAML), code(SYNC), code(SYNC.replace("pass", "return")))
    note = one(path, "declared-twice")
    assert note.place is not None and note.place.source == "a.ipynb cell 3"
    assert "a.ipynb cell 2" in note.message
    project = read([path])
    assert "return" in project.script("contacts").source.text
    assert [problem.code for problem in project.problems] == ["declared-twice"]


def test_copied_cells_that_share_an_id_are_two_cells(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", code(YAML, id="x"), code(FIELD, id="x"))
    assert sorted(read([path]).model_names) == ["Contact", "Field"]


def test_two_yaml_cells_without_ids_that_contradict_each_other(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", code(YAML), code(YAML.replace("every day", "every hour")))
    assert "contradiction" in [problem.code for problem in read([path]).problems]


def test_forget_withdraws_as_in_a_kernel(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", code(YAML), code(SYNC), code("%nango_forget contacts"))
    assert read([path]).scripts == ()
    path = write_notebook(
        tmp_path / "b.ipynb", code(YAML), code(SYNC), code("%nango_forget contacts"), code(SYNC)
    )
    assert [script.name for script in read([path]).scripts] == ["contacts"]


def test_forgetting_what_is_not_there(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", code(YAML), code(SYNC), code("\n%nango_forget contcts"))
    found = one(path, "forget")
    assert found.place is not None and found.place.line == 2
    assert "'contacts'" in found.hint


def test_a_cell_that_cannot_be_read(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", code(YAML), code(SYNC.replace("pass", "return (")))
    assert isinstance(read_notebook(path)[1], FailedCell)
    project = read([path])
    with pytest.raises(ProjectError, match=r"a\.ipynb cell 2"):
        project.script("contacts")
    failed = next(problem for problem in project.problems if problem.code == "failed-cell")
    assert failed.place is not None and failed.place.line == 3


# -- what only a kernel knows --------------------------------------------------------------------


@pytest.mark.parametrize("line", ["$name", "{name}", "contacts-$env", "contacts --integration-id $provider"])
def test_a_variable_in_the_line_of_a_magic(tmp_path: Path, line: str) -> None:
    path = write_notebook(tmp_path / "a.ipynb", code(f"%%nango_sync {line}\n" + SYNC.split("\n", 1)[1]))
    (cell,) = read_notebook(path)
    assert isinstance(cell, FailedCell)
    assert isinstance(cell.error, ProjectError)
    assert cell.error.problems[0].code == "needs-execution"
    failed = next(problem for problem in read([path]).problems if problem.code == "failed-cell")
    assert "known only when the notebook runs" in failed.message


def test_braces_of_an_endpoint_are_no_variable(tmp_path: Path) -> None:
    line = "%%nango_action fields --endpoint 'GET /fields/{Field:name}' --integration-id salesforce\n"
    path = write_notebook(tmp_path / "a.ipynb", code(line + "def run_action(nango):\n    pass\n"))
    assert isinstance(read_notebook(path)[0], ScriptCell)


@pytest.mark.parametrize(
    "text",
    [
        "get_ipython().run_cell_magic('nango_sync', 'contacts', body)",
        "for name in names:\n    get_ipython().run_cell(f'%%nango_sync {name}\\n' + body)",
        "%matplotlib inline\nip = get_ipython()\nip.run_line_magic('nango_forget', 'contacts')",
        "nangonb.forget('contacts')",
        "if old:\n    %nango_forget contacts",
        "%nango_forget $name",
    ],
)
def test_what_code_declares(tmp_path: Path, text: str) -> None:
    path = write_notebook(tmp_path / "a.ipynb", code(YAML), code(SYNC), code(text))
    found = one(path, "needs-execution")
    assert found.severity == "warning"
    assert found.place is not None and found.place.source == "a.ipynb cell 3"
    assert "nango" in found.place.text
    assert [script.name for script in read([path]).scripts] == ["contacts"]


def test_another_notebook_that_is_run(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", code("%run helpers.ipynb"))
    assert "helpers.ipynb" in one(path, "needs-execution").hint


@pytest.mark.parametrize(
    "text",
    [
        "text = '''\n%run other.ipynb\n%%nango_sync x\n'''",
        "print('%%nango_sync x')",
        "display(Markdown('Write %%nango_sync contacts'))",
        "# get_ipython().run_cell_magic('nango_sync', 'x', y)",
        "nangonb.dryrun('contacts')",
        "%nango_dryrun contacts",
        "%run helpers.py",
        "not python ((( nango",
    ],
)
def test_what_only_mentions_a_magic(tmp_path: Path, text: str) -> None:
    assert problems(write_notebook(tmp_path / "a.ipynb", code(text))) == []


def test_a_magic_below_other_code_declares_nothing(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", code("import json\n" + SYNC))
    found = one(path, "magic-not-first")
    assert found.place is not None and found.place.line == 2


def test_a_magic_that_is_not_there(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", code("%%nango_snyc contacts\n" + SYNC.split("\n", 1)[1]))
    assert "%%nango_sync" in one(path, "unknown-magic").hint


# -- files that are no notebooks -----------------------------------------------------------------


def refused(path: Path) -> FolderError:
    with pytest.raises(FolderError) as caught:
        read([path])
    return caught.value


def test_no_such_file_names_the_nearest(tmp_path: Path) -> None:
    write_notebook(tmp_path / "quickstart.ipynb")
    write_notebook(tmp_path / "other.ipynb")
    assert "quickstart.ipynb" in refused(tmp_path / "quikstart.ipynb").hint
    assert "quickstart.ipynb" in refused(tmp_path / "quickstart").hint
    assert "other.ipynb, quickstart.ipynb" in refused(tmp_path / "zzz.ipynb").hint
    assert str(tmp_path) in refused(tmp_path / "nowhere" / "a.ipynb").hint


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"{", "not JSON"),
        (b"[]", "not a JSON object"),
        (b"{}", "no cells"),
        (b"\xff\xfe{}", "UTF-8"),
        (b'{"cells": [1]}', "cell 1"),
        (b'{"cells": [{"cell_type": "code", "source": 5}]}', "source of cell 1"),
        (b"[" * 100_000, "no"),
    ],
)
def test_not_a_notebook(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.ipynb"
    path.write_bytes(content)
    error = refused(path)
    assert said in error.message
    assert "a.ipynb" in error.message


def test_an_unfinished_merge(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", code(YAML))
    path.write_text("<<<<<<< HEAD\n" + path.read_text())
    assert "merge" in refused(path).hint


def test_a_notebook_of_format_3(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    cell: dict[str, Any] = {"cell_type": "code", "input": YAML, "language": "python", "outputs": []}
    path.write_text(json.dumps({"nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": [cell]}]}))
    assert "jupyter nbconvert --to notebook --nbformat 4" in refused(path).hint


def test_a_folder_that_is_called_like_a_notebook(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.mkdir()
    with pytest.raises(FolderError, match="is a folder"):
        read_notebook(path)


def test_another_kind_of_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    assert ".ipynb" in refused(tmp_path / "a.txt").hint
