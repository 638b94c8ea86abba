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
    checkpoint = nango.get_checkpoint() or {"page": 1}
    nango.save_checkpoint({"page": checkpoint["page"], "done": True, "at": "x"})
    nango.track_deletes_start("Contact")
    nango.log(nango.track_deletes_end("Contact")["deletedKeys"])
    nango.set_merging_strategy("override", "Contact")
    known = nango.get_records_by_ids([1, "2"], "Contact")
    for record in nango.list_records("Contact"):
        nango.log(known.get(record["id"]))
    nango.trigger_sync("acme", "conn-1", {"name": "contacts", "variant": "emea"}, "full_refresh")


def run_action(nango: NangoAction, input: dict[str, str]) -> dict[str, object]:
    try:
        answer: Response = nango.get("/a", params={"n": 1}, headers={"Accept": "text/csv"}, retry_on=[409])
        nango.post("/a", data={"n": input["n"]}, response_type="text")
    except HTTPError as error:
        if error.status == 404:
            raise nango.ActionError("No such thing", id=input["n"])
        raise ActionError({"message": str(error), "status": error.status}) from error
    nango.update_metadata({"seen": answer.status})
    page = nango.uncontrolled_fetch("https://example.com", method="POST", body="x", headers={"A": 1})
    if page.ok and nango.try_acquire_lock(key="k", ttl_ms=1000):
        nango.log(page.json(), page.text(), nango.get_integration(include=["webhook"]))
    nango.set_logger(level="warn")
    nango.trigger_action("acme", "conn-1", "other", {"n": 1})
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
    nango.save_checkpoint({"page": [1]})
    nango.set_merging_strategy("newest", "Contact")
    nango.track_deletes_end()


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
        13: "dict-item",
        14: "arg-type",
        15: "call-arg",
        19: "attr-defined",
        20: "arg-type",
    }
