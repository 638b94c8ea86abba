"""Changes in the records of one model between two runs, column by column.

Records match by id. Null and absent are equal, and so are 1 and 1.0. A record that a run only updated
(``batch_update`` without ``batch_save``) is compared in the fields of the update.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nangonb._records.batch import as_key
from nangonb._records.frames import build, field_kinds

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from nangonb._records.buffer import RecordBuffer

    Mask = NDArray[np.bool_]
    Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes of one model. ``unseen`` counts the earlier records that a partial run did not fetch.

    ``frame`` has one row for each added, updated or deleted record: change, id, changed (names of columns),
    and ``NAME_old`` and ``NAME_new`` for each column that changed in any record.
    """

    added: int
    updated: int
    unchanged: int
    deleted: int
    unseen: int
    frame: pd.DataFrame


def changes(old: RecordBuffer | None, new: RecordBuffer | None, *, whole: bool) -> Changes:
    """Return the changes from ``old`` to ``new``; None stands for a run without records of the model.

    ``whole``: the new run fetched all records, so that missing ones are deleted. Otherwise, only the records
    that it deleted itself are.
    """
    import numpy as np
    import pandas as pd

    before, after = _Side.of(old), _Side.of(new)
    positions = before.ids.get_indexer(after.ids)
    known = positions >= 0
    pairs_old, pairs_new = positions[known], np.flatnonzero(known)
    names = list(dict.fromkeys([*before.frame.columns, *after.frame.columns]))
    masks = {}
    for name in names:
        mask = _differs(before.column(name, pairs_old), after.column(name, pairs_new))
        for side, rows in ((before, pairs_old), (after, pairs_new)):
            holds = side.holds(name, rows)
            mask = mask if holds is None else mask & holds
        if name != "id" and mask.any():
            masks[name] = mask
    differ = np.logical_or.reduce([np.zeros(len(pairs_old), bool), *masks.values()])
    updates_only = ~known & after.partial  # updates of records that the earlier run does not have
    deletions, earlier_deletions = _deleted_ids(new), _deleted_ids(old)
    missing = ~before.ids.isin(after.ids)
    deleted = missing if whole else missing & before.ids.isin(deletions)
    never_seen = deletions[~deletions.isin(before.ids) & ~deletions.isin(earlier_deletions)]

    added_rows, updated_rows = np.flatnonzero(~known & ~updates_only), np.flatnonzero(updates_only)
    parts = [
        _Part.of("added", after.ids[added_rows], new=added_rows),
        _Part.of("updated", after.ids[pairs_new[differ]], old=pairs_old[differ], new=pairs_new[differ]),
        _Part.of("updated", after.ids[updated_rows], new=updated_rows),
        _Part.of("deleted", before.ids[deleted], old=np.flatnonzero(deleted)),
        _Part.of("deleted", never_seen),
    ]
    counts = [len(part.ids) for part in parts]
    olds = np.concatenate([part.old for part in parts])
    news = np.concatenate([part.new for part in parts])
    changed = _names(masks, differ)
    which: list[list[str]] = [[] for _ in range(counts[0])] + changed
    which += [[name for name in after.fields_of(row) if name != "id"] for row in updated_rows.tolist()]
    which += [[] for _ in range(counts[3] + counts[4])]
    frame = pd.DataFrame(
        {
            "change": pd.Categorical(
                np.repeat([part.change for part in parts], counts), categories=["added", "updated", "deleted"]
            ),
            "id": pd.Series([key for part in parts for key in part.ids], dtype="string"),
            "changed": pd.Series(which, dtype=object),
        }
    )
    values = {}
    for name in masks:
        values[f"{name}_old"] = before.column(name, olds)
        values[f"{name}_new"] = after.column(name, news)
    return Changes(
        added=counts[0],
        updated=counts[1] + counts[2],
        unchanged=int((~differ).sum()),
        deleted=counts[3] + counts[4],
        unseen=int(missing.sum()) - int(deleted.sum()),
        frame=pd.concat([frame, pd.DataFrame(values, index=frame.index)], axis=1),
    )


def _deleted_ids(buffer: RecordBuffer | None) -> pd.Index[Any]:
    import pandas as pd

    return pd.Index([] if buffer is None else [as_key(row["id"]) for row in buffer.deleted()], dtype=object)


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of the frame with one kind of change: their rows on the ``old`` and ``new`` side, -1 for none."""

    change: str
    ids: pd.Index[Any]
    old: Rows
    new: Rows

    @classmethod
    def of(
        cls, change: str, ids: pd.Index[Any], *, old: Rows | None = None, new: Rows | None = None
    ) -> _Part:
        import numpy as np

        none = np.full(len(ids), -1, np.int64)
        return cls(change, ids, none if old is None else old, none if new is None else new)


@dataclass(frozen=True, slots=True)
class _Side:
    """The final rows of a run: the saved ones, then from ``first_partial`` on those that it only updated."""

    ids: pd.Index[Any]
    frame: pd.DataFrame
    updates: list[dict[str, Any]]

    @classmethod
    def of(cls, buffer: RecordBuffer | None) -> _Side:
        import pandas as pd

        if buffer is None:
            return cls(pd.Index([], dtype=object), pd.DataFrame(), [])
        updates = buffer.updated()
        keys = buffer.keys() + [as_key(row["id"]) for row in updates]
        pieces = [*buffer.pieces(), *([updates] if updates else [])]
        frame, _ = build(pieces, fields=buffer.fields, kinds=field_kinds(buffer.schema))
        return cls(pd.Index(keys, dtype=object), frame, updates)

    @property
    def first_partial(self) -> int:
        return len(self.ids) - len(self.updates)

    @property
    def partial(self) -> Mask:
        import numpy as np

        return np.arange(len(self.ids)) >= self.first_partial

    def fields_of(self, row: int) -> list[str]:
        """Return the fields of a row that was only updated."""
        return list(self.updates[row - self.first_partial])

    def holds(self, name: str, rows: Rows) -> Mask | None:
        """Return which of the rows have the field, or None if all do."""
        import numpy as np

        if not self.updates:
            return None
        every = np.ones(len(self.ids), bool)
        every[self.first_partial :] = [name in row for row in self.updates]
        holds: Mask = every[rows]
        return holds

    def column(self, name: str, rows: Rows) -> pd.Series[Any]:
        """Return the values of a column at these rows; missing at -1 and if there is no such column."""
        import numpy as np
        import pandas as pd

        if name not in self.frame.columns:
            return pd.Series(np.full(len(rows), pd.NA), dtype=object)
        column: pd.Series[Any] = self.frame[name]
        taken = column.array.take(rows, allow_fill=True, fill_value=pd.NA)
        return pd.Series(taken, dtype=column.dtype)


def _differs(old: pd.Series[Any], new: pd.Series[Any]) -> Mask:
    import numpy as np

    no_old, no_new = old.isna().to_numpy(dtype=bool), new.isna().to_numpy(dtype=bool)
    differ: Mask = no_old != no_new
    if old.dtype == new.dtype and old.dtype != object:
        return differ | (old != new).to_numpy(dtype=bool, na_value=False)
    # objects or different dtypes: compare pair by pair where both have a value
    both = np.flatnonzero(~no_old & ~no_new)
    pairs = zip(old.to_numpy(object)[both], new.to_numpy(object)[both], strict=True)
    differ[both] = [not _same(one, other) for one, other in pairs]
    return differ


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, (dict, list)) or isinstance(other, (dict, list)):
        return type(one) is type(other) and (one is other or _json(one) == _json(other))
    return bool(one == other) and (type(one) is bool) == (type(other) is bool)


def _json(value: Any) -> Any:
    import orjson

    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # integers beyond 64 bits, lone surrogates
        return repr(value)


def _names(masks: dict[str, Mask], differ: Mask) -> list[list[str]]:
    """Return the changed columns of each record that differs."""
    import numpy as np

    if not masks:
        return []
    names = list(masks)
    bits = np.packbits(np.stack([mask[differ] for mask in masks.values()], axis=1), axis=1)
    rows = np.ascontiguousarray(bits).view(f"V{bits.shape[1]}").ravel()
    patterns, which = np.unique(rows, return_inverse=True)
    unpacked = np.unpackbits(patterns.view(np.uint8).reshape(len(patterns), -1), axis=1)
    lists = [[name for name, bit in zip(names, row, strict=False) if bit] for row in unpacked]
    return [list(lists[index]) for index in which.ravel()]
