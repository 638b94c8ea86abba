"""What a sandbox remembers across restarts: one SQLite file in the folder that ``--state`` names.

Small things (integrations, connections, scripts, the state of syncs) are rows of JSON. Of records only those
that changed are written; what there is, is read once, when it is first asked for.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

import orjson

from nangonb.sandbox.store.entries import Entry, dump

__all__ = ["StateError", "StateFile", "StoredRecords"]

_FILE: Final = "sandbox.sqlite"
_VERSION: Final = 1
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS things (kind TEXT, key TEXT, body BLOB, PRIMARY KEY (kind, key));
CREATE TABLE IF NOT EXISTS places (
    place INTEGER PRIMARY KEY, owner INTEGER, model TEXT, variant TEXT, UNIQUE (owner, model, variant)
);
CREATE TABLE IF NOT EXISTS records (
    place INTEGER, number INTEGER, id BLOB, text BLOB, first INTEGER, modified INTEGER, deleted INTEGER,
    pruned INTEGER, digest BLOB, PRIMARY KEY (place, number)
) WITHOUT ROWID;
"""


class StateError(Exception):
    """A folder cannot hold the state: the text says why."""


class StateFile:
    """The file, which no other sandbox may use meanwhile."""

    def __init__(self, folder: Path) -> None:
        """Raises: StateError."""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = _locked(folder / "lock")
        except BlockingIOError:
            raise StateError(f"{folder} is in use by another sandbox") from None
        except OSError as error:
            raise StateError(f"{folder}: {error.strerror}") from None
        path = self._path = folder / _FILE
        try:
            os.close(os.open(path, os.O_CREAT, 0o600))
            self._file = sqlite3.connect(path, isolation_level=None)
            (version,) = self._file.execute("PRAGMA user_version").fetchone()
            if version not in (0, _VERSION):
                raise StateError(f"{path} was written by another version of nangonb. Use another folder.")
            self._file.execute("PRAGMA journal_mode = WAL")
            self._file.execute("PRAGMA synchronous = NORMAL")
            self._file.executescript(_TABLES)
            self._file.execute(f"PRAGMA user_version = {_VERSION}")
        except OSError as error:
            raise StateError(f"{path} cannot be written: {error.strerror}") from None
        except sqlite3.Error as error:
            raise _failed(path, error) from None

    @property
    def is_new(self) -> bool:
        """Whether nothing was kept yet."""
        return self._file.execute("SELECT 1 FROM things LIMIT 1").fetchone() is None

    def keep(self, kind: str, key: tuple[str, ...], body: Mapping[str, Any] | None) -> None:
        """Write a thing, or forget it where ``body`` is None."""
        name = orjson.dumps(key).decode()
        with self.together():
            if body is None:
                self._file.execute("DELETE FROM things WHERE kind = ? AND key = ?", (kind, name))
                return
            written = dump(dict(body))
            # in its old row where it has one, so that the order stays
            self._file.execute(
                "INSERT INTO things VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
                (kind, name, written),
            )

    def things(self, kind: str) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
        """All of a kind with their keys, in the order in which they were first written."""
        for key, body in self._file.execute(
            "SELECT key, body FROM things WHERE kind = ? ORDER BY rowid", (kind,)
        ):
            yield tuple(orjson.loads(key)), orjson.loads(body)

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is written meanwhile is there as a whole, or not at all. Raises: StateError."""
        if self._file.in_transaction:
            yield
            return
        try:
            self._file.execute("BEGIN IMMEDIATE")
            yield
            self._file.execute("COMMIT")
        except BaseException as error:
            with suppress(sqlite3.Error):  # SQLite ends it by itself where the disk is full
                self._file.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise _failed(self._path, error) from None
            raise

    # Records

    def knows(self, owner: int, model: str, variant: str) -> bool:
        """Whether there were ever records of this."""
        return self._place(owner, model, variant) is not None

    def records(self, owner: int, model: str, variant: str) -> StoredRecords:
        """Those of one connection, model and variant."""
        place = self._place(owner, model, variant)
        if place is None:
            made = self._file.execute(
                "INSERT INTO places (owner, model, variant) VALUES (?, ?, ?)", (owner, model, variant)
            )
            place = made.lastrowid
        assert place is not None
        return StoredRecords(self, self._file, place)

    def forget(self, owner: int, model: str | None, variant: str | None) -> None:
        """Forget records; that there were some is still known."""
        which = [("owner", owner), ("model", model), ("variant", variant)]
        named = [(name, value) for name, value in which if value is not None]
        where = " AND ".join(f"{name} = ?" for name, _ in named)
        self._file.execute(
            f"DELETE FROM records WHERE place IN (SELECT place FROM places WHERE {where})",
            [value for _, value in named],
        )

    def close(self) -> None:
        """Let go of the folder."""
        self._file.close()
        self._lock.close()

    def _place(self, owner: int, model: str, variant: str) -> int | None:
        row = self._file.execute(
            "SELECT place FROM places WHERE owner = ? AND model = ? AND variant = ?", (owner, model, variant)
        ).fetchone()
        return None if row is None else int(row[0])


class StoredRecords:
    """The records of one connection, model and variant, as they are kept."""

    def __init__(self, kept: StateFile, file: sqlite3.Connection, place: int) -> None:
        self._kept, self._file, self._place = kept, file, place

    def count(self) -> int:
        """How many there are, deleted ones apart."""
        asked = "SELECT count(*) FROM records WHERE place = ? AND deleted IS NULL"
        return int(self._file.execute(asked, (self._place,)).fetchone()[0])

    def entries(self) -> list[Entry]:
        """All of them, by number."""
        asked = (
            "SELECT number, id, text, first, modified, deleted, pruned, digest FROM records "
            "WHERE place = ? ORDER BY number"
        )
        loaded = []
        for number, record_id, text, first, modified, *rest in self._file.execute(asked, (self._place,)):
            entry = Entry(number, record_id.decode("utf-8", "surrogatepass"), text, first, 0)
            entry.modified = modified
            entry.deleted, entry.pruned, entry.digest = rest
            loaded.append(entry)
        return loaded

    def write(self, entries: Collection[Entry]) -> None:
        """Write what changed."""
        if not entries:
            return
        with self._kept.together():
            self._file.executemany(
                "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", self._rows(entries)
            )

    def clear(self) -> None:
        """Forget all of them."""
        self._file.execute("DELETE FROM records WHERE place = ?", (self._place,))

    def _rows(self, entries: Iterable[Entry]) -> Iterator[tuple[Any, ...]]:
        for one in entries:
            yield (
                self._place, one.number, one.id.encode("utf-8", "surrogatepass"), one.text, one.first,
                one.modified, one.deleted, one.pruned, one.digest,
            )  # fmt: skip


def _failed(path: Path, error: sqlite3.Error) -> StateError:
    """Why the file cannot be used: what is in it, or what is around it, such as a full disk."""
    if getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return StateError(f"{path} is not the state of a sandbox: {error}")
    full = (
        "; the disk may be full"
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_IOERR
        else ""
    )
    return StateError(f"{path} cannot be written: {error}{full}")


def _locked(path: Path) -> IO[str]:
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise
    return file
