"""``forget``: withdraw what a deleted cell declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from nangonb._project.options import Option
from nangonb._render import Displayable
from nangonb._session import current
from nangonb._verbs.verb import verb


@dataclass(frozen=True, repr=False)
class Forgotten(Displayable):
    """What was withdrawn."""

    labels: tuple[str, ...]

    def text(self) -> str:
        return f"Forgotten: {', '.join(self.labels)}"


@verb()
def forget(
    name: Annotated[str, Option("NAME", "the script, module or named yaml cell", completes="declared")],
) -> Forgotten:
    """Withdraw what a deleted cell declared.

    Raises UnknownName.
    """
    return Forgotten(current().workspace.forget(name))
