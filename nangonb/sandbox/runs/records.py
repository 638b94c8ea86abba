"""What a deployed sync saves, with Nango's semantics of records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

import orjson

from nangonb.errors import SDKError
from nangonb.sandbox.store import entries
from nangonb.sandbox.store.entries import BadRecord, Saved
from nangonb.sandbox.store.records import Records
from nangonb.sandbox.store.syncs import SyncRun

__all__ = ["StoredRecords"]

_CHUNK: Final = 1_000
"""Of a call so many records are one batch, in which the first of an id counts."""

_LISTED: Final = 100
"""So many records a script can list; the others it does not get, without a word, as on Nango."""


T = TypeVar("T")


class OnLoop(Protocol):
    """Gives what a function gives in the thread of the event loop."""

    def __call__(self, work: Callable[[], T], /) -> T: ...


class StoredRecords:
    """Saves into the store. ``run`` is None for scripts that are no syncs; ``log`` adds a line to the log."""

    def __init__(
        self,
        run: SyncRun | None,
        on_loop: OnLoop,
        log: Callable[[str, str], None],
    ) -> None:
        self.run, self._on_loop, self._log = run, on_loop, log
        self._since: dict[str, int] = {}
        self._keep_after: dict[str, str | None] = {}

    def save(self, model: str, records: Iterable[Mapping[str, Any]]) -> None:
        for pairs in self._pairs(records):

            def write(pairs: list[tuple[str, bytes]] = pairs) -> Saved:
                return self._records(model).save_texts(pairs, keep_after=self._keep_after.get(model))

            self._count(model, write)

    def update(self, model: str, records: Iterable[Mapping[str, Any]]) -> None:
        for rows in self._chunks(records):

            def write(rows: list[Mapping[str, Any]] = rows) -> Saved:
                return self._records(model).update(rows, keep_after=self._keep_after.get(model))

            self._count(model, write)

    def delete(self, model: str, records: Iterable[Mapping[str, Any]]) -> None:
        for rows in self._chunks(records):

            def write(rows: list[Mapping[str, Any]] = rows) -> Saved:
                return self._records(model).delete(rows)

            self._count(model, write)

    def set_merging_strategy(self, model: str, strategy: str) -> None:
        if strategy == "ignore_if_modified_after":
            self._keep_after[model] = self._on_loop(lambda: self._records(model).last_cursor())

    def track_deletes_start(self, model: str) -> None:
        run = self._sync()

        def start() -> None:
            run.sync.tracking[model] = self._records(model).begin()

        self._on_loop(start)

    def track_deletes_end(self, model: str) -> list[str]:
        run = self._sync()
        since = run.sync.tracking.pop(model, None)
        if since is None:
            raise SDKError(
                f"No track deletes starting point found for model '{model}'.", code="no_track_deletes_start"
            )
        return self._delete_unseen(model, since)

    def delete_records_from_previous_executions(self, model: str) -> list[str]:
        self._on_loop(lambda: self._records(model))
        return self._delete_unseen(model, self._since[model])

    def delete_untouched(self) -> None:
        """What ``track_deletes: true`` does after a run that succeeded."""
        for model in self._sync().result:
            self.delete_records_from_previous_executions(model)

    def page(
        self, model: str, *, ids: Sequence[str] | None = None, cursor: str | None = None
    ) -> tuple[list[dict[str, Any]], str | None]:
        def page_of() -> tuple[list[bytes], str | None]:
            page = self._records(model).page(limit=_LISTED, cursor=cursor, ids=ids or ())
            # Nango 0.71.4 has a cursor here that its runner does not find: a list ends after its first page
            return list(page.records), None

        try:
            texts, after = self._on_loop(page_of)
        except entries.BadCursor as error:
            raise SDKError(f"Failed to get records: {error}", code="invalid_cursor") from None
        return [orjson.loads(text) for text in texts], after

    # Within

    def _sync(self) -> SyncRun:
        if self.run is None:
            raise SDKError("Records are available in syncs only.", code="no_current_sync")
        return self.run

    def _records(self, model: str) -> Records:
        """In the event loop. With the first call the run's own generation of records begins."""
        records = self._sync().records(model)
        if model not in self._since:
            self._since[model] = records.begin()
        return records

    def _delete_unseen(self, model: str, since: int) -> list[str]:
        return list(self._count(model, lambda: self._records(model).delete_unseen(since)).deleted)

    def _count(self, model: str, write: Callable[[], Saved]) -> Saved:
        run = self._sync()

        def written() -> Saved:
            saved = write()
            run.saved(model, saved)
            if model in self._keep_after and saved.cursor is not None:
                self._keep_after[model] = saved.cursor
            return saved

        try:
            saved = self._on_loop(written)
        except BadRecord as error:
            raise _bad(error) from None
        for record_id in saved.duplicates:
            self._log("warn", f"Found duplicate key '{record_id}' for model {model}. The record was ignored.")
        return saved

    def _chunks(self, records: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
        rows: list[Any] = list(records)
        wrong = [row for row in rows if not isinstance(row, Mapping)]
        if wrong:
            raise _bad(BadRecord(f"expected an object, not {wrong[0]!r:.80}"))
        for start in range(0, len(rows), _CHUNK):
            yield rows[start : start + _CHUNK]

    def _pairs(self, records: Iterable[Mapping[str, Any]]) -> Iterator[list[tuple[str, bytes]]]:
        """Ids and JSON, which are made in the thread of the script."""
        for rows in self._chunks(records):
            try:
                yield [entries.read_record(row) for row in rows]
            except BadRecord as error:
                raise _bad(error) from None


def _bad(error: BadRecord) -> SDKError:
    answer = orjson.dumps({"error": {"code": "invalid_request", "message": str(error)}}).decode()
    return SDKError(f"Failed to save records: {answer}", code="invalid_sync_record")
