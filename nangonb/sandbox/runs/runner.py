"""Runs the scripts of a sandbox: those of the demo, and those that are deployed as code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from nangonb.sandbox.backend import Backend
from nangonb.sandbox.planting import DemoRuns
from nangonb.sandbox.store.environment import Connection
from nangonb.sandbox.store.scripts import ActionScript
from nangonb.sandbox.store.syncs import SyncRun

if TYPE_CHECKING:
    from nangonb.sandbox.runs.deployed import DeployedRuns

__all__ = ["SECONDS", "ScriptRunner"]

SECONDS: Final = 900.0
"""So long a script may run: what Nango gives an action."""


class ScriptRunner:
    """Runs syncs and actions. What runs code is imported with the first: a sandbox starts fast."""

    def __init__(self, backend: Backend, demo: DemoRuns, *, seconds: float = SECONDS) -> None:
        self._backend, self._demo, self._seconds = backend, demo, seconds
        self._deployed: DeployedRuns | None = None

    async def sync(self, run: SyncRun) -> None:
        """Run a sync to its end. Raises: ScriptFailed."""
        if run.sync.script.code is None:
            await self._demo.sync(run)
        else:
            await self.deployed().sync(run)

    async def action(self, script: ActionScript, connection: Connection, input: Any) -> Any:
        """The output of an action. Raises: ScriptFailed."""
        if script.code is None:
            return await self._demo.action(script, connection, input)
        return await self.deployed().action(script, connection, input)

    def close(self) -> None:
        """End all processes."""
        if self._deployed is not None:
            self._deployed.close()

    def deployed(self) -> DeployedRuns:
        """What runs code."""
        if self._deployed is None:
            from nangonb.sandbox.runs.deployed import DeployedRuns

            self._deployed = DeployedRuns(self._backend, self._demo, self._seconds)
        return self._deployed
