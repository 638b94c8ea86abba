"""Cells in TypeScript are exported as they are, wrapped where the layout configures otherwise, or refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nangonb._export.file import ZOD
from nangonb._folders import read
from nangonb.errors import FolderError, ProjectError
from tests.export.test_export import files, states
from tests.exporting import export
from tests.folders.making import FIELD, write_folder, write_notebook
from tests.folders.test_typescript_folder import NESTED, YAML, ZERO, ZERO_ACTION, ZERO_SYNC
from tests.sessions import Session

YAML_CELL = f"%%nango_yaml\n{YAML}"
TS_SYNC = "%%nango_sync_ts contacts\n" + NESTED["salesforce/syncs/contacts.ts"].rstrip()
TS_ACTION = "%%nango_action_ts fields\n" + NESTED["salesforce/actions/fields.ts"].rstrip()
MAPPER = "%%nango_module_ts salesforce/mappers/to-contact\n" + NESTED["salesforce/mappers/to-contact.ts"]
ZERO_CELL = "%%nango_sync_ts issues --integration-id github\n" + ZERO_SYNC
ZERO_MAPPER = "%%nango_module_ts github/mappers/to-issue\n" + ZERO["github/mappers/to-issue.ts"]
SOURCES = {name: text for name, text in NESTED.items() if name not in ("nango.yaml", "models.ts")}


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    return write_notebook(tmp_path / "a.ipynb", YAML_CELL, TS_SYNC, TS_ACTION, MAPPER)


def test_they_are_written_as_they_are(notebook: Path, tmp_path: Path) -> None:
    result = export(read([notebook]), tmp_path / "out")
    made = files(tmp_path / "out")
    for name in ("salesforce/syncs/contacts.ts", "salesforce/actions/fields.ts"):
        assert made[name] == NESTED[name]
    assert made["salesforce/mappers/to-contact.ts"] == NESTED["salesforce/mappers/to-contact.ts"]
    assert "interface Contact" in made["models.ts"]
    assert "zod" not in made["package.json"]
    assert states(result)["salesforce/syncs/contacts.ts"] == "created"
    export(read([notebook]), tmp_path / "out", check=True)


def test_layout_python_takes_them_beside_the_python(tmp_path: Path) -> None:
    """It is nango.yaml and the cells as they are; ``nangonb dryrun`` runs both languages."""
    python = "%%nango_action fields\ndef run_action(nango, input):\n    return {'id': '1'}\n"
    book = write_notebook(tmp_path / "a.ipynb", YAML_CELL, TS_SYNC, python, MAPPER)
    out = tmp_path / "out"
    export(read([book]), out, layout="python")
    scripts = [name for name in files(out) if name.startswith("salesforce/")]
    assert scripts == [
        "salesforce/actions/fields.py",
        "salesforce/mappers/to-contact.ts",
        "salesforce/syncs/contacts.ts",
    ]
    assert [script.language for script in read([out]).scripts] == ["python", "typescript"]
    assert read([out]).problems == ()


def test_a_mixed_folder_exports_to_typescript_and_stays_readable(tmp_path: Path) -> None:
    python = "def run_action(nango, input):\n    return {'id': '1'}\n"
    folder = write_folder(
        tmp_path / "in",
        {name: text for name, text in NESTED.items() if name != "salesforce/actions/fields.ts"}
        | {"salesforce/actions/fields.py": python},
    )
    assert states(export(read([folder]), folder))["salesforce/actions/fields.ts"] == "created"
    assert read([folder]).problems == ()  # the export knows what it made of the Python beside it
    assert set(states(export(read([folder]), folder)).values()) == {"unchanged"}


@pytest.mark.parametrize("layout", ["nango-yaml", "python"])
def test_scripts_that_declare_themselves_are_refused(tmp_path: Path, layout: str) -> None:
    book = write_notebook(tmp_path / "a.ipynb", YAML_CELL, TS_SYNC, TS_ACTION, MAPPER, ZERO_CELL, ZERO_MAPPER)
    with pytest.raises(ProjectError) as caught:
        export(read([book]), tmp_path / "out", layout=layout)
    (problem,) = caught.value.problems
    assert problem.code == "zero-style" and problem.place is not None
    assert (problem.place.source, problem.place.line) == ("a.ipynb cell 5", 8)
    assert problem.place.text == "const sync = createSync({"
    assert "configured by nango.yaml" in problem.message and "--layout zero-yaml" in problem.hint
    assert not (tmp_path / "out").exists()


def test_scripts_that_declare_themselves(tmp_path: Path) -> None:
    book = write_notebook(
        tmp_path / "a.ipynb",
        ZERO_CELL,
        ZERO_MAPPER,
        "%%nango_action_ts whoami --integration-id github\n" + ZERO_ACTION,
    )
    out = tmp_path / "out"
    export(read([book]), out, layout="zero-yaml")
    made = files(out)
    assert {name: made[name] for name in ZERO if name != "index.ts"} == {
        name: text for name, text in ZERO.items() if name != "index.ts"
    }
    assert made["index.ts"].splitlines() == [
        "import './github/actions/whoami.js';",
        "import './github/syncs/issues.js';",
    ]
    assert not any(name.startswith("nango-yaml/") for name in made)
    assert read([out]).problems == ()


def test_what_nango_yaml_configures_is_wrapped(notebook: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(read([notebook]), out, layout="zero-yaml")
    made = files(out)
    kept = {f"nango-yaml/{name}": text for name, text in SOURCES.items() if name != "schema.zod.ts"}
    assert {name: made[name] for name in kept} == kept
    assert json.loads(made["nango-yaml/package.json"]) == {"type": "commonjs"}
    assert "export interface Contact" in made["nango-yaml/models.ts"]
    wrapper = made["salesforce/syncs/contacts.ts"]
    assert "import * as script from '../../nango-yaml/salesforce/syncs/contacts.js';" in wrapper
    assert "frequency: 'every day'," in wrapper
    assert "exec: async (nango) => await fetchData(nango)" in wrapper
    project = read([out])
    assert project.problems == ()
    assert [(s.key, s.style, s.config.output) for s in project.scripts] == [
        ("salesforce/actions/fields", "zero", ("ActionOutput_salesforce_fields",)),
        ("salesforce/syncs/contacts", "zero", ("Contact",)),
    ]
    assert set(states(export(read([notebook]), out, layout="zero-yaml")).values()) == {"unchanged"}


def test_a_wrapped_script_takes_webhooks(tmp_path: Path) -> None:
    webhook = "\n\nexport async function onWebhookPayloadReceived(nango: any, payload: any) {}\n"
    book = write_notebook(tmp_path / "a.ipynb", YAML_CELL, TS_SYNC + webhook, TS_ACTION, MAPPER)
    export(read([book]), tmp_path / "out", layout="zero-yaml")
    wrapper = (tmp_path / "out/salesforce/syncs/contacts.ts").read_text()
    assert "onWebhook: async (nango, payload) => await onWebhookPayloadReceived(nango, payload)" in wrapper
    assert read([tmp_path / "out"]).script("contacts").webhook is True


def test_models_that_the_layout_does_not_take(tmp_path: Path) -> None:
    book = write_notebook(
        tmp_path / "a.ipynb",
        YAML_CELL.replace("Contact", "contact"),
        TS_SYNC.replace("Contact", "contact").replace("tocontact", "toContact"),
        TS_ACTION,
        MAPPER,
    )
    with pytest.raises(ProjectError) as caught:
        export(read([book]), tmp_path / "out", layout="zero-yaml")
    assert {problem.code for problem in caught.value.problems} == {"zero-yaml-model-name"}


def test_all_styles_in_one_folder(tmp_path: Path) -> None:
    """A module stands where those who import it do; in both places where both do."""
    both = ZERO_CELL.replace("../mappers/to-issue.js", "../../salesforce/mappers/to-contact.js")
    both = both.replace("toIssue", "toContact")
    python = "%%nango_sync people --integration-id salesforce --runs 'every day' --output Field "
    python += "--endpoint /people\ndef fetch_data(nango):\n    pass\n"
    field = FIELD.replace("name: string", "id: string")
    book = write_notebook(tmp_path / "a.ipynb", YAML_CELL, TS_SYNC, TS_ACTION, MAPPER, both, field, python)
    out = tmp_path / "out"
    export(read([book]), out, layout="zero-yaml")
    scripts = [name for name in files(out) if name.endswith(".ts") and name != "index.ts"]
    assert scripts == [
        "github/syncs/issues.ts",
        "nango-yaml/models.ts",
        "nango-yaml/salesforce/actions/fields.ts",
        "nango-yaml/salesforce/mappers/to-contact.ts",
        "nango-yaml/salesforce/syncs/contacts.ts",
        "salesforce/actions/fields.ts",
        "salesforce/mappers/to-contact.ts",
        "salesforce/syncs/contacts.ts",
        "salesforce/syncs/people.ts",
    ]
    assert read([out]).problems == ()
    assert len((out / "index.ts").read_text().splitlines()) == 4


def test_the_last_cli_with_nango_yaml_gets_zod_where_it_is_imported(tmp_path: Path) -> None:
    schema = "%%nango_module_ts schema.zod\nimport { z } from 'zod';\nexport const x = z.string();\n"
    book = write_notebook(tmp_path / "a.ipynb", YAML_CELL, TS_SYNC, TS_ACTION, MAPPER, schema)
    export(read([book]), tmp_path / "out")
    assert json.loads((tmp_path / "out/package.json").read_text())["devDependencies"]["zod"] == ZOD


def test_the_same_text_that_is_there_already_is_ours(notebook: Path, tmp_path: Path) -> None:
    there = tmp_path / "out/salesforce/syncs/contacts.ts"
    there.parent.mkdir(parents=True)
    data = b"\xef\xbb\xbf" + NESTED["salesforce/syncs/contacts.ts"].rstrip().replace("\n", "\r\n").encode()
    there.write_bytes(data)
    assert states(export(read([notebook]), tmp_path / "out"))["salesforce/syncs/contacts.ts"] == "unchanged"
    assert there.read_bytes() == data
    write_notebook(notebook, YAML_CELL, TS_SYNC + "\n// more", TS_ACTION, MAPPER)
    assert states(export(read([notebook]), tmp_path / "out"))["salesforce/syncs/contacts.ts"] == "updated"
    assert there.read_text() == NESTED["salesforce/syncs/contacts.ts"] + "// more\n"


def test_another_text_is_not_overwritten(notebook: Path, tmp_path: Path) -> None:
    there = tmp_path / "out/salesforce/syncs/contacts.ts"
    there.parent.mkdir(parents=True)
    there.write_text("// somebody else's\n")
    with pytest.raises(FolderError, match="must not be overwritten"):
        export(read([notebook]), tmp_path / "out")
    assert there.read_text() == "// somebody else's\n"


def test_index_ts_stays_as_it_is_written(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "in", ZERO)
    index = '// scripts\nimport "./github/syncs/issues.js"\n\nimport "./github/actions/whoami.js"\n'
    (folder / "index.ts").write_text(index)
    assert states(export(read([folder]), folder, layout="zero-yaml"))["index.ts"] == "unchanged"
    assert (folder / "index.ts").read_text() == index


def test_a_session_exports_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    session = Session()
    for number, cell in enumerate((YAML_CELL, TS_SYNC, TS_ACTION, MAPPER)):
        session.declare(cell, label=f"Cell In[{number}]")
    result = session.export("out")
    assert "salesforce/syncs/contacts.ts" in result.changed
    assert (tmp_path / "out/salesforce/syncs/contacts.ts").read_text() == NESTED[
        "salesforce/syncs/contacts.ts"
    ]
