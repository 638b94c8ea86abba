"""The Runtime of a script in a dry run, put together from its parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nangonb.dryrun.records import Records, Stored
from nangonb.dryrun.shared import Nesting, ProgressMeter, Run
from nangonb.sdk import Context
from nangonb.sdk import runtime as ports

__all__ = ["DryrunRuntime"]


class Locks:
    """Nobody else runs here: every lock is free."""

    def try_acquire(self, key: str, ttl_ms: float) -> bool:
        return True

    def release(self, key: str) -> bool:
        return True

    def release_all(self) -> None:
        return None


class Checkpoint:
    """The checkpoint that the script saved last, at first the one that was given."""

    def __init__(self, checkpoint: Mapping[str, Any] | None) -> None:
        self._checkpoint = None if checkpoint is None else dict(checkpoint)
        self.resumed = checkpoint is not None

    def get(self) -> dict[str, Any] | None:
        return None if self._checkpoint is None else dict(self._checkpoint)

    def save(self, checkpoint: Mapping[str, Any]) -> None:
        self._checkpoint = dict(checkpoint)

    def clear(self) -> None:
        self._checkpoint = None


class DryrunRuntime:
    """Stores nothing in Nango. ``requests``, ``connection``, ``scripts`` and ``stored`` reach outside."""

    def __init__(
        self,
        run: Run,
        context: Context,
        nesting: Nesting,
        meter: ProgressMeter,
        *,
        requests: ports.Requests,
        connection: ports.Connection,
        scripts: ports.Scripts,
        stored: Stored,
        checkpoint: Mapping[str, Any] | None = None,
    ) -> None:
        self.run, self.context, self.nesting, self.meter = run, context, nesting, meter
        self.requests, self.connection, self.scripts = requests, connection, scripts
        self.locks = Locks()
        self.checkpoint = Checkpoint(checkpoint)
        self.records = Records(run, context, meter, stored, resumed=self.checkpoint.resumed)

    def log(self, level: str, message: str) -> None:
        self.run.trace.log(level, message)

    def model_schema(self, model: str) -> Mapping[str, Any] | None:
        return self.run.project.model_schema(model)
