"""Version 1 of nango.yaml: scripts stand directly under their integration."""

from __future__ import annotations

from typing import Any

from nangonb._project.nango_yaml.javascript import JsCrash, entries, trim, truthy
from nangonb._project.nango_yaml.parser import EVENTS, Parser, get


class ParserV1(Parser):
    """``integrations.<id>.<script>: {type, returns, runs, …}``; ``runs`` is not looked into."""

    output_key = "returns"

    def integration(self, name: str, raw: Any) -> dict[str, Any]:
        at = ("integrations", name)
        syncs: list[dict[str, Any]] = []
        actions: list[dict[str, Any]] = []
        for script_name, script, part in entries(raw, at, name):
            if not truthy(script):
                continue
            where = (*at, part)
            returns = get(script, "returns")
            # As in the original: anonymous models of actions are named like those of syncs.
            output = self.output_models(name, "sync", script_name, returns, (*where, "returns"))
            if get(script, "type") == "action":
                self.places[name, "action", script_name] = where
                actions.append(_action(script_name, script, output, where))
            elif truthy(returns):
                self.places[name, "sync", script_name] = where
                syncs.append(_sync(script_name, script, output))
        return {
            "providerConfigKey": name,
            "syncs": syncs,
            "actions": actions,
            "onEventScripts": {event: [] for event in EVENTS},
        }


def _or(script: Any, key: str, default: Any) -> Any:
    value = get(script, key)
    return value if truthy(value) else default


def _action(name: str, script: Any, output: list[str], at: tuple[str | int, ...]) -> dict[str, Any]:
    description = _or(script, "description", "")
    if not isinstance(description, str):
        raise JsCrash("`description` must be a string", (*at, "description"), "not_a_string")
    return {
        "type": "action",
        "name": name,
        "description": trim(description),
        "endpoint": None,
        "input": None,
        "output": output or None,
        "scopes": [],
        "usedModels": [],
        "version": _or(script, "version", ""),
    }


def _sync(name: str, script: Any, output: list[str]) -> dict[str, Any]:
    return {
        "type": "sync",
        "name": name,
        "description": _or(script, "description", ""),
        "runs": _or(script, "runs", ""),
        "track_deletes": _or(script, "track_deletes", False),
        "endpoints": [],
        "input": None,
        "output": output,
        "scopes": [],
        "auto_start": get(script, "auto_start") is not False,
        "usedModels": [],
        "sync_type": "incremental",
        "webhookSubscriptions": [],
        "version": _or(script, "version", ""),
    }
