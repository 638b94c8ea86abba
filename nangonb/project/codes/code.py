"""What one code of a Problem says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of Problem. ``name`` never changes and is never used for something else.

    ``severity`` is that of its Problems; ``also`` are the others that a call site may give instead.
    """

    name: str
    severity: Severity
    also: tuple[Severity, ...] = ()
