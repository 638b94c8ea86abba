"""The errors and warnings of Nango's parser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class KeyPath(tuple[str | int, ...]):
    """A path into the data that means the key at its end, not the value behind it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """An error or warning of the parser.

    ``code``, ``message`` and ``path`` are Nango's own (see :meth:`as_dict`); ``at`` is the place in the
    data, at its key if ``key``; ``subject`` is the word that it is about; ``first`` is where a
    duplicate stands first.
    """

    code: str
    message: str
    path: tuple[str, ...]
    at: tuple[str | int, ...]
    subject: str = ""
    key: bool = False
    first: tuple[str | int, ...] | None = None

    @property
    def place(self) -> tuple[str | int, ...]:
        return KeyPath(self.at) if self.key else self.at

    def as_dict(self) -> dict[str, Any]:
        """The shape of Nango's ParserError."""
        return {"code": self.code, "message": self.message, "path": " > ".join(self.path)}
