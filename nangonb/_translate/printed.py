"""A printed function, with the parts of its head, which each layout places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nangonb._translate.code import Line, indented


@dataclass(frozen=True, slots=True)
class Printed:
    """``name`` is the Python name, ``shown`` the TypeScript one. ``returns`` has the Promise of ``is_async``.

    ``source`` is the line of its ``def``. Above it are the ``comments``, then the ``documentation``, which
    was its docstring.
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
        """Return ``async function shown(…): Promise<returns> { … }``. ``prefix``: ``export default`` …"""
        words = [prefix, "async" if self.is_async else "", "function"]
        head = " ".join(filter(None, words)) + f" {name or self.shown}({', '.join(self.parameters)})"
        return [
            *self.comments,
            *self.documentation,
            Line(f"{head}: {self.returns} {{", self.source),
            *indented(self.body),
            Line("}"),
        ]
