"""The folders of both TypeScript layouts: files, ownership beside the CLI, refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nangonb._export.layout_nango_yaml import generated
from nangonb._folders import read
from nangonb._project import NANGO_YAML, ZERO_YAML
from nangonb.errors import FolderError, ProjectError
from tests.export.test_export import files, states
from tests.exporting import export
from tests.folders.making import ACTION, FIELD, SYNC, YAML, write_notebook

MODULE = "%%nango_module helpers/dates\ndef year(text: str) -> str:\n    return text[:4]\n"
SHARED = Path(__file__).resolve().parents[4] / "shared"
RECORDED = SHARED / "nango" / "recordings" / "yaml14-deploy.deploy.request.json"


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    return write_notebook(tmp_path / "a.ipynb", YAML, SYNC, FIELD, ACTION, MODULE)


def test_nango_yaml_is_the_default(notebook: Path, tmp_path: Path) -> None:
    result = export(read([notebook]), tmp_path / "out")
    assert result.layout == "nango-yaml"
    assert list(files(tmp_path / "out")) == [
        ".nango/nango.json",
        ".nango/schema.json",
        ".nango/schema.ts",
        ".nangonb/export.json",
        "README.md",
        "helpers/dates.ts",
        "models.ts",
        "nango.yaml",
        "package.json",
        "salesforce/actions/fields.ts",
        "salesforce/syncs/contacts.ts",
    ]
    # without an installation of its own, `npx nango@0.69.14` only says that it should be installed
    package = json.loads((tmp_path / "out/package.json").read_text())
    assert package["devDependencies"] == {"nango": NANGO_YAML.cli}
    assert "\n    npm install\n" in (tmp_path / "out/README.md").read_text()
    assert NANGO_YAML.cli in result.next[0]
    assert "npm install" in result.next[0]


def test_zero_yaml(notebook: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = export(read([notebook]), out, layout="zero-yaml")
    assert list(files(out)) == [
        ".nango/.gitkeep",
        ".nangonb/export.json",
        "README.md",
        "helpers/dates.ts",
        "index.ts",
        "package.json",
        "salesforce/actions/fields.ts",
        "salesforce/syncs/contacts.ts",
        "tsconfig.json",
    ]
    assert (out / "index.ts").read_text() == (
        "import './salesforce/actions/fields.js';\nimport './salesforce/syncs/contacts.js';\n"
    )
    assert json.loads((out / "package.json").read_text())["devDependencies"]["nango"] == ZERO_YAML.cli
    assert "npm install" in result.next[0]


@pytest.mark.parametrize("layout", ["nango-yaml", "zero-yaml"])
def test_exporting_again_changes_nothing(notebook: Path, tmp_path: Path, layout: str) -> None:
    export(read([notebook]), tmp_path / "out", layout=layout)
    assert set(states(export(read([notebook]), tmp_path / "out", layout=layout)).values()) == {"unchanged"}
    export(read([notebook]), tmp_path / "out", layout=layout, check=True)


def test_what_cannot_be_carried_over_keeps_everything_from_being_written(tmp_path: Path) -> None:
    sync = "%%nango_sync contacts\nimport requests\n\n\ndef fetch_data(nango):\n"
    sync += "    nango.get('/a')\n    open('x')\n"
    book = write_notebook(tmp_path / "a.ipynb", YAML, sync)
    for layout in ("nango-yaml", "zero-yaml"):
        with pytest.raises(ProjectError) as caught:
            export(read([book]), tmp_path / "out", layout=layout)
        found = [(p.code, p.severity, p.place.line) for p in caught.value.problems if p.place]
        assert found == [("ts-import", "error", 2), ("ts-unknown-call", "error", 7)]
        assert "--layout python" in caught.value.hint
        assert not (tmp_path / "out").exists()
    export(read([book]), tmp_path / "out", layout="python")


def test_what_the_cli_makes_anew_is_not_in_the_way(notebook: Path, tmp_path: Path) -> None:
    """``nango compile`` writes models.ts and .nango/ itself, with its own declarations of the SDK."""
    out = tmp_path / "out"
    export(read([notebook]), out)
    models = (out / "models.ts").read_text()
    head, sdk, tail = models.partition("// ------ SDK\n")
    its = head + sdk + "export declare class NangoAction {}\n" + tail[tail.index("// ------ /SDK") :]
    (out / "models.ts").write_text(its)
    (out / ".nango/nango.json").write_text((out / ".nango/nango.json").read_text() + "\n")
    assert set(states(export(read([notebook]), out)).values()) == {"unchanged"}
    assert (out / "models.ts").read_text() == its
    other = YAML.replace("id: string", "id: string\n    name: string")
    write_notebook(notebook, other, SYNC, FIELD, ACTION, MODULE)
    assert states(export(read([notebook]), out))["models.ts"] == "updated"
    assert "  name: string;" in (out / "models.ts").read_text()


def test_a_models_file_of_somebody_else_is_not_overwritten(notebook: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/models.ts").write_text("export const mine = 1;\n")
    with pytest.raises(FolderError, match="must not be overwritten"):
        export(read([notebook]), tmp_path / "out")
    assert (tmp_path / "out/models.ts").read_text() == "export const mine = 1;\n"


def test_models_of_others_in_the_folder_are_generated_too(notebook: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/nango.yaml").write_text("integrations: {}\nmodels:\n  Mine:\n    id: string\n")
    export(read([notebook]), tmp_path / "out")
    text = (tmp_path / "out/models.ts").read_text()
    assert "export interface Mine {" in text and "export interface Contact {" in text


def test_two_notebooks_share_a_folder_of_zero_yaml(notebook: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    other = write_notebook(tmp_path / "b.ipynb", FIELD, ACTION.replace("fields", "other"))
    export(read([notebook]), out, layout="zero-yaml")
    export(read([other]), out, layout="zero-yaml")
    lines = [
        "import './salesforce/actions/fields.js';",
        "import './salesforce/actions/other.js';",
        "import './salesforce/syncs/contacts.js';",
    ]
    assert (out / "index.ts").read_text().splitlines() == lines
    write_notebook(notebook, YAML, SYNC)
    export(read([notebook]), out, layout="zero-yaml", prune=True)
    assert (out / "index.ts").read_text().splitlines() == lines[1:]


def test_lines_of_others_in_index_ts_stay(notebook: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "index.ts").write_text('// ours\nimport "./github/syncs/issues.js"\n')
    export(read([notebook]), out, layout="zero-yaml")
    assert (out / "index.ts").read_text().splitlines() == [
        "// ours",
        'import "./github/syncs/issues.js"',
        "import './salesforce/actions/fields.js';",
        "import './salesforce/syncs/contacts.js';",
    ]


@pytest.mark.parametrize(
    ("layout", "module"), [("nango-yaml", "models"), ("zero-yaml", "index"), ("python", "models")]
)
def test_a_module_cannot_take_the_path_of_another_file(tmp_path: Path, layout: str, module: str) -> None:
    book = write_notebook(tmp_path / "a.ipynb", YAML, SYNC, f"%%nango_module {module}\nX = 1\n")
    with pytest.raises(ProjectError) as caught:
        export(read([book]), tmp_path / "out", layout=layout)
    assert [problem.code for problem in caught.value.problems] == ["path-taken"]
    assert not (tmp_path / "out").exists()


def test_files_of_the_folder_itself_are_kept(notebook: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "package.json").write_text("{}\n")
    assert states(export(read([notebook]), out, layout="zero-yaml"))["package.json"] == "kept"
    assert (out / "package.json").read_text() == "{}\n"


def test_a_folder_with_nango_yaml_is_not_one_of_zero_yaml(notebook: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/nango.yaml").write_text("integrations: {}\nmodels: {}\n")
    with pytest.raises(FolderError) as caught:
        export(read([notebook]), tmp_path / "out", layout="zero-yaml", force=True)
    assert "nango.yaml: with it the CLI takes the folder for layout nango-yaml" in caught.value.hint


def test_a_folder_keeps_its_layout(notebook: Path, tmp_path: Path) -> None:
    export(read([notebook]), tmp_path / "out", layout="python")
    with pytest.raises(FolderError, match="layout python, not nango-yaml"):
        export(read([notebook]), tmp_path / "out")


@pytest.mark.skipif(not RECORDED.is_file(), reason="the recordings of the real CLI are not here")
def test_generated_files_are_those_of_the_cli() -> None:
    request = json.loads(RECORDED.read_text())
    made = {file.path: file.text for file in generated(request["nangoYamlBody"])}
    assert json.loads(made[".nango/schema.json"]) == request["jsonSchema"]
    assert f"(v{NANGO_YAML.cli})" in made[".nango/schema.ts"]
    flows = json.loads(made[".nango/nango.json"])
    assert [sync["name"] for sync in flows[0]["syncs"]] == ["salesforce-contacts"]
    assert "features" not in flows[0]["syncs"][0]
    assert made["models.ts"].endswith(
        f"export const NangoFlows = {made['.nango/nango.json']} as const;\n// ------ /Flows\n"
    )
