"""A sync of one connection and variant, and one run of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from nangonb.sandbox.records import Records, RecordStore, Saved
from nangonb.sandbox.scripts import ScriptFailed, SyncScript, interval_of
from nangonb.sandbox.state import Connection

__all__ = ["BASE", "Run", "Sync", "owner"]

BASE = "base"
"""The variant that each sync has."""

_MOMENTS = ("started_at", "finished_at", "last_sync_date")
_PLAIN = ("paused", "frequency", "job", "result", "checkpoint", "runs", "error", "logs")


@dataclass
class Sync:
    """A sync of one connection: its schedule, and its latest run.

    ``job``: how that ended, or RUNNING, or None before the first. ``runs``: how many succeeded.
    ``result``: of the latest success, by model. ``error``, ``logs``: of the latest run of a deployed script.
    ``tracking``: where delete tracking began, by model.
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
    logs: list[str] = field(default_factory=list)
    tracking: dict[str, int] = field(default_factory=dict)

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

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What it is known by: integration, connection, name and variant."""
        return self.script.integration, self.connection_id, self.script.name, self.variant

    def next_at(self, moment: datetime) -> datetime | None:
        """When the schedule would run it next, or None while it is paused."""
        if self.paused:
            return None
        every = interval_of(self.frequency or self.script.runs) or timedelta(days=1)
        start = self.started_at or moment
        return start + every * max(1, -(-(moment - start) // every))

    def kept(self) -> dict[str, Any]:
        """What is kept of it across restarts, as JSON."""
        moments = {name: getattr(self, name) for name in _MOMENTS}
        return {
            **{name: getattr(self, name) for name in _PLAIN},
            **{name: None if moment is None else moment.isoformat() for name, moment in moments.items()},
        }

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Become what :meth:`kept` gave. A run that had not ended has failed."""
        for name in _PLAIN:
            setattr(self, name, kept[name])
        for name in _MOMENTS:
            setattr(self, name, None if kept[name] is None else datetime.fromisoformat(kept[name]))
        if self.job == "RUNNING":
            self.job, self.error = "STOPPED", "The sandbox ended while it ran"
            self.finished_at = self.started_at


class Run:
    """One run of a sync: where it saves, and what it saved until now."""

    def __init__(self, sync: Sync, connection: Connection, store: RecordStore, *, reset: bool) -> None:
        self.sync, self.connection, self.reset = sync, connection, reset
        self.last_sync_date = None if reset else sync.last_sync_date
        self.checkpoint = None if reset else sync.checkpoint
        self.result = {model: {"added": 0, "updated": 0, "deleted": 0} for model in sync.script.models}
        self.emptied = False
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


def owner(connection: Connection) -> int:
    """What the store knows a connection by: its number, which stays when its integration is renamed."""
    return connection.id
