"""The functions API: what is sent, how jobs are followed to their end, and what its refusals say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import yaml

from nangonb._nango import ApiResponseError
from nangonb.errors import NetworkError
from tests.nango import test_client
from tests.nango.test_client import _error

ID = "7d9d3f8e-3a39-4a0e-9d5b-6c1d1e4f0001"
WHERE: dict[str, Any] = {
    "integration_id": "acme",
    "function_type": "sync",
    "connection_id": "conn-1",
}


class Nango(test_client.Nango):
    """Its answers may be exceptions of the network."""

    def __init__(self, *answers: Any) -> None:
        super().__init__(*(answer for answer in answers if not isinstance(answer, Exception)))
        whole = iter(self.answers)
        self.answers = [each if isinstance(each, Exception) else next(whole) for each in answers]  # type: ignore[misc]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        found: Any = super()._answer(request)
        if isinstance(found, Exception):
            raise found
        return found  # type: ignore[no-any-return]


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Nobody waits; these are the pauses that would have been made."""
    made: list[float] = []
    monkeypatch.setattr("time.sleep", made.append)
    return made


def _job(status: str, **more: Any) -> dict[str, Any]:
    return {"id": ID, "status": status, "created_at": "2026-01-02T03:04:05.000Z", **more}


class TestCompile:
    def test_the_bundle(self) -> None:
        nango = Nango({"bundle_size_bytes": 3, "bundled_js": "1+1", "compiled_at": "2026-01-02T03:04:05Z"})
        found = nango.client.functions.compile("export default 1;")
        assert (found.js, found.size, found.compiled_at) == ("1+1", 3, "2026-01-02T03:04:05Z")
        assert (nango.asked[0].method, nango.asked[0].url.path) == ("POST", "/functions/compile")
        assert json.loads(nango.asked[0].content) == {"code": "export default 1;"}

    def test_source_that_does_not_compile(self) -> None:
        nango = Nango(_error(400, "compilation_error", "function.ts:1:1 - error TS2304: no name"))
        with pytest.raises(ApiResponseError, match="400 compilation_error for the compilation") as caught:
            nango.client.functions.compile("x")
        assert caught.value.code == "compilation_error"
        assert caught.value.body["error"]["message"] == "function.ts:1:1 - error TS2304: no name"

    def test_a_nango_without_machines_for_it(self) -> None:
        nango = Nango(_error(500, "server_error", "Failed to initialize the function execution environment"))
        with pytest.raises(ApiResponseError) as caught:
            nango.client.functions.compile("x")
        assert "as a self-hosted one cannot" in caught.value.hint

    def test_an_old_nango(self) -> None:
        nango = Nango(_error(404, "not_found", "Not Found"))
        with pytest.raises(ApiResponseError) as caught:
            nango.client.functions.compile("x")
        assert "no functions API" in caught.value.hint

    @pytest.mark.parametrize("answer", [{}, [], {"bundled_js": 1}])
    def test_something_else(self, answer: Any) -> None:
        with pytest.raises(ApiResponseError, match="with JSON that is not"):
            Nango(answer).client.functions.compile("x")


class TestDryruns:
    def test_only_what_is_given_is_sent(self) -> None:
        nango = Nango(_job("running"), _job("waiting"))
        client = nango.client
        assert client.functions.start_dryrun("code", **WHERE).status == "running"
        assert json.loads(nango.asked[0].content) == {**WHERE, "code": "code"}
        client.functions.start_dryrun(
            "code", **WHERE, input={"a": 1}, metadata={"m": 1}, checkpoint={"c": 1},
            last_sync_date="2026-01-02T03:04:05.000Z",
        )  # fmt: skip
        assert json.loads(nango.asked[1].content) == {
            **WHERE, "code": "code", "input": {"a": 1}, "metadata": {"m": 1}, "checkpoint": {"c": 1},
            "last_sync_date": "2026-01-02T03:04:05.000Z",
        }  # fmt: skip

    def test_it_is_followed_to_its_end(self) -> None:
        end = _job("success", output="Done", result=None, duration_ms=12, completed_at="2026-01-02T03:04:06Z")
        nango = Nango(_job("waiting"), _job("running"), end)
        seen: list[str] = []
        found = nango.client.functions.await_dryrun(ID, on_status=lambda status, _: seen.append(status))
        assert seen == ["waiting", "running", "success"]
        assert (found.output, found.duration_ms, found.completed_at) == ("Done", 12, "2026-01-02T03:04:06Z")
        assert found.has_result and found.result is None and found.error is None
        assert {request.url.path for request in nango.asked} == {f"/functions/dryruns/{ID}"}

    def test_one_that_failed(self) -> None:
        fault = {"code": "dryrun_error", "message": "boom", "payload": {"at": 1}}
        found = Nango(_job("failed", error=fault)).client.functions.await_dryrun(ID)
        assert found.error is not None
        assert (found.error.code, found.error.message, found.error.payload) == tuple(fault.values())
        assert not found.has_result

    def test_one_that_does_not_end(self) -> None:
        nango = Nango(_job("running"))
        with pytest.raises(ApiResponseError, match=f"Dry run {ID} had not ended after 0 s") as caught:
            nango.client.functions.await_dryrun(ID, seconds=0)
        assert caught.value.code == "timeout"

    def test_some_lost_answers_do_not_end_it(self, pauses: list[float]) -> None:
        nango = Nango(*[httpx.ConnectError("refused")] * 4, _job("success"))
        assert nango.client.functions.await_dryrun(ID).status == "success"
        assert len(nango.asked) == 5  # a GET is tried three times

    def test_an_end_to_asking(self, pauses: list[float]) -> None:
        nango = Nango(*[httpx.ConnectError("refused")] * 100)
        with pytest.raises(NetworkError, match="No answer from Nango"):
            nango.client.functions.await_dryrun(ID)
        assert len(nango.asked) < 20

    @pytest.mark.parametrize(
        ("code", "hint"),
        [("integration_not_found", "no such integration"), ("connection_not_found", "no such connection")],
    )
    def test_refusals(self, code: str, hint: str) -> None:
        with pytest.raises(ApiResponseError, match=f"404 {code}") as caught:
            Nango(_error(404, code, "'x' was not found")).client.functions.start_dryrun("code", **WHERE)
        assert hint in caught.value.hint

    @pytest.mark.parametrize("answer", [{}, [], {"id": ID, "status": "done"}, {"status": "running"}])
    def test_something_else(self, answer: Any) -> None:
        with pytest.raises(ApiResponseError, match="with JSON that is not"):
            Nango(answer).client.functions.dryrun(ID)


class TestDeployments:
    def test_what_is_sent_and_what_is_live(self) -> None:
        end = _job("success", deployed=True, deployed_functions=[{"name": "contacts", "version": "2"}])
        nango = Nango(_job("running"), end)
        given = {"integration_id": "acme", "function_name": "contacts", "function_type": "sync"}
        started = nango.client.functions.start_deployment("code", **given)  # type: ignore[arg-type]
        assert json.loads(nango.asked[0].content) == {"type": "function", **given, "code": "code"}
        found = nango.client.functions.await_deployment(started.id)
        assert (found.deployed, found.functions) == (True, (("contacts", "2"),))

    def test_options(self) -> None:
        nango = Nango(_job("running"))
        nango.client.functions.start_deployment(
            "code", integration_id="acme", function_name="contacts", function_type="sync", version="3",
            allow_destructive=True,
        )  # fmt: skip
        sent = json.loads(nango.asked[0].content)
        assert (sent["version"], sent["allow_destructive"]) == ("3", True)


def test_what_is_sent_is_as_the_specification_says(shared: Path) -> None:
    spec = yaml.safe_load((shared / "nango/spec.yaml").read_text("utf-8"))

    def check(name: str, sent: httpx.Request) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", "components": spec["components"]}
        jsonschema.Draft202012Validator(schema).validate(json.loads(sent.content))

    nango = Nango({"bundled_js": ""}, _job("running"), _job("running"))
    client = nango.client
    client.functions.compile("code")
    client.functions.start_dryrun(
        "code", **WHERE, input=1, metadata={}, checkpoint={}, last_sync_date="2026-01-02T03:04:05Z"
    )
    client.functions.start_deployment(
        "code", integration_id="acme", function_name="contacts", function_type="action", version="1",
        allow_destructive=True,
    )  # fmt: skip
    for name, sent in zip(
        ("FunctionCompileRequest", "FunctionDryrunRequest", "FunctionDeploymentRequest"), nango.asked,
        strict=True,
    ):  # fmt: skip
        check(name, sent)
