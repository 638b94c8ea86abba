"""Validates the body of a deploy by the rules of the real server, with its error codes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from nangonb._project.nango_yaml.runs import SERVER_PATTERN
from nangonb.sandbox.answers import Refusal
from nangonb.sandbox.checks import (
    Check,
    Entry,
    anything,
    array,
    boolean,
    choice,
    constant,
    either,
    maybe,
    null,
    record,
    shape,
    text,
)

__all__ = ["DeployBody", "check_version", "read_deploy", "rejected_call"]

Mode = Literal["all", "single", "integration"]

OLDEST_CLI: Final = (0, 39, 25)
_AGENT: Final = re.compile(r"nango-cli/(\d+)\.(\d+)\.(\d+)")
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_FILE: Final = shape({"js": text(), "ts": text()})
_NAME: Final = text(least=1, most=255, pattern=r"[a-zA-Z0-9_-]+")
_KEY: Final = text(least=1, most=255, pattern=r"[a-zA-Z0-9~:.@ _-]+")
_PATH: Final = text(least=1, most=2_048)
_SCHEMA: Final = shape(
    {
        "$schema": constant("http://json-schema.org/draft-07/schema#"),
        "$comment": text(),
        "definitions": record(record(anything)),
    }
)
_FLOW: Final = shape(
    {
        "type": choice("sync", "action"),
        "models": array(text(least=1, most=255)),
        "runs": either(text(pattern=SERVER_PATTERN), constant(""), null),
        "auto_start": maybe(boolean),
        "attributes": maybe(record(anything)),
        "metadata": maybe(
            shape({"description": maybe(text(most=2_000)), "scopes": maybe(array(text(most=255)))})
        ),
        "model_schema": maybe(anything),
        "input": maybe(either(null, text(most=255), record(anything))),
        "endpoints": maybe(
            array(
                either(
                    shape(
                        {
                            "method": choice(*_METHODS),
                            "path": _PATH,
                            "group": maybe(text(least=1, most=64)),
                        }
                    ),
                    *(shape({method: _PATH}) for method in _METHODS),
                )
            )
        ),
        "syncName": _NAME,
        "providerConfigKey": _KEY,
        "fileBody": _FILE,
        "version": maybe(text(most=255)),
        "track_deletes": maybe(boolean),
        "sync_type": maybe(choice("incremental", "full", "INCREMENTAL", "FULL")),
        "webhookSubscriptions": maybe(array(text(most=255))),
        "models_json_schema": maybe(
            shape(
                {
                    "$schema": maybe(text()),
                    "$comment": maybe(text()),
                    "definitions": record(record(anything)),
                }
            )
        ),
        "features": maybe(array(choice("checkpoints"))),
    }
)
_EVENTS: Final = ("post-connection-creation", "pre-connection-deletion", "validate-connection")
_ON_EVENT: Final = shape(
    {
        "providerConfigKey": _KEY,
        "scripts": array(shape({"name": _NAME, "fileBody": _FILE, "event": choice(*_EVENTS)})),
    }
)
_POST_CONNECTION: Final = shape(
    {"providerConfigKey": _KEY, "scripts": array(shape({"name": _NAME, "fileBody": _FILE}))}
)
_CONFIRMATION: Final[Mapping[str, Check]] = {
    "flowConfigs": array(_FLOW),
    "onEventScriptsByProvider": maybe(array(_ON_EVENT)),
    "postConnectionScriptsByProvider": maybe(array(_POST_CONNECTION)),
    "jsonSchema": maybe(_SCHEMA),
    "reconcile": boolean,
    "debug": boolean,
    "singleDeployMode": maybe(boolean),
    "deployMode": maybe(choice("all", "single", "integration")),
    "sdkVersion": maybe(text(pattern=r"[0-9]+\.[0-9]+\.[0-9]+-(zero|yaml)")),
    "source": maybe(text(most=255)),
}
_BODIES: Final = {
    True: shape(_CONFIRMATION),
    False: shape({**_CONFIRMATION, "nangoYamlBody": text()}),
}


@dataclass(frozen=True)
class DeployBody:
    """A valid body. ``flows`` are its ``flowConfigs``; ``on_events`` is None if the body does not
    contain them, else entries with ``providerConfigKey``, ``name``, ``event``, ``fileBody``.
    """

    flows: tuple[Mapping[str, Any], ...]
    on_events: tuple[Mapping[str, Any], ...] | None
    mode: Mode
    reconcile: bool
    schema: Mapping[str, Any]
    sdk_version: str
    source: str = "repo"


def check_version(agent: str) -> None:
    """Reject a CLI that is too old. Other clients are accepted.

    Raises: Refusal 400 ``invalid_cli_version``.
    """
    version = _AGENT.search(agent)
    if version and tuple(map(int, version.groups())) < OLDEST_CLI:
        oldest = ".".join(map(str, OLDEST_CLI))
        raise Refusal(
            400,
            "invalid_cli_version",
            f"This CLI is too old: deploys need version {oldest} or later (npm install -g nango@latest).",
        )


def read_deploy(body: Mapping[str, Any], *, confirmation: bool) -> DeployBody:
    """Parse a body. Raises: Refusal 400 ``invalid_body`` with all errors."""
    errors = list(_BODIES[confirmation](body, ()))
    errors = errors or [entry for n, flow in enumerate(body["flowConfigs"]) for entry in _rules(n, flow)]
    if errors:
        raise Refusal(400, "invalid_body", errors=errors)
    single: Mode = "single" if body.get("singleDeployMode") else "all"
    return DeployBody(
        tuple(body["flowConfigs"]),
        _on_events(body),
        body.get("deployMode") or single,
        body["reconcile"],
        (body.get("jsonSchema") or {}).get("definitions") or {},
        body.get("sdkVersion") or "",
        body.get("source") or "repo",
    )


def _rules(number: int, flow: Mapping[str, Any]) -> Iterator[Entry]:
    """Check conditions across keys."""
    at = ["flowConfigs", number]
    if flow.get("track_deletes") and str(flow.get("sync_type", "")).lower() == "incremental":
        message = "Track deletes is not supported for incremental syncs"
        yield {"code": "custom", "message": message, "path": [*at, "track_deletes"]}
    schema = flow.get("models_json_schema")
    if schema is None:
        return
    given = flow.get("input")
    for name in [*flow["models"], *([given] if isinstance(given, str) and given else [])]:
        if name not in schema["definitions"]:
            message = f'json_schema doesn\'t contain model "{name}"'
            yield {"code": "custom", "message": message, "path": [*at, "models_json_schema", "definitions"]}


def _on_events(body: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...] | None:
    if body.get("onEventScriptsByProvider") is None and body.get("postConnectionScriptsByProvider") is None:
        return None
    given = [*(body.get("onEventScriptsByProvider") or ())]
    for one in body.get("postConnectionScriptsByProvider") or ():  # the former names
        scripts = [{**script, "event": "post-connection-creation"} for script in one["scripts"]]
        given.append({**one, "scripts": scripts})
    return tuple(
        {"providerConfigKey": one["providerConfigKey"], **script}
        for one in given
        for script in one["scripts"]
    )


_QUIET: Final = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\$]|\$(?!\{))*`""", re.DOTALL
)
_CALL: Final = re.compile(r"""(new\s+)?[\w$\])}"'`.?]{0,80}\.\s*constructor\s*(?:\?\.\s*)?\(""")
_INDEXED: Final = re.compile(r"""\[\s*(["'`])constructor\1\s*\]\s*(?:\?\.\s*)?\(""")


def rejected_call(js: str) -> str | None:
    """Return a call of ``x.constructor(…)`` in compiled code, which the real server rejects, or None.

    Ignores comments, strings and ``new x.constructor(…)``.
    """
    if "constructor" not in js:
        return None
    indexed = _INDEXED.search(js)
    if indexed:
        return indexed[0]
    code = _QUIET.sub(lambda match: match[0][0] + match[0][0] if match[0][0] in "\"'`" else " ", js)
    for call in _CALL.finditer(code):
        if not call[1]:
            return call[0].strip()
    return None
