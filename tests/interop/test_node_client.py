"""The real node client against the sandbox: each recorded call is sent as it was recorded, and answered."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.interop.npm import install, node
from tests.interop.recorder import Exchange, Recorder
from tests.sandbox.process import Sandbox

pytestmark = pytest.mark.interop

KEY: Final = "sk"  # as in the recording, so that Authorization is compared, too
OF_THE_MACHINE: Final = ("host",)
DATA: Final = ("metadata", "tags", "connection_config", "raw", "latestResult")  # with keys of their own

# How the sandbox's answers differ from those of the recording, whose server was a stand-in of a few lines
# that answered anything. A row that is no longer true fails, too.


@dataclass(frozen=True, slots=True)
class Refused:
    """The sandbox answers with an error where the recording's server answered 200."""

    status: int
    said: str
    reason: str


_SYNC: Final = "the recording names a sync s, which the demo does not have"
_ACTION: Final = "the recording names an action act, which the demo does not have"
NO_SYNC: Final = Refused(400, '"code":"no_syncs_found"', _SYNC)
NO_ACTION: Final = Refused(404, '"code":"not_found"', _ACTION)

REFUSED: Final[dict[str, Refused]] = {
    "get": Refused(
        500, '"code":"ENOTFOUND"', "the base URL is overridden by a host that the sandbox does not have"
    ),
    "post": Refused(405, "METHOD_NOT_ALLOWED", "Salesforce's query takes no POST, and the demo knows it"),
    "delete": Refused(404, "NOT_FOUND", "Salesforce has no such path, and the demo knows it"),
    "listRecords": Refused(
        400,
        '"path":["modified_after"]',
        "the recording asks for changes since 2024, and Nango for 12 months at most",
    ),
    "triggerSync": NO_SYNC,
    "triggerSync, legacy": NO_SYNC,
    "startSync": NO_SYNC,
    "pauseSync": NO_SYNC,
    "triggerAction": NO_ACTION,
    "triggerActionAsync": NO_ACTION,
}

_CONNECTION: Final = {
    ".credentials.refresh_token absent": "given only where refresh_token=true, as Nango does",
    ".webhook_url_override more": "Nango 0.71 gives it, by its own types",
}
SHAPES: Final[dict[str, dict[str, str]]] = {
    "listConnections": {
        ".connections[].created_at absent": "Nango's list names it created; the recording's server gave both"
    },
    "getConnection": _CONNECTION,
    "getToken": _CONNECTION,
    "getRawTokenResponse": _CONNECTION,
    "getMetadata": _CONNECTION,
    "syncStatus of all": {
        ".syncs[].latestExecutionStatus more": "Nango 0.71 gives it",
        ".syncs[].recordCount more": "Nango 0.71 gives it",
        ".syncs[].variant more": "Nango 0.71 gives it",
    },
    "listIntegrations": {".data[].forward_webhooks more": "Nango 0.71 gives it"},
    "getIntegration": {
        ".data.forward_webhooks more": "Nango 0.71 gives it",
        ".data.credentials more": "asked for with include; the recording's server did not look",
    },
}

# What the client makes of an answer. Calls that are not here hand out axios' response.
GIVES: Final[dict[str, Callable[[Any], Any]]] = {
    "listConnections": lambda answer: answer,
    "listConnections by": lambda answer: answer,
    "getConnection": lambda answer: answer,
    "getToken": lambda answer: answer["credentials"]["access_token"],
    "getRawTokenResponse": lambda answer: answer["credentials"]["raw"],
    "getMetadata": lambda answer: answer["metadata"],
    "listIntegrations": lambda answer: {"configs": answer["data"]},
    "getIntegration": lambda answer: answer,
    "syncStatus": lambda answer: answer,
    "syncStatus of all": lambda answer: answer,
    "createConnectSession": lambda answer: answer,
    "getEnvironmentVariables": lambda answer: answer,
    "getScriptsConfig": lambda answer: answer,
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what was recorded, what arrived now, what the client returned or threw."""

    name: str
    recorded: dict[str, Any]
    arrived: Exchange
    returned: dict[str, Any]


@pytest.fixture(scope="module")
def calls(shared: Path) -> Iterator[dict[str, Call]]:
    """All recorded calls by name, made by the client in one process."""
    recording = shared / "nango" / "recordings" / "nodeclient.http.jsonl"
    if not recording.is_file():
        pytest.skip("the recording of the node client is not here")
    recorded = [json.loads(line) for line in recording.read_text("utf-8").splitlines()]
    sandbox = Sandbox("--key", KEY)
    try:
        with Recorder(sandbox.url) as recorder:
            script = Path(__file__).parent / "node_client.mjs"
            done = subprocess.run(
                [node(), str(script), str(install()), recorder.url, KEY],
                capture_output=True,
                text=True,
                timeout=120,
                env={
                    name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")
                },
                check=False,
            )
    finally:
        sandbox.close()
    assert (done.returncode, done.stderr) == (0, "")
    returned = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(recorded) == len(recorder.exchanges) == len(returned) == 27
    yield {
        said["call"]: Call(said["call"], *three)
        for said, three in zip(
            returned, zip(recorded, recorder.exchanges, returned, strict=True), strict=True
        )
    }


def test_each_request_is_the_recorded_one(calls: dict[str, Call]) -> None:
    assert len(calls) == 27
    for call in calls.values():
        wanted, found = call.recorded, call.arrived
        assert (found.method, found.path, found.query) == (
            wanted["method"],
            wanted["path"],
            wanted["query"],
        ), call.name
        body = json.loads(found.body) if found.body else None
        assert body == wanted["body"], call.name
        recorded = {name.lower(): value for name, value in wanted["headers"]}
        assert _comparable(found.headers) == _comparable(recorded), call.name


def test_each_answer_has_the_recorded_status_and_shape_or_a_documented_one(calls: dict[str, Call]) -> None:
    for call in calls.values():
        status, answer = call.arrived.status, json.loads(call.arrived.answer)
        wanted = call.recorded["response"]
        if call.name in REFUSED:
            refused = REFUSED[call.name]
            assert status == refused.status != wanted["status"], (call.name, refused.reason)
            assert refused.said in call.arrived.answer.decode(), (call.name, refused.reason)
            continue
        assert status == wanted["status"], call.name
        found = sorted(_differences(answer, wanted["body"]))
        assert found == sorted(SHAPES.get(call.name, {})), call.name


def test_each_answer_is_accepted_by_the_client(calls: dict[str, Call]) -> None:
    for call in calls.values():
        status, answer = call.arrived.status, json.loads(call.arrived.answer)
        if status >= 400:
            error = call.returned["error"]
            assert (error["name"], error["status"], error["body"]) == ("AxiosError", status, answer)
        elif call.name in GIVES:
            assert call.returned["value"] == GIVES[call.name](answer), call.name
        else:
            assert call.returned["value"] == {"status": status, "data": answer}, call.name


def _comparable(headers: dict[str, str]) -> dict[str, str]:
    """Without what belongs to the machine: host, and in User-Agent the operating system and Node."""
    kept = {name: value for name, value in headers.items() if name not in OF_THE_MACHINE}
    return {**kept, "user-agent": re.sub(r" \(.+; node\.js/.+\)$", " (…)", kept["user-agent"])}


def _differences(found: Any, wanted: Any, path: str = "") -> Iterator[str]:
    """Where the shape of ``found`` is not that of ``wanted``: keys and types; a list by its first entry.

    Where the recording has null, any value may stand; the other way round it may not.
    """
    if wanted is None:
        return
    if isinstance(wanted, dict) and isinstance(found, dict):
        if path.rpartition(".")[2] in DATA:
            return
        yield from (f"{path}.{name} absent" for name in wanted.keys() - found.keys())
        yield from (f"{path}.{name} more" for name in found.keys() - wanted.keys())
        for name in wanted.keys() & found.keys():
            yield from _differences(found[name], wanted[name], f"{path}.{name}")
    elif isinstance(wanted, list) and isinstance(found, list):
        for one in found[:1]:
            if wanted:
                yield from _differences(one, wanted[0], f"{path}[]")
    elif type(found) is not type(wanted):
        yield f"{path} {type(found).__name__}"
