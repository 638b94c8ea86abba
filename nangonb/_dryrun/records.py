"""Records of one script: what it saves stays here, what Nango holds is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from typing import Any, Protocol

from nangonb._dryrun.connection import NangoApi
from nangonb._dryrun.limits import LimitReached
from nangonb._dryrun.shared import ProgressMeter, Run
from nangonb._dryrun.traceback import calling_place
from nangonb._project import Problem
from nangonb._records import RecordBuffer
from nangonb._sdk import Context
from nangonb.errors import SDKError

__all__ = ["Records", "StoredRecords", "page_params"]


class Stored(Protocol):
    """Records of earlier runs: in Nango, or in a file."""

    def page(
        self, model: str, ids: Sequence[str] | None, cursor: str | None
    ) -> tuple[list[dict[str, Any]], str | None]: ...

    def deleted(self, method: str) -> list[str]:
        """Ids of the records that ``trackDeletesEnd`` or ``deleteRecordsFromPreviousExecutions`` deletes."""
        ...


class Records:
    """``buffers`` are made on first use. ``resumed``: the run began with a checkpoint."""

    def __init__(
        self, run: Run, context: Context, meter: ProgressMeter, stored: Stored, *, resumed: bool
    ) -> None:
        self._run, self._context, self._meter, self._stored = run, context, meter, stored
        self._resumed = resumed
        self._tracking: set[str] = set()
        self.buffers: dict[str, RecordBuffer] = {}

    def save(self, model: str, records: Iterable[Mapping[str, Any]]) -> None:
        self._take(self._buffer(model).save, _rows(records))

    def update(self, model: str, records: Iterable[Mapping[str, Any]]) -> None:
        self._take(self._buffer(model).update, _rows(records))

    def delete(self, model: str, records: Iterable[Mapping[str, Any]]) -> None:
        self._take(self._buffer(model).delete, _rows(records))

    def set_merging_strategy(self, model: str, strategy: str) -> None:
        self._no_effect(f"set_merging_strategy to {strategy}", model)

    def track_deletes_start(self, model: str) -> None:
        self._tracking.add(model)
        self._no_effect("track_deletes_start", model)

    def track_deletes_end(self, model: str) -> list[str]:
        # a run that goes on from a checkpoint may have started in an earlier one
        if model not in self._tracking and not self._resumed:
            raise SDKError(
                f"No track deletes starting point found for model '{model}'.", code="no_track_deletes_start"
            )
        self._tracking.discard(model)
        self._no_effect("track_deletes_end", model)
        return self._stored.deleted("trackDeletesEnd")

    def delete_records_from_previous_executions(self, model: str) -> list[str]:
        self._no_effect("delete_records_from_previous_executions", model)
        return self._stored.deleted("deleteRecordsFromPreviousExecutions")

    def page(
        self, model: str, *, ids: Sequence[str] | None = None, cursor: str | None = None
    ) -> tuple[list[dict[str, Any]], str | None]:
        return self._stored.page(model, ids, cursor)

    def _no_effect(self, call: str, model: str) -> None:
        self._run.trace.log("info", f"This has no effect locally: {call} for {model}.")

    def _buffer(self, model: str) -> RecordBuffer:
        buffer = self.buffers.get(model)
        if buffer is None:
            buffer = self.buffers[model] = self._run.new_buffer(model, self._context.variant)
        return buffer

    def _take(self, write: Callable[[Any], None], rows: Any) -> None:
        """Raises LimitReached where there are more rows than --max-records lets in; the first are kept."""
        room = self._run.limits.room
        if room is None or not isinstance(rows, (list, tuple)) or len(rows) <= room:
            with self._run.trace.on("saving"):
                write(rows)
            self._count(rows)
            return
        if room:
            with self._run.trace.on("saving"):
                write(rows[:room])
            self._count(rows[:room])
        raise LimitReached("max-records")

    def _count(self, rows: Any) -> None:
        count = len(rows) if isinstance(rows, Sized) else 0
        self._meter.records += count
        self._run.limits.records += count
        self._run.trace.saved(count)
        self._meter.report()
        self._run.limits.check_memory()


class StoredRecords:
    """Records that Nango holds for the connection and variant of a script."""

    def __init__(self, run: Run, api: NangoApi, context: Context) -> None:
        self._run, self._api, self._context = run, api, context
        self._listed: set[str | None] = set()
        self._past: set[str] = set()

    def page(
        self, model: str, ids: Sequence[str] | None, cursor: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        if ids is None and cursor in self._listed:
            self._warn_past_first_page(model)
        params = page_params(model, ids, cursor)
        with self._api.call("GET", "/records", params) as entry:
            records, after = self._api.client.records.page(
                model,
                connection_id=self._context.connection_id,
                provider_config_key=self._context.integration,
                variant=None if self._context.variant == "base" else self._context.variant,
                ids=ids,
                cursor=cursor,
            )
        if ids is None and after is not None:
            self._listed.add(after)
        answer = {"records": records, "next_cursor": after}
        self._run.recording.keep_api("GET", "/records", answer, params=params, number=entry.n)
        return records, after

    def deleted(self, method: str) -> list[str]:
        return []  # a dry run deletes nothing in Nango

    def _warn_past_first_page(self, model: str) -> None:
        if model in self._past:
            return
        self._past.add(model)
        self._run.findings.add(
            Problem(
                "list-records-stops",
                f"Nango 0.71.4 ends the list of stored records of {model} after 100 of them. Here it goes "
                "on, so that a deployed script sees fewer.",
                calling_place(self._run.sources),
                "Read records by their ids, or keep what the script needs in its checkpoint or in metadata.",
            )
        )


def page_params(model: str, ids: Sequence[str] | None, cursor: str | None) -> dict[str, Any]:
    """What a page of stored records is saved and found by."""
    return {"model": model, "ids": None if ids is None else list(ids), "cursor": cursor}


def _rows(records: Any) -> Any:
    """A list where only an iterator was given; anything else is left for the buffer to check."""
    return list(records) if isinstance(records, Iterator) else records
