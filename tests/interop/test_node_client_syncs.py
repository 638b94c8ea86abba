"""The real node client with the demo's synced records, syncs and actions: what it makes of the answers."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.demo import INTEGRATIONS
from tests.interop.npm import install, node
from tests.sandbox.process import Sandbox

pytestmark = pytest.mark.interop


@pytest.fixture(scope="module")
def out() -> Iterator[dict[str, Any]]:
    sandbox = Sandbox()
    try:
        script = Path(__file__).parent / "node_client_syncs.mjs"
        done = subprocess.run(
            [node(), str(script), str(install()), sandbox.url, sandbox.key],
            capture_output=True,
            text=True,
            timeout=120,
            env={name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")},
            check=False,
        )
    finally:
        sandbox.close()
    assert (done.returncode, done.stderr) == (0, "")
    yield json.loads(done.stdout)


def test_records(out: dict[str, Any]) -> None:
    first, second = out["first"], out["second"]
    assert len({record["id"] for record in first["records"] + second["records"]}) == 4
    assert out["by id"]["records"] == first["records"][1:]
    assert {r["_nango_metadata"]["last_action"] for r in out["deleted"]["records"]} == {"DELETED"}
    assert len(out["changed"]["records"]) == 8
    assert out["changed"]["next_cursor"] is None


def test_syncs(out: dict[str, Any]) -> None:
    for name in ("trigger", "pause", "start", "variant gone"):
        assert out[name] == {"success": True}, name
    assert (out["before"]["status"], out["before"]["recordCount"]) == ("SUCCESS", {"Contact": 2413})
    assert (out["after"]["status"], out["after"]["recordCount"]) == ("SUCCESS", {"Contact": 2414})
    assert out["after"]["latestResult"] == {"Contact": {"added": 2, "updated": 5, "deleted": 1}}
    assert (out["paused"]["status"], out["paused"]["nextScheduledSyncAt"]) == ("PAUSED", None)
    assert (out["started"]["status"], out["started"]["type"]) == ("SUCCESS", "INCREMENTAL")
    assert out["frequency"] == {"frequency": "every 2 hours"}
    assert (out["variant"]["name"], out["variant"]["variant"]) == ("salesforce-contacts", "eu")


def test_actions(out: dict[str, Any]) -> None:
    assert {"name": "Id", "label": "Contact ID", "type": "id", "relationship_name": None} in out["action"][
        "fields"
    ]
    assert out["async"]["statusUrl"] == f"/action/{out['async']['id']}"
    assert out["async result"] == out["action"]
    failed = out["action error"]
    assert (failed["status"], failed["body"]["error"]["code"]) == (500, "action_script_runtime_error")
    assert failed["body"]["error"]["payload"]["message"] == "As you wished"
    failed = out["http error"]
    assert (failed["status"], failed["body"]["error"]["code"]) == (424, "script_http_error")
    assert failed["body"]["error"]["upstream"]["status"] == 503
    assert out["scripts"] == INTEGRATIONS
