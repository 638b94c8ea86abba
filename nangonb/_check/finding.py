"""One finding in the body of a script, before it is a Problem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from nangonb._project import TYPESCRIPT, Layout, Problem, Source

#: Layouts that a real CLI compiles.
ALL: Final = frozenset(TYPESCRIPT)
NONE: Final[frozenset[Layout]] = frozenset()


class Located(Protocol):
    """A node of the syntax tree."""

    lineno: int
    col_offset: int


@dataclass(frozen=True, slots=True)
class Finding:
    """``line`` counts from 1 in the body, ``column`` from 0 in its UTF-8, as in ``ast``.

    ``refused_by`` are the layouts whose CLI (or whose TypeScript) refuses it; ``related`` are other lines.
    """

    code: str
    message: str
    line: int
    column: int
    hint: str = ""
    refused_by: frozenset[Layout] = ALL
    related: tuple[int, ...] = ()

    def problem(self, source: Source, layout: Layout) -> Problem:
        """Return the Problem at its place: an error if the CLI of the layout refuses it, else a warning."""
        place = source.body_place(self.line)
        before = place.text.encode("utf-8", "surrogatepass")[: self.column]
        column = len(before.decode("utf-8", "replace")) + 1
        return Problem(
            self.code,
            self.message,
            source.body_place(self.line, column),
            self.hint,
            tuple(source.body_place(line) for line in self.related),
            severity="error" if layout in self.refused_by else "warning",
        )


def finding_at(
    code: str,
    message: str,
    at: Located,
    hint: str = "",
    refused_by: frozenset[Layout] = ALL,
    related: tuple[int, ...] = (),
) -> Finding:
    """Return a finding at a node."""
    return Finding(code, message, at.lineno, at.col_offset, hint, refused_by, related)
