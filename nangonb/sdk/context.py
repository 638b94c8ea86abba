"""What a run is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The script, its connection, and the models it may save to.

    ``models`` is empty where nothing declares what the script saves. ``reads`` are the paths that the script
    asks with POST and only reads from, as it says itself.
    """

    script: str
    integration: str
    connection_id: str
    provider: str
    is_sync: bool
    models: tuple[str, ...] = ()
    last_sync_date: datetime | None = None
    variant: str = "base"
    environment_name: str = ""
    script_type: Literal["sync", "action", "on-event"] = "action"
    track_deletes: bool = False
    reads: tuple[str, ...] = ()
