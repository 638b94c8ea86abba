"""``explain``: what a problem code means."""

from __future__ import annotations

from typing import Annotated

from nangonb._project.options import Option
from nangonb._render import Explained
from nangonb._render import explain as explained
from nangonb._verbs.verb import verb


@verb(command=True)
def explain(
    code: Annotated[str, Option("CODE", "a code that a problem shows: key-order", completes="code")],
) -> Explained:
    """Explain a problem code: what it means, an example, and how to fix it.

    Raises UnknownName.
    """
    return explained(code)
