"""What the parts of a session share: configuration, front end, secrets, and how lines to type are spelt."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nangonb._masking import Masker
from nangonb._session.config import Config
from nangonb._session.front import Front
from nangonb._session.lines import Lines

if TYPE_CHECKING:
    from nangonb._dryrun import LocateName, Progress


@dataclass
class Context:
    """``front`` is None where a program uses the session."""

    config: Config
    lines: Lines
    front: Front | None = None
    masker: Masker = field(default_factory=Masker)

    @property
    def is_command(self) -> bool:
        return self.lines.door == "command"

    @property
    def locate_name(self) -> LocateName | None:
        """The function of the front end that finds the cell which defines a name."""
        return self.front.locate_name if self.front else None

    @contextlib.contextmanager
    def progress(self, name: str) -> Iterator[Callable[[Progress], None] | None]:
        """A function that shows progress until the block ends, or None."""
        show = None
        try:
            show = self.front.progress(name) if self.front else None
            yield show
        finally:
            if show is not None:
                show(None)
