"""What a run is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The script, its connection, and the models it may save to.

    ``models`` is empty where nothing declares what the script saves. ``reads`` are the paths of POST requests
    that the script declares as reading only. ``attributes`` are those of the deployed sync.
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
    empty_cache: bool = False
    attributes: Mapping[str, Any] = field(default_factory=dict)
