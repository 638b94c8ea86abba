"""The syncs of connections: which there are of the deployed scripts, and when they run.

A sync is one script for one connection and one variant. Nothing runs by the clock: a run is triggered, and
begins a little later in the background, as on Nango; its status can be watched meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from nangonb.sandbox.failures import ScriptFailed, failure_text
from nangonb.sandbox.store.environment import Connection, Environment, Keep, keep_nothing
from nangonb.sandbox.store.records import RecordStore
from nangonb.sandbox.store.scripts import ActionScript, DeployedScripts, SyncScript
from nangonb.sandbox.store.syncs import BASE, Sync, SyncRun, owner

__all__ = ["Scheduler"]

_log = logging.getLogger("nangonb.sandbox")


class Scheduler:
    """The syncs of all connections, with the ``scripts`` that make them and the ``records`` that they store.

    ``run`` runs a sync to its end. ``keep`` is told of each sync that comes, changes or goes. A run begins
    ``lag`` seconds after it was triggered.
    """

    def __init__(
        self, environment: Environment, run: Callable[[SyncRun], Awaitable[None]], *, lag: float = 0.25
    ) -> None:
        self.scripts, self.records = DeployedScripts(), RecordStore()
        self.keep: Keep = keep_nothing
        self._environment, self._run_script, self._lag = environment, run, lag
        self._syncs: dict[tuple[str, str, str, str], Sync] = {}
        self._uncreated: set[tuple[str, str]] = set()  # deployed without syncs for the connections
        self._running: set[asyncio.Task[None]] = set()

    # Scripts

    def deploy(self, script: SyncScript | ActionScript, *, create: bool = True) -> None:
        """Add a script, or replace the one of its name: its syncs stay, with what they saved.

        ``create``: each connection gets a sync of it, as soon as one is asked for.
        """
        self.scripts.put(script)
        if isinstance(script, ActionScript):
            return
        key = (script.integration, script.name)
        if create:
            self._uncreated.discard(key)
        elif not any(place[0] == key[0] and place[2] == key[1] for place in self._syncs):
            self._uncreated.add(key)
        for sync in self._syncs.values():
            if (sync.script.integration, sync.script.name) == key:
                sync.script = script

    def undeploy(self, script: SyncScript | ActionScript) -> None:
        """Forget a script, and the syncs of it; see :meth:`drop_models` for what they saved."""
        self.scripts.drop(script)
        if isinstance(script, ActionScript):
            return
        self._uncreated.discard((script.integration, script.name))
        for sync in [sync for sync in self._syncs.values() if sync.script is script]:
            self._drop(sync)

    def drop_models(self, connection: Connection, models: Iterable[str]) -> None:
        """Forget the records of these models, of all variants."""
        for model in models:
            self.records.forget(owner(connection), model)

    def rename(self, old: str, new: str) -> None:
        """An integration has a new key: its scripts, syncs and records go with it."""
        for connection in self._environment.connections():
            if connection.provider_config_key == new:
                self.find(old, [], [connection])  # make those that were never asked for
        self.scripts.moved(old, new)
        self._uncreated = {(new if key == old else key, name) for key, name in self._uncreated}
        for sync in [sync for sync in self._syncs.values() if sync.script.integration == old]:
            self._drop(sync)
            moved = self.scripts.sync(new, sync.script.name)
            if moved is not None:
                sync.script = moved
                self.put(sync)

    # Syncs

    def find(
        self, integration: str, chosen: Iterable[tuple[str, str | None]], connections: Iterable[Connection]
    ) -> list[Sync]:
        """The syncs of these connections by name and variant (None: each); all, where none is named."""
        names = list(chosen)
        syncs: list[Sync] = []
        for connection in connections:
            own = self._of(integration, connection)
            syncs += [sync for sync in own if not names or _is_among(sync, names)]
        return syncs

    def put(self, sync: Sync) -> None:
        """Add a sync, or replace it; or keep what changed in it."""
        self._syncs[sync.place] = sync
        self.keep("sync", sync.place, sync.kept())

    def changed(self, sync: Sync) -> None:
        """Keep what a run changed in a sync, unless it was deleted meanwhile."""
        if self._syncs.get(sync.place) is sync:
            self.put(sync)

    def load(self, kept_syncs: Iterable[tuple[tuple[str, str, str, str], Mapping[str, Any]]]) -> None:
        """Take up the syncs that were kept. One whose script is gone is left out."""
        for (integration, connection_id, name, variant), kept in kept_syncs:
            script = self.scripts.sync(integration, name)
            if script is not None:
                sync = Sync(script, connection_id, variant)
                sync.restore(kept)
                self._syncs[sync.place] = sync

    def create_variant(self, base: Sync, variant: str) -> Sync:
        """A further variant of a sync, paused or not as the base is."""
        sync = Sync(base.script, base.connection_id, variant, paused=base.paused)
        self.put(sync)
        return sync

    def delete_variant(self, sync: Sync, connection: Connection) -> None:
        """Forget a variant with its records."""
        self._drop(sync)
        for model in sync.script.models:
            self.records.forget(owner(connection), model, sync.variant)

    def forget(self, connection: Connection) -> None:
        """Forget the syncs and records of a connection that was deleted."""
        self.records.forget(owner(connection))
        place = (connection.provider_config_key, connection.connection_id)
        for sync in [sync for key, sync in self._syncs.items() if key[:2] == place]:
            self._drop(sync)

    def record_counts(self, sync: Sync, connection: Connection) -> dict[str, int]:
        """How many records each model has, deleted ones apart."""
        return {
            model: self.records.count(owner(connection), model, sync.variant) for model in sync.script.models
        }

    # Runs

    def trigger(
        self, sync: Sync, connection: Connection, *, reset: bool = False, empty: bool = False
    ) -> None:
        """Ask for a run, which begins a little later: until then the sync is as its latest run left it.

        A sync that is running already, or is about to, is left alone. ``reset`` forgets the date and the
        checkpoint of the last run, ``empty`` the records, too.
        """
        if sync.waiting or sync.job == "RUNNING":
            return
        sync.waiting = True
        if reset:
            sync.last_sync_date = sync.checkpoint = None
        self.put(sync)
        task = asyncio.get_running_loop().create_task(self._begin(sync, connection, empty=empty))
        self._running.add(task)  # a task that nothing holds may be collected
        task.add_done_callback(self._running.discard)

    def start(self, sync: Sync, connection: Connection) -> None:
        """Put a sync on its schedule. It runs now where a run is due."""
        if sync.start(datetime.now(UTC)):
            self.trigger(sync, connection)
        self.put(sync)

    def start_new(self, connection: Connection) -> None:
        """Run what starts by itself for a connection that is new."""
        for sync in self.find(connection.provider_config_key, [], [connection]):
            if not sync.paused and sync.job is None:
                self.trigger(sync, connection)

    def pause(self, sync: Sync) -> None:
        """Take a sync off its schedule."""
        sync.pause(datetime.now(UTC))
        self.put(sync)

    async def _begin(self, sync: Sync, connection: Connection, *, empty: bool) -> None:
        await asyncio.sleep(self._lag)
        sync.waiting = False
        if self._syncs.get(sync.place) is not sync:  # it was deleted meanwhile
            return
        if empty:
            for model in sync.script.models:
                self.records.records(owner(connection), model, sync.variant).clear()
        current = self._environment.connection(sync.connection_id, sync.script.integration) or connection
        run = SyncRun(sync, current, self.records)
        run.emptied = empty
        sync.job, sync.started_at, sync.logs, sync.error = "RUNNING", datetime.now(UTC), [], ""
        sync.result = run.result
        self.put(sync)
        await self._run(run)

    async def _run(self, run: SyncRun) -> None:
        sync = run.sync
        try:
            await self._run_script(run)
        except ScriptFailed as failure:
            sync.job, sync.error = "STOPPED", failure_text(failure)
        except Exception as error:
            _log.error("the run of %s failed", sync.script.name, exc_info=error)
            sync.job, sync.error = "STOPPED", f"{type(error).__name__}: {error}"
        else:
            sync.job = "SUCCESS"
            sync.last_sync_date, sync.checkpoint = sync.started_at, run.checkpoint
            sync.runs += 1
        sync.finished_at = datetime.now(UTC)
        self.changed(sync)

    def _drop(self, sync: Sync) -> None:
        self._syncs.pop(sync.place, None)
        self.keep("sync", sync.place, None)

    def _of(self, integration: str, connection: Connection) -> list[Sync]:
        place = (integration, connection.connection_id)
        for script in self.scripts.of(integration)[0]:
            created = (integration, script.name) not in self._uncreated
            if created and (*place, script.name, BASE) not in self._syncs:
                self.put(Sync(script, connection.connection_id, paused=not script.auto_start))
        return [sync for key, sync in self._syncs.items() if key[:2] == place]


def _is_among(sync: Sync, names: Iterable[tuple[str, str | None]]) -> bool:
    return any(name == sync.script.name and variant in (None, sync.variant) for name, variant in names)
