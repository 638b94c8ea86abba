"""The records that deployed syncs have stored: reading them, and the result."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nangonb._masking import Masker
from nangonb._project import Problem
from nangonb._render import Displayable
from nangonb._session import sync_states
from nangonb._session.connections import Connections
from nangonb._session.context import Context
from nangonb._session.homes import (
    NOT_DEPLOYED,
    NOTHING_DEPLOYED,
    Homes,
    integrations_of_model,
    models_of_syncs,
)
from nangonb._session.workspace import Workspace
from nangonb.errors import ApiError, Interrupted, NangonbError, UnknownName

if TYPE_CHECKING:
    import pandas as pd

    from nangonb._nango import Client
    from nangonb._records import SyncedBuffer
    from nangonb._render import SyncedView
    from nangonb._session.config import Target

State = Literal["succeeded", "failed", "interrupted"]
SCHEMA = 1


@dataclass(eq=False, repr=False)
class SyncedRecords(Displayable):
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
        from nangonb._records import unsafe_integers

        if self.running is None:
            yield Problem(
                "sync-running",
                f"Nango does not report whether a sync of `{self.model}` is running. Records may be missing.",
                severity="note",
            )
        elif self.running:
            those = " and ".join(self.running)
            verb = "was" if len(self.running) == 1 else "were"
            yield Problem(
                "sync-running",
                f"{those} {verb} running while the records were read: some may be missing, and one that "
                "changed since may appear twice.",
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
        from nangonb._render import synced_text

        return synced_text(self._view())

    def html(self) -> str:
        from nangonb._render import synced_html

        return synced_html(self._view())

    def _view(self) -> SyncedView:
        from nangonb._records.synced import COLUMNS, METADATA
        from nangonb._render import SyncedView, TableView

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
        parts = [f"while {' and '.join(self.running)} was running"] if self.running else []
        if self.next_cursor:
            parts.append("there may be more" if self.filter else "there are more")
        return parts

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
    from nangonb._records import to_js_json

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
    document: dict[str, Any] = json.loads(Path(__file__).with_name("records.schema.json").read_text("utf-8"))
    return document


@dataclass(frozen=True, slots=True)
class RecordsQuery:
    """Which records of a model are read."""

    variant: str = "base"
    modified_after: str | None = None
    filter: str | None = None
    limit: int | None = None


class RecordsReader:
    """Reads the records that deployed syncs have stored. ``latest`` is the latest result, also where reading
    was stopped or failed."""

    def __init__(self, context: Context, workspace: Workspace, connections: Connections) -> None:
        self._context, self._workspace, self._connections = context, workspace, connections
        self.latest: SyncedRecords | None = None

    def read(
        self,
        model: str,
        connection: str | None,
        environment: str | None,
        integration_id: str | None,
        query: RecordsQuery,
    ) -> SyncedRecords:
        """The records of a model: all pages, or the first ``limit`` records.

        Raises:
            UnknownName, UsageError: the model or the connection.
            Interrupted: it was stopped; ``error.records`` and ``latest`` are what came until then.
            ApiError, NetworkError, ConfigurationError: Nango; what came is in ``latest``.
        """
        from nangonb._records import SyncedBuffer

        target = self._connections.target(environment)
        homes = Homes(self._workspace.project, self._connections, self._context.lines)
        integration = homes.of(
            model, integrations_of_model(self._workspace.project, model), target, connection, integration_id
        )
        chosen = self._connections.choose(target, integration, connection, model, verb="records")
        result = SyncedRecords(
            model=model,
            variant=query.variant,
            integration=integration,
            connection_id=chosen.connection_id,
            target=target.label,
            buffer=SyncedBuffer(
                model,
                self._workspace.project.model_schema(model),
                fields=self._workspace.project.model_fields(model),
            ),
            masker=self._context.masker,
            preview_rows=self._context.config.preview_rows,
            filter=query.filter,
        )
        client = self._connections.client(target)
        self.latest = result
        states: list[sync_states.State] | None = None
        try:
            before = _states(client, result, ApiError)
            self._read_pages(client, result, query)
            # a read that succeeded does not fail for what is asked afterwards
            states = None if before is None else _states(client, result, NangonbError)
            result.running = (
                None if before is None or states is None else self._running(result, before, states)
            )
            for name in (result.running or ())[:1]:
                result.status_line = self._context.lines.verb(
                    *("status", name, result.connection_id),
                    environment=target.environment,
                    integration_id=integration_id,
                    variant=query.variant,
                )
        except KeyboardInterrupt:
            raise Interrupted(
                f"The records of {model} were stopped after {len(result):,} of them.",
                records=result,
                hint=self._kept(result),
            ) from None
        except NangonbError as error:
            result.state = "failed"
            explained = (
                self._connections.explained(error, target, integration, chosen)
                if isinstance(error, ApiError)
                else error
            )
            result.error = explained.message
            explained.hint = "\n".join(line for line in (explained.hint, self._kept(result)) if line)
            raise explained from None
        if states is not None and not len(result) and not result.running:
            self._check_there(states, result, target)
        return result

    def _read_pages(self, client: Client, result: SyncedRecords, query: RecordsQuery) -> None:
        from nangonb._dryrun import Progress
        from nangonb._nango import Waits
        from nangonb._records import decode, relaxed_gc

        started = time.perf_counter()
        waits = Waits()
        pages = client.watched(waits).records.pages(
            result.model,
            connection_id=result.connection_id,
            provider_config_key=result.integration,
            decode=decode,
            modified_after=query.modified_after,
            filter=query.filter,
            limit=query.limit,
            variant=None if query.variant == "base" else query.variant,
        )
        try:
            with self._context.progress(result.model) as show, relaxed_gc():
                for page, cursor in pages:
                    result.buffer.append(page)
                    result.requests, result.next_cursor = result.requests + 1, cursor
                    result.seconds = time.perf_counter() - started
                    if show is not None:
                        show(Progress(result.requests, result.requests, len(result), result.seconds))
            result.state = "succeeded"
        finally:
            result.seconds = time.perf_counter() - started
            result.waits = waits.count

    def _kept(self, result: SyncedRecords) -> str:
        if not len(result) or self._context.is_command:
            return ""
        records = "record" if len(result) == 1 else f"{len(result):,} records"
        return f"The {records} read so far: nangonb.last_records().df"

    def _running(
        self, result: SyncedRecords, before: Sequence[sync_states.State], after: Sequence[sync_states.State]
    ) -> tuple[str, ...]:
        """The syncs of this model that were running when reading began or ended, or ended in between."""
        earlier = {_full_name(state): state for state in before}
        names = set()
        for state in after:
            own = models_of_syncs(self._workspace.project, result.integration, [state])
            if (state.get("variant") or "base") != result.variant or (own and result.model not in own):
                continue
            first = earlier.get(_full_name(state), {})
            if (
                sync_states.is_running(state)
                or sync_states.is_running(first)
                or sync_states.has_ended(state, first)
            ):
                names.add(str(state.get("name")))
        return tuple(sorted(names))

    def _check_there(
        self, states: Sequence[sync_states.State], result: SyncedRecords, target: Target
    ) -> None:
        """Nango has no error for a model or variant that no sync has: it gives no records.

        Raises UnknownName.
        """
        models = models_of_syncs(self._workspace.project, result.integration, states)
        variants = sorted({str(state.get("variant") or "base") for state in states})
        if result.model not in models:
            declared = integrations_of_model(self._workspace.project, result.model)
            hint = NOT_DEPLOYED if result.integration in declared else ""
            error = UnknownName(
                f"synced model of {result.integration} in {target.label}",
                result.model,
                sorted(models),
                hint=hint,
                none="" if hint else NOTHING_DEPLOYED,
            )
        elif result.variant not in variants:
            where = f"{result.integration} on {result.connection_id} in {target.label}"
            error = UnknownName(f"variant of a sync of {where}", result.variant, variants)
        else:
            return
        result.state = "failed"
        result.error = error.message
        raise error


def _states(
    client: Client, result: SyncedRecords, unknown: type[NangonbError]
) -> list[sync_states.State] | None:
    """The syncs that may save such records, or None where asking for them ends in ``unknown``."""
    try:
        return [*client.syncs.status(result.integration, connection_id=result.connection_id)]
    except unknown:
        return None


def _full_name(state: sync_states.State) -> tuple[str, str]:
    return str(state.get("name")), str(state.get("variant") or "base")
