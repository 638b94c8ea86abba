"""The runs of deployed syncs, as far as ``GET /sync/status`` tells them apart.

Nango names no run there. A run is known by the moment when it ended, ``finishedAt``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

State = Mapping[str, Any]
"""A sync as ``/sync/status`` has it."""
Outcome = Literal["succeeded", "failed"]

PENDING = "PENDING"
"""The status of a sync that was triggered, and whose run is not there yet."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run that has ended, ``seconds`` after it was triggered.

    ``outcome`` is None where Nango does not tell.
    """

    outcome: Outcome | None
    seconds: float
    result: Mapping[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"outcome": self.outcome, "seconds": round(self.seconds, 3), "result": self.result}


def is_running(state: State) -> bool:
    return "RUNNING" in (state.get("status"), state.get("latestExecutionStatus"))


def has_ended(state: State, before: State) -> bool:
    """Whether a run has ended that had not when the state was ``before``."""
    finished = state.get("finishedAt")
    return not is_running(state) and bool(finished) and finished != before.get("finishedAt")


def outcome_of(state: State) -> Outcome | None:
    """How the latest run ended. A paused sync has the status PAUSED: a server that does not send
    ``latestExecutionStatus`` does not tell of such a one."""
    status, executed = state.get("status"), state.get("latestExecutionStatus")
    if executed in ("STOPPED", "ERROR") or status == "ERROR" or state.get("error"):
        return "failed"
    return "succeeded" if "SUCCESS" in (status, executed) else None


def after_trigger(state: State, before: State) -> State:
    """The state of a sync that was triggered, without what an earlier run left there."""
    if not is_running(before) and has_ended(state, before):
        return state
    earlier = dict.fromkeys(("finishedAt", "latestResult", "latestExecutionStatus", "error", "logs"))
    return {**state, **earlier, "status": "RUNNING" if is_running(state) else PENDING}
