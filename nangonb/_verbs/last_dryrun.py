"""``last_dryrun``: the latest dry run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nangonb._session import current
from nangonb._verbs.verb import verb

if TYPE_CHECKING:
    from nangonb._dryrun import Dryrun


@verb(magic=False)
def last_dryrun(name: str | None = None) -> Dryrun:
    """The latest dry run (of a script), failed and interrupted ones included. Raises UsageError."""
    return current().dry_runs.latest(name)
