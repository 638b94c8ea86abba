"""A function as it is printed: its head in parts, so that each layout can put it where it belongs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nangonb.translate.code import Line, indented


@dataclass(frozen=True, slots=True)
class Printed:
    """``name`` is Python's, ``shown`` TypeScript's. ``returns`` has its Promise where ``is_async``.

    ``source`` is the line of its ``def``; ``comments`` stand above it, and below
    them the ``documentation``, which was its docstring.
    """

    name: str
    shown: str
    parameters: tuple[str, ...]
    returns: str
    body: Sequence[Line]
    source: int
    comments: Sequence[Line] = field(default_factory=tuple)
    documentation: Sequence[Line] = field(default_factory=tuple)
    is_async: bool = False

    def lines(self, prefix: str = "", name: str = "") -> list[Line]:
        """``async function shown(…): Promise<returns> { … }``; ``prefix``: ``export default`` …"""
        words = [prefix, "async" if self.is_async else "", "function"]
        head = " ".join(filter(None, words)) + f" {name or self.shown}({', '.join(self.parameters)})"
        return [
            *self.comments,
            *self.documentation,
            Line(f"{head}: {self.returns} {{", self.source),
            *indented(self.body),
            Line("}"),
        ]
