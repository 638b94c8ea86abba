"""Nango's own test library as judge: what passes there passes in ``nangonb test``, and what fails fails."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nangonb._folders import read
from nangonb._node import find_node
from nangonb._project import Script
from tests.interop.npm import ZERO_CLI, NangoCli
from tests.interop.project import skip_without_node
from tests.sessions import Session

TEMPLATES = Path(__file__).resolve().parents[1] / "replays" / "templates"
HOST = Path(__file__).parent / "library_host.mjs"
pytestmark = [pytest.mark.interop, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, NangoCli]:
    """The templates, compiled by the real CLI."""
    skip_without_node()
    folder = tmp_path_factory.mktemp("library") / "nango-integrations"
    shutil.copytree(TEMPLATES, folder)
    (folder / ".nango").mkdir()
    (folder / "package.json").write_text('{"type": "module"}')
    cli = NangoCli(ZERO_CLI)
    done = cli.compile(folder)
    assert done.returncode == 0, done.text
    return folder, cli


def theirs(folder: Path, cli: NangoCli) -> dict[str, str]:
    """Why each script fails in Nango's library, by name; nothing where it passes."""

    def line(script: Script) -> dict[str, Any]:
        assert script.integration is not None
        return {
            "artefact": str(cli.artefact(folder, script.integration, script.kind, script.name)),
            "tests": str(folder / script.integration / "tests"),
            "name": f"{script.integration}-{script.name}" if script.name == "whoami" else script.name,
            "kind": script.kind,
            "models": list(script.config.output),
        }

    scripts = read([folder]).scripts
    done = subprocess.run(
        [find_node().path, str(HOST), str(cli.package / "dist" / "testMocks" / "utils.js")],
        input="\n".join(json.dumps(line(script)) for script in scripts),
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    lines = [json.loads(each) for each in done.stdout.splitlines()]
    return {script.name: each["reason"] for script, each in zip(scripts, lines, strict=True)}


def ours(folder: Path) -> dict[str, str]:
    replays = Session(project=read([folder]), sources=[folder], door="command").test()
    return {one.script.name: one.reason for one in replays}


def test_the_templates_pass_in_both(compiled: tuple[Path, NangoCli]) -> None:
    folder, cli = compiled
    assert set(theirs(folder, cli).values()) == {""}
    assert set(ours(folder).values()) == {""}


def test_what_is_changed_fails_in_both(compiled: tuple[Path, NangoCli]) -> None:
    """One value of each file is changed that is expected; then nothing is saved that is asked for."""
    folder, cli = compiled
    files = {path: json.loads(path.read_text()) for path in sorted(folder.glob("*/tests/*.test.json"))}
    changes: list[Callable[[dict[str, Any]], None]] = [_expect_something_else, _forget_all_requests]
    try:
        for change in changes:
            for path, document in files.items():
                changed = copy.deepcopy(document)
                change(changed)
                path.write_text(json.dumps(changed))
            assert "" not in theirs(folder, cli).values()
            assert "" not in ours(folder).values()
    finally:
        for path, document in files.items():
            path.write_text(json.dumps(document))


def _expect_something_else(document: dict[str, Any]) -> None:
    if "output" in document:
        document["output"][next(iter(document["output"]))] = "changed"
    for rows in document["nango"].get("batchSave", {}).values():
        rows[0]["id"] = None


def _forget_all_requests(document: dict[str, Any]) -> None:
    document["api"] = {}
