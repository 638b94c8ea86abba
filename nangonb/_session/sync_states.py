"""Syncs as ``GET /sync/status`` shows them, and their runs.

Nango names no run there. A run is known by the moment when it ended, ``finishedAt``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from nangonb._render import Displayable

if TYPE_CHECKING:
    import pandas as pd

State = Mapping[str, Any]
"""A sync as ``/sync/status`` has it."""
Outcome = Literal["succeeded", "failed"]

PENDING = "PENDING"
"""The status of a sync that was triggered, and whose run is not there yet."""


SCHEMA = 1
_TIMES: Final = {"finished_at": "finishedAt", "next_run_at": "nextScheduledSyncAt"}
_NAMES: Final = ("integration", "connection_id", "name", "variant", "status", "frequency")


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


@dataclass(frozen=True, repr=False)
class SyncStates(Displayable):
    """``states`` are as Nango's API sends them, with their ``integration``; ``head`` says what was done.

    ``target`` names the Nango; ``done`` is ``triggered``, ``started``, ``paused``, or None for a look.
    ``run`` is the run that was awaited, once it has ended. Of a sync that was just triggered, nothing of an
    earlier run is in ``states``: its status is ``PENDING`` until the run begins.
    """

    target: str
    head: tuple[str, ...]
    states: Sequence[Mapping[str, Any]]
    done: str | None = None
    run: Run | None = None

    def __len__(self) -> int:
        return len(self.states)

    @property
    def df(self) -> pd.DataFrame:
        """A row for each: integration, connection_id, name, variant, status, frequency (text), finished_at,
        next_run_at (datetime64[ns, UTC]), records (Int64, of all models), record_count, latest_result and
        checkpoint (objects, as Nango sends them)."""
        import pandas as pd

        frame = pd.DataFrame(
            {name: pd.array([each.get(name) for each in self._rows()], dtype="string") for name in _NAMES}
        )
        for name in _TIMES:
            column = pd.Series([each[name] for each in self._rows()], dtype="string")
            times = pd.to_datetime(column, format="ISO8601", utc=True, errors="coerce")
            frame[name] = times.astype("datetime64[ns, UTC]")
        frame["records"] = pd.array([_sum(each["record_count"]) for each in self._rows()], dtype="Int64")
        for name in ("record_count", "latest_result", "checkpoint"):
            frame[name] = pd.Series([each[name] for each in self._rows()], dtype=object)
        return frame

    def text(self) -> str:
        from nangonb._render import syncs_text

        return syncs_text(self.head, self.states)

    def html(self) -> str:
        from nangonb._render import syncs_html

        return syncs_html(self.head, self.states)

    def document(self, error: str | None = None) -> bytes:
        """The one document of ``--json``; its JSON Schema is :func:`schema`."""
        return _document(self.target, self.done, self._rows(), self.run, error)

    def _rows(self) -> list[dict[str, Any]]:
        return [
            {
                **{name: each.get(name) for name in _NAMES},
                "variant": each.get("variant") or "base",
                **{name: each.get(theirs) for name, theirs in _TIMES.items()},
                "record_count": each.get("recordCount"),
                "latest_result": each.get("latestResult"),
                "checkpoint": each.get("checkpoint"),
            }
            for each in self.states
        ]


def refusal(error: str) -> bytes:
    """The document where nothing was done."""
    return _document(None, None, [], None, error)


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of ``nangonb status --json``, ``trigger``, ``start`` and ``pause``."""
    document: dict[str, Any] = json.loads(Path(__file__).with_name("syncs.schema.json").read_text("utf-8"))
    return document


def _document(
    target: str | None,
    done: str | None,
    syncs: Sequence[Mapping[str, Any]],
    run: Run | None,
    error: str | None,
) -> bytes:
    from nangonb._records import to_js_json

    document = {
        "schema": SCHEMA,
        "target": target,
        "done": done,
        "syncs": syncs,
        "run": None if run is None else run.as_dict(),
        "error": error,
    }
    return to_js_json(document) + b"\n"


def _sum(counts: Any) -> int | None:
    if not isinstance(counts, Mapping):
        return None
    return sum(n for n in counts.values() if isinstance(n, int))


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
