"""What one code of a Problem says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of Problem. ``name`` never changes and is never used for something else.

    ``severity`` is that of its Problems; ``also`` are the others that a call site may give instead.
    ``title`` is one sentence, ``text`` the rest of the explanation (Markdown). ``example`` is cells, files
    (``==> PATH <==`` above each) or nango.yaml that yield the code, and ``fix`` how to change them;
    ``untested`` says why the example alone does not. ``covers`` are the codes of the translator that are not
    reported on the line of this one, because this one is more precise.
    """

    name: str
    severity: Severity
    title: str
    text: str
    example: str
    fix: str
    also: tuple[Severity, ...] = ()
    untested: str = ""
    covers: frozenset[str] = frozenset()

    @property
    def code(self) -> str:
        """The example without the indentation of this package."""
        return dedent(self.example).strip("\n")
