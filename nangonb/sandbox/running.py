"""How a deployed script is run: its ``nango`` object, its process, what it leaves behind."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from nangonb.errors import SDKError
from nangonb.node import NodeProcess
from nangonb.records import decode
from nangonb.sandbox.executing import Execution
from nangonb.sandbox.failures import failure_text
from nangonb.sandbox.runtime import RunsNested, ScriptRuntime
from nangonb.sandbox.scripts import ActionScript, ScriptFailed, SyncScript
from nangonb.sandbox.state import Connection
from nangonb.sandbox.sync import Run
from nangonb.sandbox.workers import Workers
from nangonb.sandbox.world import World
from nangonb.sdk import Context, NangoAction, NangoSync

__all__ = ["Running"]

_SYNCS: Final = 2
_ACTIONS: Final = 4
_DEEPEST: Final = 10
_log = logging.getLogger("nangonb.sandbox.scripts")


class Running:
    """Runs syncs and actions, for ``seconds`` at most. Syncs do not keep actions waiting."""

    def __init__(self, world: World, seconds: float) -> None:
        self._world, self._seconds = world, seconds
        self._syncs, self._actions = Workers(_SYNCS), Workers(_ACTIONS)

    async def sync(self, script: SyncScript, run: Run) -> None:
        """Run a sync to its end. Raises: ScriptFailed."""
        loop = asyncio.get_running_loop()
        with _told(script.name, run.connection):
            await self._syncs.run(lambda process: self._sync(process, loop, script, run))

    async def action(self, script: ActionScript, connection: Connection, given: Any) -> Any:
        """The output of an action. Raises: ScriptFailed."""
        loop = asyncio.get_running_loop()
        with _told(script.name, connection):
            return await self._actions.run(
                lambda process: self._action(process, loop, script, connection, given)
            )

    def nested(self, process: NodeProcess, loop: asyncio.AbstractEventLoop, depth: int = 0) -> RunsNested:
        """What runs actions within the run of a script, ``depth`` others around it."""

        def run(action: ActionScript, connection: Connection, given: Any) -> Any:
            return self._action(process, loop, action, connection, given, depth=depth + 1)

        return run

    def close(self) -> None:
        """End all processes."""
        self._syncs.close()
        self._actions.close()

    # In the thread of a run

    def _sync(
        self, process: NodeProcess, loop: asyncio.AbstractEventLoop, script: SyncScript, run: Run
    ) -> None:
        context = self._context(script, run.connection, run)
        runtime = self._runtime(process, loop, context, run.connection, run=run)
        nango = _Sync(runtime, context, script, emptied=run.emptied)
        try:
            self._execution(script, nango, run.connection, run).run(process)
            if script.track_deletes:
                runtime.delete_untouched()
        finally:
            runtime.release_all_locks()

    def _action(
        self,
        process: NodeProcess,
        loop: asyncio.AbstractEventLoop,
        script: ActionScript,
        connection: Connection,
        given: Any,
        *,
        depth: int = 0,
    ) -> Any:
        if depth > _DEEPEST:
            raise SDKError(
                f"{script.name} would be the {depth}th script that runs another: they call each other "
                "without end.",
                code="recursion",
            )
        context = self._context(script, connection, None)
        runtime = self._runtime(process, loop, context, connection, depth=depth)
        execution = self._execution(script, NangoAction(runtime, context), connection, None)
        try:
            return decode(execution.run_action(process, given))
        finally:
            runtime.release_all_locks()

    def _runtime(
        self,
        process: NodeProcess,
        loop: asyncio.AbstractEventLoop,
        context: Context,
        connection: Connection,
        *,
        run: Run | None = None,
        depth: int = 0,
    ) -> ScriptRuntime:
        nested = self.nested(process, loop, depth)
        return ScriptRuntime(self._world, loop, context, connection, run=run, nested=nested)

    def _context(self, script: SyncScript | ActionScript, connection: Connection, run: Run | None) -> Context:
        integration = self._world.state.integration(script.integration)
        return Context(
            script=script.name,
            integration=script.integration,
            connection_id=connection.connection_id,
            provider="" if integration is None else integration.provider,
            is_sync=run is not None,
            models=() if run is None else script.models,
            last_sync_date=None if run is None else run.last_sync_date,
            variant="base" if run is None else run.sync.variant,
            environment_name="dev",
            script_type="action" if run is None else "sync",
            track_deletes=isinstance(script, SyncScript) and script.track_deletes,
        )

    def _execution(
        self,
        script: SyncScript | ActionScript,
        nango: NangoAction,
        connection: Connection,
        run: Run | None,
    ) -> Execution:
        """With the properties of the ``nango`` object as Nango's runner sets them."""
        assert script.code is not None
        properties: dict[str, Any] = {
            "accountId": 1,
            "activityLogId": "",
            "connectionId": connection.connection_id,
            "environmentId": 1,
            "environmentName": nango.environment_name,
            "logger": {"level": "debug"},
            "nangoConnectionId": connection.id,
            "provider": nango.provider,
            "providerConfigKey": script.integration,
            "runnerFlags": {},
            "scriptType": nango.script_type,
        }
        about: dict[str, Any] = {"properties": properties}
        if run is not None:
            since = run.last_sync_date
            about["lastSyncDate"] = None if since is None else since.isoformat()
            properties |= {
                "emptyCache": run.emptied,
                "syncId": run.sync.id,
                "track_deletes": nango.track_deletes if isinstance(nango, NangoSync) else False,
                "variant": run.sync.variant,
            }
        file = f"{script.name}-{script.integration}.cjs"
        return Execution(script.code, file, nango, about, seconds=self._seconds)


class _Sync(NangoSync):
    """Knows, as on Nango, with which attributes the sync was deployed."""

    def __init__(
        self, runtime: ScriptRuntime, context: Context, script: SyncScript, *, emptied: bool
    ) -> None:
        super().__init__(runtime, context)
        self._attributes = {} if script.code is None else dict(script.code.attributes)
        self._emptied = emptied

    @property
    def is_cli(self) -> bool:
        return False

    @property
    def empty_cache(self) -> bool:
        return self._emptied

    def get_flow_attributes(self) -> dict[str, Any]:
        return self._attributes


@contextmanager
def _told(name: str, connection: Connection) -> Iterator[None]:
    """Writes to the sandbox's log when a script begins, and how it ends."""
    where = f"{name} {connection.connection_id}"
    _log.info("%s begins", where)
    try:
        yield
    except ScriptFailed as failure:
        _log.info("%s failed: %s", where, failure_text(failure))
        raise
    _log.info("%s ended", where)
