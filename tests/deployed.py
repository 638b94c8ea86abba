"""Deployed syncs and their records for the scripted Nango, written down by the test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.scripted import Answer, Asked, ScriptedNango

ADDED = "2026-01-01T08:00:00.123456+00:00"
CHANGED = "2026-01-02T08:00:00.000Z"


def record(id: str, action: str = "ADDED", **fields: Any) -> dict[str, Any]:
    """A record as Nango sends it."""
    metadata = {
        "first_seen_at": ADDED,
        "last_modified_at": CHANGED,
        "last_action": action,
        "deleted_at": CHANGED if action == "DELETED" else None,
        "pruned_at": None,
        "cursor": f"cursor-{id}",
    }
    return {"id": id, **fields, "_nango_metadata": metadata}


def state(name: str = "contacts", **other: Any) -> dict[str, Any]:
    """A sync as ``GET /sync/status`` has it."""
    return {
        "id": "5f7d", "type": "INCREMENTAL", "name": name, "variant": "base", "connection_id": "conn-1",
        "status": "SUCCESS", "frequency": "every day", "finishedAt": "2026-01-02T08:00:12.000Z",
        "nextScheduledSyncAt": "2026-01-03T08:00:00.000Z", "checkpoint": None,
        "recordCount": {"Contact": 2413},
        "latestResult": {"Contact": {"added": 3, "updated": 0, "deleted": 1}},
        **other,
    }  # fmt: skip


class Runs:
    """How a real Nango shows the run of a triggered sync: at first still the run before it.

    ``answers`` are what ``GET /sync/status`` says one after the other once it was triggered, ``before`` what
    it says until then. The last one of each stays.
    """

    def __init__(
        self, deployed: Deployed, *answers: dict[str, Any], before: Sequence[dict[str, Any]] = ()
    ) -> None:
        self._deployed, self._answers = deployed, list(answers)
        self._before = list(before) or list(deployed.syncs)
        deployed.status = self._next

    def _next(self) -> list[dict[str, Any]]:
        queue = self._answers if self._deployed.orders else self._before
        return [queue.pop(0) if len(queue) > 1 else queue[0]]


class Deployed:
    """``records`` go out ``page`` at a time, ``syncs`` as they are; ``orders`` are the POSTs that came."""

    def __init__(self, scripted: ScriptedNango) -> None:
        self.records: list[dict[str, Any]] = []
        self.syncs = [state()]
        self.status: Callable[[], list[dict[str, Any]]] = lambda: self.syncs
        self.page = 2
        self.asked: list[Asked] = []
        self.orders: list[tuple[str, Any]] = []
        scripted.api["/records"] = self._records
        scripted.api["/sync/status"] = self._status
        for verb in ("trigger", "start", "pause"):
            scripted.api[f"/sync/{verb}"] = self._order

    @property
    def queries(self) -> list[dict[str, str]]:
        """What ``GET /records`` was asked, without the cursor."""
        return [{k: v for k, v in asked.query if k != "cursor"} for asked in self.asked]

    def _records(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if asked.headers["connection-id"] != "conn-1":
            return refused(400, "unknown_connection", "No connection matching")
        query = dict(asked.query)
        start, size = int(query.get("cursor", "0")), min(self.page, int(query.get("limit", "100")))
        found = self.records if query["model"] == "Contact" else []
        if "filter" in query:
            actions = _actions(query["filter"].upper())
            found = [each for each in found if each["_nango_metadata"]["last_action"] in actions]
        end = start + size
        cursor = str(end) if end < len(found) else None
        return Answer({"records": found[start:end], "next_cursor": cursor})

    def _status(self, asked: Asked) -> Answer:
        query = dict(asked.query)
        if query.get("connection_id", "conn-1") != "conn-1":
            return refused(400, "unknown_connection", "No connection matching")
        names = query["syncs"].split(",")
        found = [each for each in self.status() if names == ["*"] or _full_name(each) in names]
        return Answer({"syncs": found})

    def _order(self, asked: Asked) -> Answer:
        self.orders.append((asked.path.rpartition("/")[2], asked.json))
        return Answer({"success": True})


def refused(status: int, code: str, message: str = "") -> Answer:
    return Answer({"error": {"code": code, "message": message}}, status)


def _actions(wanted: str) -> set[str]:
    """What Nango makes of a filter: it takes one action, or added with updated, and forgets the rest."""
    if "ADDED" in wanted and "UPDATED" in wanted:
        return {"ADDED", "UPDATED"}
    return {next(each for each in ("UPDATED", "ADDED", "DELETED") if each in wanted)}


def _full_name(each: dict[str, Any]) -> str:
    return str(each["name"]) if each["variant"] == "base" else f"{each['name']}::{each['variant']}"
