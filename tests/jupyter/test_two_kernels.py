"""Two kernels on one project folder, at the same time: what is read is whole, and no work is lost."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.export.test_export import files
from tests.kernel import Kernel, KernelGone
from tests.sandbox.process import Sandbox

OTHER = """\
%%nango_sync people --integration-id hubspot --output Person --endpoint /people --runs 'every day'
def fetch_data(nango):
    nango.log("round 0")
"""
PERSON = "%%nango_yaml people\nmodels:\n  Person:\n    id: string\n"
CONTACTS = (
    OTHER.replace("people", "contacts").replace("Person", "Contact").replace("hubspot", "salesforce"),
    PERSON.replace("people", "contacts").replace("Person", "Contact"),
)
ROUNDS = 15
EXPORTS = """\
from nangonb._session import current
for number in range(1, {rounds} + 1):
    cell = {cell!r}.replace("round 0", f"round {{number}}")
    current().declare(cell, label="Cell In[2]", id="script")
    nangonb.export("out", layout={layout!r})
"""
LIMITED = """\
%%nango_sync contacts
#| integration: salesforce
#| runs: every day
#| output: Contact
#| endpoint: GET /contacts
QUERY = 'SELECT Id, Name FROM Contact LIMIT ROWS'
def fetch_data(nango):
    rows = nango.get('/services/data/v53.0/query', params={'q': QUERY}).data
    nango.batch_save([{'id': row['Id']} for row in rows['records']], 'Contact')
"""
SAVES = """\
for _ in range(15):
    nangonb.dryrun("contacts", "conn-1", save_responses=True)
"""


@pytest.fixture
def two(new_kernel: Callable[..., Kernel], nango: Sandbox) -> tuple[Kernel, Kernel]:
    env = {"NANGO_HOSTPORT": nango.url, "NANGO_SECRET_KEY_DEV": nango.key}
    kernels = new_kernel(env=env), new_kernel(env=env)
    for kernel in kernels:
        kernel.run("%load_ext nangonb").check()
    return kernels


def together(two: tuple[Kernel, Kernel], codes: tuple[str, str], look: Callable[[], None]) -> None:
    """Runs a cell in each at the same time, while somebody looks at the folder all the time."""
    over, seen = threading.Event(), []

    def watch() -> None:
        while not over.is_set() and not seen:
            try:
                look()
            except Exception as error:
                seen.append(error)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        running = [kernel.begin(code) for kernel, code in zip(two, codes, strict=True)]
        for one in running:
            one.result().check()
    finally:
        over.set()
        watcher.join()
    assert seen == []


@pytest.mark.parametrize("layout", ["python", "nango-yaml", "zero-yaml"])
def test_both_export_into_one_folder(two: tuple[Kernel, Kernel], tmp_path: Path, layout: str) -> None:
    cells = (CONTACTS, (OTHER, PERSON))
    for kernel, (script, model) in zip(two, cells, strict=True):
        kernel.run(model).check()
        kernel.run(script).check()
    out = tmp_path / "out"

    def look() -> None:
        for path in out.glob("*/syncs/*"):
            if not path.name.startswith("."):
                with contextlib.suppress(FileNotFoundError):
                    text = path.read_text()
                    assert re.search(r"round \d+", text) and text.endswith("\n"), path
        with contextlib.suppress(FileNotFoundError):
            assert json.loads((out / ".nangonb/export.json").read_text())["layout"] == layout

    codes = [EXPORTS.format(rounds=ROUNDS, cell=script, layout=layout) for script, _ in cells]
    together(two, (codes[0], codes[1]), look)
    found = files(out)
    ends = [text for path, text in found.items() if "/syncs/" in path]
    assert len(ends) == 2 and all(f"round {ROUNDS}" in text for text in ends)
    for path in ("nango.yaml", "index.ts"):
        if path in found:
            assert "contacts" in found[path] and "people" in found[path]
    assert not [path for path in found if "begun" in path or path.endswith("-tmp")]
    # the record is that of both: each goes on without a conflict, and nothing is foreign
    for one in json.loads(found[".nangonb/export.json"])["files"]:
        assert hashlib.sha256(found[one["path"]].encode()).hexdigest() == one["sha256"], one["path"]
    for kernel in two:
        kernel.run(f'nangonb.export("out", layout="{layout}")').check()
    assert files(out) == found


def test_both_save_responses_of_one_script(two: tuple[Kernel, Kernel], tmp_path: Path) -> None:
    for kernel, rows in zip(two, (3, 1500), strict=True):
        kernel.run(CONTACTS[1]).check()
        kernel.run(LIMITED.replace("ROWS", str(rows))).check()
    saved = tmp_path / "salesforce/tests/contacts.test.json"
    sizes = set()

    def look() -> None:
        with contextlib.suppress(FileNotFoundError):
            found = json.loads(saved.read_text())
            size = len(found["nango"]["batchSave"]["Contact"])
            (answer,) = found["api"]["get"].values()
            assert len(answer["response"]["records"]) == size
            sizes.add(size)

    together(two, (SAVES, SAVES), look)
    look()
    assert sizes <= {3, 1500} and sizes
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]
    passed = [kernel.run("print(nangonb.test().ok)").check().stdout.strip() for kernel in two]
    assert sorted(passed) == ["False", "True"]  # the file is that of one of the two, whole


def test_one_is_killed_while_it_saves(two: tuple[Kernel, Kernel], tmp_path: Path) -> None:
    first, second = two
    for kernel in two:
        kernel.run(CONTACTS[1]).check()
        kernel.run(LIMITED.replace("ROWS", "3")).check()
    folder = tmp_path / "salesforce/tests"
    first.run("import os, signal\nos.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)").check()
    with pytest.raises(KernelGone):
        first.run("%nango_dryrun contacts conn-1 --save-responses")
    (left,) = folder.iterdir()
    assert left.name.endswith(".nangonb-tmp")
    second.run("%nango_dryrun contacts conn-1 --save-responses").check()
    assert [path.name for path in folder.iterdir()] == ["contacts.test.json"]
