"""Synced records as Nango keeps them: what syncs save, and what ``GET /records`` gives.

:class:`Records` holds those of one connection, model and variant, :class:`RecordStore` all of them. A moment
is a number of microseconds since 1970, as exact as Nango's time stamps are. Records stand in the order
(last modification, row id), which is what a cursor is a place in; what is changed moves to the end.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import itertools
import json
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from nangonb.sandbox.store import entries
from nangonb.sandbox.store.entries import BadCursor, BadRecord, Entry, Page, Saved, iso, order_of

if TYPE_CHECKING:
    from nangonb.sandbox.store.state_file import StateFile, StoredRecords

__all__ = ["ACTIONS", "BadCursor", "BadRecord", "Page", "RecordStore", "Records", "Saved", "now"]

ACTIONS = ("ADDED", "UPDATED", "DELETED")


def now() -> int:
    """The present, in microseconds since 1970."""
    return time.time_ns() // 1_000


class Records:
    """The records of one model of one connection. ``seed`` makes the row ids in its cursors.

    Each call that writes is one batch: of several records with one id it keeps the first, and what it changes
    gets one moment, later than all before. ``at``, where given, is that moment.
    """

    def __init__(
        self, seed: str = "", *, clock: Callable[[], int] = now, kept: StoredRecords | None = None
    ) -> None:
        digest = hashlib.sha256(seed.encode()).hexdigest()
        # a UUID of version 4 in form; its last part counts, so that row ids grow
        self._stem = f"{digest[:8]}-{digest[8:12]}-4{digest[12:15]}-8{digest[15:18]}-"
        self._clock = clock
        self._by_id: dict[str, Entry] = {}
        self._numbers = itertools.count(1)
        self._order: list[Entry] = []
        self._moved: list[Entry] = []
        self._latest = 0
        self.generation = 0
        self.count = 0
        """How many there are, deleted ones apart."""
        self._kept = kept
        if kept is not None:
            self._load(kept.entries())

    # Writing

    def save(
        self, records: Iterable[Mapping[str, Any]], *, at: int | None = None, keep_after: str | None = None
    ) -> Saved:
        """Add records, or replace those that differ. A deleted one comes back as an added one.

        ``keep_after``: a cursor; records that were modified after it stay as they are (the merging strategy
        ``ignore_if_modified_after_cursor``; the next batch passes the cursor of :class:`Saved`).

        Raises: BadRecord, and then nothing is changed; BadCursor.
        """
        return self.save_texts(
            [entries.read_record(record) for record in records], at=at, keep_after=keep_after
        )

    def save_texts(
        self, pairs: Iterable[tuple[str, bytes]], *, at: int | None = None, keep_after: str | None = None
    ) -> Saved:
        """The same for records that are JSON already: pairs of id and text. The ids are not checked."""
        moment = self._moment(at)
        generation, by_id, numbers, moved = self.generation, self._by_id, self._numbers, self._moved
        kept = None if keep_after is None else self._cursorplace(keep_after)
        added: list[str] = []
        updated, unchanged, duplicates = [], [], []
        batch: set[str] = set()
        for record_id, text in pairs:
            entry = by_id.get(record_id)
            if entry is None:
                entry = by_id[record_id] = Entry(next(numbers), record_id, text, moment, generation)
                batch.add(record_id)
                added.append(record_id)
                moved.append(entry)
                continue
            if record_id in batch:
                duplicates.append(record_id)
                continue
            batch.add(record_id)
            entry.seen = generation
            if kept is not None and self._key(entry) > kept:
                unchanged.append(record_id)
            elif entry.deleted is not None:
                entry.first = moment
                entry.deleted = None
                self._replace(entry, text, moment)
                added.append(record_id)
            elif entries.same(entry, text):
                unchanged.append(record_id)
            else:
                self._replace(entry, text, moment)
                updated.append(record_id)
        self.count += len(added)
        return self._saved(added=added, updated=updated, unchanged=unchanged, duplicates=duplicates)

    def update(
        self, records: Iterable[Mapping[str, Any]], *, at: int | None = None, keep_after: str | None = None
    ) -> Saved:
        """Merge fields into records that are there, nested objects too; arrays are replaced.

        Unknown and deleted ids are left out. Raises: BadRecord, and then nothing is changed; BadCursor.
        """
        pairs = []
        for record_id, text in [entries.read_record(record) for record in records]:
            entry = self._by_id.get(record_id)
            if entry is not None and entry.deleted is None:
                merged = entries.merged(json.loads(entry.text), json.loads(text))
                pairs.append((record_id, entries.dump(merged)))
        return self.save_texts(pairs, at=at, keep_after=keep_after)

    def delete(self, records: Iterable[Mapping[str, Any]], *, at: int | None = None) -> Saved:
        """Mark records as deleted; what was given, mostly the id alone, stays of them as a tombstone.

        An unknown id becomes a tombstone, too, and is not counted as deleted. Raises: BadRecord.
        """
        pairs = [entries.read_record(record) for record in records]
        moment = self._moment(at)
        deleted, unchanged, duplicates, unknown = [], [], [], []
        batch: set[str] = set()
        for record_id, text in pairs:
            entry = self._by_id.get(record_id)
            if record_id in batch:
                duplicates.append(record_id)
                continue
            batch.add(record_id)
            if entry is None:
                entry = Entry(next(self._numbers), record_id, text, moment, self.generation)
                entry.deleted = moment
                self._by_id[record_id] = entry
                self._moved.append(entry)
                unknown.append(entry)
            elif entry.deleted is None:
                entry.text = text
                entry.pruned = entry.digest = None
                self._bury(entry, moment)
                deleted.append(record_id)
            else:
                unchanged.append(record_id)
        self._write(unknown)
        return self._saved(deleted=deleted, unchanged=unchanged, duplicates=duplicates)

    def begin(self) -> int:
        """Start a generation: what is saved from now on counts as seen in it."""
        self.generation += 1
        return self.generation

    def delete_unseen(self, since: int, *, at: int | None = None) -> Saved:
        """Mark as deleted what no call saved since the generation ``since`` (delete tracking)."""
        moment = self._moment(at)
        gone = [entry for entry in self._by_id.values() if entry.seen < since and entry.deleted is None]
        for entry in gone:
            self._bury(entry, moment)
        return self._saved(deleted=[entry.id for entry in gone])

    def prune(self, until_cursor: str, *, limit: int = 1_000, at: int | None = None) -> tuple[int, bool]:
        """Empty records up to and including a cursor: the id and the metadata stay, and so does their place.

        Returns how many were pruned, and whether there are more. Raises: BadCursor.
        """
        end = bisect_right(self._ordered(), self._cursorplace(until_cursor), key=self._key)
        full = [entry for entry in self._order[:end] if entry.pruned is None]
        moment = self._clock() if at is None else at
        for entry in full[:limit]:
            entry.digest = entries.digest_of(entry.text)
            entry.text = entries.dump({"id": entry.id})
            entry.pruned, entry.shown = moment, None
        self._write(full[:limit])
        return min(len(full), limit), len(full) > limit

    def clear(self) -> None:
        """Forget all of them."""
        self._by_id.clear()
        self._order, self._moved, self.count = [], [], 0
        if self._kept is not None:
            self._kept.clear()

    # Reading

    def page(
        self,
        *,
        limit: int = 100,
        cursor: str | None = None,
        modified_after: int | None = None,
        actions: Collection[str] = (),
        ids: Collection[str] = (),
    ) -> Page:
        """The records after a cursor, in their order, tombstones included.

        ``modified_after`` is a moment, and one that was modified just then counts; ``actions`` are of
        :data:`ACTIONS`. Raises: BadCursor.
        """
        order: Sequence[Entry] = self._ordered()
        if ids:
            order = sorted((self._by_id[one] for one in set(ids) if one in self._by_id), key=order_of)
        start = 0 if cursor is None else bisect_right(order, self._cursorplace(cursor), key=self._key)
        if modified_after is not None:
            start = max(start, bisect_left(order, modified_after, key=lambda entry: entry.modified))
        if actions:
            rest = (entry for entry in itertools.islice(order, start, None) if entry.action in actions)
            window = list(itertools.islice(rest, limit + 1))
        else:
            window = list(order[start : start + limit + 1])
        texts = [entry.shown or self._show(entry) for entry in window[:limit]]
        size = entries.page_size(texts)
        more = size < len(window)
        return Page(texts[:size], self._cursor(window[size - 1]) if more else None)

    def last_cursor(self) -> str | None:
        """The cursor of the record that was modified last."""
        order = self._ordered()
        return self._cursor(order[-1]) if order else None

    # Within

    def _write(self, changed: Collection[Entry]) -> None:
        if self._kept is not None:
            self._kept.write(changed)

    def _load(self, kept_entries: list[Entry]) -> None:
        self._by_id = {entry.id: entry for entry in kept_entries}
        self._order = sorted(kept_entries, key=order_of)
        self._numbers = itertools.count(kept_entries[-1].number + 1 if kept_entries else 1)
        self._latest = self._order[-1].modified if kept_entries else 0
        self.count = sum(entry.deleted is None for entry in kept_entries)

    def _moment(self, at: int | None) -> int:
        self._latest = max(self._clock() if at is None else at, self._latest + 1)
        return self._latest

    def _replace(self, entry: Entry, text: bytes, moment: int) -> None:
        entry.text, entry.modified, entry.shown = text, moment, None
        entry.pruned = entry.digest = None
        self._moved.append(entry)

    def _bury(self, entry: Entry, moment: int) -> None:
        entry.deleted = entry.modified = moment
        entry.shown = None
        self._moved.append(entry)
        self.count -= 1

    def _saved(self, **ids: list[str]) -> Saved:
        changed = [*ids.get("added", ()), *ids.get("updated", ()), *ids.get("deleted", ())]
        moved = [self._by_id[one] for one in changed]
        self._write(moved)
        last = max(moved, key=order_of, default=None)
        named = {name: tuple(named_ids) for name, named_ids in ids.items()}
        return Saved(**named, cursor=None if last is None else self._cursor(last))

    def _ordered(self) -> list[Entry]:
        """All in their order. What moved since the last call is later than all that did not."""
        if self._moved:
            moved = sorted({entry.number: entry for entry in self._moved}.values(), key=order_of)
            numbers = {entry.number for entry in moved}
            standing = [entry for entry in self._order if entry.number not in numbers]
            self._order, self._moved = standing + moved, []
        return self._order

    def _row_id(self, entry: Entry) -> str:
        return f"{self._stem}{entry.number:012x}"

    def _key(self, entry: Entry) -> tuple[int, str]:
        return entry.modified, self._row_id(entry)

    def _cursor(self, entry: Entry) -> str:
        place = f"{iso(entry.modified)}||{self._row_id(entry)}"
        return binascii.b2a_base64(place.encode(), newline=False).decode()

    def _cursorplace(self, cursor: str) -> tuple[int, str]:
        try:
            moment, bars, row_id = base64.b64decode(cursor, validate=True).decode().partition("||")
            at = datetime.fromisoformat(moment)
            if not bars or not row_id or at.tzinfo is None:
                raise ValueError
            return entries.moment_of(at), row_id
        except ValueError:
            raise BadCursor("Invalid cursor value") from None

    def _show(self, entry: Entry) -> bytes:
        deleted = "null" if entry.deleted is None else f'"{iso(entry.deleted)}"'
        pruned = "null" if entry.pruned is None else f'"{iso(entry.pruned)}"'
        metadata = (
            f',"_nango_metadata":{{"first_seen_at":"{iso(entry.first)}",'
            f'"last_modified_at":"{iso(entry.modified)}","last_action":"{entry.action}",'
            f'"deleted_at":{deleted},"pruned_at":{pruned},"cursor":"{self._cursor(entry)}"}}}}'
        )
        entry.shown = entry.text[:-1] + metadata.encode()
        return entry.shown


class RecordStore:
    """All synced records: of a connection (its number), a model and a variant."""

    def __init__(self, *, clock: Callable[[], int] = now) -> None:
        self._clock = clock
        self._kept: StateFile | None = None
        self._held: dict[tuple[int, str, str], Records] = {}
        self._planted: dict[tuple[int, str, str], tuple[Callable[[Records], None], int]] = {}

    def attach(self, kept: StateFile) -> None:
        """Keep from now on what is saved; what is kept already stands instead of what was planted."""
        self._kept = kept
        self._planted = {place: made for place, made in self._planted.items() if not kept.knows(*place)}

    def records(self, connection: int, model: str, variant: str = "base") -> Records:
        """Those of one model; none yet, where nothing was saved or planted."""
        place = (connection, model, variant)
        if place not in self._held:
            planted = self._planted.pop(place, None)
            if self._kept is None:
                opened = Records(repr(place), clock=self._clock)
                if planted is not None:
                    planted[0](opened)
            else:
                with self._kept.together():
                    opened = Records(repr(place), clock=self._clock, kept=self._kept.records(*place))
                    if planted is not None:
                        planted[0](opened)
            self._held[place] = opened
        return self._held[place]

    def count(self, connection: int, model: str, variant: str = "base") -> int:
        """How many there are, deleted ones apart; they need not be made or read for it."""
        place = (connection, model, variant)
        if place in self._planted:
            return self._planted[place][1]
        if place not in self._held and self._kept is not None:
            return self._kept.records(*place).count() if self._kept.knows(*place) else 0
        return self.records(*place).count

    def plant(
        self,
        connection: int,
        model: str,
        make: Callable[[Records], None],
        count: int,
        *,
        variant: str = "base",
    ) -> None:
        """Say how ``count`` records are made when they are first asked for, instead of those there are."""
        self._held.pop((connection, model, variant), None)
        self._planted[connection, model, variant] = (make, count)

    def forget(self, connection: int, model: str | None = None, variant: str | None = None) -> None:
        """Forget the records of a connection, of one model or one variant of it."""
        for places in (self._held, self._planted):
            for place in list(places):
                if place[0] == connection and model in (None, place[1]) and variant in (None, place[2]):
                    if self._kept is not None:
                        self._kept.records(*place)  # known from now on, and empty
                    del places[place]
        if self._kept is not None:
            self._kept.forget(connection, model, variant)
