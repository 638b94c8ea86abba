"""A Problem says what is wrong, where, and how to fix it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

from nangonb._project.codes import Severity, code_of

_OF_THE_CODE: Final[Any] = None


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere in a cell or a file. Lines and columns count from 1, as editors show them.

    ``source`` is the label that people read: ``Cell In[3]``, ``quickstart.ipynb cell 4``, ``nango.yaml``.
    ``text`` is the text of that line.
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
    """One finding. ``code`` has an entry in ``nangonb._project.codes``, which gives the severity, too.

    An ``error`` keeps the script from being run, exported or deployed; a ``warning`` does not;
    a ``note`` informs. ``related`` are the other places of a contradiction.
    """

    code: str
    message: str
    place: Place | None = None
    hint: str = ""
    related: tuple[Place, ...] = ()
    severity: Severity = field(default=_OF_THE_CODE, kw_only=True)

    def __post_init__(self) -> None:
        severity = code_of(self.code).severity
        if self.severity is _OF_THE_CODE:
            object.__setattr__(self, "severity", severity)

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


def declared_twice(
    what: str, second: Place, first: Place, thing: str = "cell", *, is_replaced: bool = False
) -> Problem:
    """``first`` and ``second``, two cells or files, declare ``what``. In a kernel, the second replaces the
    first, which is a note."""
    hint = f"Delete or rename one of the two {thing}s."
    if is_replaced:
        message = f"This {thing} replaces {what} of {first.source}."
        return Problem("declared-twice", message, second, hint, severity="note")
    return Problem("declared-twice", f"{what} is declared twice.", second, hint, (first,))


def _place_dict(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {"source": place.source, "line": place.line, "column": place.column, "text": place.text}
