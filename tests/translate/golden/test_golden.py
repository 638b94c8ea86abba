"""A notebook of fourteen scripts, exported: the folders are kept, read as by a reviewer, and compared.

The scripts are the two of the quickstart and twelve samples. Whoever changes the emission renews the folders
and reads what ``git diff`` shows of them::

    UPDATE_GOLDEN=1 .venv/bin/pytest tests/translate/golden
"""

from __future__ import annotations

import difflib
import json
import os
import re
import shutil
from pathlib import Path

import pytest

from nangonb._folders import read
from tests.exporting import export
from tests.folders.making import write_notebook
from tests.interop.scripts import FOLDER, cells, samples

HERE = Path(__file__).parent
LAYOUTS = ("nango-yaml", "zero-yaml")
QUICKSTART = HERE.parents[2] / "notebooks" / "quickstart.ipynb"

#: What each is kept for.
SAMPLES = {
    "contacts-link-pages": "pages that link to the next one, nested records",
    "items-cursor": "pages by a cursor, a configuration of its own, retries",
    "issues-offset-pages": "pages by number",
    "closed-issues-deleted": "deletes",
    "contacts-field-mapping": "records as the metadata of the connection says",
    "contacts-with-module": "modules, an incremental sync",
    "issue-timing": "dates and durations",
    "update-contact": "an action with input, its own errors and those of requests",
    "create-issue": "a request that writes, defaults of what the input leaves out",
    "health": "what fails and is counted, constants",
    "on-connected": "an event",
    "contacts-by-country": "groups, sets, functions inside of functions",
}
MODELS = (
    "ContactCard",
    "ContactUpdate",
    "CountrySummary",
    "CreatedIssue",
    "Health",
    "Issue",
    "IssueTiming",
    "Item",
    "MappedContact",
    "NewIssue",
    "OpenIssue",
    "PullRequest",
    "SpringContact",
    "UpdateResult",
)


def notebook(folder: Path) -> Path:
    """The quickstart's declarations and the samples with what they need, as one notebook."""
    quickstart = json.loads(QUICKSTART.read_text("utf-8"))
    sources = ["".join(cell["source"]) for cell in quickstart["cells"] if cell["cell_type"] == "code"]
    declaring = [source for source in sources if source.startswith("%%nango_")]
    blocks = re.findall(r"^    (\w+):\n((?: {8}.*\n)+)", (FOLDER / "models.yaml").read_text("utf-8"), re.M)
    models = "".join(f"    {name}:\n{fields}" for name, fields in blocks if name in MODELS)
    modules = [text for label, text in cells() if label.startswith("module ")]
    scripts = [
        re.sub(r"^# (options|expect): .*\n", "", sample.cell, flags=re.M)
        for sample in samples()
        if sample.name in SAMPLES
    ]
    return write_notebook(
        folder / "golden.ipynb", *declaring, f"%%nango_yaml models\nmodels:\n{models}", *modules, *scripts
    )


def texts(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_export_is_what_was_read(layout: str, tmp_path: Path) -> None:
    made = tmp_path / layout
    export(read([notebook(tmp_path)]), made, layout=layout)
    if os.environ.get("UPDATE_GOLDEN"):
        shutil.rmtree(HERE / layout, ignore_errors=True)
        shutil.copytree(made, HERE / layout)
    kept, new = texts(HERE / layout), texts(made)
    assert sorted(kept) == sorted(new)
    changed = [
        line
        for path in sorted(kept)
        for line in difflib.unified_diff(
            kept[path].splitlines(), new[path].splitlines(), f"golden/{path}", f"new/{path}", lineterm=""
        )
    ]
    assert changed == [], "\n".join(["UPDATE_GOLDEN=1 renews them.", *changed])
    assert kept == new  # what ends a line, and the file, too


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_script_is_kept(layout: str) -> None:
    scripts = {
        Path(path).stem for path in texts(HERE / layout) if path.endswith(".ts") and path.count("/") == 2
    }
    assert scripts >= {*SAMPLES, "salesforce-contacts", "salesforce-contact-fields"}
