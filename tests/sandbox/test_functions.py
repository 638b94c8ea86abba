"""``/functions/*`` of the sandbox, over HTTP: the shapes of the specification, and what is refused."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.sandbox.process import Sandbox

ACTION = """\
import { createAction } from 'nango';
import * as z from 'zod';

export default createAction({
    description: 'Says hello.',
    version: '1.0.0',
    endpoint: { method: 'POST', path: '/hello' },
    input: z.object({ name: z.string() }),
    output: z.object({ hello: z.string() }),
    exec: async (nango, input) => {
        await nango.log('for you', { level: 'info' });
        await nango.log('hidden', { level: 'warn' });
        return { hello: input.name };
    }
});
"""
SYNC = """\
import { createSync } from 'nango';
import * as z from 'zod';

export default createSync({
    description: 'One row.',
    version: '1.0.0',
    endpoints: [{ method: 'GET', path: '/rows' }],
    frequency: 'every day',
    autoStart: false,
    syncType: 'full',
    models: { MODEL: z.object({ id: z.string() }) },
    exec: async (nango) => {
        await nango.batchSave([{ id: '1' }, { id: '1' }], 'MODEL');
    }
});
"""
DRYRUN = {
    "integration_id": "salesforce",
    "function_type": "action",
    "connection_id": "conn-1",
    "code": ACTION,
}
DEPLOYMENT = {
    "type": "function", "integration_id": "salesforce", "function_name": "hello", "function_type": "action",
    "code": ACTION,
}  # fmt: skip


@pytest.fixture(scope="module")
def served(_clean_session: None) -> Iterator[Sandbox]:
    started = Sandbox("--rows", "5")
    yield started
    started.close()


def ended(sandbox: Sandbox, what: str, body: dict[str, Any]) -> dict[str, Any]:
    """The state of a job once it has ended."""
    answer = sandbox.client.post(f"/functions/{what}", json=body)
    assert answer.status_code == 202, answer.text
    limit = time.monotonic() + 60
    while True:
        found: dict[str, Any] = sandbox.client.get(f"/functions/{what}/{answer.json()['id']}").json()
        if found["status"] in ("success", "failed"):
            return found
        assert time.monotonic() < limit, found


class TestShapes:
    def test_those_of_the_specification(self, served: Sandbox, shared: Path) -> None:
        spec = yaml.safe_load((shared / "nango/spec.yaml").read_text("utf-8"))

        def check(name: str, body: Any) -> None:
            schema = {"$ref": f"#/components/schemas/{name}", "components": spec["components"]}
            jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(body)

        client = served.client
        check("FunctionCompileResponse", client.post("/functions/compile", json={"code": ACTION}).json())
        check("FunctionDryrunCreateResponse", client.post("/functions/dryruns", json=DRYRUN).json())
        check("FunctionDryrunResponse", ended(served, "dryruns", {**DRYRUN, "input": {"name": "Ada"}}))
        broken = {**DRYRUN, "code": ACTION.replace("input.name", "1")}
        check("FunctionDryrunResponse", ended(served, "dryruns", broken))
        deployment = {**DEPLOYMENT, "function_name": "shaped"}
        check("FunctionDeploymentResponse", client.post("/functions/deployments", json=deployment).json())
        shaped = {**DEPLOYMENT, "function_name": "shaped-too"}
        check("FunctionDeploymentResultResponse", ended(served, "deployments", shaped))


class TestCompile:
    def test_a_bundle(self, served: Sandbox) -> None:
        found = served.client.post("/functions/compile", json={"code": ACTION}).json()
        assert found["bundle_size_bytes"] == len(found["bundled_js"].encode())
        assert "Says hello." in found["bundled_js"]
        assert "sourceMappingURL" not in found["bundled_js"]

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("export default 1;", "has no default export"),
            (ACTION.replace("input.name }", "input.nobody }"), ":13:31 - error TS2339"),
            (ACTION.replace("return {", "return {{"), ":13:1 - error typescript-declaration"),
        ],
    )
    def test_source_that_does_not_compile(self, served: Sandbox, code: str, said: str) -> None:
        answer = served.client.post("/functions/compile", json={"code": code})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "compilation_error")
        assert said in answer.json()["error"]["message"]


class TestDryruns:
    def test_an_action(self, served: Sandbox) -> None:
        found = ended(served, "dryruns", {**DRYRUN, "input": {"name": "Ada"}})
        assert (found["status"], found["result"]) == ("success", {"hello": "Ada"})
        lines = found["output"].split("\n")
        assert lines == ['Executing -> integration:"salesforce" script:"function" ', "for you", "Done"]

    def test_a_sync(self, served: Sandbox) -> None:
        code = SYNC.replace("MODEL", "Row")
        found = ended(served, "dryruns", {**DRYRUN, "function_type": "sync", "code": code})
        assert found["status"] == "success" and "result" not in found
        assert '"added": 1' in found["output"]
        assert '"A batch save call would save the following data to the Row model:"' in found["output"]

    def test_nothing_is_stored(self, served: Sandbox) -> None:
        code = SYNC.replace("MODEL", "Contact")
        asked = {
            "params": {"model": "Contact", "ids": "1"},
            "headers": {"connection-id": "conn-1", "provider-config-key": "salesforce"},
        }
        before = served.client.get("/records", **asked).json()
        ended(served, "dryruns", {**DRYRUN, "function_type": "sync", "code": code})
        assert served.client.get("/records", **asked).json() == before

    def test_one_that_fails(self, served: Sandbox) -> None:
        thrown = "if (input.name) throw new nango.ActionError({ why: 'no' });\n        return {"
        code = ACTION.replace("return {", thrown)
        found = ended(served, "dryruns", {**DRYRUN, "code": code, "input": {"name": "Ada"}})
        assert (found["status"], found["error"]["code"]) == ("failed", "dryrun_error")
        assert "An error occurred during execution\n{" in found["error"]["message"]
        assert '"why": "no"' in found["error"]["message"]
        assert "hidden" in found["error"]["message"]  # standard error is told where it fails

    def test_one_that_does_not_compile(self, served: Sandbox) -> None:
        found = ended(served, "dryruns", {**DRYRUN, "code": ACTION.replace("input.name", "1")})
        assert (found["status"], found["error"]["code"]) == ("failed", "compilation_error")

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"integration_id": "nobody"}, 404, "integration_not_found"),
            ({"connection_id": "nobody"}, 404, "connection_not_found"),
            ({"function_type": "on-event"}, 400, "invalid_body"),
            ({"code": ""}, 400, "invalid_body"),
            ({"function_name": "hello"}, 400, "invalid_body"),
            ({"last_sync_date": "2026-01-02"}, 400, "invalid_body"),
            ({"last_sync_date": "2026-13-02T00:00:00Z"}, 400, "invalid_body"),
            ({"metadata": []}, 400, "invalid_body"),
        ],
    )
    def test_refusals(self, served: Sandbox, change: dict[str, Any], status: int, code: str) -> None:
        answer = served.client.post("/functions/dryruns", json={**DRYRUN, **change})
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)

    def test_ids(self, served: Sandbox) -> None:
        unknown = "7d9d3f8e-3a39-4a0e-9d5b-6c1d1e4f0001"
        answer = served.client.get(f"/functions/dryruns/{unknown}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "dryrun_not_found")
        answer = served.client.get("/functions/dryruns/1")
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_uri_params")
        id = served.client.post("/functions/dryruns", json=DRYRUN).json()["id"]
        answer = served.client.get(f"/functions/deployments/{id}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "deployment_not_found")


class TestDeployments:
    def test_what_is_deployed_runs(self, served: Sandbox) -> None:
        found = ended(served, "deployments", DEPLOYMENT)
        assert (found["deployed"], found["deployed_functions"]) == (
            True, [{"name": "hello", "version": "1.0.0"}],
        )  # fmt: skip
        answer = served.client.post(
            "/action/trigger",
            json={"action_name": "hello", "input": {"name": "Ada"}},
            headers={"connection-id": "conn-1", "provider-config-key": "salesforce"},
        )
        assert answer.json() == {"hello": "Ada"}
        again = ended(served, "deployments", {**DEPLOYMENT, "version": "2.0.0"})
        assert again["deployed_functions"] == [{"name": "hello", "version": "2.0.0"}]

    def test_a_sync_may_save_another_model(self, served: Sandbox) -> None:
        body = {**DEPLOYMENT, "function_type": "sync", "function_name": "rows"}
        assert ended(served, "deployments", {**body, "code": SYNC.replace("MODEL", "Old")})["deployed"]
        changed = {**body, "code": SYNC.replace("MODEL", "New")}
        assert ended(served, "deployments", changed)["deployed"]
        assert ended(served, "deployments", {**changed, "allow_destructive": True})["deployed"]

    def test_what_another_way_deployed_is_protected(self, served: Sandbox) -> None:
        body = {**DEPLOYMENT, "function_type": "sync", "function_name": "salesforce-contacts"}
        answer = served.client.post("/functions/deployments", json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")
        assert "Cannot overwrite existing function 'salesforce-contacts'" in answer.text

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"integration_id": "nobody"}, 404, "integration_not_found"),
            ({"function_name": "a b"}, 400, "invalid_body"),
            ({"type": "other"}, 400, "invalid_body"),
            ({"allow_destructive": "yes"}, 400, "invalid_body"),
            ({"connection_id": "conn-1"}, 400, "invalid_body"),
        ],
    )
    def test_refusals(self, served: Sandbox, change: dict[str, Any], status: int, code: str) -> None:
        answer = served.client.post("/functions/deployments", json={**DEPLOYMENT, **change})
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)

    def test_there_are_no_templates(self, served: Sandbox) -> None:
        body = {"type": "template", "integration_id": "salesforce", "template": "accounts"}
        answer = served.client.post("/functions/deployments", json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "template_not_found")


def test_without_node(new_sandbox: Callable[..., Sandbox], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NANGONB_NODE", "/nowhere/node")
    client = new_sandbox("--rows", "5").client
    for path, body in (
        ("compile", {"code": ACTION}), ("dryruns", DRYRUN), ("deployments", DEPLOYMENT),
    ):  # fmt: skip
        answer = client.post(f"/functions/{path}", json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (500, "server_error")
        assert "Failed to initialize the function execution environment" in answer.text
        assert "Node.js" in answer.text


def test_deployments_outlive_the_process(new_sandbox: Callable[..., Sandbox], tmp_path: Path) -> None:
    first = new_sandbox("--state", str(tmp_path / "state"))
    assert ended(first, "deployments", DEPLOYMENT)["deployed"]
    first.close()
    second = new_sandbox("--state", str(tmp_path / "state"))
    assert ended(second, "deployments", DEPLOYMENT)["deployed"]  # it is still one of its own
