"""Lines that are too wide, broken as the field's formatter breaks them: at the outermost brackets."""

from __future__ import annotations

_PAIRS = {"(": ")", "[": "]", "{": "}"}


def fit(text: str, depth: int = 0) -> list[str]:
    """``text`` in lines of at most WIDTH columns, as far as it has brackets to break at."""
    return [text]
