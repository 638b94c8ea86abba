"""The Runtime of a script in a dry run, put together from its parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nangonb._dryrun.records import Records, Stored
from nangonb._dryrun.shared import Nesting, ProgressMeter, Run
from nangonb._scripts.checkpoint import LocalCheckpoint
from nangonb._sdk import Context
from nangonb._sdk import runtime as ports

__all__ = ["DryrunRuntime"]


class Locks:
    """Nobody else runs here: every lock is free."""

    def try_acquire(self, key: str, ttl_ms: float) -> bool:
        return True

    def release(self, key: str) -> bool:
        return True

    def release_all(self) -> None:
        return None


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
        self.checkpoint = LocalCheckpoint(checkpoint)
        self.records = Records(run, context, meter, stored, resumed=self.checkpoint.resumed)

    def log(self, level: str, message: str) -> None:
        self.run.trace.log(level, message)

    def model_schema(self, model: str) -> Mapping[str, Any] | None:
        return self.run.project.model_schema(model)
