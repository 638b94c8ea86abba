"""TypeScript folders, imported into a notebook and exported again: the real CLIs compile them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from nangonb._folders import folder_notebook, read
from tests.exporting import export
from tests.interop.npm import NangoCli
from tests.interop.project import CLIS, skip_without_node

FOLDERS = Path(__file__).resolve().parents[1] / "replays"
pytestmark = [pytest.mark.interop, pytest.mark.timeout(600)]


@pytest.mark.parametrize(
    ("source", "layout"),
    [("legacy", "nango-yaml"), ("legacy", "zero-yaml"), ("templates", "zero-yaml")],
)
def test_compiles(source: str, layout: str, tmp_path: Path) -> None:
    skip_without_node()
    notebook = tmp_path / "a.ipynb"
    notebook.write_text(folder_notebook(FOLDERS / source).text)
    out = tmp_path / "nango-integrations"
    export(read([notebook]), out, layout=layout)
    cli = NangoCli(CLIS[layout])
    cli.link(out)  # its scripts import zod
    done = cli.compile(out)
    assert done.returncode == 0, done.text
    for script in read([out]).scripts:
        assert script.integration is not None
        assert cli.artefact(out, script.integration, script.kind, script.name).is_file()


def test_a_wrapped_script_declares_what_nango_yaml_does(tmp_path: Path) -> None:
    """What the CLI of each layout would deploy."""
    skip_without_node()
    found = {}
    for layout, version in CLIS.items():
        out = tmp_path / layout / "nango-integrations"
        out.parent.mkdir()
        shutil.copytree(FOLDERS / "legacy", out) if layout == "nango-yaml" else None
        export(read([FOLDERS / "legacy"]), out, layout=layout)
        cli = NangoCli(version)
        cli.link(out)
        assert cli.compile(out).returncode == 0
        (integration,) = json.loads((out / ".nango/nango.json").read_text())
        keys = ("name", "description", "runs", "track_deletes", "auto_start", "sync_type", "output")
        found[layout] = [{key: sync[key] for key in keys} for sync in integration["syncs"]]
        endpoints = [sync["endpoints"] for sync in integration["syncs"]]
        found[layout].append({"endpoints": json.dumps(endpoints, sort_keys=True)})
    assert found["nango-yaml"] == found["zero-yaml"]
