"""Adds a provider to the sandbox, as CONTRIBUTING.md says: one file, and no other test changes."""

from __future__ import annotations

import json
import re
import shutil

from tests.recipes.copied import ROOT, CopiedTree

_USE = """
import json, os
os.environ.pop("NANGO_HOSTPORT", None)
import nangonb
print(json.dumps([each.connection_id for each in nangonb.connections(integration_id="helpdesk")]))
"""


def test_a_provider_is_one_file(copied_tree: CopiedTree) -> None:
    section = (ROOT / "CONTRIBUTING.md").read_text().split("### A sandbox provider")[1].split("\n#")[0]
    files = re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)
    assert files == ["nangonb/sandbox/providers/NAME.py", "docs/sandbox.md"]
    (text,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "sandbox.md").read_text(), re.DOTALL)
    copied_tree.write(files[0].replace("NAME", "helpdesk"), text)
    assert json.loads(copied_tree.python(_USE)) == ["desk-1"]
    shown = copied_tree.nangonb("connections", "--json").stdout
    assert "desk-1" in [each["connection_id"] for each in json.loads(shown)]


def test_tests_of_lists_do_not_change(copied_tree: CopiedTree) -> None:
    (text,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "sandbox.md").read_text(), re.DOTALL)
    copied_tree.write("nangonb/sandbox/providers/helpdesk.py", text)
    shutil.copytree(ROOT / "tests", copied_tree.path / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, copied_tree.path)
    (copied_tree.path / "notebooks").mkdir()
    listing = (
        "connections_have_their_shape or connections_are_filtered or integrations_are_listed or providers"
    )
    done = copied_tree.run(
        "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", listing, "tests/sandbox/test_api.py"
    )
    assert (done.returncode, " failed" in done.stdout) == (0, False), done.stdout
    done = copied_tree.run(
        "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "as_json or listing",
        "tests/cli/test_commands.py", "tests/session/test_session.py",
    )  # fmt: skip
    assert (done.returncode, " failed" in done.stdout) == (0, False), done.stdout
