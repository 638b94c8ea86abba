"""``last_records``: what ``records`` read last."""

from __future__ import annotations

from nangonb._session import SyncedRecords, current
from nangonb._verbs.verb import verb
from nangonb.errors import UsageError


@verb(magic=False)
def last_records() -> SyncedRecords:
    """The latest result of ``nangonb.records``, also where it was stopped or failed. Raises UsageError."""
    latest = current().records.latest
    if latest is None:
        raise UsageError("No synced records were read yet.", hint="%nango_records MODEL")
    return latest
