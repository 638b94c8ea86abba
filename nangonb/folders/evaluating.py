"""What TypeScript scripts declare themselves, asked of Node.js only where there are such scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nangonb.project import Declaration, Problem, Source


def evaluate(files: Mapping[str, Source], entries: Sequence[str]) -> Mapping[str, Declaration | Problem]:
    """See :data:`nangonb.project.Evaluate`."""
    from nangonb.node import evaluate

    return evaluate(files, entries)
