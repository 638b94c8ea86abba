"""Deploys over HTTP: what the real clients sent, what is refused and how, what a deploy changes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from nangonb.sandbox.api.app import create_app
from nangonb.sandbox.assembly import sandbox as whole_sandbox
from nangonb.sandbox.loading import load_providers
from tests.sandbox.deploying import action, body, compiled, confirm, deploy, sync
from tests.sandbox.process import Sandbox
from tests.sandbox.test_api import error_of
from tests.sandbox.test_recordings import assert_fits, shape
from tests.sandbox.test_syncs import listed, settled, status, trigger

GH_1 = {"connection-id": "gh-1", "provider-config-key": "github"}


def names(found: list[dict[str, Any]]) -> list[str]:
    return [one["name"] for one in found]


def scripts(sandbox: Sandbox, integration: str = "github") -> dict[str, list[str]]:
    found = sandbox.client.get("/scripts/config").json()
    own = [one for one in found if one["providerConfigKey"] == integration]
    return {kind: names(own[0][kind]) if own else [] for kind in ("syncs", "actions", "on-events")}


# What the real clients sent


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("yaml14-deploy.confirmation", "/sync/deploy/confirmation"),
        ("yaml14-deploy.deploy", "/sync/deploy"),
        ("zero-deploy.confirmation", "/sync/deploy/confirmation"),
        ("zero-deploy.deploy", "/sync/deploy"),
        ("v39-deploy.deploy", "/sync/deploy"),
    ],
)
def test_recorded_deploys_get_answers_of_the_recorded_shape(
    new_sandbox: Callable[..., Sandbox], shared: Path, name: str, path: str
) -> None:
    folder = shared / "nango" / "recordings"
    sent = json.loads((folder / f"{name}.request.json").read_text())
    told = json.loads((folder / f"{name}.response.json").read_text())["body"]
    answer = new_sandbox("--rows", "5").client.post(path, json=sent)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    if path == "/sync/deploy":
        # what answered there gave more than Nango does
        real = ("name", "models", "version", "providerConfigKey", "type")
        assert [shape(one) for one in found] == [shape({key: one[key] for key in real}) for one in told]
        assert [(one["name"], one["type"], one["models"]) for one in found] == [
            (one["name"], one["type"], one["models"]) for one in told
        ]
    else:
        # there the scripts were new, here the demo has them already
        assert set(found) == set(told)
        assert_fits(shape(found["updatedSyncs"]), shape(told["newSyncs"]), name)
        assert_fits(shape(found["updatedActions"]), shape(told["newActions"]), name)


# What is refused


def changed(**more: Any) -> dict[str, Any]:
    return body(sync("rows", **more))


def without(name: str, sent: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in sent.items() if key != name}


def flow_without(name: str) -> dict[str, Any]:
    return body(without(name, sync("rows")))


SCHEMA = {"$schema": "http://json-schema.org/draft-07/schema#", "$comment": "x", "definitions": {}}
FLOW = ["flowConfigs", 0]


@pytest.mark.parametrize(
    ("sent", "code", "path"),
    [
        (body(sync("rows"), more=1), "unrecognized_keys", []),
        (changed(more=1), "unrecognized_keys", FLOW),
        (changed(fileBody={"js": "", "ts": "", "map": ""}), "unrecognized_keys", [*FLOW, "fileBody"]),
        (changed(fileBody={"js": ""}), "invalid_type", [*FLOW, "fileBody", "ts"]),
        (changed(fileBody="js"), "invalid_type", [*FLOW, "fileBody"]),
        (body(sync("rows"), nangoYamlBody=...), "invalid_type", ["nangoYamlBody"]),
        (body(sync("rows"), reconcile=...), "invalid_type", ["reconcile"]),
        (body(sync("rows"), debug="no"), "invalid_type", ["debug"]),
        (body(sync("rows"), deployMode="some"), "invalid_value", ["deployMode"]),
        (body(sync("rows"), sdkVersion="0.69.14"), "invalid_format", ["sdkVersion"]),
        (body(sync("rows"), flowConfigs={}), "invalid_type", ["flowConfigs"]),
        (
            body(sync("rows"), jsonSchema={**SCHEMA, "$schema": "x"}),
            "invalid_value",
            ["jsonSchema", "$schema"],
        ),
        (body(sync("rows"), jsonSchema={**SCHEMA, "x": 1}), "unrecognized_keys", ["jsonSchema"]),
        (flow_without("runs"), "invalid_type", [*FLOW, "runs"]),
        (flow_without("models"), "invalid_type", [*FLOW, "models"]),
        (flow_without("type"), "invalid_value", [*FLOW, "type"]),
        (changed(runs="every 1.5 hours"), "invalid_format", [*FLOW, "runs"]),
        (changed(runs="every 1w"), "invalid_format", [*FLOW, "runs"]),
        (changed(runs="daily"), "invalid_format", [*FLOW, "runs"]),
        (changed(syncName="no spaces"), "invalid_format", [*FLOW, "syncName"]),
        (changed(syncName="x" * 256), "too_big", [*FLOW, "syncName"]),
        (changed(providerConfigKey="a/b"), "invalid_format", [*FLOW, "providerConfigKey"]),
        (changed(version=3), "invalid_type", [*FLOW, "version"]),
        (changed(metadata={"description": "x" * 2001}), "too_big", [*FLOW, "metadata", "description"]),
        (changed(metadata={"scopes": ["x" * 256]}), "too_big", [*FLOW, "metadata", "scopes", 0]),
        (changed(metadata={"tags": []}), "unrecognized_keys", [*FLOW, "metadata"]),
        (changed(endpoints=[{"method": "GET"}]), "invalid_type", [*FLOW, "endpoints", 0, "path"]),
        (
            changed(endpoints=[{"method": "GET", "path": "/a", "group": "x" * 65}]),
            "too_big",
            [*FLOW, "endpoints", 0, "group"],
        ),
        (changed(sync_type="partial"), "invalid_value", [*FLOW, "sync_type"]),
        (changed(sync_type="incremental", track_deletes=True), "custom", [*FLOW, "track_deletes"]),
        (
            changed(models_json_schema={"definitions": {}}),
            "custom",
            [*FLOW, "models_json_schema", "definitions"],
        ),
        (
            changed(models_json_schema={"definitions": {"Row": {}}}, input="Wanted"),
            "custom",
            [*FLOW, "models_json_schema", "definitions"],
        ),
        (
            body(
                onEventScriptsByProvider=[
                    {
                        "providerConfigKey": "github",
                        "scripts": [{"name": "a", "event": "sometimes", "fileBody": {"js": "", "ts": ""}}],
                    }
                ]
            ),
            "invalid_value",
            ["onEventScriptsByProvider", 0, "scripts", 0, "event"],
        ),
    ],
)
def test_a_body_that_is_wrong(sandbox: Sandbox, sent: dict[str, Any], code: str, path: list[Any]) -> None:
    answer = sandbox.client.post("/sync/deploy", json=sent)
    error = error_of(answer)
    assert (answer.status_code, error["code"]) == (400, "invalid_body")
    assert [(entry["code"], entry["path"]) for entry in error["errors"]] == [(code, path)]
    assert "rows" not in scripts(sandbox)["syncs"]


def test_all_that_is_wrong_is_said_at_once(sandbox: Sandbox) -> None:
    wrong = [sync("a b"), action("act", runs="often")]
    error = error_of(sandbox.client.post("/sync/deploy", json=body(*wrong, reconcile=None)))
    paths = [entry["path"] for entry in error["errors"]]
    assert paths == [["flowConfigs", 0, "syncName"], ["flowConfigs", 1, "runs"], ["reconcile"]]


def test_the_yaml_belongs_to_the_deploy_alone(sandbox: Sandbox) -> None:
    error = error_of(confirm(sandbox, sync("rows"), nangoYamlBody=""))
    assert [entry["message"] for entry in error["errors"]] == ['Unrecognized key: "nangoYamlBody"']


@pytest.mark.parametrize("path", ["/sync/deploy", "/sync/deploy/confirmation"])
def test_an_integration_that_is_not_there(sandbox: Sandbox, path: str) -> None:
    sent = body(sync("rows", integration="nope"), confirmation=path.endswith("confirmation"))
    answer = sandbox.client.post(path, json=sent)
    assert (answer.status_code, error_of(answer)["code"]) == (400, "unknown_provider_config")
    assert "nope" in error_of(answer)["message"]


@pytest.mark.parametrize(
    ("agent", "code"),
    [("nango-cli/0.39.0 (linux)", "invalid_cli_version"), ("nango-cli/0.39.25 (linux)", ""), ("", "")],
)
def test_a_cli_that_is_too_old(sandbox: Sandbox, agent: str, code: str) -> None:
    answer = sandbox.client.post(
        "/sync/deploy/confirmation",
        json=body(sync("rows"), confirmation=True),
        headers={"user-agent": agent},
    )
    assert (answer.json().get("error", {}).get("code", ""), answer.status_code) == (
        code,
        400 if code else 200,
    )


@pytest.mark.parametrize(
    ("js", "refused"),
    [
        ("input.constructor('return 1')();", True),
        ("(async () => 1)\n.constructor('x');", True),
        ("input?.constructor(1);", True),
        ("input['constructor'](1);", True),
        ("return `${input.constructor(1)}`;", True),
        ("return new input.constructor(1);", False),
        ("return 'x.constructor(1)'; // y.constructor(2)", False),
        ("class A { constructor(a) { this.a = a; } } return new A(1).constructor.name;", False),
    ],
)
def test_calls_of_a_constructor(new_sandbox: Callable[..., Sandbox], js: str, refused: bool) -> None:
    sandbox = new_sandbox("--rows", "0")
    answer = sandbox.client.post("/sync/deploy", json=body(action("act", js)))
    if refused:
        assert (answer.status_code, error_of(answer)["code"]) == (400, "deploy_script_security_rejected")
        assert "act" in error_of(answer)["message"]
    assert ("act" in scripts(sandbox)["actions"]) is not refused


def test_code_that_does_not_parse_is_taken(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox("--rows", "0")
    assert deploy(sandbox, action("act", fileBody={"js": "function (", "ts": ""}))[0]["version"] == "1"


def test_two_deploys_at_once() -> None:
    """In one process, so that the second surely comes while the first is under way."""
    served = whole_sandbox(load_providers(0))
    large = action("act", f"return '{'.constructor' * 200_000}';")

    async def story() -> list[httpx.Response]:
        transport = httpx.ASGITransport(create_app(served, "k"))
        headers = {"authorization": "Bearer k"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://sandbox", headers=headers
        ) as client:
            sent = [client.post("/sync/deploy", json=body(one)) for one in (large, action("other"))]
            found = await asyncio.gather(*sent)
            return [*found, await client.post("/sync/deploy", json=body(action("other")))]

    with ThreadPoolExecutor(1) as thread:  # the browser tests leave a loop running in this one
        answers = thread.submit(asyncio.run, story()).result()
    assert [answer.status_code for answer in answers] == [200, 409, 200]
    assert error_of(answers[1])["code"] == "concurrent_deployment"


# What a deploy changes


def test_versions_count_unless_they_are_given(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox("--rows", "0")
    given = ["", "", "4", "", "1.0.0", ""]
    versions = [deploy(sandbox, action("act", version=version))[0]["version"] for version in given]
    assert versions == ["1", "2", "4", "5", "1.0.0", "1.0.1"]


def test_only_what_is_sent_is_touched_in_single_mode(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox("--rows", "0")
    before = scripts(sandbox)
    plan = confirm(sandbox, sync("rows"), action("create-issue")).json()
    assert {name: names(found) for name, found in plan.items() if found} == {
        "newSyncs": ["rows"],
        "updatedActions": ["create-issue"],
    }
    assert plan["newSyncs"] == [
        {"name": "rows", "providerConfigKey": "github", "connections": 2, "auto_start": False}
    ]
    assert scripts(sandbox) == before
    deploy(sandbox, sync("rows"), action("create-issue"))
    assert scripts(sandbox) == {**before, "syncs": [*before["syncs"], "rows"]}


@pytest.mark.parametrize(("mode", "others"), [("integration", True), ("all", False)])
def test_what_is_not_sent_goes(new_sandbox: Callable[..., Sandbox], mode: str, others: bool) -> None:
    sandbox = new_sandbox("--rows", "5")
    assert len(listed(sandbox, GH_1, model="GithubIssue")) > 100
    options = {"singleDeployMode": ..., "deployMode": mode}
    plan = confirm(sandbox, sync("rows"), **options).json()
    gone = [(one["providerConfigKey"], one["name"]) for one in plan["deletedSyncs"]]
    assert ("github", "github-issues") in gone
    assert (("hubspot", "hubspot-contacts") in gone) is not others
    (issues,) = [one for one in plan["deletedSyncs"] if one["name"] == "github-issues"]
    assert issues["connections"] == 2
    assert "create-issue" in names(plan["deletedActions"])
    assert plan["deletedModels"] == []  # Nango names no models of syncs that go as a whole
    deploy(sandbox, sync("rows"), **options)
    assert scripts(sandbox) == {"syncs": ["rows"], "actions": [], "on-events": []}
    assert bool(scripts(sandbox, "hubspot")["syncs"]) is others
    assert names(status(sandbox, "github")) == ["rows", "rows"]
    assert listed(sandbox, GH_1, model="GithubIssue") == []


def test_a_plain_body_without_a_mode_means_all(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox("--rows", "0")
    assert deploy(sandbox, singleDeployMode=...) == []
    assert sandbox.client.get("/scripts/config").json() == []


def test_without_reconcile_connections_get_no_syncs(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox("--rows", "0")
    deploy(sandbox, sync("rows", auto_start=True), reconcile=False, singleDeployMode=False)
    assert scripts(sandbox)["syncs"] == ["github-issues", "rows"]
    which = {"syncs": ["rows"], "provider_config_key": "github", "connection_id": "gh-1"}
    answer = trigger(sandbox, **which)
    assert (answer.status_code, error_of(answer)["code"]) == (400, "no_syncs_found")
    deploy(sandbox, sync("rows"))
    assert names(status(sandbox, "github", "gh-1", "rows")) == ["rows"]


def test_a_sync_that_is_deployed_again_keeps_what_it_saved(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox("--rows", "5")
    before = status(sandbox, "github", "gh-1")[0]
    issues = listed(sandbox, GH_1, model="GithubIssue")
    deploy(sandbox, sync("github-issues", models=["GithubIssue", "Row"], runs="every hour"))
    after = status(sandbox, "github", "gh-1")[0]
    assert (after["id"], after["finishedAt"]) == (before["id"], before["finishedAt"])
    assert (after["frequency"], after["recordCount"]) == ("every hour", {**before["recordCount"], "Row": 0})
    assert listed(sandbox, GH_1, model="GithubIssue") == issues
    # a model that it saves no longer keeps its records, whatever the plan says
    for mode, said in (("single", []), ("integration", ["GithubIssue"])):
        more = {"deployMode": mode, "singleDeployMode": ...}
        assert confirm(sandbox, sync("github-issues"), **more).json()["deletedModels"] == said
    deploy(sandbox, sync("github-issues"), deployMode="integration", singleDeployMode=...)
    assert listed(sandbox, GH_1, model="GithubIssue") == issues


def test_what_scripts_config_tells(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox("--rows", "0")
    text = {"type": "object", "properties": {"id": {"type": "string"}}}
    schema = {"definitions": {"Row": text}}
    deploy(
        sandbox,
        sync("rows", sync_type="INCREMENTAL", attributes={"team": "a"}, endpoints=[{"GET": "/rows"}]),
        action("act", models=["Row"], input="Row", models_json_schema={"definitions": {"Row": text}}),
        jsonSchema={**SCHEMA, "definitions": {"Row": text}},
        onEventScriptsByProvider=[
            {
                "providerConfigKey": "github",
                "scripts": [
                    {
                        "name": "greet",
                        "event": "post-connection-creation",
                        "fileBody": {"js": compiled(""), "ts": ""},
                    }
                ],
            }
        ],
    )
    (found,) = [
        one for one in sandbox.client.get("/scripts/config").json() if one["providerConfigKey"] == "github"
    ]
    rows, act = found["syncs"][-1], found["actions"][-1]
    assert (rows["sync_type"], rows["auto_start"], rows["version"]) == ("incremental", False, "1")
    endpoint = {"method": "GET", "path": "/rows", "group": None}
    assert (rows["attributes"], rows["endpoints"]) == ({"team": "a"}, [endpoint])
    assert rows["json_schema"] == act["json_schema"] == schema
    assert rows["models"] == act["models"] == [{"name": "Row", "fields": []}]
    assert (act["input"], act["returns"], act["description"]) == ("Row", ["Row"], "Acts.")
    assert [(one["name"], one["event"], one["version"]) for one in found["on-events"]] == [
        ("greet", "post-connection-creation", "0.0.1")
    ]
    gone = confirm(sandbox, onEventScriptsByProvider=[], singleDeployMode=..., deployMode="all").json()
    assert names(gone["deletedOnEventScripts"]) == ["greet"]


def test_a_new_sync_starts_for_each_connection(new_sandbox: Callable[..., Sandbox]) -> None:
    """Whether there is Node.js or not: what runs, or what is missing, is another test's."""
    sandbox = new_sandbox("--rows", "0")
    deploy(sandbox, sync("rows", auto_start=True), sync("later"))
    found = settled(sandbox, integration="github", syncs="rows,later")
    assert {(one["name"], one["connection_id"], "finishedAt" in one) for one in found} == {
        ("rows", "gh-1", True),
        ("rows", "gh-2", True),
        ("later", "gh-1", False),
        ("later", "gh-2", False),
    }
    assert {one["status"] for one in found if one["name"] == "later"} == {"PAUSED"}
