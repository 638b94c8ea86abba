"""How code that is deployed runs: its ``nango`` object, its process, what it leaves behind."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from nangonb._node import NodeProcess
from nangonb._scripts.context import about
from nangonb._sdk import Context, NangoAction, NangoSync
from nangonb.errors import SDKError
from nangonb.sandbox.backend import Backend
from nangonb.sandbox.failures import ScriptFailed, failure_text
from nangonb.sandbox.planting import DemoRuns
from nangonb.sandbox.runs.execution import Bundle, run_action, run_bundle
from nangonb.sandbox.runs.records import StoredRecords
from nangonb.sandbox.runs.runtime import EventLoop, RunsAction, ScriptLog, deployed_runtime
from nangonb.sandbox.runs.workers import Workers
from nangonb.sandbox.store.environment import Connection
from nangonb.sandbox.store.scripts import ActionScript, SyncScript
from nangonb.sandbox.store.syncs import SyncRun

__all__ = ["DeployedRuns"]

_SYNCS: Final = 2
_ACTIONS: Final = 4
_DEEPEST: Final = 10
_MAPPED: Final = re.compile(r"//# sourceMappingURL=\S*\s*\Z")
_log = logging.getLogger("nangonb.sandbox.scripts")


class DeployedRuns:
    """Runs syncs and actions, for ``seconds`` at most. Syncs do not keep actions waiting."""

    def __init__(self, backend: Backend, demo: DemoRuns, seconds: float) -> None:
        self._backend, self._demo, self._seconds = backend, demo, seconds
        self._syncs, self._actions = Workers(_SYNCS), Workers(_ACTIONS)

    async def sync(self, run: SyncRun) -> None:
        """Run a sync to its end. Raises: ScriptFailed."""
        loop = asyncio.get_running_loop()
        with _logged(run.sync.script.name, run.connection):
            await self._syncs.run(lambda process: self._sync(process, loop, run))

    async def action(self, script: ActionScript, connection: Connection, input: Any) -> Any:
        """The output of an action. Raises: ScriptFailed."""
        loop = asyncio.get_running_loop()
        with _logged(script.name, connection):
            return await self._actions.run(
                lambda process: self._action(process, loop, script, connection, input)
            )

    def runs_action(
        self, process: NodeProcess, loop: asyncio.AbstractEventLoop, depth: int = 0
    ) -> RunsAction:
        """What runs actions within the run of a script, ``depth`` others around it."""

        def run(action: ActionScript, connection: Connection, input: Any) -> Any:
            if action.code is not None:
                return self._action(process, loop, action, connection, input, depth=depth + 1)
            ended = self._demo.action(action, connection, input)
            return asyncio.run_coroutine_threadsafe(ended, loop).result()

        return run

    def close(self) -> None:
        """End all processes."""
        self._syncs.close()
        self._actions.close()

    # In the thread of a run

    def _sync(self, process: NodeProcess, loop: asyncio.AbstractEventLoop, run: SyncRun) -> None:
        script = run.sync.script
        context = self._context(script, run.connection, run)
        runs_action = self.runs_action(process, loop)
        on_loop = EventLoop(loop)
        records = StoredRecords(run, on_loop, ScriptLog(context, run))
        runtime = deployed_runtime(
            self._backend, on_loop, context, run.connection, records, run, runs_action=runs_action
        )
        nango = NangoSync(runtime, context)
        properties = {
            "nangoConnectionId": run.connection.id,
            "emptyCache": run.emptied,
            "syncId": run.sync.id,
        }
        try:
            run_bundle(process, _bundle(script), nango, about(nango, **properties), seconds=self._seconds)
            if script.track_deletes:
                records.delete_untouched()
        finally:
            runtime.locks.release_all()

    def _action(
        self,
        process: NodeProcess,
        loop: asyncio.AbstractEventLoop,
        script: ActionScript,
        connection: Connection,
        input: Any,
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
        runs_action = self.runs_action(process, loop, depth)
        on_loop = EventLoop(loop)
        records = StoredRecords(None, on_loop, ScriptLog(context, None))
        runtime = deployed_runtime(
            self._backend, on_loop, context, connection, records, runs_action=runs_action
        )
        nango = NangoAction(runtime, context)
        properties = about(nango, nangoConnectionId=connection.id)
        try:
            return run_action(process, _bundle(script), nango, properties, input, seconds=self._seconds)
        finally:
            runtime.locks.release_all()

    def _context(
        self, script: SyncScript | ActionScript, connection: Connection, run: SyncRun | None
    ) -> Context:
        integration = self._backend.environment.integration(script.integration)
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
            empty_cache=run is not None and run.emptied,
            attributes={} if run is None or script.code is None else script.code.attributes,
        )


def _bundle(script: SyncScript | ActionScript) -> Bundle:
    assert script.code is not None
    # Nango's runner reads no source map: frames are those of the compiled file
    js = _MAPPED.sub("", script.code.js)
    return Bundle(f"{script.name}-{script.integration}.cjs", js, zero="-zero" in script.code.sdk_version)


@contextmanager
def _logged(name: str, connection: Connection) -> Iterator[None]:
    """Writes to the sandbox's log when a script begins, and how it ends."""
    where = f"{name} {connection.connection_id}"
    _log.info("%s begins", where)
    try:
        yield
    except ScriptFailed as failure:
        _log.info("%s failed: %s", where, failure_text(failure))
        raise
    _log.info("%s ended", where)
