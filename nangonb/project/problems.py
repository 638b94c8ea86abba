"""A Problem says what is wrong, where, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere in a cell or a file. Lines and columns count from 1, as editors show them.

    ``source`` is the label that people read: ``Cell In[3]``, ``quickstart.ipynb cell 4``, ``nango.yaml``.
    ``text`` is that line as it stands there.
    """

    source: str
    line: int | None = None
    column: int | None = None
    text: str = ""

    def __str__(self) -> str:
        if self.line is None:
            return self.source
        column = "" if self.column is None else f", column {self.column}"
        return f"{self.source}, line {self.line}{column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. ``code`` is stable and has a paragraph in docs/problems.md.

    An ``error`` keeps the script from being run, exported or deployed; a ``warning`` does not;
    a ``note`` is only said. ``related`` are the other places of a contradiction.
    """

    code: str
    severity: Severity
    message: str
    place: Place | None = None
    hint: str = ""
    related: tuple[Place, ...] = ()

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        lines = [f"{where}{self.severity} {self.code}: {self.message}"]
        if self.place and self.place.text.strip():
            lines.append(f"    {self.place.text.rstrip()}")
        lines.extend(f"    see {place}" for place in self.related)
        if self.hint:
            lines.append(f"    {self.hint}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """The public JSON form, as in ``--json`` output."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "hint": self.hint,
            "place": _place_dict(self.place),
            "related": [_place_dict(place) for place in self.related],
        }

    def at(self, place: Place | None) -> Problem:
        """The same problem, somewhere else."""
        return replace(self, place=place)


def _place_dict(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {"source": place.source, "line": place.line, "column": place.column, "text": place.text}
