"""What TypeScript scripts declare themselves, asked of Node.js only where there are such scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nangonb.project import Declaration, Problem, Source


def evaluate(
    files: Mapping[str, Source], entries: Sequence[str], *, trusted: bool = True
) -> Mapping[str, Declaration | Problem]:
    """See :data:`nangonb.project.Evaluate`. What is not literal is known only by running the code: it is run
    where it is ``trusted`` (cells of a kernel, what is to be run anyway), or where the system isolates it."""
    from nangonb.node import evaluate

    return evaluate(files, entries, trusted=trusted)


def evaluate_foreign(
    files: Mapping[str, Source], entries: Sequence[str]
) -> Mapping[str, Declaration | Problem]:
    """The same for code that nobody said to trust."""
    return evaluate(files, entries, trusted=False)
