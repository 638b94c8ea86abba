"""Nango's functions API by script: what it answers is a test's to say, what came is kept."""

from __future__ import annotations

from typing import Any

from tests.scripted import Answer, Asked, ScriptedNango

ID = "7d9d3f8e-3a39-4a0e-9d5b-6c1d1e4f0001"


class RemoteNango:
    """``ended`` is the state of each dry run once it is asked for; ``sent`` are bodies by the path that
    they came to. Deployments end with the next of ``deployments``, or else well."""

    def __init__(self, scripted: ScriptedNango) -> None:
        self.scripted = scripted
        self.sent: dict[str, list[dict[str, Any]]] = {"compile": [], "dryruns": [], "deployments": []}
        self.ended: dict[str, Any] = {"status": "success"}
        self.deployments: list[dict[str, Any] | Answer] = []
        self.jobs: dict[str, dict[str, Any]] = {}
        scripted.api["/functions/compile"] = self._compile
        scripted.api["/functions/dryruns"] = self._dryrun
        scripted.api[f"/functions/dryruns/{ID}"] = lambda _: {"id": ID, "created_at": "x", **self.ended}
        scripted.api["/functions/deployments"] = self._deploy

    def succeed(self, output: str, **more: Any) -> None:
        self.ended = {"status": "success", "output": output, **more}

    def fail(self, code: str, message: str) -> None:
        self.ended = {"status": "failed", "output": message, "error": {"code": code, "message": message}}

    def refuse(self, what: str, status: int, code: str, message: str) -> None:
        self.scripted.api[f"/functions/{what}"] = Answer(
            {"error": {"code": code, "message": message}}, status
        )

    def _compile(self, asked: Asked) -> dict[str, Any]:
        self.sent["compile"].append(asked.json)
        return {"bundle_size_bytes": 1, "bundled_js": "1", "compiled_at": "x"}

    def _dryrun(self, asked: Asked) -> Answer:
        self.sent["dryruns"].append(asked.json)
        return Answer({"id": ID, "status": "running", "created_at": "x"}, 202)

    def _deploy(self, asked: Asked) -> Answer:
        body = asked.json
        self.sent["deployments"].append(body)
        number = len(self.sent["deployments"])
        id = f"00000000-0000-4000-8000-{number:012}"
        ended = self.deployments.pop(0) if self.deployments else {}
        if isinstance(ended, Answer):
            return ended
        functions = [{"name": body["function_name"], "version": "1"}]
        job = {"status": "success", "deployed": True, "deployed_functions": functions, **ended}
        self.scripted.api[f"/functions/deployments/{id}"] = {"id": id, "created_at": "x", **job}
        return Answer({"id": id, "status": "waiting", "created_at": "x"}, 202)
