"""Scripts that are deployed, the syncs that they make for each connection, and their runs.

A sync is one script for one connection and one variant. Nothing runs by the clock: a run starts when it is
triggered, in the background, and its status can be watched meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
import re
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from nangonb.sandbox.records import Records, RecordStore, Saved
from nangonb.sandbox.state import Connection, State

__all__ = [
    "BASE", "ActionScript", "Run", "ScriptFailed", "Sync", "SyncScript", "Syncs", "interval_of", "owner",
]  # fmt: skip

BASE = "base"
"""The variant that each sync has."""

_log = logging.getLogger("nangonb.sandbox")
_UNITS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800, "month": 2_629_800}
_NAMES = {
    "s": "second", "sec": "second", "m": "minute", "min": "minute", "h": "hour", "hr": "hour", "d": "day",
    "w": "week",
}  # fmt: skip
_RUNS = re.compile(r"(?:every )?(?:(\d{1,6}) ?)?([a-z]+?)s?", re.IGNORECASE)
_LEAST = 30


class ScriptFailed(Exception):
    """A script failed. ``code`` is Nango's; ``upstream`` is what the provider answered, if that was why."""

    def __init__(
        self, code: str, message: str = "", *, payload: Any = None, upstream: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message or code)
        self.code, self.message, self.payload, self.upstream = code, message, payload, upstream


@dataclass(frozen=True)
class SyncScript:
    """A deployed sync. ``run`` saves records through the :class:`Run` that it is given.

    ``models`` are their names, ``json_schema`` describes them; ``runs`` is an interval (``every hour``).
    """

    integration: str
    name: str
    models: tuple[str, ...]
    runs: str
    run: Callable[[Run], Awaitable[None]]
    description: str = ""
    version: str = "1"
    incremental: bool = False
    track_deletes: bool = False
    auto_start: bool = True
    scopes: tuple[str, ...] = ()
    endpoints: tuple[Mapping[str, str], ...] = ()
    json_schema: Mapping[str, Any] | None = None
    last_deployed: str = "2026-02-02T08:00:00.000Z"


@dataclass(frozen=True)
class ActionScript:
    """A deployed action. ``run`` takes a connection and the input and gives the output."""

    integration: str
    name: str
    run: Callable[[Connection, Any], Awaitable[Any]]
    output: str | None = None
    input: str | None = None
    description: str = ""
    version: str = "1"
    scopes: tuple[str, ...] = ()
    endpoints: tuple[Mapping[str, str], ...] = ()
    json_schema: Mapping[str, Any] | None = None
    last_deployed: str = "2026-02-02T08:00:00.000Z"


@dataclass
class Sync:
    """A sync of one connection: its schedule, and its latest run.

    ``job``: how that ended, or RUNNING, or None before the first. ``runs``: how many succeeded.
    ``result``: of the latest success, by model.
    """

    script: SyncScript
    connection_id: str
    variant: str = BASE
    paused: bool = False
    frequency: str | None = None
    job: Literal["RUNNING", "SUCCESS", "STOPPED"] | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    last_sync_date: datetime | None = None
    result: dict[str, dict[str, int]] = field(default_factory=dict)
    checkpoint: Mapping[str, Any] | None = None
    runs: int = 0
    error: str = ""

    @property
    def id(self) -> str:
        """A UUID, the same in every sandbox."""
        name = f"{self.script.integration}/{self.script.name}/{self.connection_id}/{self.variant}"
        return str(uuid.uuid5(uuid.NAMESPACE_URL, name))

    @property
    def status(self) -> str:
        """RUNNING, PAUSED, SUCCESS, ERROR or STOPPED."""
        if self.job == "RUNNING":
            return "RUNNING"
        if self.paused:
            return "PAUSED"
        return {None: "STOPPED", "SUCCESS": "SUCCESS", "STOPPED": "ERROR"}[self.job]

    def next_at(self, moment: datetime) -> datetime | None:
        """When the schedule would run it next, or None while it is paused."""
        if self.paused:
            return None
        every = interval_of(self.frequency or self.script.runs) or timedelta(days=1)
        start = self.started_at or moment
        return start + every * max(1, -(-(moment - start) // every))


class Run:
    """One run of a sync: where it saves, and what it saved until now."""

    def __init__(self, sync: Sync, connection: Connection, store: RecordStore, *, reset: bool) -> None:
        self.sync, self.connection, self.reset = sync, connection, reset
        self.last_sync_date = None if reset else sync.last_sync_date
        self.checkpoint = None if reset else sync.checkpoint
        self.result = {model: {"added": 0, "updated": 0, "deleted": 0} for model in sync.script.models}
        self._store = store

    def records(self, model: str) -> Records:
        """The records of a model of this sync. Raises: ScriptFailed for a model that is not its own."""
        if model not in self.result:
            raise ScriptFailed("script_internal_error", f"The sync has no model {model}")
        return self._store.records(owner(self.connection), model, self.sync.variant)

    def saved(self, model: str, saved: Saved) -> None:
        """Count what a call did."""
        counts = self.result[model]
        for name in counts:
            counts[name] += len(getattr(saved, name))


class Syncs:
    """The deployed scripts, the syncs of all connections, their records and their runs."""

    def __init__(self, state: State, *, seconds: float = 0.25) -> None:
        self.store = RecordStore()
        self._state = state
        self._seconds = seconds  # so long a run is seen as running, at least
        self._scripts: dict[tuple[str, str], SyncScript] = {}
        self._actions: dict[tuple[str, str], ActionScript] = {}
        self._syncs: dict[tuple[str, str, str, str], Sync] = {}
        self._running: set[asyncio.Task[None]] = set()

    # Scripts

    def deploy(self, script: SyncScript | ActionScript) -> None:
        """Add a script, or replace the one of its name: its syncs stay, with what they saved."""
        key = (script.integration, script.name)
        if isinstance(script, ActionScript):
            self._actions[key] = script
            return
        self._scripts[key] = script
        for sync in self._syncs.values():
            if (sync.script.integration, sync.script.name) == key:
                sync.script = script

    def scripts(self, integration: str) -> tuple[list[SyncScript], list[ActionScript]]:
        """The scripts of an integration, in the order in which they were deployed."""
        return (
            [script for (key, _), script in self._scripts.items() if key == integration],
            [script for (key, _), script in self._actions.items() if key == integration],
        )

    def action(self, integration: str, name: str) -> ActionScript | None:
        """The action of this name."""
        return self._actions.get((integration, name))

    def withdraw(self, integration: str) -> None:
        """Forget the scripts of an integration."""
        for script in self.scripts(integration)[0]:
            del self._scripts[integration, script.name]
        for action in self.scripts(integration)[1]:
            del self._actions[integration, action.name]

    def rename(self, old: str, new: str) -> None:
        """An integration has a new key: its scripts, syncs and records go with it."""
        for connection in self._state.connections():
            if connection.provider_config_key == new:
                self.find(old, [], [connection])  # make those that were never asked for
        syncs, actions = self.scripts(old)
        for script in syncs:
            del self._scripts[old, script.name]
            self._scripts[new, script.name] = replace(script, integration=new)
        for action in actions:
            del self._actions[old, action.name]
            self._actions[new, action.name] = replace(action, integration=new)
        for place in [place for place in self._syncs if place[0] == old]:
            sync = self._syncs.pop(place)
            sync.script = self._scripts[new, sync.script.name]
            self._syncs[new, *place[1:]] = sync

    # Syncs

    def find(
        self, integration: str, wanted: Iterable[tuple[str, str | None]], connections: Iterable[Connection]
    ) -> list[Sync]:
        """The syncs of these connections by name and variant (None: each); all, where none is named."""
        names = list(wanted)
        found = []
        for connection in connections:
            own = self._of(integration, connection)
            found += [sync for sync in own if not names or _is_among(sync, names)]
        return found

    def put(self, sync: Sync) -> None:
        """Add a sync, or replace it."""
        place = (sync.script.integration, sync.connection_id, sync.script.name, sync.variant)
        self._syncs[place] = sync

    def create_variant(self, base: Sync, variant: str) -> Sync:
        """A further variant of a sync, paused or not as the base is."""
        sync = Sync(base.script, base.connection_id, variant, paused=base.paused)
        self.put(sync)
        return sync

    def delete_variant(self, sync: Sync, connection: Connection) -> None:
        """Forget a variant with its records."""
        self._syncs.pop((sync.script.integration, sync.connection_id, sync.script.name, sync.variant), None)
        for model in sync.script.models:
            self.store.forget(owner(connection), model, sync.variant)

    def forget(self, connection: Connection) -> None:
        """Forget the syncs and records of a connection that was deleted."""
        self.store.forget(owner(connection))
        place = (connection.provider_config_key, connection.connection_id)
        for key in [key for key in self._syncs if key[:2] == place]:
            del self._syncs[key]

    def record_counts(self, sync: Sync, connection: Connection) -> dict[str, int]:
        """How many records each model has, deleted ones apart."""
        return {
            model: self.store.count(owner(connection), model, sync.variant) for model in sync.script.models
        }

    # Runs

    def trigger(
        self, sync: Sync, connection: Connection, *, reset: bool = False, empty: bool = False
    ) -> None:
        """Start a run in the background. A sync that is running already is left alone.

        ``reset`` forgets the date and the checkpoint of the last run, ``empty`` the records, too.
        """
        if sync.job == "RUNNING":
            return
        if empty:
            for model in sync.script.models:
                self.store.records(owner(connection), model, sync.variant).clear()
        run = Run(sync, connection, self.store, reset=reset)
        sync.job, sync.started_at = "RUNNING", datetime.now(UTC)
        task = asyncio.get_running_loop().create_task(self._run(run))
        self._running.add(task)  # a task that nothing holds may be collected
        task.add_done_callback(self._running.discard)

    async def _run(self, run: Run) -> None:
        sync = run.sync
        try:
            await asyncio.sleep(self._seconds)
            await sync.script.run(run)
        except ScriptFailed as failure:
            sync.job, sync.error = "STOPPED", failure.message
        except Exception as error:
            _log.error("the run of %s failed", sync.script.name, exc_info=error)
            sync.job, sync.error = "STOPPED", f"{type(error).__name__}: {error}"
        else:
            sync.job, sync.error, sync.result = "SUCCESS", "", run.result
            sync.last_sync_date, sync.checkpoint = sync.started_at, run.checkpoint
            sync.runs += 1
        sync.finished_at = datetime.now(UTC)

    def _of(self, integration: str, connection: Connection) -> list[Sync]:
        place = (integration, connection.connection_id)
        for script in self.scripts(integration)[0]:
            if (*place, script.name, BASE) not in self._syncs:
                self.put(Sync(script, connection.connection_id, paused=not script.auto_start))
        return [sync for key, sync in self._syncs.items() if key[:2] == place]


def owner(connection: Connection) -> int:
    """What the store knows a connection by: its number, which stays when its integration is renamed."""
    return connection.id


def interval_of(text: str) -> timedelta | None:
    """``every 30 minutes``, ``every day``, ``1h`` as a time of at least 30 seconds, or None."""
    match = _RUNS.fullmatch(text.strip())
    if match is None or (match[2].lower() == "m" and text.strip().lower().endswith("ms")):  # milliseconds
        return None
    unit = _UNITS.get(_NAMES.get(match[2].lower(), match[2].lower()))
    seconds = (unit or 0) * int(match[1] or 1)
    return timedelta(seconds=seconds) if seconds >= _LEAST else None


def _is_among(sync: Sync, names: Iterable[tuple[str, str | None]]) -> bool:
    return any(name == sync.script.name and variant in (None, sync.variant) for name, variant in names)
