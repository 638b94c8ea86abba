"""No room on the disk (ENOSPC, for real) during an export: each file is whole, and the next one mends it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nangonb._export import RECORD
from nangonb._export.record import BEGUN
from nangonb._folders import read
from tests.disk import on_small_disk
from tests.export.test_export import files
from tests.exporting import export
from tests.folders.making import ACTION, FIELD, SYNC, YAML, write_notebook

EXPORTS = """
notebook, layout = sys.argv[2:]
words = "export", notebook, "out", "--layout", layout
found = {"room": []}
for pages in range(60):
    filler = fill()
    # so many pages of room: none, then a little more each time, until there is enough
    os.truncate(filler, max(filler.stat().st_size - pages * 4096, 0))
    done = nangonb(*words)
    found["room"].append({**done, "files": files("out")})
    filler.unlink()
    if done["code"] == 0:
        break
found["after"] = nangonb(*words, "--check")
print(json.dumps(found))
"""


def inside(found: dict[str, str]) -> dict[str, str]:
    return {path.removeprefix("out/"): text for path, text in found.items()}


@pytest.mark.parametrize("layout", ["python", "nango-yaml"])
def test_an_export(tmp_path: Path, layout: str) -> None:
    notebook = write_notebook(tmp_path / "a.ipynb", YAML, SYNC.replace("pass", "nango.log('1')"))
    disk = tmp_path / "disk"
    export(read([notebook]), disk / "out", layout=layout)
    old = files(disk / "out")
    big = "".join(f"    nango.log('{number}: {'x' * 50}')\n" for number in range(200))
    sync = "%%nango_sync contacts\ndef fetch_data(nango):\n" + big
    action = ACTION if layout == "python" else ACTION.replace("(nango)", "(nango, input)")
    write_notebook(notebook, YAML.replace("every day", "every hour"), sync, FIELD, action)
    export(read([notebook]), tmp_path / "fresh", layout=layout)
    new = files(tmp_path / "fresh")
    found: dict[str, Any] = on_small_disk(EXPORTS, disk, str(notebook), layout, kilobytes=512)
    *failed, done = found["room"]
    assert failed
    for one in failed:
        assert one["code"] == 1
        assert "cannot be written: No space left on device." in one["err"]
        assert "Fix the cause, then export again." in one["err"] and "Traceback" not in one["err"]
        for path, text in inside(one["files"]).items():
            if path.startswith(".nangonb/"):
                assert path in (RECORD, BEGUN) and json.loads(text)["layout"] == layout
            else:
                assert text in (old.get(path), new.get(path)), path
    assert (done["code"], inside(done["files"])) == (0, new)
    assert found["after"]["code"] == 0
