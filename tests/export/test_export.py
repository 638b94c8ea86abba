"""A notebook becomes a folder: what is in it, and that it is the same whoever exports it, and when."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nangonb._export import ExportResult
from nangonb._folders import read
from nangonb._project import Declarations, read_cell
from nangonb.errors import FolderError, ProjectError, UnknownName
from tests.export.python_layout import export
from tests.folders.making import ACTION, FIELD, SYNC, YAML, write_notebook

MODULE = "%%nango_module helpers/dates\nX = 1"
FILES = [
    ".nangonb/export.json",
    "README.md",
    "helpers/dates.py",
    "models.py",
    "nango.yaml",
    "salesforce/actions/fields.py",
    "salesforce/syncs/contacts.py",
]


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def states(result: ExportResult) -> dict[str, str]:
    return {entry.path: entry.state for entry in result.entries}


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    return write_notebook(tmp_path / "a.ipynb", YAML, SYNC, FIELD, ACTION, MODULE)


def test_a_notebook_becomes_a_folder(notebook: Path, tmp_path: Path) -> None:
    result = export(read([notebook]), tmp_path / "out")
    assert list(files(tmp_path / "out")) == FILES
    assert files(tmp_path / "out")["salesforce/syncs/contacts.py"] == "def fetch_data(nango):\n    pass\n"
    assert files(tmp_path / "out")["helpers/dates.py"] == "X = 1\n"
    assert set(states(result).values()) == {"created"}
    assert result.paths == tuple(FILES[1:])
    assert result.layout == "python"
    assert "nangonb dryrun" in result.next[0] and "contacts" in result.next[0]


def test_the_folder_reads_as_the_notebook_does(notebook: Path, tmp_path: Path) -> None:
    project = read([notebook])
    export(project, tmp_path / "out")
    again = read([tmp_path / "out"])
    assert again.problems == ()
    assert again.data == project.data
    assert [(s.key, s.config) for s in again.scripts] == [(s.key, s.config) for s in project.scripts]
    assert [m.path for m in again.modules] == [m.path for m in project.modules]


def test_configuration_lines_stay_and_options_are_not_lost(tmp_path: Path) -> None:
    text = (
        "%%nango_sync people --runs 'every hour' --integration-id hubspot\n"
        "#| endpoint: /people\n#| output: Person\n"
        'def fetch_data(nango):\n    """All people."""\n'
    )
    model = "%%nango_yaml\nmodels:\n  Person:\n    id: string\n"
    export(read([write_notebook(tmp_path / "a.ipynb", text, model)]), tmp_path / "out")
    script = (tmp_path / "out/hubspot/syncs/people.py").read_text()
    assert script.startswith("#| endpoint: /people\n")
    assert read([tmp_path / "out"]).problems == ()
    config = read([tmp_path / "out"]).script("people").config
    assert (config.runs, config.description, config.output) == ("every hour", "All people.", ("Person",))


def test_comments_of_a_yaml_cell_are_kept(tmp_path: Path) -> None:
    commented = YAML.replace("every day", "every day # at night").replace(
        "      contacts:\n", "      # People\n      contacts: # all\n"
    )
    export(read([write_notebook(tmp_path / "a.ipynb", commented, SYNC)]), tmp_path / "out")
    text = (tmp_path / "out/nango.yaml").read_text()
    for comment in ("# at night", "# People", "# all"):
        assert comment in text


def test_an_on_event_script(tmp_path: Path) -> None:
    text = (
        "%%nango_on_event {} --integration-id hubspot --event validate-connection\n"
        "def on_event(nango):\n    pass\n"
    )
    book = write_notebook(tmp_path / "a.ipynb", text.format("b"), text.format("a"))
    export(read([book]), tmp_path / "out")
    assert "hubspot/on-events/a.py" in files(tmp_path / "out")
    again = read([tmp_path / "out"])
    assert again.problems == ()
    assert again.script("a").config.event == "validate-connection"


def test_exporting_again_changes_nothing(notebook: Path, tmp_path: Path) -> None:
    export(read([notebook]), tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*") if path.is_file()}
    result = export(read([notebook]), tmp_path / "out")
    assert set(states(result).values()) == {"unchanged"}
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert after == before


def test_a_change_writes_only_what_changed(notebook: Path, tmp_path: Path) -> None:
    export(read([notebook]), tmp_path / "out")
    write_notebook(notebook, YAML, SYNC.replace("pass", "return"), FIELD, ACTION, MODULE)
    result = export(read([notebook]), tmp_path / "out")
    assert result.changed == ("salesforce/syncs/contacts.py",)
    assert "return" in (tmp_path / "out/salesforce/syncs/contacts.py").read_text()


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_cells_is_no_matter(
    tmp_path_factory: pytest.TempPathFactory, shuffler: random.Random
) -> None:
    second = YAML.replace("contacts", "leads").replace("Contact", "Lead").replace("/contact", "/lead")
    cells = [
        YAML, second, SYNC, SYNC.replace("contacts", "leads"), FIELD, ACTION, MODULE,
        "%%nango_yaml\nintegrations:\n  salesforce:\n    syncs:\n      leads:\n        auto_start: false\n",
    ]  # fmt: skip

    def exported(texts: list[str]) -> dict[str, str]:
        declarations = Declarations()
        for number, text in enumerate(texts):
            cell = read_cell(text, label=f"Cell In[{number}]", id=f"{texts.index(text)}-{number}")
            assert cell is not None
            declarations.declare(cell)
        folder = tmp_path_factory.mktemp("out")
        export(declarations.project(), folder)
        return files(folder)

    expected = exported(cells)
    shuffler.shuffle(cells)
    assert exported(cells) == expected


def test_nothing_of_this_machine_is_in_it(notebook: Path, tmp_path: Path) -> None:
    export(read([notebook]), tmp_path / "out")
    for text in files(tmp_path / "out").values():
        assert str(tmp_path) not in text
        assert "\r" not in text
        assert text.endswith("\n") and not text.endswith("\n\n")


def test_line_ends_of_windows(tmp_path: Path) -> None:
    book = write_notebook(tmp_path / "a.ipynb", YAML.replace("\n", "\r\n"), SYNC.replace("\n", "\r\n"))
    export(read([book]), tmp_path / "out")
    assert all("\r" not in text for text in files(tmp_path / "out").values())
    assert read([tmp_path / "out"]).problems == ()


def test_the_tree(notebook: Path, tmp_path: Path) -> None:
    result = export(read([notebook]), tmp_path / "out")
    assert result.tree().splitlines()[1:] == [
        "├── README.md  created",
        "├── models.py  created",
        "├── nango.yaml  created",
        "├── helpers/",
        "│   └── dates.py  created",
        "└── salesforce/",
        "    ├── actions/",
        "    │   └── fields.py  created",
        "    └── syncs/",
        "        └── contacts.py  created",
    ]
    assert result.tree() in str(result)
    assert json.loads(json.dumps(result.as_dict()))["files"][0] == {
        "path": "README.md",
        "state": "created",
        "reason": "",
    }


# -- projects that cannot be exported ------------------------------------------------------------


def refused(tmp_path: Path, *cells: str) -> ProjectError:
    with pytest.raises(ProjectError) as caught:
        export(read([write_notebook(tmp_path / "a.ipynb", *cells)]), tmp_path / "out")
    assert not (tmp_path / "out").exists()
    return caught.value


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ([SYNC], "no-integration"),
        ([YAML, SYNC.replace("pass", "return (")], "failed-cell"),
        ([YAML, SYNC.replace("contacts\n", "contacts --runs 'every hour'\n")], "contradiction"),
        ([YAML.replace("every day", "every blue moon"), SYNC], "invalid-runs"),
        ([YAML, SYNC, "%%nango_module a/syncs/b\nX = 1\n"], "module-path"),
        ([YAML.replace("salesforce", "../outside"), SYNC], "integration-name"),
        ([YAML.replace("salesforce", "a/b"), SYNC], "integration-name"),
        ([YAML.replace("salesforce", ".git"), SYNC], "integration-name"),
        ([YAML.replace("salesforce", "dist"), SYNC], "integration-name"),
    ],
)
def test_errors_are_listed_and_nothing_is_written(tmp_path: Path, cells: list[str], code: str) -> None:
    error = refused(tmp_path, *cells)
    assert code in [problem.code for problem in error.problems]
    assert all(problem.place and "a.ipynb cell" in problem.place.source for problem in error.problems)


def test_an_empty_project(tmp_path: Path) -> None:
    assert "%%nango_yaml" in refused(tmp_path, "1 + 1").hint


def test_warnings_do_not_keep_it_from_being_exported(tmp_path: Path) -> None:
    result = export(read([write_notebook(tmp_path / "a.ipynb", YAML)]), tmp_path / "out")
    assert [problem.code for problem in result.problems] == ["no-script"]


def test_layouts(notebook: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownName) as caught:
        export(read([notebook]), tmp_path / "out", layout="pyhton")
    assert "'python'" in caught.value.hint
    assert not (tmp_path / "out").exists()


def test_half_a_character(tmp_path: Path) -> None:
    comment = YAML.replace("every day", 'every day # "\ud800"')
    with pytest.raises((ProjectError, FolderError)):
        export(read([write_notebook(tmp_path / "a.ipynb", comment, SYNC)]), tmp_path / "out")


# -- check and diff ------------------------------------------------------------------------------


def test_check_and_diff_write_nothing(notebook: Path, tmp_path: Path) -> None:
    result = export(read([notebook]), tmp_path / "out", diff=True)
    assert not (tmp_path / "out").exists()
    assert not result.written
    assert "+def fetch_data(nango):\n" in result.diff
    assert "--- /dev/null\n+++ b/salesforce/syncs/contacts.py\n" in result.diff
    with pytest.raises(FolderError) as caught:
        export(read([notebook]), tmp_path / "out", check=True)
    assert "salesforce/syncs/contacts.py is missing" in caught.value.hint
    assert not (tmp_path / "out").exists()


def test_check_of_a_folder_that_is_up_to_date(notebook: Path, tmp_path: Path) -> None:
    export(read([notebook]), tmp_path / "out")
    before = files(tmp_path / "out")
    result = export(read([notebook]), tmp_path / "out", check=True, diff=True)
    assert set(states(result).values()) == {"unchanged"}
    assert result.diff == ""
    count = len(result.paths)
    assert result.text() == f"{tmp_path / 'out'} is up to date: {count} files, layout {result.layout}."
    assert "is up to date" in result.html() and "└──" not in result.html()
    assert files(tmp_path / "out") == before


def test_check_of_a_folder_that_is_not(notebook: Path, tmp_path: Path) -> None:
    export(read([notebook]), tmp_path / "out")
    before = files(tmp_path / "out")
    write_notebook(notebook, YAML, SYNC.replace("pass", "return"), FIELD)
    with pytest.raises(FolderError) as caught:
        export(read([notebook]), tmp_path / "out", check=True, diff=True)
    said = caught.value.hint
    assert "salesforce/syncs/contacts.py differs" in said
    assert "salesforce/actions/fields.py is no longer exported" in said
    assert "-    pass\n+    return" in said
    assert files(tmp_path / "out") == before


def test_the_diff_shows_what_force_would_overwrite(notebook: Path, tmp_path: Path) -> None:
    export(read([notebook]), tmp_path / "out")
    (tmp_path / "out/salesforce/syncs/contacts.py").write_text("mine\n")
    result = export(read([notebook]), tmp_path / "out", diff=True)
    assert "-mine\n" in result.diff
    assert states(result)["salesforce/syncs/contacts.py"] == "edited"


# -- what the system does -----------------------------------------------------------------------

FULL = """
import resource, signal, sys
from nangonb.errors import FolderError
from tests.exporting import export
from nangonb._folders import read
project = read([sys.argv[1]])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))
try:
    export(project, sys.argv[2], layout='python')
except FolderError as error:
    print(error)
"""


def test_a_disk_that_is_full(notebook: Path, tmp_path: Path, root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(notebook), str(tmp_path / "out")],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "cannot be written" in done.stdout
    export(read([notebook]), tmp_path / "fresh")
    wanted = files(tmp_path / "fresh")
    assert all(text == wanted[path] for path, text in files(tmp_path / "out").items())


def test_exports_at_the_same_time(notebook: Path, tmp_path: Path, root: Path) -> None:
    text = "import sys; from tests.exporting import export; from nangonb._folders import read\n"
    text += "for _ in range(5): export(read([sys.argv[1]]), sys.argv[2], layout='python')"
    books = [notebook, write_notebook(tmp_path / "b.ipynb", "%%nango_module b\nY = 2\n")]
    running = [
        subprocess.Popen([sys.executable, "-c", text, str(book), str(tmp_path / "out")], cwd=root)
        for book in books * 2
    ]
    assert [process.wait() for process in running] == [0, 0, 0, 0]
    for book in books:
        export(read([book]), tmp_path / "fresh")
    assert files(tmp_path / "out") == files(tmp_path / "fresh")
