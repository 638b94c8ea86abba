"""What a real server, version 0.71.4, was seen to answer where a stand-in easily differs, row by row.

Each row is one request, or one thing that happens, of a comparison with the real server. The last three are
where the sandbox differs on purpose.
"""

from __future__ import annotations

import itertools
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import pytest

from nangonb._node import NodeMissing, find_node
from tests.sandbox.deploying import action, compiled, confirm, deploy, sync
from tests.sandbox.process import Sandbox
from tests.sandbox.test_deploys import scripts
from tests.sandbox.test_syncs import CONN_1, HUB_1, begun, listed, runs, settled, status, trigger

GH_1: Final = {"connection-id": "gh-1", "provider-config-key": "github"}
FLAKY: Final = {"connection-id": "flaky-1", "provider-config-key": "unreliable"}
AT_GH_1: Final = {"provider_config_key": "github", "connection_id": "gh-1"}
AT_CONN_1: Final = {"provider_config_key": "salesforce", "connection_id": "conn-1"}
APP: Final = {"type": "OAUTH2", "client_id": "id", "client_secret": "secret"}


@dataclass(frozen=True)
class Row:
    """``changes``: the sandbox is not what it was afterwards. ``node``: a script is run."""

    id: str
    check: Callable[[Sandbox], None]
    changes: bool
    node: bool


ROWS: Final[list[Row]] = []


def row(
    id: str, *, changes: bool = False, node: bool = False
) -> Callable[[Callable[[Sandbox], None]], Callable[[Sandbox], None]]:
    """The check of one row of the table."""

    def keep(check: Callable[[Sandbox], None]) -> Callable[[Sandbox], None]:
        ROWS.append(Row(id, check, changes or node, node))
        return check

    return keep


def error(answer: httpx.Response) -> dict[str, Any]:
    """Status and error, which has Nango's shape and nothing else."""
    body = answer.json()
    assert set(body) == {"error"}, body
    assert set(body["error"]) <= {"code", "message", "errors", "payload"}
    return {"status": answer.status_code, **body["error"]}


def code(answer: httpx.Response) -> tuple[int, str]:
    found = error(answer)
    return found["status"], found["code"]


def state(sandbox: Sandbox, name: str, integration: str = "github", connection: str = "gh-1") -> Any:
    (found,) = status(sandbox, integration, connection, name)
    return found


def fetched(sandbox: Sandbox, name: str, js: str, **more: Any) -> dict[str, Any]:
    """Deploy a sync for ``gh-1``, start it for the first time, and give its state after that run."""
    deploy(sandbox, sync(name, js, **more))
    answer = sandbox.client.post("/sync/start", json={"syncs": [name], **AT_GH_1})
    assert answer.status_code == 200, answer.text
    (found,) = settled(sandbox, "github", "gh-1", name)
    (told,) = [one for one in runs(sandbox, "github", "gh-1") if one["name"] == name]
    assert (told["error"], found["status"]) == (None, "SUCCESS")
    return {**found, "logs": told["logs"]}


def events(*names: str, integration: str = "github") -> dict[str, Any]:
    event = {"event": "post-connection-creation", "fileBody": {"js": compiled(""), "ts": "// TypeScript"}}
    return {"providerConfigKey": integration, "scripts": [{"name": name, **event} for name in names]}


# What a user is misled by


@row("D filter of records")
def _filter(sandbox: Sandbox) -> None:
    def actions(filter: str) -> set[str]:
        found = listed(sandbox, model="Contact", filter=filter)
        return {record["_nango_metadata"]["last_action"] for record in found}

    one = {name: {name.upper()} for name in ("added", "updated", "deleted")}
    assert {name: actions(name) for name in one} == one
    for names in itertools.permutations(("added", "updated", "deleted")):
        assert actions(",".join(names)) == {"ADDED", "UPDATED"}
    for first, second, wanted in (
        ("updated", "deleted", {"UPDATED"}),
        ("added", "deleted", {"ADDED"}),
        ("added", "updated", {"ADDED", "UPDATED"}),
    ):
        assert actions(f"{first},{second}") == actions(f"{second},{first}") == wanted
    assert actions("UPDATED,DELETED") == {"UPDATED"}


@row("E start runs a sync at its first start or when a run is due", changes=True)
def _start(sandbox: Sandbox) -> None:
    deploy(sandbox, sync("later", runs="every hour"))
    where = {"syncs": ["later"], **AT_GH_1}
    before = state(sandbox, "later")
    assert (before["status"], before["nextScheduledSyncAt"]) == ("PAUSED", None)
    assert sandbox.client.post("/sync/start", json=where).json() == {"success": True}
    (first,) = settled(sandbox, "github", "gh-1", "later")
    assert "finishedAt" in first
    # a run is not due: it goes on as scheduled
    for verb in ("start", "pause", "start"):
        sandbox.client.post(f"/sync/{verb}", json=where)
        assert not any(one["waiting"] for one in runs(sandbox, "github", "gh-1"))
    assert settled(sandbox, "github", "gh-1", "later") == [first]
    # one is: that of gh-2 was paused long ago
    paused = {"syncs": ["github-issues"], **AT_GH_1, "connection_id": "gh-2"}
    ended = state(sandbox, "github-issues", connection="gh-2")["finishedAt"]
    sandbox.client.post("/sync/start", json=paused)
    (again,) = settled(sandbox, "github", "gh-2", "github-issues")
    assert again["finishedAt"] > ended


@row("F what is live, as a deploy and the configuration of scripts tell it", changes=True)
def _live(sandbox: Sandbox) -> None:
    schema = {"definitions": {name: {"type": "object", "properties": {}} for name in ("Row", "Wanted")}}
    flows = (
        sync("rows", endpoints=[{"method": "GET", "path": "/rows", "group": "Crm"}],
             models_json_schema=schema, input="Wanted", webhookSubscriptions=["issues"],
             features=["checkpoints"]),
        action("bare"),
        action("act", models=["Row"], models_json_schema=schema, input="Wanted"),
    )  # fmt: skip
    common = {"version": "1", "providerConfigKey": "github", "models": ["Row"]}
    greet = {"name": "greet", "type": "on-event", "providerConfigKey": "github", "models": []}
    for version, count in (("0.0.1", "1"), ("0.0.2", "2")):
        live = deploy(sandbox, *flows, onEventScriptsByProvider=[events("greet")])
        assert live == [
            {"name": "rows", "type": "sync", **common, "version": count},
            {"name": "bare", "type": "action", **common, "models": [], "version": count},
            {"name": "act", "type": "action", **common, "version": count},
            {**greet, "version": version},
        ]
    (found,) = [
        one for one in sandbox.client.get("/scripts/config").json() if one["providerConfigKey"] == "github"
    ]
    rows, act = found["syncs"][-1], found["actions"][-1]
    both = {
        "source": "repo", "sdk_version": "0.69.14-yaml", "returns": ["Row"], "input": "Wanted",
        "models": [{"name": "Row", "fields": []}, {"name": "Wanted", "fields": []}],
    }  # fmt: skip
    for one in (rows, act):
        assert {name: one[name] for name in both} == both
        assert not {"is_public", "pre_built"} & set(one)
    assert (rows["features"], rows["webhookSubscriptions"]) == (["checkpoints"], ["issues"])
    assert (act["features"], act["webhookSubscriptions"]) == ([], [])
    assert [rows["endpoints"][0]["group"], act["endpoints"][0]["group"]] == ["Crm", None]
    assert "runs" not in act
    bare = found["actions"][-2]
    assert (bare["name"], bare["returns"], "input" in bare) == ("bare", [], False)
    assert [(one["name"], one["version"]) for one in found["on-events"]] == [("greet", "0.0.2")]
    assert not {"runs", "source"} & set(state(sandbox, "rows"))


@row("G a model that a sync no longer saves keeps its records", changes=True)
def _models(sandbox: Sandbox) -> None:
    before = listed(sandbox, GH_1, model="GithubIssue")
    assert before
    assert confirm(sandbox, sync("github-issues")).json()["deletedModels"] == []
    deploy(sandbox, sync("github-issues"))
    assert listed(sandbox, GH_1, model="GithubIssue") == before
    assert state(sandbox, "github-issues")["recordCount"] == {"Row": 0}


@row("H other on-event scripts of the integration are deleted", changes=True)
def _events(sandbox: Sandbox) -> None:
    deploy(sandbox, sync("rows"), onEventScriptsByProvider=[events("greet", "wave")])
    plan = confirm(sandbox, sync("rows"), onEventScriptsByProvider=[events("wave", "bow")]).json()
    names = {
        kind: [one["name"] for one in plan[f"{kind}OnEventScripts"]] for kind in ("new", "updated", "deleted")
    }
    assert names == {"new": ["bow"], "updated": ["wave"], "deleted": ["greet"]}
    deploy(sandbox, sync("rows"))  # says nothing of them
    assert scripts(sandbox)["on-events"] == ["greet", "wave"]
    deploy(sandbox, sync("rows"), onEventScriptsByProvider=[events("wave", "bow")])
    assert scripts(sandbox)["on-events"] == ["wave", "bow"]


@row("I trigger answers before the run is there", changes=True)
def _trigger(sandbox: Sandbox) -> None:
    before = state(sandbox, "github-issues")
    assert trigger(sandbox, syncs=["github-issues"], **AT_GH_1).json() == {"success": True}
    assert state(sandbox, "github-issues") == before
    assert before["status"] == "SUCCESS"
    begun(sandbox, "github-issues", "github", "gh-1")
    (after,) = settled(sandbox, "github", "gh-1", "github-issues")
    assert after["finishedAt"] > before["finishedAt"]


@row("K isCLI in a deployed script", node=True)
def _is_cli(sandbox: Sandbox) -> None:
    js = "await nango.log(typeof nango.isCLI);"
    assert fetched(sandbox, "cli", js)["logs"] == ["info: undefined"]


@row("L listRecords ends after 100", node=True)
def _list_records(sandbox: Sandbox) -> None:
    js = (
        "await nango.batchSave(Array.from({ length: 250 }, (_, n) => ({ id: String(n) })), 'Many');"
        "let count = 0; for await (const _ of nango.listRecords('Many')) { count += 1; }"
        "const ids = Array.from({ length: 250 }, (_, n) => String(n));"
        "await nango.log(count, (await nango.getRecordsByIds(ids, 'Many')).size);"
    )
    assert fetched(sandbox, "many", js, models=["Many"])["logs"] == ["info: 100 250"]


@row("M batchDelete leaves the id", node=True)
def _batch_delete(sandbox: Sandbox) -> None:
    js = (
        "await nango.batchSave([{ id: 'a', n: 1 }, { id: 'b', n: 2 }], 'Gone');"
        "await nango.batchDelete([{ id: 'a' }], 'Gone');"
    )
    fetched(sandbox, "gone", js, models=["Gone"])
    found = {}
    for record in listed(sandbox, GH_1, model="Gone"):
        told = record.pop("_nango_metadata")
        found[told["last_action"]] = record
    assert found == {"ADDED": {"id": "b", "n": 2}, "DELETED": {"id": "a"}}


# The API, request by request


@row("GET connections with a limit of 5000")
def _limit(sandbox: Sandbox) -> None:
    answer = sandbox.client.get("/connections", params={"limit": 5000})
    found = error(answer)
    assert (found["status"], found["code"]) == (400, "invalid_query_params")
    assert found["errors"][0]["path"] == ["limit"]
    assert "2000" in found["errors"][0]["message"]
    assert sandbox.client.get("/connections", params={"limit": 2000, "page": 20_000}).json() == {
        "connections": []
    }


@row("POST integrations github without credentials", changes=True)
def _integration(sandbox: Sandbox) -> None:
    body = {"provider": "github", "unique_key": "gh"}
    found = error(sandbox.client.post("/integrations", json=body))
    assert (found["status"], found["message"]) == (400, "Missing credentials")
    other = {**body, "credentials": {**APP, "type": "OAUTH1"}}
    assert code(sandbox.client.post("/integrations", json=other)) == (400, "invalid_body")
    assert sandbox.client.post("/integrations", json={**body, "credentials": APP}).status_code == 200
    basic = {"provider": "gong", "unique_key": "gong"}  # no app is registered for it
    assert sandbox.client.post("/integrations", json=basic).status_code == 200


@row("DELETE a connection that is not there")
def _delete(sandbox: Sandbox) -> None:
    for name, key in (("unknown", "github"), ("conn-1", "github"), ("gh-1", "nope")):
        answer = sandbox.client.delete(f"/connections/{name}", params={"provider_config_key": key})
        assert code(answer) == (400, "unknown_connection")


@row("POST connections", changes=True)
def _connect(sandbox: Sandbox) -> None:
    body: dict[str, Any] = {
        "provider_config_key": "github",
        "connection_id": "gh-9",
        "credentials": {"type": "OAUTH2", "access_token": "gho_FAKE", "refresh_token": "ghr_FAKE"},
        "metadata": {"a": 1},
        "tags": {"Team": "blue"},
        "end_user": {"id": "u", "email": "u@a.example"},
    }
    answer = sandbox.client.post("/connections", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["connection_id"], made["provider"], made["metadata"]) == ("gh-9", "github", {"a": 1})
    assert made["tags"] == {"team": "blue", "end_user_id": "u", "end_user_email": "u@a.example"}
    assert made["credentials"]["access_token"] == "gho_FAKE"
    params = {"provider_config_key": "github"}
    assert sandbox.client.get("/connections/gh-9", params=params).json()["id"] == made["id"]
    assert [one["connection_id"] for one in status(sandbox, "github", "gh-9")] == ["gh-9"]
    # once more overwrites it, and without an id there is a new one
    again = sandbox.client.post("/connections", json={**body, "metadata": {"b": 2}}).json()
    assert (again["id"], again["created_at"], again["metadata"]) == (made["id"], made["created_at"], {"b": 2})
    del body["connection_id"]
    assert sandbox.client.post("/connections", json=body).json()["connection_id"] not in ("gh-9", "gh-1")
    for wrong, status_code, said in (
        ({**body, "provider_config_key": "nope"}, 404, "not_found"),
        ({**body, "credentials": {"type": "API_KEY", "apiKey": "k"}}, 400, "invalid_body"),
        ({**body, "credentials": {"type": "OAUTH2"}}, 400, "invalid_body"),
        ({**body, "credentials": {"type": "OTHER"}}, 400, "invalid_body"),
        ({**body, "credentials": "token"}, 400, "invalid_body"),
        ({**body, "more": 1}, 400, "invalid_body"),
    ):
        assert code(sandbox.client.post("/connections", json=wrong)) == (status_code, said)


@row("GET config of an integration")
def _config(sandbox: Sandbox) -> None:
    found = sandbox.client.get("/config/github").json()
    assert found == {"config": {"unique_key": "github", "provider": "github", "syncs": [], "actions": []}}
    full = sandbox.client.get("/config/github", params={"include_creds": "true"}).json()["config"]
    assert (full["auth_mode"], full["connection_count"]) == ("OAUTH2", 2)
    assert code(sandbox.client.get("/config/nope")) == (400, "unknown_provider_config")


@row("GET functions of an integration", changes=True)
def _functions(sandbox: Sandbox) -> None:
    deploy(
        sandbox,
        sync("rows", models_json_schema={"definitions": {"Row": {}}}),
        action("rows", input="Row", models_json_schema={"definitions": {"Row": {}}}),
        onEventScriptsByProvider=[events("greet")],
    )
    path = "/integrations/github/functions"
    page = sandbox.client.get(path).json()
    named = [(one["type"], one["name"]) for one in page["data"]]
    assert named == [
        ("action", "create-issue"), ("action", "rows"), ("on-event", "greet"), ("sync", "github-issues"),
        ("sync", "rows"),
    ]  # fmt: skip
    assert page["pagination"] == {"total": 5, "page": 0, "limit": 20}
    second = sandbox.client.get(path, params={"limit": 2, "page": 1, "search": "R"}).json()
    assert [(one["type"], one["name"]) for one in second["data"]] == [("on-event", "greet"), ("sync", "rows")]
    assert second["pagination"] == {"total": 4, "page": 1, "limit": 2}
    assert [one["name"] for one in sandbox.client.get(path, params={"type": "on-event"}).json()["data"]] == [
        "greet"
    ]
    for wrong in ({"type": "x"}, {"limit": 101}, {"page": -1}, {"search": " "}, {"more": 1}):
        assert code(sandbox.client.get(path, params=wrong)) == (400, "invalid_query_params")
    assert code(sandbox.client.get("/integrations/nope/functions")) == (404, "not_found")


@row("GET a function", changes=True)
def _function(sandbox: Sandbox) -> None:
    deploy(sandbox, sync("rows"), action("rows"))
    path = "/integrations/github/functions/rows"
    found = sandbox.client.get(path, params={"type": "sync"}).json()["data"]
    assert found.pop("last_deployed")
    assert isinstance(found.pop("id"), int)
    assert found == {
        "name": "rows", "type": "sync", "description": "Syncs rows.", "scopes": [], "returns": ["Row"],
        "json_schema": None, "runs": "every day", "auto_start": False, "track_deletes": False,
        "enabled": True, "source": "repo",
    }  # fmt: skip
    assert sandbox.client.get(path).json()["data"]["type"] == "action"
    for name, key in (("nope", "github"), ("rows", "salesforce"), ("rows", "nope")):
        assert code(sandbox.client.get(f"/integrations/{key}/functions/{name}")) == (404, "not_found")
    assert code(sandbox.client.get("/integrations/github/functions/a.b")) == (400, "invalid_uri_params")


@row("GET the code of a function", changes=True)
def _code(sandbox: Sandbox) -> None:
    deploy(sandbox, sync("rows"), action("rows"), action("act"))
    path = "/integrations/github/functions"
    assert sandbox.client.get(f"{path}/act/code").json() == {"type": "action", "code": "// TypeScript"}
    found = error(sandbox.client.get(f"{path}/rows/code"))
    assert (found["status"], found["code"]) == (409, "ambiguous_function")
    assert [one["type"] for one in found["payload"]["matches"]] == ["action", "sync"]
    chosen = sandbox.client.get(f"{path}/rows/code", params={"type": "sync"})
    assert chosen.json() == {"type": "sync", "code": "// TypeScript"}
    for name in ("nope", "create-issue"):  # which has no source
        assert code(sandbox.client.get(f"{path}/{name}/code")) == (404, "not_found")


@row("GET health")
def _health(sandbox: Sandbox) -> None:
    answer = httpx.get(f"{sandbox.url}/health")  # without a key
    assert (answer.status_code, answer.json()) == (200, {"result": "ok"})


@row("Authorization Basic, and Bearer alone")
def _authorization(sandbox: Sandbox) -> None:
    for header in ("Basic abc", "Bearer", f"bearer {sandbox.key}"):
        answer = httpx.get(f"{sandbox.url}/connections", headers={"authorization": header})
        assert code(answer) == (401, "invalid_secret_key_format")
    # what follows the last "Bearer " is the key, or all of it
    answer = httpx.get(f"{sandbox.url}/connections", headers={"authorization": sandbox.key})
    assert answer.status_code == 200


@row("an empty payload in many errors")
def _payload(sandbox: Sandbox) -> None:
    wrong = str(uuid.uuid4())
    for header in ({}, {"authorization": "Bearer x"}, {"authorization": f"Bearer {wrong}"}):
        found = error(httpx.get(f"{sandbox.url}/connections", headers=header))
        assert (found["status"], found["payload"]) == (401, {})
    for more in ({"syncs": ["nope"]}, {"syncs": ["nope"], "connection_id": ""}):
        found = error(trigger(sandbox, **more))
        assert (found["status"], found["code"], found["payload"]) == (400, "no_syncs_found", {})
    found = error(trigger(sandbox, provider_config_key="nope"))
    assert (found["status"], found["code"], found["payload"]) == (400, "unknown_provider_config", {})


@row("sync status without provider_config_key")
def _status_without_key(sandbox: Sandbox) -> None:
    found = error(sandbox.client.get("/sync/status", params={"syncs": "*"}))
    assert (found["status"], found["code"]) == (400, "invalid_query_params")
    assert [entry["path"] for entry in found["errors"]] == [["provider_config_key"]]


@row("sync status of an unknown connection")
def _status_of_no_connection(sandbox: Sandbox) -> None:
    params = {"syncs": "*", **AT_GH_1, "connection_id": "nope"}
    assert code(sandbox.client.get("/sync/status", params=params)) == (400, "invalid_body")


@row("sync status of an unknown integration")
def _status_of_no_integration(sandbox: Sandbox) -> None:
    assert status(sandbox, "nope") == []


@row("sync status of a finished sync")
def _status_finished(sandbox: Sandbox) -> None:
    found = state(sandbox, "github-issues")
    assert (found["status"], found["latestExecutionStatus"]) == ("SUCCESS", "SUCCESS")
    assert set(found) == {
        "id", "type", "name", "variant", "connection_id", "status", "frequency", "nextScheduledSyncAt",
        "recordCount", "checkpoint", "finishedAt", "latestResult", "latestExecutionStatus",
    }  # fmt: skip


@row("sync status of a failed run", changes=True)
def _status_failed(sandbox: Sandbox) -> None:
    nothing = {"Item": {"added": 0, "updated": 0, "deleted": 0}}
    body = {"syncs": [], "provider_config_key": "unreliable", "connection_id": "flaky-1"}
    for _ in range(2):  # as it comes, and after a run that was watched
        (found,) = settled(sandbox, "unreliable", "flaky-1")
        assert (found["status"], found["latestExecutionStatus"]) == ("ERROR", "STOPPED")
        assert found["latestResult"] == nothing
        assert not {"error", "logs"} & set(found)
        assert sandbox.client.post("/sync/trigger", json=body).status_code == 200
        begun(sandbox, "unreliable-items", "unreliable", "flaky-1")
        assert "finishedAt" not in state(sandbox, "unreliable-items", "unreliable", "flaky-1")
    settled(sandbox, "unreliable", "flaky-1")
    (told,) = runs(sandbox, "unreliable", "flaky-1")
    assert told["error"] == "Request failed with status code 503"


@row("sync status of a sync that never ran", changes=True)
def _status_never(sandbox: Sandbox) -> None:
    deploy(sandbox, sync("later"))
    found = state(sandbox, "later")
    assert not {"finishedAt", "latestResult", "latestExecutionStatus"} & set(found)
    assert (found["status"], found["recordCount"], found["checkpoint"]) == ("PAUSED", {"Row": 0}, None)


@row("nextScheduledSyncAt after a trigger", changes=True)
def _scheduled(sandbox: Sandbox) -> None:
    before = state(sandbox, "salesforce-contacts", "salesforce", "conn-1")
    trigger(sandbox)
    (after,) = settled(sandbox, "salesforce", "conn-1", "salesforce-contacts")
    assert after["finishedAt"] > before["finishedAt"]
    assert after["nextScheduledSyncAt"] == before["nextScheduledSyncAt"]
    assert datetime.fromisoformat(after["nextScheduledSyncAt"]) > datetime.now(UTC)


@row("records modified after a date without a time")
def _modified_after(sandbox: Sandbox) -> None:
    moment = datetime.now(UTC).replace(microsecond=0)
    plain = moment.isoformat().removesuffix("+00:00")
    for name in ("modified_after", "delta"):
        for wrong in (f"{moment:%Y-%m-%d}", plain, f"{plain}+00:00", "", "2026-13-01T00:00:00Z"):
            found = error(
                sandbox.client.get("/records", params={"model": "Contact", name: wrong}, headers=CONN_1)
            )
            assert (found["status"], found["code"]) == (400, "invalid_query_params"), wrong
            assert found["errors"][0]["path"] == [name]
        for ok in (f"{plain}Z", f"{plain}.123Z", f"{plain[:-3]}Z"):
            assert listed(sandbox, model="Contact", **{name: ok}) == []
    old = (moment - timedelta(days=366)).isoformat().replace("+00:00", "Z")
    answer = sandbox.client.get("/records", params={"model": "Contact", "delta": old}, headers=CONN_1)
    assert code(answer) == (400, "invalid_query_params")


@row("records with a cursor that is none")
def _cursor(sandbox: Sandbox) -> None:
    answer = sandbox.client.get("/records", params={"model": "Contact", "cursor": "zz"}, headers=CONN_1)
    assert code(answer) == (500, "server_error")
    body = {"model": "Contact", "until_cursor": "zz"}
    assert code(sandbox.client.patch("/records/prune", json=body, headers=CONN_1)) == (500, "server_error")


@row("action trigger with an extra key")
def _extra_key(sandbox: Sandbox) -> None:
    body = {"action_name": "fail", "input": {"a": 1}, "more": True}
    answer = sandbox.client.post("/action/trigger", json=body, headers=FLAKY)
    assert (answer.status_code, answer.json()) == (200, {"input": {"a": 1}})


@row("GET action zz")
def _action_id(sandbox: Sandbox) -> None:
    found = error(sandbox.client.get("/action/zz"))
    assert (found["status"], found["code"]) == (400, "invalid_uri_params")
    assert found["errors"][0]["path"] == ["id"]
    assert code(sandbox.client.get(f"/action/{uuid.uuid4()}")) == (404, "not_found")


@row("script_internal_error", node=True)
def _internal_error(sandbox: Sandbox) -> None:
    # with a source map, as the CLI of zero-yaml sends it: one line of a.ts
    mapped = (
        "//# sourceMappingURL=data:application/json;base64,"
        "eyJ2ZXJzaW9uIjozLCJzb3VyY2VzIjpbImEudHMiXSwibmFtZXMiOltdLCJtYXBwaW5ncyI6IkFBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBIn0="
    )
    file = {"js": compiled("throw new TypeError('broken');") + mapped, "ts": "// TypeScript"}
    deploy(sandbox, action("act", fileBody=file))
    found = error(sandbox.client.post("/action/trigger", json={"action_name": "act"}, headers=GH_1))
    assert (found["status"], found["code"]) == (500, "script_internal_error")
    assert found["message"] == "An internal error occurred during the script execution"
    assert (found["payload"]["name"], found["payload"]["message"]) == ("TypeError", "broken")
    stack = "\n".join(found["payload"]["stacktrace"])
    assert "act-github.cjs:5" in stack
    assert ".ts" not in stack


@row("sync trigger and pause of an unknown connection")
def _no_connection(sandbox: Sandbox) -> None:
    for verb in ("trigger", "pause", "start"):
        body = {"syncs": [], **AT_GH_1, "connection_id": "nope"}
        found = error(sandbox.client.post(f"/sync/{verb}", json=body))
        assert (found["status"], found["code"]) == (404, "unknown_connection")
        assert found["payload"] == {"connectionId": "nope", "providerConfigKey": "github"}


@row("trigger with emptyCache alone", changes=True)
def _empty_cache(sandbox: Sandbox) -> None:
    held = len(listed(sandbox, model="Contact"))
    assert trigger(sandbox, opts={"emptyCache": True}).json() == {"success": True}
    settled(sandbox, "salesforce", "conn-1")
    assert len(listed(sandbox, model="Contact")) == held + 2  # nothing was emptied


@row("trigger with sync_mode and opts")
def _mode_and_opts(sandbox: Sandbox) -> None:
    for older in ({"sync_mode": "incremental"}, {"full_resync": False}):
        found = error(trigger(sandbox, opts={"reset": True}, **older))
        assert (found["status"], found["code"]) == (400, "invalid_body")
        assert "opts" in found["message"]
        assert "errors" not in found


@row("proxy with a base URL of this machine")
def _override(sandbox: Sandbox) -> None:
    for host in ("127.0.0.1", "127.0.0.1:1", "localhost:8080", "LOCALHOST.", "[::1]", "169.254.169.254"):
        answer = sandbox.unreliable("/items", headers={"base-url-override": f"http://{host}/x"})
        assert code(answer) == (400, "base_url_override_not_allowed"), host


@row("configuration of scripts in an unknown format")
def _format(sandbox: Sandbox) -> None:
    answer = sandbox.client.get("/scripts/config", params={"format": "zz"})
    assert answer.status_code == 200
    assert answer.json() == sandbox.client.get("/scripts/config").json()


@row("deploy of every 10 seconds for an existing sync", changes=True)
def _often(sandbox: Sandbox) -> None:
    before = scripts(sandbox), state(sandbox, "github-issues")["frequency"]
    often = {"runs": "every 10 seconds", "models": ["GithubIssue"]}
    body = {
        "flowConfigs": [sync("github-issues", **often), sync("rows")], "reconcile": True, "debug": False,
        "singleDeployMode": True, "nangoYamlBody": "",
    }  # fmt: skip
    answer = sandbox.client.post("/sync/deploy", json=body)
    assert answer.status_code == 500
    assert set(answer.json()) == {"error"}
    assert (scripts(sandbox), state(sandbox, "github-issues")["frequency"]) == before
    assert deploy(sandbox, sync("new", runs="every 10 seconds"))  # there are no schedules yet


@row("providers")
def _providers(sandbox: Sandbox) -> None:
    found = sandbox.client.get("/providers/salesforce").json()["data"]
    assert {"authorization_url", "token_url", "categories", "logo_url", "default_scopes"} <= set(found)
    assert found["token_url"].endswith("https://login.salesforce.com/services/oauth2/token")
    assert found["logo_url"].startswith(sandbox.url)
    for one in sandbox.client.get("/providers").json()["data"]:
        assert one["categories"], one["name"]
        if one["auth_mode"] == "OAUTH2" and one["name"] not in ("unreliable", "sentry-oauth"):
            assert {"authorization_url", "token_url"} <= set(one), one["name"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_it_answers_as_the_real_server(
    row: Row, request: pytest.FixtureRequest, new_sandbox: Callable[..., Sandbox]
) -> None:
    if row.node:
        try:
            find_node()
        except NodeMissing as missing:
            pytest.skip(str(missing))
    row.check(new_sandbox("--rows", "60") if row.changes else request.getfixturevalue("sandbox"))


# Where it differs on purpose


def test_the_records_of_one_batch_come_as_they_were_saved(sandbox: Sandbox) -> None:
    """On Nango their order is that of ids which nobody sees."""
    found = listed(sandbox, HUB_1, model="HubspotContact", filter="added")
    first = [
        r["id"]
        for r in found
        if r["_nango_metadata"]["first_seen_at"] == found[0]["_nango_metadata"]["first_seen_at"]
    ]
    assert len(first) > 1_000
    assert first == sorted(first, key=int)


def test_the_sandbox_itself_may_be_the_base_url(sandbox: Sandbox) -> None:
    answer = sandbox.unreliable("/health", headers={"base-url-override": sandbox.url})
    assert (answer.status_code, answer.json()) == (200, {"result": "ok"})
    refused = sandbox.unreliable("/connections", headers={"base-url-override": sandbox.url})
    assert refused.status_code == 401  # it is asked with the key of the provider


def test_the_rate_is_limited_where_that_is_wanted(new_sandbox: Callable[..., Sandbox]) -> None:
    free, limited = new_sandbox("--rows", "5"), new_sandbox("--rows", "5", "--rate-limit", "3")
    for _ in range(210):
        answer = free.client.get("/environment-variables")
        assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("x-ratelimit")]

    began = time.time()
    for left in ("2", "1", "0"):
        answer = limited.unreliable("/items")
        assert answer.status_code == 200
        assert (answer.headers["x-ratelimit-limit"], answer.headers["x-ratelimit-remaining"]) == ("3", left)
    refused = limited.unreliable("/flaky?times=1")  # which does not reach the provider
    assert refused.status_code == 429
    assert refused.json() == {"error": {"code": "too_many_request", "method": "GET", "path": "/proxy/flaky"}}
    assert refused.headers["x-ratelimit-remaining"] == "0"
    assert 0 <= int(refused.headers["retry-after"]) <= 60
    assert began + 58 <= int(refused.headers["x-ratelimit-reset"]) <= time.time() + 60
    # deployed scripts have a limit of their own, and what needs no key has none
    script = {"nango-is-script": "true"}
    assert limited.client.get("/environment-variables", headers=script).status_code == 200
    assert httpx.get(f"{limited.url}/health").status_code == 200
    wrong = httpx.get(f"{limited.url}/connections")
    assert (wrong.status_code, "x-ratelimit-limit" in wrong.headers) == (401, False)
