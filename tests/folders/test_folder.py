"""A nango-integrations folder with Python scripts declares what its files say."""

from __future__ import annotations

from pathlib import Path

import pytest

from nangonb._folders import read, read_folder
from nangonb._project import Project
from nangonb.errors import FolderError
from tests.folders.making import ACTION, FIELD, SYNC, YAML, write_folder, write_notebook


def body(cell: str) -> str:
    return cell.split("\n", 1)[1]


FILES = {
    "nango.yaml": body(YAML),
    "salesforce/syncs/contacts.py": "from nangonb.modules.helpers.dates import X\n" + body(SYNC),
    "helpers/dates.py": "X = 1\n",
}


def codes(project: Project) -> list[str]:
    return [problem.code for problem in project.problems]


def test_scripts_modules_and_yaml(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "nango-integrations", FILES)
    project = read([folder])
    assert project.problems == ()
    script = project.script("contacts")
    assert script.key == "salesforce/syncs/contacts"
    assert script.config.runs == "every day"
    assert script.source.label == "salesforce/syncs/contacts.py"
    assert script.source.id == str(folder.resolve() / "salesforce/syncs/contacts.py")
    assert script.source.offset == 0
    assert [module.import_name for module in project.modules] == ["nangonb.modules.helpers.dates"]


def test_the_three_kinds(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path,
        {
            "nango.yaml": body(YAML) + "  Field:\n    name: string\n",
            "salesforce/syncs/contacts.py": body(SYNC),
            "salesforce/actions/fields.py": "#| endpoint: /fields\n#| output: Field\n" + body(ACTION),
            "salesforce/on-events/greet.py": "#| event: validate-connection\n"
            "def on_event(nango):\n    pass\n",
        },
    )
    project = read([folder])
    assert project.problems == ()
    assert {script.key for script in project.scripts} == {
        "salesforce/syncs/contacts",
        "salesforce/actions/fields",
        "salesforce/on-events/greet",
    }


def test_a_script_that_names_another_integration_than_its_folder(tmp_path: Path) -> None:
    write_folder(tmp_path, FILES | {"salesforce/syncs/contacts.py": "#| integration: hubspot\n" + body(SYNC)})
    problem = next(problem for problem in read([tmp_path]).problems if problem.code == "failed-cell")
    assert problem.place is not None
    assert (problem.place.source, problem.place.line) == ("salesforce/syncs/contacts.py", 1)
    assert "hubspot" in problem.message


def test_a_script_that_cannot_be_read_spoils_no_other(tmp_path: Path) -> None:
    write_folder(tmp_path, FILES | {"salesforce/actions/broken.py": "def run_action(nango:\n"})
    project = read([tmp_path])
    assert project.script("contacts").name == "contacts"
    problem = next(problem for problem in project.problems if problem.code == "failed-cell")
    assert problem.place is not None and problem.place.source == "salesforce/actions/broken.py"


def test_yaml_that_cannot_be_read(tmp_path: Path) -> None:
    write_folder(tmp_path, FILES | {"nango.yaml": "integrations:\n\tsalesforce: {}\n"})
    problem = next(problem for problem in read([tmp_path]).problems if problem.code == "failed-cell")
    assert problem.place is not None
    assert (problem.place.source, problem.place.line) == ("nango.yaml", 2)


def test_windows_line_ends_and_byte_order_marks(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, FILES)
    for name in FILES:
        path = folder / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read([folder]).problems == ()


def test_what_is_not_looked_at(tmp_path: Path) -> None:
    broken = "def broken(:\n"
    write_folder(
        tmp_path,
        FILES
        | {
            ".git/hooks/x.py": broken,
            ".nangonb/x.py": broken,
            "node_modules/a/x.py": broken,
            "dist/x.py": broken,
            "__pycache__/x.py": broken,
            "env/pyvenv.cfg": "",
            "env/lib/x.py": broken,
            ".hidden.py": broken,
            "helpers/__init__.py": broken,
            "README.md": "# x",
            "notes.ipynb": "{",
        },
    )
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    project = read([tmp_path])
    assert project.problems == ()
    assert [module.path for module in project.modules] == ["helpers/dates"]


def test_a_file_that_no_script_can_import(tmp_path: Path) -> None:
    write_folder(tmp_path, FILES | {"helpers/2nd try.py": "X = 1\n"})
    assert codes(read([tmp_path])) == ["module-name"]


def test_a_lone_nango_yaml(tmp_path: Path) -> None:
    write_folder(tmp_path, FILES)
    project = read([tmp_path / "nango.yaml"])
    assert project.model_names == ("Contact",)
    assert codes(project) == ["no-script"]


def test_no_folder_of_nango(tmp_path: Path) -> None:
    def hint(path: Path) -> str:
        with pytest.raises(FolderError) as caught:
            read([path])
        return caught.value.hint

    (tmp_path / "empty").mkdir()
    assert "nango.yaml" in hint(tmp_path / "empty")
    assert "nango.yaml" in hint(tmp_path / "emty") or "empty" in hint(tmp_path / "emty")
    write_folder(tmp_path / "outer", {"nango-integrations/nango.yaml": "models: {}\n"})
    assert "outer/nango-integrations" in hint(tmp_path / "outer")
    write_folder(tmp_path / "books", {"a.ipynb": "{}"})
    assert "books/a.ipynb" in hint(tmp_path / "books")
    write_folder(tmp_path / "inner", {"nango.yaml": "models: {}\n", "docs/x.md": ""})
    assert str(tmp_path / "inner") in hint(tmp_path / "inner/docs")
    write_folder(tmp_path / "inner", {"salesforce/syncs/x.py": ""})
    assert str(tmp_path / "inner") in hint(tmp_path / "inner/salesforce/syncs/x.py")


# -- several at once -----------------------------------------------------------------------------


def test_several_notebooks_make_one_project(tmp_path: Path) -> None:
    one = write_notebook(tmp_path / "a.ipynb", YAML, SYNC)
    two = write_notebook(tmp_path / "b.ipynb", FIELD, ACTION)
    project = read([one, two])
    assert project.problems == ()
    assert [script.name for script in project.scripts] == ["fields", "contacts"]
    assert read([two, one]).data == project.data
    assert read([two, one]).scripts == project.scripts


def test_the_same_cell_ids_in_two_notebooks(tmp_path: Path) -> None:
    from tests.folders.making import code

    one = write_notebook(tmp_path / "a.ipynb", code(YAML, "1"), code(SYNC, "2"))
    two = write_notebook(tmp_path / "b.ipynb", code(FIELD, "1"), code(ACTION, "2"))
    assert len(read([one, two]).scripts) == 2


def test_one_script_in_two_notebooks_names_both(tmp_path: Path) -> None:
    one = write_notebook(tmp_path / "a.ipynb", YAML, SYNC)
    two = write_notebook(tmp_path / "b.ipynb", SYNC.replace("pass", "return"))
    problem = next(p for p in read([one, two]).problems if p.code == "declared-twice")
    assert problem.severity == "error"
    assert problem.place is not None
    assert {problem.place.source, problem.related[0].source} == {"a.ipynb cell 2", "b.ipynb cell 1"}


def test_one_module_in_two_notebooks_names_both(tmp_path: Path) -> None:
    one = write_notebook(tmp_path / "a.ipynb", "%%nango_module dates\nX = 1\n")
    two = write_notebook(tmp_path / "b.ipynb", "%%nango_module dates\nX = 2\n")
    problem = next(p for p in read([one, two]).problems if p.code == "declared-twice")
    assert problem.place is not None
    assert {problem.place.source, problem.related[0].source} == {"a.ipynb cell 1", "b.ipynb cell 1"}


def test_contradictory_models_in_two_notebooks_name_both(tmp_path: Path) -> None:
    one = write_notebook(tmp_path / "a.ipynb", YAML, SYNC)
    two = write_notebook(tmp_path / "b.ipynb", "%%nango_yaml\nmodels:\n  Contact:\n    id: number\n")
    problem = next(p for p in read([one, two]).problems if p.code == "contradiction")
    assert problem.place is not None
    assert {problem.place.source, problem.related[0].source} == {"a.ipynb cell 1", "b.ipynb cell 1"}


def test_notebooks_of_one_name_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "y").mkdir()
    one = write_notebook(tmp_path / "x/a.ipynb", YAML, SYNC)
    two = write_notebook(tmp_path / "y/a.ipynb", SYNC.replace("pass", "return"))
    problem = next(p for p in read([one, two]).problems if p.code == "declared-twice")
    assert problem.place is not None
    assert problem.place.source != problem.related[0].source


def test_a_path_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    one = write_notebook(tmp_path / "a.ipynb", YAML, SYNC)
    assert read([one, tmp_path / "." / "a.ipynb"]).problems == ()


def test_a_notebook_beside_a_folder(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "nango-integrations", FILES)
    book = write_notebook(tmp_path / "b.ipynb", FIELD, ACTION)
    project = read([book, folder])
    assert project.problems == ()
    assert project.script("contacts").source.label == "nango-integrations/salesforce/syncs/contacts.py"


def test_a_folder_declares(tmp_path: Path) -> None:
    declarations, problems = read_folder(write_folder(tmp_path, FILES))
    assert problems == []
    assert len(declarations) == 3
