"""Problems of the records in a buffer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from nangonb._project.problems import Place, Problem
from nangonb._records.frames import ColumnNote
from nangonb._records.jsonvalue import SAFE
from nangonb._records.stored import Segment
from nangonb._text import plural

_FIRST = 5
ROUNDED: Final = (
    "Nango rounds such a number when it reads the response of the provider: str(value) is too late. "
    "Use a field of type string, if the provider has one."
)
_LONG = re.compile(r"\d{16,20}")


def duplicate_notes(model: str, segments: Sequence[Segment]) -> Iterator[Problem]:
    ignored = [key for segment in segments for key in segment.ignored]
    if not ignored:
        return
    first = ", ".join(list(dict.fromkeys(ignored))[:_FIRST])
    hint = "Build the id from fields that are unique together, or drop the repeated records before saving."
    if any(int(number) > SAFE for key in ignored[:_FIRST] for number in _LONG.findall(key)):
        hint = (
            "Numbers beyond 2^53 lose their last digits in JavaScript, so that different ids become equal. "
            + hint
        )
    yield Problem(
        "duplicate-id",
        f"{plural(len(ignored), 'record')} of {model} {'repeats' if len(ignored) == 1 else 'repeat'} an id "
        "within 1,000 records of one call "
        f"(first: {first}): Nango keeps the first record of an id, `nango dryrun` the last.",
        hint=hint,
    )


def integer_notes(model: str, segments: Sequence[Segment]) -> Iterator[Problem]:
    counts: dict[str, int] = {}
    for segment in segments:
        for name, count in segment.unsafe.items():
            counts[name] = counts.get(name, 0) + count
    if counts:
        yield unsafe_integers(model, counts, "Nango will round this. nangonb keeps every digit.")


def unsafe_integers(
    of: str, counts: Mapping[str, int], effect: str, *, place: Place | None = None, hint: str = ROUNDED
) -> Problem:
    """Return the Problem of integers that JavaScript cannot represent: ``counts`` by field or path."""
    total = sum(counts.values())
    names = ", ".join(list(counts)[:_FIRST]) + (", …" if len(counts) > _FIRST else "")
    where = f" (in {names})" if names else ""
    message = (
        f"{plural(total, 'integer')} of {of} {'is' if total == 1 else 'are'} beyond 2^53{where}: {effect}"
    )
    return Problem("unsafe-integer", message, place, hint)


def column_notes(model: str, notes: Iterable[ColumnNote]) -> Iterator[Problem]:
    for note in notes:
        yield Problem(note.code, f"Column {note.column!r} of {model}: {note.reason}.")
