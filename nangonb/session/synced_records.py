"""Synced records of one model and connection, as ``%nango_records`` gives them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nangonb.masking import Masker
from nangonb.project import Problem
from nangonb.render import Shown

if TYPE_CHECKING:
    import pandas as pd

    from nangonb.records import SyncedBuffer
    from nangonb.render import SyncedView

State = Literal["succeeded", "failed", "interrupted"]
SCHEMA = 1


@dataclass(eq=False, repr=False)
class SyncedRecords(Shown):
    """What a deployed sync has stored, deleted records included, in Nango's order.

    ``next_cursor`` is set where there is more: it was stopped, it failed, or ``--limit`` was reached. With a
    ``filter``, what comes after it need not match. ``running`` names the syncs that saved such records while
    they were read, or is None where Nango does not say it: then some may be missing, or there twice.
    ``status_line`` is the line that shows the state of these syncs. ``waits`` counts those for Nango's own
    rate limit.
    """

    model: str
    variant: str
    integration: str
    connection_id: str
    target: str
    buffer: SyncedBuffer
    masker: Masker
    preview_rows: int = 20
    state: State = "interrupted"
    requests: int = 0
    seconds: float = 0.0
    next_cursor: str | None = None
    waits: int = 0
    error: str = ""
    filter: str | None = None
    running: tuple[str, ...] | None = ()
    status_line: str = ""

    @property
    def complete(self) -> bool:
        """Whether these are all records that were asked for, in one state."""
        return self.state == "succeeded" and self.next_cursor is None and self.running == ()

    @property
    def df(self) -> pd.DataFrame:
        """The model's fields in order, what else came, then Nango's metadata: ``first_seen_at``,
        ``last_modified_at``, ``deleted_at``, ``pruned_at`` (datetime64[ns, UTC]), ``last_action``
        (category), ``cursor``. Made anew at each call."""
        return self.buffer.frame()[0]

    @property
    def records(self) -> list[dict[str, Any]]:
        """The records exactly as Nango sent them, each with its ``_nango_metadata``."""
        return list(self.buffer)

    def __len__(self) -> int:
        return len(self.buffer)

    def bound(self) -> pd.DataFrame:
        """What ``-o VAR`` binds."""
        return self.df

    @property
    def problem_list(self) -> list[Problem]:
        """Why these may not be all records as they are, and where a column could not have the type that the
        model asks for."""
        return [*self._doubts(), *self._columns()]

    def _doubts(self) -> Iterator[Problem]:
        from nangonb.records import unsafe_integers

        if self.running is None:
            yield Problem(
                "sync-running",
                f"Nango does not say whether a sync of {self.model} is running: records may be missing.",
                severity="note",
            )
        elif self.running:
            those = " and ".join(self.running)
            verb = "was" if len(self.running) == 1 else "were"
            yield Problem(
                "sync-running",
                f"{those} {verb} running while the records were read: some may be missing, and one that "
                "changed meanwhile may be there twice.",
                hint=f"Read them again when it has ended. Watch it: {self.status_line}",
            )
        if self.buffer.unsafe:
            yield unsafe_integers(
                self.model,
                self.buffer.unsafe,
                "Nango rounds such numbers, and their last digits may be wrong.",
            )

    def _columns(self) -> list[Problem]:
        if self.buffer.schema is None:
            return []
        return [
            Problem(
                note.code,
                self.masker.text(f"Column {note.column!r} of {self.model}: {note.reason}."),
            )
            for note in self.buffer.frame()[1]
        ]

    # Display

    def text(self) -> str:
        from nangonb.render import synced_text

        return synced_text(self._view())

    def html(self) -> str:
        from nangonb.render import synced_html

        return synced_html(self._view())

    def _view(self) -> SyncedView:
        from nangonb.records.synced import COLUMNS, METADATA
        from nangonb.render import SyncedView, TableView

        names = self.buffer.names
        rows = []
        for record in self.buffer.preview(self.preview_rows):
            metadata = record.get(METADATA) or {}
            own = [self.masker.data({name: record.get(name)}).popitem()[1] for name in names]
            rows.append([*own, *(self.masker.data(metadata.get(name)) for name in COLUMNS)])
        columns = [*names, *(f"_nango_{name}" if name in names else name for name in COLUMNS)]
        return SyncedView(
            model=self.model if self.variant == "base" else f"{self.model} ({self.variant})",
            integration=self.integration,
            connection_id=self.connection_id,
            target=self.target,
            state=self.state,
            records=len(self),
            deleted=self.buffer.actions["DELETED"],
            requests=self.requests,
            waits=self.waits,
            seconds=self.seconds,
            table=TableView(self.model, len(self), columns, rows),
            more=self._more(),
            doubtful=bool(self.running),
            problems=self.problem_list,
        )

    def _more(self) -> list[str]:
        said = [f"while {' and '.join(self.running)} was running"] if self.running else []
        if self.next_cursor:
            said.append("there may be more" if self.filter else "there are more")
        return said

    # --json

    def pieces(self) -> Iterator[bytes]:
        """The one document of ``nangonb records --json``; its JSON Schema is :func:`schema`."""
        import orjson

        head = {
            "schema": SCHEMA,
            "model": self.model,
            "variant": self.variant,
            "integration": self.integration,
            "connection_id": self.connection_id,
            "target": self.target,
            "state": self.state,
            "seconds": round(self.seconds, 6),
            "requests": self.requests,
            "waits": self.waits,
            "count": len(self),
            "next_cursor": self.next_cursor,
            "complete": self.complete,
            "running": None if self.running is None else list(self.running),
            "error": self.error or None,
        }
        yield orjson.dumps(head)[:-1] + b',"records":['
        for index, line in enumerate(self.buffer.json_lines()):
            yield (b"," if index else b"") + self.masker.known_json(line)
        yield b"]}\n"


def refusal(error: str) -> bytes:
    """The document where nothing was asked for yet: a wrong name, no key."""
    from nangonb.records import to_js_json

    names = ("model", "variant", "integration", "connection_id", "target", "next_cursor")
    counts = {"seconds": 0, "requests": 0, "waits": 0, "count": 0}
    document: dict[str, Any] = {
        "schema": SCHEMA,
        **dict.fromkeys(names),
        **counts,
        "complete": False,
        "running": None,
        "state": "failed",
        "error": error,
        "records": [],
    }
    return to_js_json(document) + b"\n"


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of ``nangonb records --json``."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name("records.schema.json").read_text("utf-8"))
    return found
