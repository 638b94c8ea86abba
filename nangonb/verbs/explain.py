"""``explain``: what a problem code means."""

from __future__ import annotations

from typing import Annotated

from nangonb import render
from nangonb.project.options import Option
from nangonb.verbs.verb import verb


@verb(command=True)
def explain(
    code: Annotated[str, Option("CODE", "a code that a problem shows: key-order", completes="code")],
) -> render.Explained:
    """Explain a problem code: what it means, an example, and how to fix it.

    Raises UnknownName.
    """
    return render.explain(code)
