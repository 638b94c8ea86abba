"""What is not ours, or was changed by hand, is never overwritten; several notebooks share a folder."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path

import pytest

from nangonb._export import ExportResult
from nangonb._folders import read
from nangonb._project import Declarations, Project, read_cell
from nangonb.errors import FolderError
from tests.export.python_layout import export
from tests.export.test_export import files, states
from tests.folders.making import ACTION, FIELD, SYNC, YAML, write_folder, write_notebook

LEADS = YAML.replace("contacts", "leads").replace("Contact", "Lead").replace("/crm/contact", "/crm/lead")
LEADS_SYNC = SYNC.replace("contacts", "leads")
HAND_WRITTEN = """\
# Written by hand
integrations:
  hubspot:
    actions:
      ping: # is it up?
        endpoint: /ping
        output: Pong
models:
  # An answer
  Pong:
    ok: boolean
"""
SCRIPT = "salesforce/syncs/contacts.py"


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    return write_notebook(tmp_path / "a.ipynb", YAML, SYNC)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def refused(project: Project, out: Path, force: bool = False) -> FolderError:
    before = files(out)
    with pytest.raises(FolderError) as caught:
        export(project, out, force=force)
    assert files(out) == before
    return caught.value


def save(notebook: Path, out: Path, *cells: str, prune: bool = False, force: bool = False) -> ExportResult:
    return export(read([write_notebook(notebook, *cells)]), out, prune=prune, force=force)


def test_a_foreign_file_is_not_overwritten(notebook: Path, out: Path) -> None:
    write_folder(out, {SCRIPT: "mine\n"})
    error = refused(read([notebook]), out)
    assert SCRIPT in error.hint
    assert "--diff" in error.hint and "--force" in error.hint
    export(read([notebook]), out, force=True)
    assert files(out)[SCRIPT].startswith("def fetch_data")


def test_an_edited_file_is_not_overwritten(notebook: Path, out: Path) -> None:
    export(read([notebook]), out)
    (out / SCRIPT).write_text("# mine\n")
    error = refused(read([notebook]), out)
    assert f"{SCRIPT}: it was changed since it was exported" in error.hint
    export(read([notebook]), out, force=True)
    assert files(out)[SCRIPT].startswith("def fetch_data")
    assert set(states(export(read([notebook]), out)).values()) == {"unchanged"}


def test_all_conflicts_are_listed_at_once(tmp_path: Path, out: Path) -> None:
    book = write_notebook(tmp_path / "a.ipynb", YAML, SYNC, LEADS, LEADS_SYNC)
    export(read([book]), out)
    (out / SCRIPT).write_text("mine\n")
    (out / "salesforce/syncs/leads.py").write_text("mine, too\n")
    hint = refused(read([book]), out).hint
    assert SCRIPT in hint and "salesforce/syncs/leads.py" in hint


def test_a_file_that_says_the_same_is_taken_over(notebook: Path, out: Path) -> None:
    write_folder(out, {SCRIPT: "def fetch_data(nango):\n    pass\n"})
    assert states(export(read([notebook]), out))[SCRIPT] == "unchanged"
    save(notebook, out, YAML, SYNC.replace("pass", "return"))
    assert "return" in files(out)[SCRIPT]


def test_a_file_that_somebody_removed_is_written_again(notebook: Path, out: Path) -> None:
    export(read([notebook]), out)
    (out / SCRIPT).unlink()
    assert states(export(read([notebook]), out))[SCRIPT] == "created"


def test_a_readme_of_your_own_stays(notebook: Path, out: Path) -> None:
    write_folder(out, {"README.md": "# Mine\n"})
    result = export(read([notebook]), out, force=True)
    assert states(result)["README.md"] == "kept"
    assert files(out)["README.md"] == "# Mine\n"


def test_the_mode_of_a_file_stays(notebook: Path, out: Path) -> None:
    export(read([notebook]), out)
    (out / SCRIPT).chmod(0o640)
    save(notebook, out, YAML, SYNC.replace("pass", "return"))
    assert (out / SCRIPT).stat().st_mode & 0o777 == 0o640


# -- pruning -------------------------------------------------------------------------------------


def test_only_prune_removes(notebook: Path, out: Path) -> None:
    save(notebook, out, YAML, SYNC, LEADS, LEADS_SYNC)
    result = save(notebook, out, YAML, SYNC)
    assert result.orphaned == ("salesforce/syncs/leads.py",)
    assert "--prune" in str(result)
    assert "salesforce/syncs/leads.py" in files(out)
    assert "leads" not in files(out)["nango.yaml"]
    result = save(notebook, out, YAML, SYNC, prune=True)
    assert result.removed == ("salesforce/syncs/leads.py",)
    assert "salesforce/syncs/leads.py" not in files(out)
    assert set(states(save(notebook, out, YAML, SYNC, prune=True)).values()) == {"unchanged"}


def test_prune_removes_folders_that_are_empty_without_it(notebook: Path, out: Path) -> None:
    save(notebook, out, YAML, SYNC, FIELD, ACTION)
    save(notebook, out, YAML, SYNC, prune=True)
    assert not (out / "salesforce/actions").exists()
    assert (out / "salesforce/syncs").exists()


def test_prune_leaves_foreign_and_edited_files(notebook: Path, out: Path) -> None:
    save(notebook, out, YAML, SYNC, LEADS, LEADS_SYNC)
    (out / "salesforce/syncs/leads.py").write_text("edited\n")
    write_folder(out, {"salesforce/syncs/foreign.py": "foreign\n"})
    result = save(notebook, out, YAML, SYNC, prune=True)
    assert result.removed == ()
    assert result.orphaned == ("salesforce/syncs/leads.py",)
    assert files(out)["salesforce/syncs/leads.py"] == "edited\n"
    save(notebook, out, YAML, SYNC, prune=True, force=True)
    assert "salesforce/syncs/leads.py" not in files(out)
    assert files(out)["salesforce/syncs/foreign.py"] == "foreign\n"


def test_prune_with_diff_says_what_would_go(notebook: Path, out: Path) -> None:
    save(notebook, out, YAML, SYNC, LEADS, LEADS_SYNC)
    result = export(read([write_notebook(notebook, YAML, SYNC)]), out, diff=True, prune=True)
    assert result.removed == ("salesforce/syncs/leads.py",)
    assert "+++ /dev/null" in result.diff
    assert "salesforce/syncs/leads.py" in files(out)


def test_a_script_that_comes_back(notebook: Path, out: Path) -> None:
    save(notebook, out, YAML, SYNC, LEADS, LEADS_SYNC)
    save(notebook, out, YAML, SYNC)
    save(notebook, out, YAML, SYNC, LEADS, LEADS_SYNC.replace("pass", "return"))
    assert "return" in files(out)["salesforce/syncs/leads.py"]
    assert "leads" in files(out)["nango.yaml"]


# -- several notebooks ---------------------------------------------------------------------------


def test_two_notebooks_share_a_folder_in_any_order(tmp_path: Path) -> None:
    a = write_notebook(tmp_path / "a.ipynb", YAML, SYNC)
    b = write_notebook(tmp_path / "b.ipynb", FIELD, ACTION)
    c = write_notebook(tmp_path / "c.ipynb", LEADS, LEADS_SYNC)
    made = []
    for number, order in enumerate(itertools.permutations([a, b, c])):
        for book in order:
            export(read([book]), tmp_path / f"out{number}")
        made.append(files(tmp_path / f"out{number}"))
    export(read([a, b, c]), tmp_path / "together")
    made.append(files(tmp_path / "together"))
    assert all(one == made[0] for one in made)
    again = read([tmp_path / "together"])
    assert again.problems == ()
    assert len(again.scripts) == 3


def test_exporting_one_again_leaves_the_other(tmp_path: Path, out: Path) -> None:
    a = write_notebook(tmp_path / "a.ipynb", YAML, SYNC)
    b = write_notebook(tmp_path / "b.ipynb", LEADS, LEADS_SYNC)
    export(read([a]), out)
    export(read([b]), out)
    result = save(a, out, YAML.replace("every day", "every hour"), SYNC, prune=True)
    assert result.removed == result.orphaned == ()
    project = read([out])
    assert project.problems == ()
    assert project.script("contacts").config.runs == "every hour"
    assert project.script("leads").config.runs == "every day"
    record = json.loads(files(out)[".nangonb/export.json"])
    assert {tuple(one["notebooks"]) for one in record["entries"]} == {("a.ipynb",), ("b.ipynb",)}


def test_a_script_of_another_notebook_is_not_overwritten(tmp_path: Path, out: Path) -> None:
    export(read([write_notebook(tmp_path / "a.ipynb", YAML, SYNC)]), out)
    b = read([write_notebook(tmp_path / "b.ipynb", YAML, SYNC.replace("pass", "return"))])
    error = refused(b, out)
    assert f"{SCRIPT}: it comes from a.ipynb" in error.hint
    export(b, out, force=True)
    assert "return" in files(out)[SCRIPT]
    assert f"{SCRIPT}: it comes from b.ipynb" in refused(read([tmp_path / "a.ipynb"]), out).hint


def test_a_model_that_two_notebooks_share(tmp_path: Path, out: Path) -> None:
    a = write_notebook(tmp_path / "a.ipynb", YAML, SYNC)
    b = write_notebook(
        tmp_path / "b.ipynb", FIELD, ACTION, "%%nango_yaml\nmodels:\n  Contact:\n    id: string\n"
    )
    export(read([a]), out)
    export(read([b]), out)
    changed = "%%nango_yaml\nmodels:\n  Contact:\n    id: number\n"
    error = refused(read([write_notebook(b, FIELD, ACTION, changed)]), out)
    assert "models > Contact comes from a.ipynb" in error.hint
    save(b, out, FIELD, ACTION)
    assert read([out]).model_names == ("Contact", "Field")
    save(a, out, FIELD, prune=True)
    assert read([out]).model_names == ("Field",)


def test_a_notebook_that_declares_nothing_of_it_any_more(tmp_path: Path, out: Path) -> None:
    a = write_notebook(tmp_path / "a.ipynb", YAML, SYNC)
    export(read([a]), out)
    b = write_notebook(tmp_path / "b.ipynb", LEADS, LEADS_SYNC)
    result = export(read([write_notebook(a), b]), out, notebooks=["a.ipynb", "b.ipynb"], prune=True)
    assert result.removed == (SCRIPT,)


# -- a kernel that does not know its notebook's name ---------------------------------------------


def kernel(*texts: str) -> Project:
    declarations = Declarations()
    for number, text in enumerate(texts, start=1):
        cell = read_cell(text, label=f"Cell In[{number}]", id=f"id-{number}")
        assert cell is not None
        declarations.declare(cell)
    return declarations.project()


def test_a_kernel_exports_what_its_notebook_exported(notebook: Path, out: Path) -> None:
    export(read([notebook]), out)
    before = files(out)
    assert set(states(export(kernel(YAML, SYNC), out)).values()) == {"unchanged"}
    assert files(out) == before
    export(kernel(YAML, SYNC.replace("pass", "return")), out)
    result = save(notebook, out, YAML, SYNC.replace("pass", "return"))
    assert set(states(result).values()) == {"unchanged"}


def test_a_kernel_that_is_told_its_name(notebook: Path, out: Path, tmp_path: Path) -> None:
    export(kernel(YAML, SYNC), out, notebooks=["a.ipynb"])
    export(read([notebook]), tmp_path / "other")
    assert files(out) == files(tmp_path / "other")


def test_two_nameless_kernels_lose_nothing_of_each_other(out: Path) -> None:
    export(kernel(YAML, SYNC), out)
    result = export(kernel(LEADS, LEADS_SYNC), out)
    assert result.orphaned == (SCRIPT,)
    assert read([out]).problems == ()
    assert [script.name for script in read([out]).scripts] == ["contacts", "leads"]


def test_a_nameless_kernel_does_not_prune_what_a_notebook_wrote(notebook: Path, out: Path) -> None:
    export(read([notebook]), out)
    assert export(kernel(LEADS, LEADS_SYNC), out, prune=True).removed == ()
    assert read([out]).script("contacts").name == "contacts"


# -- nango.yaml that others wrote ----------------------------------------------------------------


def test_entries_of_others_stay(notebook: Path, out: Path) -> None:
    write_folder(
        out, {"nango.yaml": HAND_WRITTEN, "hubspot/actions/ping.py": "def run_action(nango):\n    pass\n"}
    )
    result = export(read([notebook]), out)
    assert states(result)["nango.yaml"] == "updated"
    text = files(out)["nango.yaml"]
    for kept in ("# is it up?", "# An answer", "every day"):
        assert kept in text
    project = read([out])
    assert project.problems == ()
    assert {script.name for script in project.scripts} == {"ping", "contacts"}
    save(notebook, out, LEADS, LEADS_SYNC, prune=True)
    assert "# is it up?" in files(out)["nango.yaml"]
    assert "contacts" not in files(out)["nango.yaml"]
    assert [script.name for script in read([out]).scripts] == ["ping", "leads"]


def test_a_foreign_entry_with_other_content(notebook: Path, out: Path) -> None:
    foreign = YAML.split("\n", 1)[1].replace("every day", "every hour")
    write_folder(out, {"nango.yaml": foreign})
    error = refused(read([notebook]), out)
    assert "integrations > salesforce > syncs > contacts is there already" in error.hint
    assert "every day" in export(read([notebook]), out, diff=True).diff
    export(read([notebook]), out, force=True)
    assert read([out]).script("contacts").config.runs == "every day"


def test_a_foreign_entry_that_says_the_same(notebook: Path, out: Path) -> None:
    same = YAML.split("\n", 1)[1].replace("every day", "'every day' # said by hand")
    write_folder(out, {"nango.yaml": same})
    assert states(export(read([notebook]), out))["nango.yaml"] == "unchanged"
    assert states(export(read([notebook]), out))["nango.yaml"] == "unchanged"
    assert files(out)["nango.yaml"] == same
    changed = write_notebook(notebook, YAML.replace("every day", "every hour"), SYNC)
    assert "contacts" in refused(read([changed]), out).hint


def test_an_entry_of_ours_that_was_edited(notebook: Path, out: Path) -> None:
    export(read([notebook]), out)
    text = files(out)["nango.yaml"]
    (out / "nango.yaml").write_text(text.replace("every day", "every hour"))
    error = refused(read([notebook]), out)
    assert "contacts was changed since it was exported" in error.hint
    export(read([notebook]), out, force=True)
    assert files(out)["nango.yaml"] == text


def test_other_edits_of_nango_yaml_are_no_conflict(notebook: Path, out: Path) -> None:
    export(read([notebook]), out)
    with (out / "nango.yaml").open("a") as stream:
        stream.write("  Mine: # by hand\n    id: string\n")
    save(notebook, out, YAML.replace("every day", "every hour"), SYNC)
    assert "Mine: # by hand" in files(out)["nango.yaml"]
    assert read([out]).script("contacts").config.runs == "every hour"


def test_nango_yaml_that_cannot_be_read(notebook: Path, out: Path) -> None:
    write_folder(out, {"nango.yaml": "integrations:\n\tx: {}\n"})
    error = refused(read([notebook]), out, force=True)
    assert "nango.yaml" in error.message
    assert "line 2" in error.hint


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("integrations: []\nmodels: [1]\n", "models"),
        ("integrations:\n  salesforce: text\n", "integrations > salesforce"),
        ("integrations:\n  salesforce:\n    syncs: [contacts]\n", "integrations > salesforce > syncs"),
    ],
)
def test_nango_yaml_that_holds_something_else(notebook: Path, out: Path, text: str, entry: str) -> None:
    write_folder(out, {"nango.yaml": text})
    assert f"{entry} is there already" in refused(read([notebook]), out).hint


def test_empty_groups_make_room(notebook: Path, out: Path) -> None:
    write_folder(out, {"nango.yaml": "integrations:\n  salesforce:\n    syncs:\nmodels:\n"})
    export(read([notebook]), out)
    assert read([out]).problems == ()


def test_what_is_wrong_only_together(notebook: Path, out: Path) -> None:
    other = YAML.split("\n", 1)[1].replace("contacts", "people").replace("Contact", "Person")
    write_folder(out, {"nango.yaml": other})  # the same endpoint twice
    result = export(read([notebook]), out)
    (problem,) = result.problems
    assert (problem.code, problem.severity) == ("duplicate-endpoint", "warning")
    assert problem.place is not None and problem.place.source == "nango.yaml"


# -- the folder itself ---------------------------------------------------------------------------


def test_a_file_where_the_folder_should_be(notebook: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    for target in (tmp_path / "out", tmp_path / "out/deeper"):
        with pytest.raises(FolderError, match="is not a folder"):
            export(read([notebook]), target)


def test_a_folder_or_file_in_the_way(notebook: Path, out: Path) -> None:
    (out / SCRIPT).mkdir(parents=True)
    assert f"{SCRIPT}: it is a folder" in refused(read([notebook]), out, force=True).hint
    (out / SCRIPT).rmdir()
    (out / "salesforce/syncs").rmdir()
    (out / "salesforce/syncs").write_text("x")
    assert "salesforce/syncs is not a folder" in refused(read([notebook]), out, force=True).hint


def test_links_are_not_followed(notebook: Path, out: Path, tmp_path: Path) -> None:
    outside = write_folder(tmp_path / "outside", {"syncs/contacts.py": "outside\n", "file": "outside\n"})
    out.mkdir()
    (out / "salesforce").symlink_to(outside, target_is_directory=True)
    assert "salesforce is a link" in refused(read([notebook]), out, force=True).hint
    (out / "salesforce").unlink()
    (out / "salesforce/syncs").mkdir(parents=True)
    (out / SCRIPT).symlink_to(outside / "file")
    assert "it is a link" in refused(read([notebook]), out).hint
    export(read([notebook]), out, force=True)
    assert not (out / SCRIPT).is_symlink()
    assert files(outside) == {"file": "outside\n", "syncs/contacts.py": "outside\n"}


@pytest.mark.parametrize("name", ["nango.yaml", ".nangonb"])
def test_what_we_must_read_cannot_be_a_link(notebook: Path, out: Path, tmp_path: Path, name: str) -> None:
    outside = write_folder(tmp_path / "outside", {"x": "models: {}\n"})
    out.mkdir()
    (out / name).symlink_to(outside if name == ".nangonb" else outside / "x")
    with pytest.raises(FolderError, match=r"link|must not be overwritten"):
        export(read([notebook]), out, force=True)
    assert files(outside) == {"x": "models: {}\n"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(notebook: Path, out: Path) -> None:
    out.mkdir()
    out.chmod(0o500)
    with pytest.raises(FolderError, match="cannot be written"):
        export(read([notebook]), out)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs a file system that takes no folder")
def test_a_file_system_that_takes_no_folder(notebook: Path) -> None:
    with pytest.raises(FolderError, match="cannot be written"):
        export(read([notebook]), "/proc/nangonb-out")


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": 1}', '{"schema": 1, "layout": 1, "files": [1]}', ""])
def test_a_damaged_record(notebook: Path, out: Path, text: str) -> None:
    export(read([notebook]), out)
    (out / ".nangonb/export.json").write_text(text)
    error = refused(read([notebook]), out)
    assert "damaged" in error.message
    (out / ".nangonb/export.json").unlink()
    assert set(states(export(read([notebook]), out)).values()) == {"unchanged"}


def test_a_record_of_a_newer_version(notebook: Path, out: Path) -> None:
    write_folder(out, {".nangonb/export.json": '{"schema": 99}'})
    assert "newer" in refused(read([notebook]), out).message


def test_a_record_that_lies_cannot_make_us_remove_what_is_outside(
    notebook: Path, out: Path, tmp_path: Path
) -> None:
    export(read([notebook]), out)
    (tmp_path / "precious").write_text("x")
    record = json.loads(files(out)[".nangonb/export.json"])
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    record["files"].append({"path": "../precious", "sha256": digest, "notebooks": ["a.ipynb"]})
    (out / ".nangonb/export.json").write_text(json.dumps(record))
    export(read([notebook]), out, prune=True, force=True)
    assert (tmp_path / "precious").read_text() == "x"
