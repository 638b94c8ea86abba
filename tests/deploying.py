"""A Nango that is deployed to, for the scripted one: what is live, and what came."""

from __future__ import annotations

from typing import Any

from tests.scripted import Answer, Asked, ScriptedNango

FOLDERS = {"sync": "syncs", "action": "actions"}
EMPTY: dict[str, list[Any]] = {
    f"{change}{what}": []
    for change in ("new", "updated", "deleted")
    for what in ("Syncs", "Actions", "OnEventScripts")
}


class DeployTarget:
    """``live`` are the deployed scripts: key → version. ``confirmations`` and ``deployments`` are the bodies
    that came, ``agents`` the User-Agents. ``deleted`` is added to each plan. ``returns`` are the models that
    live scripts have, by key; ``tells_runs``: a deployment answers with intervals."""

    def __init__(self, scripted: ScriptedNango) -> None:
        self.scripted = scripted
        self.live: dict[str, int] = {}
        self.connections = 2
        self.deleted: dict[str, Any] = {}
        self.returns: dict[str, Any] = {}
        self.tells_runs = True
        self.confirmations: list[dict[str, Any]] = []
        self.deployments: list[dict[str, Any]] = []
        self.agents: list[str] = []
        scripted.api["/sync/deploy/confirmation"] = self._confirm
        scripted.api["/sync/deploy"] = self.deploy
        scripted.api["/scripts/config"] = self._config

    def refuse(self, path: str, status: int, code: str, message: str = "", errors: Any = None) -> None:
        """Let a path answer with an error from now on."""
        error = {"code": code, "message": message, **({"errors": errors} if errors else {})}
        self.scripted.api[path] = Answer({"error": error}, status)

    def _confirm(self, asked: Asked) -> dict[str, Any]:
        body = asked.json
        self.confirmations.append(body)
        self.agents.append(asked.headers["user-agent"])
        plan: dict[str, Any] = {**{name: [] for name in EMPTY}, "deletedModels": []}
        for flow in body["flowConfigs"]:
            change = "updated" if _key(flow) in self.live else "new"
            one = {"name": flow["syncName"], "providerConfigKey": flow["providerConfigKey"]}
            if flow["type"] == "sync":
                one |= {"connections": self.connections, "auto_start": flow["auto_start"]}
                plan[f"{change}Syncs"].append(one)
            else:
                plan[f"{change}Actions"].append(one)
        for provider in body.get("onEventScriptsByProvider", ()):
            for script in provider["scripts"]:
                plan["newOnEventScripts"].append(
                    {
                        "providerConfigKey": provider["providerConfigKey"],
                        "name": script["name"],
                        "event": script["event"],
                    }
                )
        return {**plan, **self.deleted}

    def deploy(self, asked: Asked) -> Any:
        """What ``POST /sync/deploy`` does; a test may call it and then answer otherwise."""
        self.deployments.append(asked.json)
        self.agents.append(asked.headers["user-agent"])
        return [self.put(flow) for flow in asked.json["flowConfigs"]]

    def put(self, flow: dict[str, Any]) -> dict[str, Any]:
        version = self.live[_key(flow)] = self.live.get(_key(flow), 0) + 1
        return {
            "name": flow["syncName"],
            "sync_name": flow["syncName"],
            "version": str(version),
            "providerConfigKey": flow["providerConfigKey"],
            "type": flow["type"],
            "models": flow["models"],
            **({"runs": flow["runs"]} if self.tells_runs else {}),
        }

    def _config(self, asked: Asked) -> list[dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for key, version in self.live.items():
            home, folder, name = key.split("/")
            entry = found.setdefault(home, {"providerConfigKey": home, "syncs": [], "actions": []})
            entry[folder].append(
                {
                    "name": name,
                    "version": str(version),
                    "last_deployed": f"day {version}",
                    "returns": self.returns.get(key, ["Contact"]),
                    "input": "",
                    "source": "repo",
                    "features": [],
                    "webhookSubscriptions": [],
                }
            )
        return list(found.values())


def _key(flow: dict[str, Any]) -> str:
    return f"{flow['providerConfigKey']}/{FOLDERS[flow['type']]}/{flow['syncName']}"
