"""Ports of a dry run that keep here what Nango would store: records, checkpoints, locks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from typing import Any

from nangonb.dryrun.state import CapReached, RunState
from nangonb.errors import SDKError
from nangonb.records import RecordBuffer


class Kept(RunState):
    """Nothing of it reaches Nango."""

    def try_acquire_lock(self, key: str, ttl_ms: float) -> bool:
        return True

    def release_lock(self, key: str) -> bool:
        return True

    def release_all_locks(self) -> None:
        return None

    def get_checkpoint(self) -> dict[str, Any] | None:
        return None if self.checkpoint is None else dict(self.checkpoint)

    def save_checkpoint(self, checkpoint: Mapping[str, Any]) -> None:
        self.checkpoint = dict(checkpoint)

    def clear_checkpoint(self) -> None:
        self.checkpoint = None

    # Records

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
        return []

    def delete_records_from_previous_executions(self, model: str) -> list[str]:
        self._no_effect("delete_records_from_previous_executions", model)
        return []

    def _no_effect(self, what: str, model: str) -> None:
        self.log("info", f"This has no effect locally: {what} for {model}.")

    def _buffer(self, model: str) -> RecordBuffer:
        buffer = self.buffers.get(model)
        if buffer is None:
            buffer = self.buffers[model] = self.new_buffer(model, self.context.variant)
        return buffer

    def _take(self, write: Callable[[Any], None], rows: Any) -> None:
        """Raises CapReached where there are more rows than --max-records lets in; the first are kept."""
        room = self.caps.room
        if room is None or not isinstance(rows, (list, tuple)) or len(rows) <= room:
            with self.trace.on("saving"):
                write(rows)
            self._taken(rows)
            return
        if room:
            with self.trace.on("saving"):
                write(rows[:room])
            self._taken(rows[:room])
        raise CapReached("max-records")

    def _taken(self, rows: Any) -> None:
        count = len(rows) if isinstance(rows, Sized) else 0
        self._records += count
        self.caps.records += count
        self.trace.saved(count)
        self.progress()
        self.caps.check_memory()


def _rows(records: Any) -> Any:
    """A list where only an iterator was given; anything else is left for the buffer to check."""
    return list(records) if isinstance(records, Iterator) else records
