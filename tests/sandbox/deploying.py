"""Deploys by hand: bodies as the CLIs send them, around compiled scripts of one function."""

from __future__ import annotations

from typing import Any

import httpx

from tests.sandbox.process import Sandbox


def compiled(body: str) -> str:
    """What the CLI of nango.yaml makes of ``export default async function (nango, input) { body }``."""
    return (
        '"use strict";\nObject.defineProperty(exports, "__esModule", { value: true });\n'
        f"exports.default = runScript;\nasync function runScript(nango, input) {{\n{body}\n}}\n"
    )


def sync(name: str, body: str = "", *, integration: str = "github", **more: Any) -> dict[str, Any]:
    """A ``flowConfig`` of a sync that saves ``Row``, and does not start by itself."""
    return {
        "syncName": name,
        "providerConfigKey": integration,
        "models": ["Row"],
        "version": "",
        "runs": "every day",
        "track_deletes": False,
        "auto_start": False,
        "attributes": {},
        "metadata": {"description": "Syncs rows.", "scopes": []},
        "sync_type": "full",
        "type": "sync",
        "fileBody": {"js": compiled(body), "ts": "// TypeScript"},
        "endpoints": [{"method": "GET", "path": f"/{name}"}],
        "webhookSubscriptions": [],
        **more,
    }


def action(name: str, body: str = "", *, integration: str = "github", **more: Any) -> dict[str, Any]:
    """A ``flowConfig`` of an action."""
    return {
        "syncName": name,
        "providerConfigKey": integration,
        "models": [],
        "version": "",
        "runs": None,
        "metadata": {"description": "Acts.", "scopes": []},
        "type": "action",
        "fileBody": {"js": compiled(body), "ts": "// TypeScript"},
        "endpoints": [{"method": "POST", "path": f"/{name}"}],
        "track_deletes": False,
        **more,
    }


def body(*flows: dict[str, Any], confirmation: bool = False, **more: Any) -> dict[str, Any]:
    """The body of a deploy of these flows alone."""
    found = {
        "flowConfigs": list(flows),
        "reconcile": not confirmation,
        "debug": False,
        "singleDeployMode": True,
        "sdkVersion": "0.69.14-yaml",
        **({} if confirmation else {"nangoYamlBody": ""}),
        **more,
    }
    return {name: value for name, value in found.items() if value is not ...}


def confirm(sandbox: Sandbox, *flows: dict[str, Any], **more: Any) -> httpx.Response:
    """``POST /sync/deploy/confirmation``."""
    sent = body(*flows, confirmation=True, **more)
    return sandbox.client.post("/sync/deploy/confirmation", json=sent)


def deploy(sandbox: Sandbox, *flows: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    """``POST /sync/deploy``, which succeeds."""
    answer = sandbox.client.post("/sync/deploy", json=body(*flows, **more))
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found
