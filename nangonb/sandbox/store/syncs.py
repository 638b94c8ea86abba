"""A sync of one connection and variant, and one run of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from nangonb._project.nango_yaml.runs import schedule
from nangonb.sandbox.failures import ScriptFailed
from nangonb.sandbox.store.environment import Connection
from nangonb.sandbox.store.records import Records, RecordStore, Saved
from nangonb.sandbox.store.scripts import SyncScript

__all__ = ["BASE", "Sync", "SyncRun", "no_changes", "owner"]

BASE = "base"
"""The variant that each sync has."""

_MOMENTS = ("started_at", "finished_at", "last_sync_date", "starts_at", "due_at")
_PLAIN = ("paused", "frequency", "job", "result", "checkpoint", "runs", "error", "logs")


@dataclass
class Sync:
    """A sync of one connection: its schedule, and its latest run.

    ``starts_at``: when its schedule began. ``due_at``: when that would run it next, as it was when it was
    paused. ``waiting``: a run was asked for and has not begun.
    ``job``: how the latest run ended, or RUNNING, or None before the first. ``runs``: how many succeeded.
    ``result``: of the latest run, by model. ``error``, ``logs``: of the latest run of a deployed script.
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
    starts_at: datetime | None = field(default_factory=lambda: datetime.now(UTC))
    due_at: datetime | None = None
    waiting: bool = False

    @property
    def id(self) -> str:
        """A UUID, the same in every sandbox."""
        name = f"{self.script.integration}/{self.script.name}/{self.connection_id}/{self.variant}"
        return str(uuid.uuid5(uuid.NAMESPACE_URL, name))

    @property
    def status(self) -> str:
        """RUNNING, PAUSED, SUCCESS or ERROR. Nango says SUCCESS also before the first run."""
        if self.job == "RUNNING":
            return "RUNNING"
        if self.paused:
            return "PAUSED"
        return "ERROR" if self.job == "STOPPED" else "SUCCESS"

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What it is known by: integration, connection, name and variant."""
        return self.script.integration, self.connection_id, self.script.name, self.variant

    def next_at(self, moment: datetime) -> datetime | None:
        """When the schedule would run it next, or None while it is paused. Triggered runs do not count."""
        if self.paused:
            return None
        every = schedule(self.frequency or self.script.runs) or timedelta(days=1)
        start = self.starts_at or self.started_at or moment
        return start + every * max(1, -(-(moment - start) // every))

    def pause(self, moment: datetime) -> None:
        """Take it off its schedule."""
        if not self.paused:
            self.due_at = self.next_at(moment)
            self.paused = True

    def start(self, moment: datetime) -> bool:
        """Put it on its schedule; whether that runs it at once.

        It does where it was paused when a run was due, which its first start is.
        """
        if not self.paused:
            return False
        due = self.due_at or self.starts_at or self.started_at or moment
        self.paused, self.due_at = False, None
        return due <= moment

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
            held = kept.get(name)
            setattr(self, name, None if held is None else datetime.fromisoformat(held))
        if self.job == "RUNNING":
            self.job, self.error = "STOPPED", "The sandbox stopped during the run"
            self.finished_at = self.started_at


class SyncRun:
    """One run of a sync: where it saves, and what it saved until now."""

    def __init__(self, sync: Sync, connection: Connection, store: RecordStore) -> None:
        self.sync, self.connection = sync, connection
        self.last_sync_date = sync.last_sync_date
        self.checkpoint = sync.checkpoint
        self.result = {model: no_changes() for model in sync.script.models}
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


def no_changes() -> dict[str, int]:
    """The result of a run that saved nothing, for one model."""
    return {"added": 0, "updated": 0, "deleted": 0}


def owner(connection: Connection) -> int:
    """What the store knows a connection by: its number, which stays when its integration is renamed."""
    return connection.id
