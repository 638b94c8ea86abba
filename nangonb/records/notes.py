"""What a buffer has to say about its records, as Problems."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from nangonb.project.problems import Place, Problem
from nangonb.records.frames import ColumnNote
from nangonb.records.segments import Segment
from nangonb.text import plural

_FIRST = 5
_SAFE = 2**53
ROUNDED: Final = (
    "Nango rounds such a number when it reads the answer of the provider: str(value) comes too late. "
    "Use a field that is text, where the provider has one."
)
_LONG = re.compile(r"\d{16,20}")


def duplicate_notes(model: str, segments: Sequence[Segment]) -> Iterator[Problem]:
    ignored = [key for segment in segments for key in segment.ignored]
    if not ignored:
        return
    first = ", ".join(list(dict.fromkeys(ignored))[:_FIRST])
    hint = "Build the id from fields that together are unique, or drop the repeated records before saving."
    if any(int(number) >= _SAFE for key in ignored[:_FIRST] for number in _LONG.findall(key)):
        hint = (
            "Numbers beyond 2^53 lose their last digits in JavaScript, so that different ids become one. "
            + hint
        )
    yield Problem(
        "duplicate-id",
        f"{plural(len(ignored), 'record')} of {model} {'repeats' if len(ignored) == 1 else 'repeat'} an id "
        "within 1,000 records of one call "
        f"(first: {first}): Nango keeps the first of them, `nango dryrun` would keep the last.",
        hint=hint,
    )


def integer_notes(model: str, segments: Sequence[Segment]) -> Iterator[Problem]:
    counts: dict[str, int] = {}
    for segment in segments:
        for name, count in segment.unsafe.items():
            counts[name] = counts.get(name, 0) + count
    if counts:
        yield unsafe_integers(model, counts, "Nango will round this. Here they keep every digit.")


def unsafe_integers(
    of: str, counts: Mapping[str, int], said: str, *, place: Place | None = None, hint: str = ROUNDED
) -> Problem:
    """Integers that JavaScript cannot hold, ``counts`` of them by where they are."""
    total = sum(counts.values())
    names = ", ".join(list(counts)[:_FIRST]) + (", …" if len(counts) > _FIRST else "")
    where = f" (in {names})" if names else ""
    message = f"{plural(total, 'integer')} of {of} {'is' if total == 1 else 'are'} beyond 2^53{where}: {said}"
    return Problem("unsafe-integer", message, place, hint)


def column_notes(model: str, notes: Iterable[ColumnNote]) -> Iterator[Problem]:
    for note in notes:
        yield Problem(note.code, f"Column {note.column!r} of {model}: {note.reason}.")
