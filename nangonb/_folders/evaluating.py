"""Evaluate TypeScript scripts that declare themselves. Node.js starts only if there are such scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nangonb._project import Declaration, Problem, Source


def evaluate(
    files: Mapping[str, Source], entries: Sequence[str], *, trusted: bool = True
) -> Mapping[str, Declaration | Problem]:
    """See :data:`nangonb._project.Evaluate`. Declarations that are not literal need the code to run: it runs
    if it is ``trusted`` (cells of a kernel, code that runs anyway), or if the system isolates it."""
    from nangonb._node import evaluate

    return evaluate(files, entries, trusted=trusted)


def evaluate_foreign(
    files: Mapping[str, Source], entries: Sequence[str]
) -> Mapping[str, Declaration | Problem]:
    """Evaluate code that is not trusted."""
    return evaluate(files, entries, trusted=False)
