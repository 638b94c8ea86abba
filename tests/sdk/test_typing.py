"""A type checker agrees with right scripts and finds the slips in wrong ones."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mypy", reason="mypy is not installed")

RIGHT = """\
from nangonb import ActionError, HTTPError, NangoAction, NangoSync, Response


def fetch_data(nango: NangoSync) -> None:
    since = nango.last_sync_date
    query = {"q": "x", "since": since.isoformat() if since else None}
    pages = nango.paginate("/items", params=query, paginate={"type": "cursor", "limit": 100}, retries=3)
    for page in pages:
        nango.batch_save([{"id": record["id"]} for record in page], "Contact")
        nango.batch_delete(({"id": key} for key in ("1", "2")), "Contact")
    nango.batch_update(None, "Contact")
    nango.log("done", {"n": 1}, level="warn")


def run_action(nango: NangoAction, input: dict[str, str]) -> dict[str, object]:
    try:
        answer: Response = nango.get("/a", params={"n": 1}, headers={"Accept": "text/csv"}, retry_on=[409])
        nango.post("/a", data={"n": input["n"]}, response_type="text")
    except HTTPError as error:
        if error.status == 404:
            raise nango.ActionError("No such thing", id=input["n"])
        raise ActionError({"message": str(error), "status": error.status}) from error
    nango.update_metadata({"seen": answer.status})
    return {"status": answer.status, "data": answer.data, "region": nango.get_metadata().get("region")}
"""

WRONG = """\
from nangonb import NangoAction, NangoSync


def fetch_data(nango: NangoSync) -> None:
    nango.batchSave([], "Contact")
    nango.get("/a", param={})
    nango.get("/a", retries="3")
    nango.batch_save([1], "Contact")
    nango.batch_save([{"id": "1"}])
    nango.log("x", level="fatal")
    nango.get("/a").body
    nango.last_sync_date.isoformat()


def run_action(nango: NangoAction) -> None:
    nango.batch_save([], "Contact")
    nango.get("/a", response_type="blob")
"""


def mypy(tmp_path: Path, text: str) -> dict[int, str]:
    """Line → error code of what ``mypy --strict`` finds."""
    root = Path(__file__).resolve().parents[2]
    script = tmp_path / "script.py"
    script.write_text(text)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--no-error-summary",
            "--config-file=",
            "--follow-imports=silent",
            f"--cache-dir={tmp_path / 'cache'}",
            str(script),
        ],
        env={**os.environ, "MYPYPATH": str(root)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=170,
    )
    assert done.stderr == ""
    found = re.findall(r"^script\.py:(\d+): error: .*\[([\w-]+)\]$", done.stdout, re.MULTILINE)
    assert len(found) == done.stdout.count(": error:"), done.stdout
    return {int(line): code for line, code in found}


def test_a_right_script_and_a_wrong_one(tmp_path: Path) -> None:
    assert mypy(tmp_path, RIGHT) == {}
    assert mypy(tmp_path, WRONG) == {
        5: "attr-defined",
        6: "call-arg",
        7: "arg-type",
        8: "list-item",
        9: "call-arg",
        10: "arg-type",
        11: "attr-defined",
        12: "union-attr",
        16: "attr-defined",
        17: "arg-type",
    }
