"""Summary of the violations of a model: one row for each rule and path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from nangonb._records.jsonvalue import brief
from nangonb._text import plural

if TYPE_CHECKING:
    import pandas as pd

FIRST_IDS = 5
# A limit for records with ever new field names.
MOST_ROWS = 200
OTHERS = "…"


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that records break at one path.

    ``rule`` is the JSON Schema keyword (``type``, ``required``, ``additionalProperties`` …); ``path`` the
    field, ``a.b[].c``, empty for the record itself; ``count`` the number of records that break it, ``ids``
    the first of them; ``expected`` the requirement of the model; ``example`` the first invalid value,
    shortened.
    """

    rule: str
    path: str
    count: int
    ids: tuple[str, ...]
    expected: str
    example: str

    def __str__(self) -> str:
        where = self.path or "the record"
        message = {
            "required": f"{where} is missing",
            "additionalProperties": f"{where} is not in the model",
        }.get(self.rule, f"{where} is {self.example}, not {self.expected}")
        return f"{message} ({plural(self.count, 'record')}, first {', '.join(self.ids[:3])})"


@dataclass(frozen=True, slots=True)
class Breach:
    """A :class:`Violation` in a run: of saved records, or of an action's input or output."""

    of: Literal["records", "input", "output"]
    model: str
    violation: Violation

    def as_dict(self) -> dict[str, Any]:
        """Return the public JSON form, with the columns of :func:`breaches_frame`."""
        row = self.violation
        return {
            "of": self.of,
            "model": self.model,
            "path": row.path,
            "rule": row.rule,
            "count": row.count,
            "first_ids": [key for key in row.ids if key],
            "got": row.example,
            "expected": row.expected,
        }


def breaches_frame(breaches: Sequence[Breach]) -> pd.DataFrame:
    """Return a frame: of, model, path, rule, count, first_ids (lists of at most 5), got, expected."""
    import pandas as pd

    rows = [breach.as_dict() for breach in breaches]
    types = {"count": "Int64", "first_ids": "object"}
    names = ("of", "model", "path", "rule", "count", "first_ids", "got", "expected")
    columns = {
        name: pd.Series([row[name] for row in rows], dtype=types.get(name, "string")) for name in names
    }
    return pd.DataFrame(columns)


@dataclass(slots=True)
class _Row:
    expected: str
    example: str
    count: int
    ids: list[str]
    last: int = -1


class ValidationSummary:
    """The number of ``checked`` records and of ``invalid`` ones; ``rows`` are the violations."""

    def __init__(self) -> None:
        self.checked = 0
        self.invalid = 0
        self._rows: dict[tuple[str, str], _Row] = {}

    @property
    def rows(self) -> list[Violation]:
        """The violations, the most frequent first."""
        rows = [
            Violation(rule, path, row.count, tuple(row.ids), row.expected, row.example)
            for (rule, path), row in self._rows.items()
        ]
        return sorted(rows, key=lambda row: (-row.count, row.path, row.rule))

    def __bool__(self) -> bool:
        return self.invalid > 0

    def frame(self) -> pd.DataFrame:
        """Return a frame: rule, path, count, first_ids, expected, example."""
        import pandas as pd

        rows = self.rows
        text = pd.StringDtype()
        return pd.DataFrame(
            {
                "rule": pd.array([row.rule for row in rows], dtype=text),
                "path": pd.array([row.path for row in rows], dtype=text),
                "count": pd.array([row.count for row in rows], dtype="Int64"),
                "first_ids": pd.array([", ".join(row.ids) for row in rows], dtype=text),
                "expected": pd.array([row.expected for row in rows], dtype=text),
                "example": pd.array([row.example for row in rows], dtype=text),
            }
        )

    def add(self, rule: str, path: str, expected: str, value: Any, record: int, key: str) -> None:
        """Add a violation by record number ``record``. A record counts once for each rule and path."""
        row = self._rows.get((rule, path))
        if row is None:
            if len(self._rows) >= MOST_ROWS:
                path = OTHERS
                row = self._rows.get((rule, path))
            if row is None:
                row = self._rows[rule, path] = _Row(expected, brief(value), 0, [])
        if row.last == record:
            return
        row.last = record
        row.count += 1
        if len(row.ids) < FIRST_IDS:
            row.ids.append(key)

    def reporter(self, record: int, key: str) -> Callable[[str, str, str, Any], None]:
        """Return :meth:`add` for one record."""
        return lambda rule, path, expected, value: self.add(rule, path, expected, value, record, key)

    def add_all(self, rule: str, path: str, expected: str, value: Any, keys: Sequence[str]) -> None:
        """Add a violation by all records of the current batch."""
        for record, key in enumerate(keys[:FIRST_IDS], self.checked):
            self.add(rule, path, expected, value, record, key)
        if len(keys) > FIRST_IDS:
            row = self._rows.get((rule, path)) or self._rows[rule, OTHERS]
            row.count += len(keys) - FIRST_IDS
            row.last = self.checked + len(keys) - 1
