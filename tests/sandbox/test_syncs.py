"""Synced records, syncs and actions over HTTP: the demo's, their errors, and what a run changes."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from nangonb._project.nango_yaml.runs import schedule
from nangonb.sandbox.store.environment import Connection, Environment
from nangonb.sandbox.store.scheduler import Scheduler
from nangonb.sandbox.store.scripts import SyncScript
from nangonb.sandbox.store.syncs import SyncRun
from tests.sandbox.process import Sandbox
from tests.sandbox.test_api import error_of

CONN_1 = {"connection-id": "conn-1", "provider-config-key": "salesforce"}
HUB_1 = {"connection-id": "hub-1", "provider-config-key": "hubspot"}


def listed(sandbox: Sandbox, headers: dict[str, str] = CONN_1, **params: Any) -> list[dict[str, Any]]:
    """All records, page after page."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = sandbox.client.get("/records", params={"limit": 1000, **params, **cursor}, headers=headers)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["records"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


def status(sandbox: Sandbox, integration: str = "salesforce", connection: str = "", syncs: str = "*") -> Any:
    params = {"syncs": syncs, "provider_config_key": integration}
    if connection:
        params["connection_id"] = connection
    answer = sandbox.client.get("/sync/status", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["syncs"]


def runs(sandbox: Sandbox, integration: str = "salesforce", connection: str = "") -> list[dict[str, Any]]:
    """What the sandbox tells of the latest runs, which Nango shows in its dashboard only."""
    params = {"provider_config_key": integration, **({"connection_id": connection} if connection else {})}
    found: list[dict[str, Any]] = sandbox.client.get("/sandbox/runs", params=params).json()["runs"]
    return found


def begun(sandbox: Sandbox, name: str, integration: str = "salesforce", connection: str = "conn-1") -> None:
    """Wait until a run that was triggered has begun."""
    while status(sandbox, integration, connection, name)[0]["status"] != "RUNNING":
        pass


def settled(sandbox: Sandbox, integration: str = "salesforce", connection: str = "", syncs: str = "*") -> Any:
    """The states, once nothing runs or is about to."""
    while any(one["waiting"] or one["status"] == "RUNNING" for one in runs(sandbox, integration, connection)):
        pass
    return status(sandbox, integration, connection, syncs)


def trigger(sandbox: Sandbox, **body: Any) -> httpx.Response:
    named = {"syncs": ["salesforce-contacts"], "provider_config_key": "salesforce", "connection_id": "conn-1"}
    return sandbox.client.post("/sync/trigger", json={**named, **body})


# Records


def test_the_demo_has_records_at_once(sandbox: Sandbox) -> None:
    records = listed(sandbox, model="Contact")
    assert len(records) == len({record["id"] for record in records}) == 2_413 + 3
    provider = {
        record["Id"]: record for record in sandbox.every_record("SELECT Id, Email, LastName FROM Contact")
    }
    for record in records:
        if record["_nango_metadata"]["last_action"] == "DELETED":
            assert record["id"] not in provider
        else:
            assert provider[record["id"]]["Email"] == record["email"]
    moments = [record["_nango_metadata"]["last_modified_at"] for record in records]
    assert moments == sorted(moments)


@pytest.mark.parametrize("path", ["/records", "/records/"])
def test_a_page_has_a_hundred_records_and_a_cursor(sandbox: Sandbox, path: str) -> None:
    page = sandbox.client.get(path, params={"model": "Contact"}, headers=CONN_1).json()
    assert len(page["records"]) == 100
    assert page["next_cursor"] == page["records"][-1]["_nango_metadata"]["cursor"]


def test_filters_and_ids_and_variants(sandbox: Sandbox) -> None:
    counts = {
        one: len(listed(sandbox, model="Contact", filter=one)) for one in ("added", "updated", "deleted")
    }
    assert all(counts.values())
    assert sum(counts.values()) == 2_416
    some = [record["id"] for record in listed(sandbox, model="Contact")[:3]]
    assert [record["id"] for record in listed(sandbox, model="Contact", ids=some)] == some
    customers = listed(sandbox, HUB_1, model="HubspotContact", variant="customers")
    stages = {record.get("lifecycle_stage") for record in customers}
    assert stages == {"customer", None}  # of deleted ones the id is left
    assert len(customers) < len(listed(sandbox, HUB_1, model="HubspotContact"))
    assert listed(sandbox, model="Nothing") == []


def test_numbers_of_64_bits_stay_what_they_are(sandbox: Sandbox) -> None:
    headers = {"connection-id": "pipe-1", "provider-config-key": "pipedrive"}
    deals = listed(sandbox, headers, model="Deal")
    assert min(int(deal["id"]) for deal in deals) == 2**53 + 1
    assert max(deal.get("ledger_number") or 0 for deal in deals) == 2**63 - 1


@pytest.mark.parametrize(
    ("params", "path"),
    [
        ({}, ["model"]),
        ({"model": "Contact", "limit": "0"}, ["limit"]),
        ({"model": "Contact", "limit": "10001"}, ["limit"]),
        ({"model": "Contact", "filter": "added,changed"}, ["filter"]),
        ({"model": "Contact", "modified_after": "yesterday"}, ["modified_after"]),
        ({"model": "Contact", "modified_after": "2019-01-01T00:00:00Z"}, ["modified_after"]),
        ({"model": "Contact", "ids": [str(n) for n in range(101)]}, ["ids"]),
        ({"model": "Contact", "page": "1"}, []),
    ],
)
def test_wrong_parameters_of_records(sandbox: Sandbox, params: dict[str, Any], path: list[str]) -> None:
    answer = sandbox.client.get("/records", params=params, headers=CONN_1)
    error = error_of(answer)
    assert (answer.status_code, error["code"]) == (400, "invalid_query_params")
    assert [entry["path"] for entry in error["errors"]] == [path]


def test_records_of_no_connection(sandbox: Sandbox) -> None:
    for method, path, more in (
        ("GET", "/records", {"params": {"model": "Contact"}}),
        ("PATCH", "/records/prune", {"json": {"model": "Contact", "until_cursor": "x"}}),
        ("POST", "/action/trigger", {"json": {"action_name": "salesforce-contact-fields"}}),
    ):
        answer = sandbox.client.request(method, path, headers={**CONN_1, "connection-id": "nope"}, **more)
        assert (answer.status_code, error_of(answer)["code"]) == (400, "unknown_connection")
        answer = sandbox.client.request(method, path, **more)
        assert (answer.status_code, error_of(answer)["code"]) == (400, "invalid_headers")


def test_pruning(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox("--rows", "10")
    records = listed(sandbox, model="Contact")
    body = {"model": "Contact", "until_cursor": records[4]["_nango_metadata"]["cursor"], "limit": 3}
    for wanted in ({"count": 3, "has_more": True}, {"count": 2, "has_more": False}):
        assert sandbox.client.patch("/records/prune", json=body, headers=CONN_1).json() == wanted
    after = listed(sandbox, model="Contact")
    assert [record["id"] for record in after] == [record["id"] for record in records]
    assert [record["_nango_metadata"]["pruned_at"] is not None for record in after] == [True] * 5 + [
        False
    ] * 8
    assert all(set(record) == {"id", "_nango_metadata"} for record in after[:5])
    for wrong in (
        {**body, "limit": 0},
        {**body, "until_cursor": ""},
        {"model": "Contact"},
        {**body, "more": 1},
    ):
        answer = sandbox.client.patch("/records/prune", json=wrong, headers=CONN_1)
        assert (answer.status_code, error_of(answer)["code"]) == (400, "invalid_body")


# Syncs


def test_the_state_of_the_demo(sandbox: Sandbox) -> None:
    contacts, accounts = status(sandbox, connection="conn-2")
    assert (contacts["name"], contacts["status"], contacts["frequency"]) == (
        "salesforce-contacts",
        "SUCCESS",
        "every day",
    )
    assert (contacts["type"], contacts["recordCount"]) == ("INCREMENTAL", {"Contact": 318})
    assert datetime.fromisoformat(contacts["nextScheduledSyncAt"]) > datetime.now(UTC)
    assert contacts["checkpoint"] == {"last_modified": contacts["finishedAt"]}
    assert (accounts["name"], accounts["checkpoint"]) == ("salesforce-accounts", None)
    assert {sync["connection_id"] for sync in status(sandbox)} == {"conn-1", "conn-2"}
    assert [(s["connection_id"], s["status"]) for s in status(sandbox, "github")] == [
        ("gh-1", "SUCCESS"),
        ("gh-2", "PAUSED"),
    ]
    assert {sync["status"] for sync in status(sandbox, "unreliable")} == {"ERROR"}
    names = "hubspot-contacts::customers,nope"
    assert [s["variant"] for s in status(sandbox, "hubspot", "hub-1", names)] == ["customers"]
    assert [s["variant"] for s in status(sandbox, "hubspot", "hub-1")] == ["base", "customers"]


def test_a_run_can_be_seen_and_changes_records(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox("--rows", "200")
    before = listed(sandbox, model="Contact")
    cursor = before[-1]["_nango_metadata"]["cursor"]
    assert trigger(sandbox).json() == {"success": True}
    begun(sandbox, "salesforce-contacts")
    (sync,) = settled(sandbox, connection="conn-1", syncs="salesforce-contacts")
    assert (sync["status"], sync["latestResult"]) == (
        "SUCCESS",
        {"Contact": {"added": 2, "updated": 5, "deleted": 1}},
    )
    assert sync["recordCount"] == {"Contact": 201}
    changed = listed(sandbox, model="Contact", cursor=cursor)
    actions = [record["_nango_metadata"]["last_action"] for record in changed]
    assert actions == ["ADDED"] * 2 + ["UPDATED"] * 5 + ["DELETED"]
    # the same ones in every sandbox
    other = new_sandbox("--rows", "200")
    trigger(other)
    settled(other, connection="conn-1")
    assert {r["id"] for r in listed(other, model="Contact", cursor=cursor)} == {r["id"] for r in changed}


def test_an_emptied_sync_saves_all_again(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox("--rows", "20")
    for more in (
        {"opts": {"reset": True, "emptyCache": True}},
        {"sync_mode": "full_refresh_and_clear_cache"},
    ):
        assert trigger(sandbox, **more).status_code == 200
        (sync,) = settled(sandbox, connection="conn-1", syncs="salesforce-contacts")
        assert sync["latestResult"]["Contact"]["added"] == 20
        assert {r["_nango_metadata"]["last_action"] for r in listed(sandbox, model="Contact")} == {"ADDED"}


def test_a_failing_sync(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox()
    body = {"syncs": [], "provider_config_key": "unreliable"}  # all syncs of all connections
    earlier = status(sandbox, "unreliable")
    assert sandbox.client.post("/sync/trigger", json=body).json() == {"success": True}
    syncs = settled(sandbox, integration="unreliable")
    assert {sync["status"] for sync in syncs} == {"ERROR"}
    assert len(syncs) == 2
    assert all(now["finishedAt"] > then["finishedAt"] for now, then in zip(syncs, earlier, strict=True))
    assert [sync["latestResult"] for sync in syncs] == [sync["latestResult"] for sync in earlier]


def test_pause_start_and_frequency(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox()
    body = {"syncs": ["salesforce-contacts"], "provider_config_key": "salesforce", "connection_id": "conn-1"}
    assert sandbox.client.post("/sync/pause", json=body).json() == {"success": True}
    contacts, accounts = status(sandbox, connection="conn-1")
    assert (contacts["status"], contacts["nextScheduledSyncAt"]) == ("PAUSED", None)
    assert accounts["status"] == "SUCCESS"
    assert status(sandbox, connection="conn-2")[0]["status"] == "SUCCESS"
    assert sandbox.client.post("/sync/start", json=body).json() == {"success": True}
    assert status(sandbox, connection="conn-1")[0]["status"] == "SUCCESS"
    own = {**body, "sync_name": "salesforce-contacts"}
    del own["syncs"]
    for frequency, said in (("every 30 minutes", "every 30 minutes"), (None, "every day")):
        answer = sandbox.client.put("/sync/update-connection-frequency", json={**own, "frequency": frequency})
        assert answer.json() == {"frequency": said}
        assert status(sandbox, connection="conn-1")[0]["frequency"] == said
    for wrong in ("every 10 seconds", "often", 5):
        answer = sandbox.client.put("/sync/update-connection-frequency", json={**own, "frequency": wrong})
        assert (answer.status_code, error_of(answer)["code"]) == (400, "invalid_body")


def test_variants(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox("--rows", "20")
    body = {"provider_config_key": "salesforce", "connection_id": "conn-1"}
    path = "/sync/salesforce-contacts/variant/eu"
    made = sandbox.client.post(path, json=body)
    assert (made.status_code, made.json()["variant"]) == (200, "eu")
    again = sandbox.client.post(path, json=body)
    assert (again.status_code, error_of(again)["code"]) == (400, "sync_variant_already_exists")
    assert trigger(sandbox, syncs=[{"name": "salesforce-contacts", "variant": "eu"}]).status_code == 200
    syncs = settled(sandbox, connection="conn-1", syncs="salesforce-contacts,salesforce-contacts::eu")
    assert [(sync["variant"], sync["latestResult"]["Contact"]["added"]) for sync in syncs] == [
        ("base", 1),
        ("eu", 20),
    ]
    assert len(listed(sandbox, model="Contact", variant="eu")) == 20
    assert sandbox.client.request("DELETE", path, json=body).json() == {"success": True}
    gone = sandbox.client.request("DELETE", path, json=body)
    assert (gone.status_code, error_of(gone)["code"]) == (404, "not_found")
    assert listed(sandbox, model="Contact", variant="eu") == []
    for name, code in (
        ("salesforce-contacts/variant/base", "invalid_variant"),
        ("nope/variant/eu", "unknown_sync"),
    ):
        answer = sandbox.client.post(f"/sync/{name}", json=body)
        assert (answer.status_code, error_of(answer)["code"]) == (400, code)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"provider_config_key": ""}, "missing_provider_config_key"),
        ({"provider_config_key": "nope"}, "unknown_provider_config"),
        ({"syncs": ["nope"]}, "no_syncs_found"),
        ({"syncs": "salesforce-contacts"}, "invalid_body"),
        ({"syncs": [{"variant": "eu"}]}, "invalid_body"),
        ({"opts": {"reset": True}, "sync_mode": "incremental"}, "invalid_body"),
        ({"opts": {"reset": "yes"}}, "invalid_body"),
        ({"sync_mode": "sometimes"}, "invalid_body"),
        ({"nope": 1}, "invalid_body"),
    ],
)
def test_wrong_triggers(sandbox: Sandbox, more: dict[str, Any], code: str) -> None:
    answer = trigger(sandbox, **more)
    assert (answer.status_code, error_of(answer)["code"]) == (400, code)


def test_what_a_sync_is_known_by_follows_its_integration(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox("--rows", "20")
    assert sandbox.client.patch("/integrations/salesforce", json={"unique_key": "crm"}).status_code == 200
    assert [sync["recordCount"] for sync in status(sandbox, "crm", "conn-1", "salesforce-contacts")] == [
        {"Contact": 20}
    ]
    assert len(listed(sandbox, {**CONN_1, "provider-config-key": "crm"}, model="Contact")) == 23
    assert (
        sandbox.client.delete("/connections/conn-1", params={"provider_config_key": "crm"}).status_code == 200
    )
    assert {sync["connection_id"] for sync in status(sandbox, "crm")} == {"conn-2"}
    assert sandbox.client.delete("/integrations/crm").status_code == 200
    scripts = sandbox.client.get("/scripts/config").json()
    assert "crm" not in [one["providerConfigKey"] for one in scripts]


# Actions


def act(
    sandbox: Sandbox, name: str, given: Any, connection: str, integration: str, **headers: str
) -> httpx.Response:
    named = {"connection-id": connection, "provider-config-key": integration, **headers}
    return sandbox.client.post("/action/trigger", json={"action_name": name, "input": given}, headers=named)


def test_actions_and_their_errors(sandbox: Sandbox) -> None:
    fields = act(sandbox, "salesforce-contact-fields", None, "conn-1", "salesforce").json()["fields"]
    assert {"name": "Id", "label": "Contact ID", "type": "id", "relationship_name": None} in fields
    wanted = {"action-error": (500, "action_script_runtime_error"), "error": (500, "script_internal_error"),
              "http": (424, "script_http_error")}  # fmt: skip
    for how, (code, named) in wanted.items():
        answer = act(sandbox, "fail", {"how": how}, "flaky-1", "unreliable")
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (code, named)
        assert error["message"]
    assert error["upstream"]["status"] == 503
    assert set(error["upstream"]["headers"]) == {"content-type"}
    assert act(sandbox, "fail", {"a": 1}, "flaky-1", "unreliable").json() == {"input": {"a": 1}}
    missing = act(sandbox, "nope", None, "conn-1", "salesforce")
    assert (missing.status_code, error_of(missing)["code"]) == (404, "not_found")
    needs = act(sandbox, "create-issue", {}, "gh-1", "github").json()["error"]
    assert needs["payload"] == {"message": "The input must have repo, a string"}
    refused = act(sandbox, "create-issue", {"repo": "quickstart"}, "gh-1", "github").json()["error"]
    assert refused["upstream"]["status"] == 422
    assert "x-ratelimit-limit" in refused["upstream"]["headers"]


def test_an_action_that_writes(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox()
    made = act(
        sandbox, "create-contact", {"email": "new@a.example", "first_name": "N"}, "hub-1", "hubspot"
    ).json()
    found = sandbox.proxy(f"/crm/v3/objects/contacts/{made['id']}", "hub-1", "hubspot").json()
    assert found["properties"]["email"] == "new@a.example"
    again = act(sandbox, "create-contact", {"email": "new@a.example"}, "hub-1", "hubspot")
    assert (again.status_code, again.json()["error"]["payload"]["category"]) == (424, "CONFLICT")


def test_an_action_in_the_background(sandbox: Sandbox) -> None:
    for given, wanted in (({"a": 1}, 200), ({"how": "error"}, 500)):
        started = act(sandbox, "fail", given, "flaky-1", "unreliable", **{"x-async": "true"})
        assert started.status_code == 202
        where = started.json()["statusUrl"]
        assert started.headers["location"] == where == f"/action/{started.json()['id']}"
        while (answer := sandbox.client.get(where)).status_code == 404:
            assert error_of(answer)["code"] == "not_found"
        assert answer.status_code == wanted
    assert sandbox.client.get(f"/action/{uuid.uuid4()}").status_code == 404
    for headers in ({"x-async": "yes"}, {"x-async": "true", "x-max-retries": "6"}):
        answer = act(sandbox, "fail", {}, "flaky-1", "unreliable", **headers)
        assert (answer.status_code, error_of(answer)["code"]) == (400, "invalid_headers")


# Without a server


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("every day", 86_400), ("every 30 minutes", 1_800), ("1h", 3_600), ("Every Hour", 3_600),
     ("every 30 seconds", 30), ("every 29 seconds", None), ("30ms", None), ("every blue moon", None),
     ("", None)],
)  # fmt: skip
def test_intervals(text: str, seconds: int | None) -> None:
    assert schedule(text) == (None if seconds is None else timedelta(seconds=seconds))


def test_a_script_that_is_deployed_runs_with_the_date_of_its_last_run() -> None:
    connection = Connection("c", "k", id=1)
    seen: list[datetime | None] = []

    async def fetch(run: SyncRun) -> None:
        seen.append(run.last_sync_date)
        run.saved("Row", run.records("Row").save([{"id": "a"}, {"id": "b", "run": len(seen)}]))
        if len(seen) == 4:
            raise RuntimeError("broken")

    async def story() -> None:
        syncs = Scheduler(Environment(connections=[connection]), fetch, lag=0)
        syncs.deploy(SyncScript("k", "rows", ("Row",), "every hour", incremental=True, auto_start=False))
        (sync,) = syncs.find("k", [], [connection])
        assert (sync.status, sync.next_at(datetime.now(UTC))) == ("PAUSED", None)
        for reset in (False, False, True, False):
            syncs.trigger(sync, connection, reset=reset)
            assert (sync.waiting, sync.status) == (True, "PAUSED")
            syncs.trigger(sync, connection)  # one that is about to run is left alone
            while sync.waiting or sync.job == "RUNNING":
                await asyncio.sleep(0)
        assert (sync.job, sync.runs, sync.error) == ("STOPPED", 3, "RuntimeError: broken")
        assert sync.result == {"Row": {"added": 0, "updated": 1, "deleted": 0}}
        assert syncs.record_counts(sync, connection) == {"Row": 2}

    with ThreadPoolExecutor(1) as thread:  # this thread may run a browser's loop
        thread.submit(asyncio.run, story()).result()
    assert [moment is None for moment in seen] == [True, False, True, False]
