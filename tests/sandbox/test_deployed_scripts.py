"""Deployed scripts that run: syncs with Nango's record semantics, actions and their errors, in Node.js."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from nangonb._node import NodeMissing, find_node
from tests.sandbox.deploying import action, deploy, sync
from tests.sandbox.process import Sandbox
from tests.sandbox.test_deploys import scripts
from tests.sandbox.test_syncs import begun, listed, runs, settled, status, trigger

GH_1 = {"connection-id": "gh-1", "provider-config-key": "github"}
FLAKY = {"connection-id": "flaky-1", "provider-config-key": "unreliable"}


@pytest.fixture(autouse=True)
def _needs_node() -> None:
    try:
        find_node()
    except NodeMissing as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def live() -> Iterator[Sandbox]:
    """One sandbox for all: each test deploys scripts of its own names."""
    started = Sandbox("--rows", "50")
    yield started
    started.close()


def act(sandbox: Sandbox, js: str, given: Any = None, *, name: str = "act", **more: Any) -> httpx.Response:
    """Deploy an action for ``flaky-1`` and trigger it."""
    deploy(sandbox, action(name, js, integration="unreliable", **more))
    return ask(sandbox, name, given)


def ask(sandbox: Sandbox, name: str, given: Any = None, **headers: str) -> httpx.Response:
    sent = {"action_name": name, **({} if given is None else {"input": given})}
    return sandbox.client.post("/action/trigger", json=sent, headers={**FLAKY, **headers})


def run(sandbox: Sandbox, name: str, js: str = "", *, opts: Any = None, **more: Any) -> dict[str, Any]:
    """Deploy a sync for ``gh-1`` where there is code, trigger it, and give its state after the run.

    With ``logs`` and ``error``, which only the sandbox tells.
    """
    if js:
        deploy(sandbox, sync(name, js, **more))
    which = {"syncs": [name], "provider_config_key": "github", "connection_id": "gh-1"}
    assert sandbox.client.post("/sync/start", json=which).status_code == 200
    answer = trigger(sandbox, **which, **({} if opts is None else {"opts": opts}))
    assert answer.status_code == 200, answer.text
    (found,) = settled(sandbox, integration="github", connection="gh-1", syncs=name)
    (told,) = [one for one in runs(sandbox, "github", "gh-1") if one["name"] == name]
    return {**found, "logs": told["logs"], "error": told["error"]}


def rows(sandbox: Sandbox, model: str) -> dict[str, Any]:
    """id → (last action, the record's own fields)."""
    found = {}
    for record in listed(sandbox, GH_1, model=model):
        told = record.pop("_nango_metadata")
        found[record.pop("id")] = (told["last_action"], record)
    return found


def save(*records: dict[str, Any], model: str) -> str:
    return f"await nango.batchSave({json.dumps(records)}, '{model}');"


# Records


def test_added_updated_unchanged_and_deleted(live: Sandbox) -> None:
    model = {"models": ["Plain"]}
    first = run(live, "plain", save({"id": "a", "n": 1}, {"id": 2, "n": 2}, model="Plain"), **model)
    assert (first["status"], first["type"]) == ("SUCCESS", "INITIAL")
    assert first["latestResult"] == {"Plain": {"added": 2, "updated": 0, "deleted": 0}}
    moments = [one["_nango_metadata"]["last_modified_at"] for one in listed(live, GH_1, model="Plain")]
    second = run(
        live,
        "plain",
        save({"n": 1, "id": "a"}, {"id": "2", "n": 3}, {"id": "c"}, model="Plain")
        + "await nango.batchDelete([{id: 'c'}, {id: 'unknown'}], 'Plain');",
        **model,
    )
    assert second["latestResult"] == {"Plain": {"added": 1, "updated": 1, "deleted": 1}}
    assert second["recordCount"] == {"Plain": 2}
    assert rows(live, "Plain") == {
        "a": ("ADDED", {"n": 1}),
        "2": ("UPDATED", {"n": 3}),
        "c": ("DELETED", {}),
        "unknown": ("DELETED", {}),
    }
    # what is the same, whatever the order of its keys, was not touched
    assert listed(live, GH_1, model="Plain")[0]["_nango_metadata"]["last_modified_at"] == moments[0]


def test_of_a_thousand_records_the_first_of_an_id_counts(live: Sandbox) -> None:
    js = (
        "const rows = []; for (let n = 0; n < 1001; n++) { rows.push({ id: String(n % 1000), n }); }"
        "rows[1] = { id: '0', n: -1 };"
        "await nango.batchSave(rows, 'Double');"
    )
    state = run(live, "double", js, models=["Double"])
    # row 1 is a duplicate of row 0 in the first thousand; row 1000 comes in the second, and is an update
    assert state["latestResult"] == {"Double": {"added": 999, "updated": 1, "deleted": 0}}
    assert rows(live, "Double")["0"] == ("UPDATED", {"n": 1000})
    assert state["logs"] == ["warn: Found duplicate key '0' for model Double. The record was ignored."]


def test_update_merges_into_what_is_there(live: Sandbox) -> None:
    js = (
        save({"id": "a", "n": 1, "in": {"x": 1, "y": [1, 2]}}, model="Merged")
        + "await nango.batchUpdate([{ id: 'a', in: { y: [3] } }, { id: 'nobody', n: 1 }], 'Merged');"
    )
    assert run(live, "merged", js, models=["Merged"])["latestResult"]["Merged"] == {
        "added": 1, "updated": 1, "deleted": 0,
    }  # fmt: skip
    assert rows(live, "Merged") == {"a": ("UPDATED", {"n": 1, "in": {"x": 1, "y": [3]}})}


@pytest.mark.parametrize(
    ("name", "before", "after", "options"),
    [
        ("tracked", "", "", {"track_deletes": True}),
        ("previous", "", "return void (await nango.deleteRecordsFromPreviousExecutions('previous'));", {}),
        (
            "started",
            "await nango.trackDeletesStart('started');",
            "await nango.trackDeletesEnd('started');",
            {},
        ),
    ],
)
def test_what_is_not_saved_again_is_deleted(
    live: Sandbox, name: str, before: str, after: str, options: dict[str, Any]
) -> None:
    kept, more = {"id": "kept"}, {"models": [name], **options}
    run(live, name, before + save(kept, {"id": "gone"}, model=name) + after, **more)
    state = run(live, name, before + save(kept, {"id": "new"}, model=name) + after, **more)
    assert state["latestResult"] == {name: {"added": 1, "updated": 0, "deleted": 1}}
    assert {one: action for one, (action, _) in rows(live, name).items()} == {
        "kept": "ADDED", "gone": "DELETED", "new": "ADDED",
    }  # fmt: skip


def test_tracking_goes_on_in_the_next_run_and_needs_a_start(live: Sandbox) -> None:
    more = {"models": ["Long"]}
    run(live, "long", save({"id": "old"}, model="Long"), **more)
    run(live, "long", "await nango.trackDeletesStart('Long');" + save({"id": "a"}, model="Long"), **more)
    run(live, "long", save({"id": "b"}, model="Long") + "await nango.trackDeletesEnd('Long');", **more)
    assert {one: action for one, (action, _) in rows(live, "Long").items()} == {
        "old": "DELETED", "a": "ADDED", "b": "ADDED",
    }  # fmt: skip
    state = run(live, "long", "await nango.trackDeletesEnd('Long');", **more)
    assert state["status"] == "ERROR"
    assert "No track deletes starting point found for model 'Long'." in state["error"]


def test_a_run_that_fails_deletes_nothing_and_keeps_what_it_saved(live: Sandbox) -> None:
    more = {"models": ["Half"], "track_deletes": True}
    run(live, "half", save({"id": "old"}, model="Half"), **more)
    state = run(live, "half", save({"id": "new"}, model="Half") + "throw new TypeError('broken');", **more)
    assert (state["status"], state["latestResult"]["Half"]["added"]) == ("ERROR", 1)
    assert state["error"].startswith("TypeError: broken")
    assert "half-github.cjs:5" in state["error"]
    assert {one: action for one, (action, _) in rows(live, "Half").items()} == {
        "old": "ADDED",
        "new": "ADDED",
    }


def test_the_merging_strategy_leaves_what_was_changed_meanwhile(live: Sandbox) -> None:
    # a variant-less second sync of the same model changes `a` while the first one runs
    other = save({"id": "a", "by": "other"}, model="StateFile")
    js = (
        "await nango.setMergingStrategy({ strategy: 'ignore_if_modified_after' }, 'StateFile');"
        "await nango.triggerSync('github', 'gh-1', 'meanwhile');"
        "for (;;) { const found = await nango.getRecordsByIds(['a'], 'StateFile');"
        " if (found.get('a').by === 'other') { break; } }"
        + save({"id": "a", "by": "slow"}, {"id": "b", "by": "slow"}, model="StateFile")
        + save({"id": "b", "by": "slow again"}, model="StateFile")
    )
    run(
        live,
        "slow",
        save({"id": "a", "by": "before"}, {"id": "b", "by": "before"}, model="StateFile"),
        models=["StateFile"],
    )
    deploy(live, sync("meanwhile", other, models=["StateFile"]))
    assert run(live, "slow", js, models=["StateFile"])["status"] == "SUCCESS"
    assert rows(live, "StateFile") == {
        "a": ("UPDATED", {"by": "other"}), "b": ("UPDATED", {"by": "slow again"}),
    }  # fmt: skip


def test_ids_and_models_that_nango_refuses(live: Sandbox) -> None:
    for js in ("[{ id: '' }]", "[{ n: 1 }]", "[{ id: true }]", "[{ id: 'x'.repeat(256) }]", "['a']"):
        state = run(live, "bad", f"await nango.batchSave({js}, 'Bad');", models=["Bad"])
        assert state["status"] == "ERROR", js
        assert "Failed to save records" in state["error"]
        assert "invalid_request" in state["error"]
    state = run(live, "bad", "await nango.batchSave([{ id: '1' }], 'Nope');", models=["Bad"])
    assert "'Nope' is not a model" in state["error"]
    assert rows(live, "Bad") == {}


def test_what_is_stored_can_be_read(live: Sandbox) -> None:
    js = (
        "const all = []; for (let n = 0; n < 250; n++) { all.push({ id: String(n) }); }"
        "await nango.batchSave(all, 'Read');"
        "let count = 0;"
        "for await (const row of nango.listRecords('Read')) { count += row._nango_metadata ? 1 : 0; }"
        "const some = await nango.getRecordsByIds([7, 8, 'x'], 'Read');"
        "await nango.log(`${count} ${[...some.keys()].map((key) => typeof key)}`);"
    )
    assert run(live, "read", js, models=["Read"])["logs"] == ["info: 100 number,number"]


def test_dates_checkpoints_and_metadata_from_run_to_run(live: Sandbox) -> None:
    js = (
        "const before = await nango.getCheckpoint();"
        "await nango.saveCheckpoint({ page: (before?.page ?? 0) + 1 });"
        "await nango.log(typeof nango.lastSyncDate?.toISOString(), before, nango.emptyCache, nango.variant);"
        "const { runs } = await nango.getMetadata();"
        "await nango.updateMetadata({ runs: (runs ?? 0) + 1 });"
    )
    more = {"models": ["Stepwise"], "sync_type": "incremental"}
    first = run(live, "steps", js, **more)
    assert (first["logs"], first["checkpoint"]) == (["info: undefined null false base"], {"page": 1})
    second = run(live, "steps")
    assert (second["type"], second["checkpoint"]) == ("INCREMENTAL", {"page": 2})
    assert second["logs"] == ['info: string {"page":1} false base']
    fresh = run(live, "steps", opts={"reset": True, "emptyCache": True})
    assert fresh["logs"] == ["info: undefined null true base"]
    connection = live.client.get("/connections/gh-1", params={"provider_config_key": "github"}).json()
    assert (connection["metadata"]["runs"], connection["metadata"]["owner"]) == (3, "nangonb-demo")
    # a checkpoint stays where the run fails later
    failed = run(live, "steps", js + "throw new Error('later');", **more)
    assert (failed["status"], failed["checkpoint"]) == ("ERROR", {"page": 2})


def test_variants_have_records_of_their_own(live: Sandbox) -> None:
    deploy(
        live, sync("varied", "await nango.batchSave([{ id: nango.variant }], 'Varied');", models=["Varied"])
    )
    body = {"provider_config_key": "github", "connection_id": "gh-1"}
    assert live.client.post("/sync/varied/variant/eu", json=body).status_code == 200
    trigger(live, syncs=["varied", "varied::eu"], **body)
    settled(live, integration="github", connection="gh-1", syncs="varied,varied::eu")
    found = [[one["id"] for one in listed(live, GH_1, model="Varied", variant=v)] for v in ("base", "eu")]
    assert found == [["base"], ["eu"]]


# Requests


def test_requests_go_to_the_demo_with_the_connections_credentials(live: Sandbox) -> None:
    js = (
        "for await (const page of nango.paginate({ endpoint: '/repos/nangonb-demo/connectors/issues',"
        " params: { state: 'all' }, paginate: { limit: 20 } })) {"
        " await nango.batchSave(page.map((i) => ({ id: String(i.id), title: i.title })), 'Issue'); }"
        "const me = await nango.get({ endpoint: '/user' });"
        "await nango.log(me.data.login, typeof nango.isCLI, nango.provider, typeof (await nango.getToken()));"
    )
    state = run(live, "issues", js, models=["Issue"])
    assert state["recordCount"] == {"Issue": 42}
    assert state["logs"][0].split()[2:] == ["undefined", "github", "string"]


def test_retries_as_the_proxy_does(live: Sandbox) -> None:
    once = "return (await nango.get({ endpoint: '/flaky?times=2&status=500&case=1' })).status;"
    error = act(live, once, name="once").json()["error"]
    assert (error["code"], error["upstream"]["status"]) == ("script_http_error", 500)
    often = "return (await nango.get({ endpoint: '/flaky?times=2&status=500&case=2', retries: 3 })).status;"
    assert act(live, often, name="often").json() == 200


@pytest.mark.parametrize(
    ("path", "code"),
    [("/unreachable", "ECONNREFUSED"), ("/reset", "ECONNRESET"), ("/truncated", "ERR_BAD_RESPONSE")],
)
def test_a_request_without_an_answer(live: Sandbox, path: str, code: str) -> None:
    answer = act(live, f"await nango.get({{ endpoint: '{path}' }});", name="unanswered")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["payload"]["code"]) == (
        500,
        "script_network_error",
        code,
    )
    js = f"try {{ await nango.get({{ endpoint: '{path}' }}); }} catch (error) {{ return error.code; }}"
    assert act(live, js, name="unanswered").json() == code


def test_past_the_proxy_only_the_demo_is_reached(live: Sandbox) -> None:
    js = (
        "const url = new URL('https://api.github.com/user');"
        "const found = await nango.uncontrolledFetch({ url });"
        "try { await nango.uncontrolledFetch({ url: new URL('https://example.com/') }); }"
        "catch (error) { return [found.status, error.code]; }"
    )
    assert act(live, js).json() == [401, "ENOTFOUND"]


# Actions


@pytest.mark.parametrize(
    ("js", "given", "output"),
    [
        ("return { got: input };", {"a": 1}, {"got": {"a": 1}}),
        ("return { got: typeof input };", {}, {"got": "undefined"}),
        ("return input === undefined;", None, True),
        ("", None, None),
        ("return [1.5, 'ä', null];", None, [1.5, "ä", None]),
        ("return 9007199254740991;", None, 9007199254740991),
    ],
)
def test_input_and_output(live: Sandbox, js: str, given: Any, output: Any) -> None:
    answer = act(live, js, given)
    assert (answer.status_code, answer.json()) == (200, output)


def test_an_empty_input_reaches_scripts_of_today(live: Sandbox) -> None:
    js = "exports.default = { type: 'action', exec: async (nango, input) => ({ got: input }) };"
    today = action("today", integration="unreliable", fileBody={"js": js, "ts": ""})
    deploy(live, today, sdkVersion="0.71.10-zero")
    assert ask(live, "today", {}).json() == {"got": {}}


def test_input_that_zod_refuses(live: Sandbox) -> None:
    js = (
        "const zod = require('zod'); const zodSchema = zod.object({ n: zod.number() });"
        "exports.default = { type: 'action', exec: async (nango, input) =>"
        " (await nango.zodValidateInput({ zodSchema, input })).data.n };"
    )
    checked = action("checked", integration="unreliable", fileBody={"js": js, "ts": ""})
    deploy(live, checked, sdkVersion="0.71.10-zero")
    assert ask(live, "checked", {"n": 5}).json() == 5
    error = ask(live, "checked", {"n": "5"}).json()["error"]
    assert error["code"] == "action_script_runtime_error"
    assert error["payload"] == {"message": "Invalid input provided"}


def test_a_sync_that_is_deleted_while_it_runs_does_not_come_back(
    new_sandbox: Callable[..., Sandbox],
) -> None:
    sandbox = new_sandbox("--rows", "0")
    js = "while (!(await nango.getMetadata()).go) { } await nango.saveCheckpoint({ n: 1 });"
    deploy(sandbox, sync("doomed", js, models=["Doomed"]))
    where = {"provider_config_key": "github", "connection_id": "gh-2"}
    trigger(sandbox, syncs=["doomed"], **where)
    begun(sandbox, "doomed", "github", "gh-2")
    deploy(sandbox, sync("other"), deployMode="integration", singleDeployMode=...)
    sandbox.client.patch("/connections/metadata", json={**where, "metadata": {"go": True}})
    while "doomed gh-2 ended" not in sandbox.process.stderr.readline():  # type: ignore[union-attr]
        pass
    assert scripts(sandbox)["syncs"] == ["other"]
    assert {one["name"] for one in status(sandbox, "github")} == {"other"}


@pytest.mark.parametrize(
    ("js", "status", "code", "payload"),
    [
        (
            "throw new nango.ActionError({ reason: 'no' });",
            500,
            "action_script_runtime_error",
            {"reason": "no"},
        ),
        (
            "throw new RangeError('far');",
            500,
            "script_internal_error",
            {"name": "RangeError", "message": "far"},
        ),
        ("await nango.get({ endpoint: '/broken?status=404' });", 424, "script_http_error", {}),
        ("return 'x'.repeat(2 * 1024 * 1024);", 500, "script_internal_error", {"name": "Error"}),
        ("eval('1');", 500, "script_internal_error", {"name": "EvalError"}),
        ("require('fs');", 500, "script_internal_error", {"message": "Module 'fs' is not allowed"}),
        ("const a = {}; a.a = a; return a;", 500, "script_internal_error", {"name": "TypeError"}),
    ],
)
def test_errors_in_nangos_shapes(
    live: Sandbox, js: str, status: int, code: str, payload: dict[str, Any]
) -> None:
    answer = act(live, js)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code)
    assert error["message"]
    assert {name: error["payload"].get(name) for name in payload} == payload
    if code == "script_internal_error":
        assert error["payload"]["stacktrace"][0].startswith(error["payload"]["name"])
    if code == "script_http_error":
        assert set(error["upstream"]) == {"status", "headers", "body"}
        assert set(error["upstream"]["headers"]) == {"content-type"}


def test_the_largest_output_passes(live: Sandbox) -> None:
    answer = act(live, "return 'x'.repeat(2 * 1024 * 1024 - 2);")
    assert len(answer.json()) == 2 * 1024 * 1024 - 2


def test_code_that_does_not_parse_fails_when_it_runs(live: Sandbox) -> None:
    error = act(live, "", fileBody={"js": "function (", "ts": ""}).json()["error"]
    assert (error["code"], error["payload"]["name"]) == ("script_internal_error", "SyntaxError")


def test_actions_that_trigger_actions_and_syncs(live: Sandbox) -> None:
    key, one = "'unreliable', 'flaky-1'", "'github', 'gh-1'"
    deploy(
        live,
        action("twice", "return input.n * 2;", integration="unreliable"),
        action("throws", "throw new nango.ActionError({ n: 1 });", integration="unreliable"),
        sync("called", save({"id": "1"}, model="Called"), models=["Called"]),
    )
    js = (
        f"const n = await nango.triggerAction({key}, 'twice', {{ n: 21 }});"
        f"const demo = await nango.triggerAction({key}, 'fail', {{ a: 1 }});"
        f"await nango.triggerSync({one}, 'called');"
        f"let failed; try {{ await nango.triggerAction({key}, 'throws', {{}}); }}"
        "catch (error) { failed = [error.response.status, error.response.data.error.payload]; }"
        "return [n, demo, failed];"
    )
    assert act(live, js, name="outer").json() == [42, {"input": {"a": 1}}, [500, {"n": 1}]]
    settled(live, integration="github", connection="gh-1", syncs="called")
    assert rows(live, "Called") == {"1": ("ADDED", {})}
    endless = act(live, f"return await nango.triggerAction({key}, 'endless', {{}});", name="endless")
    assert endless.status_code in (424, 500)
    assert "without end" in endless.text


def test_in_the_background_an_action_is_tried_again(live: Sandbox) -> None:
    js = (
        "const times = (await nango.getCheckpoint())?.times ?? 0;"
        "await nango.saveCheckpoint({ times: times + 1 });"
        "if (times < 2) { throw new Error('not yet'); } return times;"
    )
    deploy(live, action("later", js, integration="unreliable"))
    started = ask(live, "later", **{"x-async": "true", "x-max-retries": "2"})
    assert started.status_code == 202
    where = started.json()["statusUrl"]
    while (answer := live.client.get(where)).status_code == 404:
        pass
    assert (answer.status_code, answer.json()) == (200, 2)


def test_locks_end_with_the_run(live: Sandbox) -> None:
    js = (
        "const first = await nango.tryAcquireLock({ key: 'k', ttlMs: 60000 });"
        "return [first, await nango.tryAcquireLock({ key: 'k', ttlMs: 60000 }),"
        " await nango.triggerAction('unreliable', 'flaky-1', 'locks', {})];"
    )
    deploy(
        live,
        action(
            "locks", "return await nango.tryAcquireLock({ key: 'k', ttlMs: 1 });", integration="unreliable"
        ),
    )
    assert act(live, js, name="locking").json() == [True, True, False]
    assert ask(live, "locks").json() is True


# Limits


def test_an_endless_loop_is_stopped_and_others_go_on(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox("--rows", "0", "--time-limit", "2")
    error = act(sandbox, "for (;;) { }").json()["error"]
    assert "longer than 2 seconds" in error["payload"]["message"]
    assert act(sandbox, "return 1;").json() == 1


def test_the_sandbox_ends_while_a_script_runs(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox("--rows", "0")
    deploy(sandbox, sync("busy", "await nango.log('running'); for (;;) { }", models=["Busy"]))
    trigger(sandbox, syncs=["busy"], provider_config_key="github", connection_id="gh-1")
    sandbox.process.stderr.readline()  # type: ignore[union-attr]
    while "running" not in sandbox.process.stderr.readline():  # type: ignore[union-attr]
        pass
    assert sandbox.close() == 0


def test_without_node_a_trigger_says_what_is_missing(
    new_sandbox: Callable[..., Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NANGONB_NODE", "/nowhere/node")
    sandbox = new_sandbox("--rows", "0")
    error = act(sandbox, "return 1;").json()["error"]
    assert (error["code"], error["payload"]["name"]) == ("script_internal_error", "NodeMissing")
    assert "nangonb[typescript]" in error["payload"]["message"]
    state = run(sandbox, "rows", save({"id": "1"}, model="Row"))
    assert (state["status"], "nangonb[typescript]" in state["error"]) == ("ERROR", True)


def test_records_take_little_more_than_their_text(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox("--rows", "0")
    js = (
        "for (let page = 0; page < COUNT; page++) { const all = [];"
        " for (let n = 0; n < 1000; n++) { all.push({ id: `row-${page}-${n}`, text: 'x'.repeat(200) }); }"
        " await nango.batchSave(all, 'Row'); }"
    )
    run(sandbox, "rows", js.replace("COUNT", "1"))
    before = sandbox.resident()
    state = run(sandbox, "rows", js.replace("COUNT", "60"))
    assert state["recordCount"] == {"Row": 60_000}
    assert (sandbox.resident() - before) / 59_000 < 1_500  # bytes; the encoder's own buffers take 4 kB each


# Across restarts


def test_what_was_deployed_runs_on_after_a_restart(
    new_sandbox: Callable[..., Sandbox], tmp_path: Path
) -> None:
    js = (
        "const n = (await nango.getCheckpoint())?.n ?? 0;"
        "await nango.saveCheckpoint({ n: n + 1 });"
        "await nango.log(typeof nango.lastSyncDate?.toISOString());"
        "await nango.batchSave([{ id: 'same' }, { id: 'other', n }], 'Row');"
    )
    options = ("--rows", "0", "--state", str(tmp_path))
    first = new_sandbox(*options)
    before = run(first, "rows", js)
    deploy(first, action("act", "return 'still there';", integration="unreliable"))
    assert before["logs"] == ["info: undefined"]
    assert first.close() == 0
    again = new_sandbox(*options)
    assert ask(again, "act").json() == "still there"
    after = run(again, "rows")
    assert (after["logs"], after["checkpoint"]) == (["info: string"], {"n": 2})
    assert after["latestResult"] == {"Row": {"added": 0, "updated": 1, "deleted": 0}}
    assert rows(again, "Row") == {"same": ("ADDED", {}), "other": ("UPDATED", {"n": 1})}


REACHED = """
const tried = [];
const chains = [
    () => Buffer['const' + 'ructor'],
    () => { const { constructor: make } = setTimeout; return make; },
    () => URL['construc' + 'tor'],
    () => nango.get['constructo' + 'r'],
    () => require('crypto').createHash('md5').update['constructo' + 'r'],
    () => { try { require('net'); } catch (error) { return error.constructor['constructo' + 'r']; } }
];
for (const chain of chains) {
    try {
        const make = chain();
        tried.push(typeof make('return process')());
    } catch (error) {
        tried.push(error.name);
    }
}
return tried;
"""


def test_what_passes_the_scan_of_a_deploy_reaches_nothing_of_the_machine(live: Sandbox) -> None:
    """Nango's scan sees calls of a property named constructor, and no others: what runs the script holds."""
    answer = act(live, REACHED, name="reaching")
    assert answer.json() == ["EvalError"] * 6


def test_dynamic_imports_do_not_run(live: Sandbox) -> None:
    answer = act(live, "return Object.keys(await import('node:net'));", name="importing")
    assert answer.status_code != 200
    assert "cannot be used in a script" in answer.text
