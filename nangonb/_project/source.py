"""Where text was written: a cell of a kernel, a cell of a notebook, or a file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nangonb._project.problems import Place

# str.splitlines would also end a line at a form feed or a U+2028 inside a text
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Source:
    """A piece of text and the name people know it by.

    ``text`` is all of it, with its ``%%`` line, so that line numbers are those the editor shows.
    ``body`` of a cell starts ``offset`` lines below. ``id`` is the front end's cell id or the
    file's path, or None where neither is known.
    """

    label: str
    text: str
    offset: int = 0
    id: str | None = None

    @property
    def is_file(self) -> bool:
        """Whether it is a file of a folder, and no cell: hints name files then, not magics."""
        return self.offset == 0 and self.id is not None

    @property
    def body(self) -> str:
        return "".join(_LINE.findall(self.text)[self.offset :])

    @property
    def lines(self) -> list[str]:
        """The lines of the whole text as Python and editors count them, without their ends."""
        return [line.rstrip("\r\n") for line in _LINE.findall(self.text)]

    def place(self, line: int | None = None, column: int | None = None) -> Place:
        """Line ``line`` of the whole text."""
        if line is None:
            return Place(self.label)
        lines = self.lines
        text = lines[line - 1] if 1 <= line <= len(lines) else ""
        return Place(self.label, line, column, text)

    @property
    def top(self) -> Place:
        """The ``%%`` line of a cell, the first line of a file."""
        return self.place(max(self.offset, 1))

    def body_place(self, line: int, column: int | None = None) -> Place:
        """Line ``line`` of the body."""
        return self.place(line + self.offset, column)
