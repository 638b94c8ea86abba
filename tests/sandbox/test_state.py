"""``--state DIR``: what a sandbox remembers when it is started again."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nangonb.sandbox.store.records import RecordStore
from nangonb.sandbox.store.state_file import StateFile
from tests.sandbox.deploying import action, deploy, sync
from tests.sandbox.process import ROOT, Sandbox
from tests.sandbox.test_deploys import GH_1, names, scripts
from tests.sandbox.test_record_store import ticking
from tests.sandbox.test_syncs import CONN_1, HUB_1, begun, listed, runs, settled, status, trigger

Start = Callable[..., Sandbox]
Restart = Callable[..., Sandbox]


@pytest.fixture
def restart(new_sandbox: Start, tmp_path: Path) -> Restart:
    """Ends the sandbox before, and starts one with the same state."""
    running: list[Sandbox] = []

    def start(*more: str) -> Sandbox:
        for before in running:
            if before.process.poll() is None:
                assert before.close() == 0
        running.append(new_sandbox("--rows", "20", "--state", str(tmp_path / "state"), *more))
        return running[-1]

    return start


def everything(sandbox: Sandbox) -> dict[str, Any]:
    """All that the API tells, but for what depends on the time and the address."""
    get = sandbox.client.get
    states = {
        key: [{**one, "nextScheduledSyncAt": ""} for one in status(sandbox, key)]
        for key in names([{"name": one["unique_key"]} for one in get("/integrations").json()["data"]])
    }
    connections = get("/connections").json()["connections"]
    return {
        "connections": connections,
        "credentials": [credentials(sandbox, one) for one in connections],
        "scripts": get("/scripts/config").json(),
        "syncs": states,
        "records": [listed(sandbox, CONN_1, model="Contact"), listed(sandbox, GH_1, model="GithubIssue")],
    }


def credentials(sandbox: Sandbox, connection: dict[str, Any]) -> Any:
    params = {"provider_config_key": connection["provider_config_key"]}
    answer = sandbox.client.get(f"/connections/{connection['connection_id']}", params=params)
    return answer.json().get("credentials")


def test_a_fresh_demo_is_the_same_again(restart: Restart) -> None:
    before = everything(restart())
    assert everything(restart()) == before


def test_what_was_changed_is_there_again(restart: Restart) -> None:
    sandbox = restart()
    client = sandbox.client
    trigger(sandbox)
    settled(sandbox, connection="conn-1")
    deploy(sandbox, sync("rows", endpoints=[{"GET": "/rows"}]), action("act", version="1.2.3"))
    where = {"provider_config_key": "github", "connection_id": "gh-1"}
    client.post("/sync/pause", json={"syncs": ["github-issues"], **where})
    frequency = {"sync_name": "github-issues", "frequency": "every 2 hours", **where}
    client.put("/sync/update-connection-frequency", json=frequency)
    client.post("/connections/metadata", json={**where, "metadata": {"ä": [1.5, None]}})
    client.delete("/connections/gh-2", params={"provider_config_key": "github"})
    client.patch("/integrations/hubspot", json={"unique_key": "crm"})
    hub = {"provider_config_key": "crm", "connection_id": "hub-1"}
    client.request("DELETE", "/sync/hubspot-contacts/variant/customers", json=hub)
    client.post("/sync/hubspot-contacts/variant/none", json=hub)
    cursor = listed(sandbox, model="Contact")[4]["_nango_metadata"]["cursor"]
    client.patch("/records/prune", json={"model": "Contact", "until_cursor": cursor}, headers=CONN_1)
    before = everything(sandbox)
    again = restart()
    assert everything(again) == before
    assert names(status(again, "crm", "hub-1")) == ["hubspot-contacts"] * 2
    moved = {**HUB_1, "provider-config-key": "crm"}
    assert listed(again, moved, model="HubspotContact", variant="customers") == []
    # cursors lead to the same places, and what comes next is later
    rest = listed(again, model="Contact", cursor=cursor)
    assert rest == before["records"][0][5:]
    trigger(again)
    settled(again, connection="conn-1")
    latest = listed(again, model="Contact", cursor=rest[-1]["_nango_metadata"]["cursor"])
    assert [one["_nango_metadata"]["last_action"] for one in latest].count("ADDED") == 2


def test_scripts_that_were_deleted_stay_deleted(restart: Restart) -> None:
    sandbox = restart()
    deploy(sandbox, sync("rows"), deployMode="all", singleDeployMode=...)
    again = restart()
    assert [one["providerConfigKey"] for one in again.client.get("/scripts/config").json()] == ["github"]
    assert scripts(again)["syncs"] == ["rows"]
    assert listed(again, model="Contact") == []


def test_it_may_be_killed_at_any_time(restart: Restart) -> None:
    sandbox = restart()
    deploy(sandbox, sync("rows"))
    where = {"provider_config_key": "salesforce", "connection_id": "conn-1"}
    sandbox.client.post("/connections/metadata", json={**where, "metadata": {"last": True}})
    trigger(sandbox)
    begun(sandbox, "salesforce-contacts")
    sandbox.process.kill()
    sandbox.process.wait()
    again = restart()
    assert "rows" in scripts(again)["syncs"]
    found = again.client.get("/connections/conn-1", params={"provider_config_key": "salesforce"}).json()
    assert found["metadata"] == {"last": True}
    (state,) = status(again, connection="conn-1", syncs="salesforce-contacts")
    assert state["status"] == "ERROR"
    assert "The sandbox stopped during the run" in [one["error"] for one in runs(again)]
    trigger(again)
    (state,) = settled(again, connection="conn-1", syncs="salesforce-contacts")
    assert state["status"] == "SUCCESS"


def test_one_sandbox_at_a_time(restart: Restart, tmp_path: Path) -> None:
    restart()
    second = run("--state", str(tmp_path / "state"))
    assert (second.returncode, second.stdout) == (2, "")
    assert "in use by another sandbox" in second.stderr


def test_a_folder_that_cannot_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert "nangonb sandbox: " in run("--state", str(tmp_path / "file")).stderr
    (tmp_path / "sandbox.sqlite").write_text("this is no database" * 100)
    broken = run("--state", str(tmp_path))
    assert (broken.returncode, "not the state of a sandbox" in broken.stderr) == (2, True)
    (tmp_path / "sandbox.sqlite").unlink()
    with sqlite3.connect(tmp_path / "sandbox.sqlite") as file:
        file.execute("PRAGMA user_version = 99")
    assert "another version" in run("--state", str(tmp_path)).stderr


def test_the_variable_names_the_folder(
    new_sandbox: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NANGONB_SANDBOX_STATE", str(tmp_path / "state"))
    sandbox = new_sandbox("--rows", "0")
    deploy(sandbox, sync("rows"))
    assert sandbox.close() == 0
    assert "kept on disk" in sandbox.errors
    assert "rows" in scripts(new_sandbox("--rows", "0"))["syncs"]


def test_no_credentials_are_written_and_nobody_else_reads(restart: Restart, tmp_path: Path) -> None:
    sandbox = restart()
    made = {"provider": "github", "unique_key": "own", "credentials": {"client_secret": "my-own-secret"}}
    sandbox.client.post("/integrations", json=made)
    token = sandbox.client.get("/connections/gh-1", params={"provider_config_key": "github"}).json()
    assert sandbox.close() == 0
    folder = tmp_path / "state"
    assert (folder.stat().st_mode & 0o77, (folder / "sandbox.sqlite").stat().st_mode & 0o77) == (0, 0)
    written = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"nangonb-demo" in written
    for secret in ("my-own-secret", token["credentials"]["access_token"], sandbox.key):
        assert secret.encode() not in written


def test_only_rows_that_changed_are_written(tmp_path: Path) -> None:
    kept = StateFile(tmp_path)
    store = RecordStore(clock=ticking())
    store.attach(kept)
    records = store.records(1, "Row")
    records.save([{"id": str(n), "n": n} for n in range(1_000)])
    with sqlite3.connect(tmp_path / "sandbox.sqlite") as reader:
        reader.execute("PRAGMA query_only = 1")
        before = dict(reader.execute("SELECT id, modified FROM records"))
        assert len(before) == 1_000
        records.begin()
        records.save([{"id": str(n), "n": n if n % 100 else -n} for n in range(1_000)])
        records.delete([{"id": "7"}, {"id": "new"}])
        after = dict(reader.execute("SELECT id, modified FROM records"))
        changed = {int(key) for key in after if key in before and after[key] != before[key]}
        assert changed == {*range(100, 1_000, 100), 7}
        assert set(after) - set(before) == {b"new"}
    kept.close()


def test_what_was_kept_counts_without_being_read(tmp_path: Path) -> None:
    kept = StateFile(tmp_path)
    store = RecordStore(clock=ticking())
    store.attach(kept)
    store.records(1, "Row", "eu").save([{"id": "a"}, {"id": "b"}])
    store.records(1, "Row", "eu").delete([{"id": "a"}])
    kept.close()
    again = RecordStore(clock=ticking())
    again.attach(StateFile(tmp_path))
    assert (again.count(1, "Row", "eu"), again.count(1, "Row")) == (1, 0)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nangonb.sandbox", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        check=False,
    )
