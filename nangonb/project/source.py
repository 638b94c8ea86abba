"""Where text was written: a cell of a kernel, a cell of a notebook, or a file."""

from __future__ import annotations

from dataclasses import dataclass

from nangonb.project.problems import Place


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
    def body(self) -> str:
        return "".join(self.text.splitlines(keepends=True)[self.offset :])

    def place(self, line: int | None = None, column: int | None = None) -> Place:
        """Line ``line`` of the whole text."""
        if line is None:
            return Place(self.label)
        lines = self.text.splitlines()
        text = lines[line - 1] if 1 <= line <= len(lines) else ""
        return Place(self.label, line, column, text)

    def body_place(self, line: int, column: int | None = None) -> Place:
        """Line ``line`` of the body."""
        return self.place(line + self.offset, column)
