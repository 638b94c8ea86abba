"""What the real clients sent, replayed: the answers have the shape that those clients worked with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.process import Sandbox

CLI = [
    "yaml14-sync",
    "yaml14-sync-opts",
    "yaml14-action",
    "yaml14-badconn",
    "zero-sync",
    "zero-sync-last",
    "zero-action",
    "zero-badconn",
]
# Of the machine that made the recording, or set by the client itself
DROPPED = {"host", "connection", "authorization", "accept-encoding", "content-length"}


def recorded(shared: Path, name: str) -> list[dict[str, Any]]:
    path = shared / "nango" / "recordings" / f"{name}.http.jsonl"
    if not path.exists():
        pytest.skip(f"the recording {name} is not here")
    return [json.loads(line) for line in path.read_text().splitlines()]


def replay(sandbox: Sandbox, call: dict[str, Any], path: str) -> Any:
    headers = {name: value for name, value in call["headers"] if name.lower() not in DROPPED}
    body = {} if call["body"] is None else {"json": call["body"]}
    if body:
        headers.pop("Content-Type", None)
    return sandbox.client.request(
        call["method"], path, params=[tuple(pair) for pair in call["query"]], headers=headers, **body
    )


def shape(value: Any) -> Any:
    """Types and keys; a list by its first entry."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value[:1]]
    return type(value).__name__


def assert_fits(found: Any, wanted: Any, path: str) -> None:
    """Each key that the client was given is there, with a value of the same type (or null)."""
    if "NoneType" in (found, wanted):
        return
    if isinstance(wanted, dict):
        assert isinstance(found, dict), path
        for name, inner in wanted.items():
            if path.endswith(".metadata") or name == "refresh_token":  # data, and given only when asked for
                continue
            if name == "created_at" and "created" in found:  # the recording's server gave both names
                continue
            assert name in found, f"{path}.{name}"
            assert_fits(found[name], inner, f"{path}.{name}")
    elif isinstance(wanted, list):
        assert isinstance(found, list), path
        if wanted and found:
            assert_fits(found[0], wanted[0], f"{path}[0]")
    else:
        assert found == wanted, path


@pytest.mark.parametrize("name", CLI)
def test_the_calls_of_the_real_cli_get_answers_of_the_recorded_shape(
    sandbox: Sandbox, shared: Path, name: str
) -> None:
    next_url = ""
    for call in recorded(shared, name):
        path = call["path"]
        if path.startswith("/cli/"):
            continue
        if "/query/01g" in path:  # the recording's own cursor; ours is in the page before
            path = f"/proxy{next_url}"
        answer = replay(sandbox, call, path)
        wanted = call["response"]
        assert answer.status_code == wanted["status"], (path, answer.text)
        found = answer.json()
        if wanted["status"] >= 400:
            assert found["error"]["code"] == wanted["body"]["error"]["code"]
            continue
        assert_fits(shape(found), shape(wanted["body"]), path)
        next_url = found.get("nextRecordsUrl", "") if isinstance(found, dict) else ""


def test_the_calls_of_the_real_node_client_get_answers_of_the_recorded_shape(
    new_sandbox: Callable[..., Sandbox], shared: Path
) -> None:
    sandbox = new_sandbox()
    replayed = 0
    for call in recorded(shared, "nodeclient"):
        path, wanted = call["path"], call["response"]
        if path.startswith(("/proxy/", "/records/", "/sync/", "/action/")):
            continue  # of names that the demo does not have: tests/interop says how each is answered
        answer = replay(sandbox, call, path)
        assert answer.status_code == wanted["status"], (path, answer.text)
        replayed += 1
        found, body = answer.json(), wanted["body"]
        if wanted["status"] >= 400:
            assert found["error"] == body["error"]
        else:
            assert_fits(shape(found), shape(body), path)
    assert replayed >= 14
