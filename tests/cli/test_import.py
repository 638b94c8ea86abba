"""``nangonb import DIR NOTEBOOK``, and the export of that notebook: no byte of an unedited script changes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from nangonb._folders import read
from tests.cli.conftest import Run
from tests.folders.test_typescript_folder import FLAT, NESTED, YAML, ZERO

PYTHON = "def run_action(nango, input):\n    return {'id': '1'}\n"
MIXED = {name: text for name, text in NESTED.items() if name != "salesforce/actions/fields.ts"} | {
    "salesforce/actions/fields.py": PYTHON,
    "helpers/dates.py": "X = 1\n",
}
LAYOUTS = {"nango-yaml": NESTED, "zero-yaml": ZERO, "python": MIXED, "flat": FLAT}

Edit = Callable[[str], str]
FORMS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda data: data,
    "windows": lambda data: data.replace(b"\n", b"\r\n"),
    "old-macs": lambda data: data.replace(b"\n", b"\r"),
    "byte-order-mark": lambda data: b"\xef\xbb\xbf" + data,
    "no-last-line-end": lambda data: data.rstrip(b"\n"),
    "more-line-ends": lambda data: data + b"\n \n\n",
    "blank-first": lambda data: b"\n\n" + data,
}


def make(folder: Path, files: dict[str, str], form: str = "plain") -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if name == "index.ts" else FORMS[form](text.encode()))
    return folder


def contents(folder: Path, names: Any = None) -> dict[str, bytes]:
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    return {name: data for name, data in found.items() if names is None or name in names}


def cells(notebook: Path) -> list[str]:
    return [cell["source"] for cell in nbformat.read(notebook, as_version=4).cells]  # type: ignore[no-untyped-call]


def edit(notebook: Path, old: str, new: str) -> None:
    document = json.loads(notebook.read_text())
    found = 0
    for cell in document["cells"]:
        text = "".join(cell["source"])
        found += text.count(old)
        cell["source"] = text.replace(old, new)
    assert found == 1
    notebook.write_text(json.dumps(document))


def layout_of(name: str) -> str:
    return "nango-yaml" if name == "flat" else name


def test_the_cells_of_a_notebook(inside: Run, tmp_path: Path) -> None:
    make(tmp_path / "nango-integrations", NESTED)
    notebook = tmp_path / "team.ipynb"
    done = inside("import", str(tmp_path / "nango-integrations"), str(notebook))
    assert done.code == 0, done.err
    assert "2 scripts, 2 modules" in done.out and "--layout nango-yaml" in done.out
    nbformat.validate(nbformat.read(notebook, as_version=4))  # type: ignore[no-untyped-call]
    title, extension, *rest = cells(notebook)
    assert title.startswith("# nango-integrations\n")
    assert extension == "%load_ext nangonb"
    assert [text.splitlines()[0] for text in rest] == [
        "%%nango_yaml",
        "%%nango_module_ts salesforce/mappers/to-contact",
        "%%nango_module_ts schema.zod",
        "%%nango_sync_ts contacts --integration-id salesforce",
        "%nango_dryrun contacts",
        "%%nango_action_ts fields --integration-id salesforce",
        "%nango_dryrun fields",
    ]
    assert rest[3] == f"{rest[3].splitlines()[0]}\n{NESTED['salesforce/syncs/contacts.ts'].rstrip()}"
    assert rest[0] == "%%nango_yaml\n" + YAML.rstrip()
    assert str(tmp_path) not in notebook.read_text()


def test_dry_runs_name_one_script_and_what_to_fill_in(inside: Run, tmp_path: Path) -> None:
    other = ZERO["github/actions/whoami.ts"].replace("z.void()", "z.object({ login: z.string() })")
    files = ZERO | {"gitlab/actions/whoami.ts": other}
    files["index.ts"] += "import './gitlab/actions/whoami.js';\n"
    make(tmp_path / "in", files)
    assert inside("import", str(tmp_path / "in"), str(tmp_path / "a.ipynb")).code == 0
    runs = [text for text in cells(tmp_path / "a.ipynb") if text.startswith("%nango_dryrun")]
    assert runs == [
        "%nango_dryrun issues",
        "%nango_dryrun github/whoami",
        "%nango_dryrun gitlab/whoami -i '{}'",
    ]


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_notebook_declares_what_the_folder_does(name: str, inside: Run, tmp_path: Path) -> None:
    folder = make(tmp_path / "in", LAYOUTS[name])
    assert inside("import", str(folder), str(tmp_path / "a.ipynb")).code == 0
    there, here = read([folder]), read([tmp_path / "a.ipynb"])
    assert here.problems == there.problems == ()
    assert here.data == there.data
    for scripts in (here.scripts, there.scripts):
        assert len(scripts) == 2
    assert [(s.key, s.file, s.language, s.style, s.config) for s in here.scripts] == [
        (s.key, s.file, s.language, s.style, s.config) for s in there.scripts
    ]
    bodies = [[s.source.body.rstrip("\n") for s in p.scripts] for p in (here, there)]
    assert bodies[0] == bodies[1]
    assert [(m.path, m.language) for m in here.modules] == [(m.path, m.language) for m in there.modules]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", LAYOUTS)
def test_exporting_it_changes_no_byte(name: str, form: str, inside: Run, tmp_path: Path) -> None:
    folder = make(tmp_path / "in", LAYOUTS[name], form)
    before = contents(folder)
    notebook = str(tmp_path / "a.ipynb")
    assert inside("import", str(folder), notebook).code == 0
    assert contents(folder) == before
    for _ in range(2):
        done = inside("export", notebook, str(folder), "--layout", layout_of(name))
        assert done.code == 0, done.err
        after = contents(folder, before)
        generated = {"models.ts"}  # which the CLI makes anew, too
        assert {n: d for n, d in after.items() if n not in generated} == {
            n: d for n, d in before.items() if n not in generated
        }
    assert inside("export", notebook, str(folder), "--layout", layout_of(name), "--check").code == 0


@pytest.mark.parametrize("name", LAYOUTS)
def test_an_edited_script_is_the_only_one_that_changes(name: str, inside: Run, tmp_path: Path) -> None:
    folder = make(tmp_path / "in", LAYOUTS[name], "windows")
    before = contents(folder)
    notebook = tmp_path / "a.ipynb"
    assert inside("import", str(folder), str(notebook)).code == 0
    old, new = ("row.id", "row.number") if name == "zero-yaml" else ("row.Id", "row.ID")
    edit(notebook, old, new)
    done = inside("export", str(notebook), str(folder), "--layout", layout_of(name))
    assert done.code == 0, done.err
    after = contents(folder, before)
    changed = [path for path in before if after[path] != before[path] and path != "models.ts"]
    assert [path.rsplit("/", 1)[1] for path in changed] in (["to-contact.ts"], ["to-issue.ts"])
    assert new.encode() in after[changed[0]]


def test_what_was_changed_in_the_folder_meanwhile_is_not_overwritten(inside: Run, tmp_path: Path) -> None:
    folder = make(tmp_path / "in", NESTED)
    notebook = tmp_path / "a.ipynb"
    assert inside("import", str(folder), str(notebook)).code == 0
    mapper = folder / "salesforce/mappers/to-contact.ts"
    mapper.write_text(mapper.read_text() + "// somebody else was here\n")
    before = contents(folder)
    edit(notebook, "row.Id", "row.ID")
    done = inside("export", str(notebook), str(folder))
    assert done.code == 1
    assert "salesforce/mappers/to-contact.ts" in done.err
    assert contents(folder) == before


def test_an_edited_entry_of_nango_yaml(inside: Run, tmp_path: Path) -> None:
    folder = make(tmp_path / "in", NESTED)
    notebook = tmp_path / "a.ipynb"
    assert inside("import", str(folder), str(notebook)).code == 0
    edit(notebook, "every day", "every hour")
    done = inside("export", str(notebook), str(folder))
    assert done.code == 0, done.err
    assert (folder / "nango.yaml").read_text().count("every hour") == 1


def test_a_folder_exports_onto_itself(inside: Run, tmp_path: Path) -> None:
    folder = make(tmp_path / "in", NESTED, "windows")
    mocks = folder / "salesforce/mocks/fields/output.json"
    mocks.parent.mkdir(parents=True)
    mocks.write_text('{"id":"1"}')
    before = contents(folder)
    done = inside("export", str(folder), str(folder))
    assert done.code == 0, done.err
    names = set(before) - {"models.ts"}
    assert contents(folder, names) == {name: before[name] for name in names}


def test_an_existing_notebook_is_kept(inside: Run, tmp_path: Path) -> None:
    folder = make(tmp_path / "in", NESTED)
    notebook = tmp_path / "a.ipynb"
    notebook.write_text("mine")
    done = inside("import", str(folder), str(notebook))
    assert (done.code, notebook.read_text()) == (1, "mine")
    assert "--force" in done.err
    assert inside("import", str(folder), str(notebook), "--force").code == 0
    assert "%%nango_yaml" in notebook.read_text()
    first = notebook.read_bytes()
    assert inside("import", str(folder), str(notebook), "--force").code == 0
    assert notebook.read_bytes() == first


def test_wrong_names(inside: Run, tmp_path: Path) -> None:
    folder = make(tmp_path / "in", NESTED)
    done = inside("import", str(folder), str(tmp_path / "a.py"))
    assert done.code == 2 and "a.ipynb" in done.err
    (tmp_path / "empty").mkdir()
    done = inside("import", str(tmp_path / "empty"), str(tmp_path / "a.ipynb"))
    assert done.code == 1 and "not a nango-integrations folder" in done.err
    assert not (tmp_path / "a.ipynb").exists()
    assert inside("import", str(tmp_path / "gone"), str(tmp_path / "a.ipynb")).code == 1


def test_a_script_that_cannot_be_read_comes_along(inside: Run, tmp_path: Path) -> None:
    broken = "import { createAction } from 'nango';\nexport default createAction({});\n"
    folder = make(tmp_path / "in", ZERO | {"github/syncs/issues.ts": broken})
    done = inside("import", str(folder), str(tmp_path / "a.ipynb"))
    assert done.code == 0 and "createAction makes an action" in done.out
    assert "%%nango_sync_ts issues --integration-id github\n" + broken.rstrip() in cells(tmp_path / "a.ipynb")


def test_templates_come_back_from_a_notebook(inside: Run, tmp_path: Path) -> None:
    source = Path(__file__).resolve().parents[1] / "replays" / "templates"
    folder = shutil.copytree(source, tmp_path / "nango-integrations")
    notebook = str(tmp_path / "a.ipynb")
    assert inside("import", str(folder), notebook).code == 0
    before = contents(folder)
    done = inside("export", notebook, str(folder), "--layout", "zero-yaml")
    assert done.code == 0, done.err
    assert contents(folder, before) == before
    out = tmp_path / "new"
    assert inside("export", notebook, str(out), "--layout", "zero-yaml").code == 0
    scripts = {name for name in before if name.endswith(".ts") and name != "index.ts"}
    assert contents(out, scripts) == {name: before[name] for name in scripts}
