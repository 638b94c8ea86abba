"""Runs deployed scripts: syncs when they are triggered, actions when they are asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from nangonb.sandbox.scripts import ActionScript, SyncScript
from nangonb.sandbox.state import Connection
from nangonb.sandbox.sync import Run
from nangonb.sandbox.world import World

if TYPE_CHECKING:
    from nangonb.sandbox.running import Running

__all__ = ["SECONDS", "NodeRunner"]

SECONDS: Final = 900.0
"""So long a script may run: what Nango gives an action."""


class NodeRunner:
    """Gives scripts their ``run``. What runs them is imported with the first: a sandbox starts fast."""

    def __init__(self, world: World, *, seconds: float = SECONDS) -> None:
        self._world, self._seconds = world, seconds
        self._made: Running | None = None

    def runs_sync(self, script: SyncScript) -> Callable[[Run], Awaitable[None]]:
        """The ``run`` of a sync."""

        async def run(run: Run) -> None:
            await self.running().sync(script, run)

        return run

    def runs_action(self, script: ActionScript) -> Callable[[Connection, Any], Awaitable[Any]]:
        """The ``run`` of an action."""

        async def run(connection: Connection, given: Any) -> Any:
            return await self.running().action(script, connection, given)

        return run

    def close(self) -> None:
        """End all processes."""
        if self._made is not None:
            self._made.close()

    def running(self) -> Running:
        """What runs them."""
        if self._made is None:
            from nangonb.sandbox.running import Running

            self._made = Running(self._world, self._seconds)
        return self._made
