"""Adds a method to the SDK, as CONTRIBUTING.md says, and calls it in Python and in TypeScript."""

from __future__ import annotations

import json
import re

from tests.recipes.copied import ROOT, CopiedTree
from tests.scripted import ScriptedNango
from tests.world import YAML, World

_METHOD = '''\
    @method("connection")
    def get_region(self, *, fallback: str = "") -> str:
        """The region of the connection, from its metadata.

        In a dry run:
            As ``get_metadata``.
        """
        return str(self.get_metadata().get("region") or fallback)

'''
_TYPES = "    getRegion(options?: { fallback?: string }): Promise<string>;\n"
_ROW = "| `get_region(fallback=…)` | The region of the connection, from its metadata | | As `get_metadata` |"
_PYTHON = 'def run_action(nango, input):\n    return nango.get_region(fallback="APAC")\n'
_TYPESCRIPT = """\
import type { NangoAction } from '../../models';
export default async function runAction(nango: NangoAction): Promise<string> {
    const region: string = await nango.getRegion({ fallback: 'APAC' });
    return region;
}
"""


def notebook(*cells: str) -> str:
    made = [
        {"cell_type": "code", "source": cell, "metadata": {}, "outputs": [], "execution_count": None}
        for cell in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_a_method_is_its_declaration_and_a_line_of_types(
    copied_tree: CopiedTree, acme: World, scripted: ScriptedNango
) -> None:
    section = (ROOT / "CONTRIBUTING.md").read_text().split("### An SDK method")[1].split("\n#")[0]
    rows = re.findall(r"^\| (`nangonb/.*?) \|", section, re.MULTILINE)
    code, types, runtime = (re.findall(r"`([^`]+)`", row)[0] for row in rows)
    assert runtime == "nangonb/_sdk/runtime.py"  # not needed here
    copied_tree.insert(code, "    # Connection, integration, environment\n\n", _METHOD)
    copied_tree.insert(types, "    getToken(): Promise<any>;\n", _TYPES)

    def output(magic: str, script: str) -> str:
        copied_tree.write("try.ipynb", notebook(YAML, f"%%nango_{magic} do-it\n{script}"))
        checked = copied_tree.nangonb("check", "try.ipynb")
        assert checked.returncode == 0, checked.stdout + checked.stderr
        done = copied_tree.nangonb("dryrun", "try.ipynb", "do-it", "conn-1", "--json")
        assert done.returncode == 0, done.stderr
        return str(json.loads(done.stdout)["output"])

    assert output("action", _PYTHON) == "EMEA"
    assert output("action_ts", _TYPESCRIPT) == "EMEA"
    scripted.metadata = {}
    assert output("action_ts", _TYPESCRIPT) == "APAC"

    copied_tree.write("script.py", _PYTHON)
    copied_tree.write("nango.yaml", YAML.split("\n", 1)[1])
    words = ("--kind", "action", "--integration", "acme", "--name", "do-it", "--yaml", "nango.yaml")
    translated = copied_tree.nangonb("translate", "script.py", *words)
    assert "await nango.getRegion({ fallback: 'APAC' })" in translated.stdout, translated.stderr

    copied_tree.python("import runpy; runpy.run_path('tools/sdk_page.py', run_name='__main__')")
    assert _ROW in (copied_tree.path / "docs/sdk.md").read_text("utf-8").splitlines()


def test_a_wrong_call_of_the_method_is_reported(copied_tree: CopiedTree) -> None:
    copied_tree.insert("nangonb/_sdk/action.py", "    # Connection, integration, environment\n\n", _METHOD)
    wrong = _PYTHON.replace("fallback", "fall_back")
    copied_tree.write("try.ipynb", notebook(YAML, f"%%nango_action do-it\n{wrong}"))
    said = copied_tree.nangonb("check", "try.ipynb").stdout
    assert "nango.get_region() has no option 'fall_back'" in said
    assert "Did you mean 'fallback'?" in said
