"""Deployed scripts: syncs, actions and on-event scripts, and how one fails."""

from __future__ import annotations

import re
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from nangonb.sandbox.state import Connection

if TYPE_CHECKING:
    from nangonb.sandbox.syncs import Run

__all__ = ["ActionScript", "Code", "OnEventScript", "ScriptFailed", "SyncScript", "interval_of", "script_id"]

_UNITS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800, "month": 2_629_800}
_NAMES = {
    "s": "second", "sec": "second", "m": "minute", "min": "minute", "h": "hour", "hr": "hour", "d": "day",
    "w": "week",
}  # fmt: skip
_RUNS = re.compile(r"(?:every )?(?:(\d{1,6}) ?)?([a-z]+?)s?", re.IGNORECASE)
_HALVES = {"half day": "12 hours", "half hour": "30 minutes", "quarter hour": "15 minutes"}
_LEAST = 30


class ScriptFailed(Exception):
    """A script failed. ``code`` is Nango's; ``upstream`` is what the provider answered, if that was why."""

    def __init__(
        self, code: str, message: str = "", *, payload: Any = None, upstream: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message or code)
        self.code, self.message, self.payload, self.upstream = code, message, payload, upstream


@dataclass(frozen=True)
class Code:
    """What was deployed: the compiled script, its source, and what the sandbox only keeps.

    ``sdk_version`` is the CLI's (``0.71.10-zero``), or empty. ``standalone``: it came as source, by itself.
    """

    js: str
    ts: str
    sdk_version: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    webhooks: tuple[str, ...] = ()
    standalone: bool = False
    features: tuple[str, ...] = ()


@dataclass(frozen=True)
class SyncScript:
    """A deployed sync. ``run`` saves records through the :class:`Run` that it is given.

    ``models`` are their names, ``json_schema`` describes them; ``runs`` is an interval (``every hour``).
    ``origin`` names a script of the demo, which has no ``code``.
    """

    integration: str
    name: str
    models: tuple[str, ...]
    runs: str
    run: Callable[[Run], Awaitable[None]]
    description: str = ""
    version: str = "1"
    incremental: bool = False
    track_deletes: bool = False
    auto_start: bool = True
    scopes: tuple[str, ...] = ()
    endpoints: tuple[Mapping[str, str], ...] = ()
    json_schema: Mapping[str, Any] | None = None
    last_deployed: str = "2026-02-02T08:00:00.000Z"
    input: str | None = None
    code: Code | None = None
    origin: str = ""


@dataclass(frozen=True)
class ActionScript:
    """A deployed action. ``run`` takes a connection and the input and gives the output."""

    integration: str
    name: str
    run: Callable[[Connection, Any], Awaitable[Any]]
    output: str | None = None
    input: str | None = None
    description: str = ""
    version: str = "1"
    scopes: tuple[str, ...] = ()
    endpoints: tuple[Mapping[str, str], ...] = ()
    json_schema: Mapping[str, Any] | None = None
    last_deployed: str = "2026-02-02T08:00:00.000Z"
    code: Code | None = None
    origin: str = ""

    @property
    def models(self) -> tuple[str, ...]:
        """What it gives, as a sync has it."""
        return (self.output,) if self.output else ()


@dataclass(frozen=True)
class OnEventScript:
    """A script that Nango runs when a connection is made or deleted. The sandbox only keeps it."""

    integration: str
    name: str
    event: str
    code: Code
    last_deployed: str
    version: str = "0.0.1"


def script_id(script: SyncScript | ActionScript | OnEventScript) -> int:
    """The number of a script, the same in every sandbox."""
    kind = "sync" if isinstance(script, SyncScript) else "action"
    if isinstance(script, OnEventScript):
        kind = script.event
    return zlib.crc32(f"{script.integration}/{kind}/{script.name}".encode())


def interval_of(text: str) -> timedelta | None:
    """``every 30 minutes``, ``every day``, ``1h`` as a time of at least 30 seconds, or None."""
    plain = text.strip()
    for words, meant in _HALVES.items():
        plain = plain.replace(words, meant)
    match = _RUNS.fullmatch(plain)
    if match is None or (match[2].lower() == "m" and plain.lower().endswith("ms")):  # milliseconds
        return None
    unit = _UNITS.get(_NAMES.get(match[2].lower(), match[2].lower()))
    seconds = (unit or 0) * int(match[1] or 1)
    return timedelta(seconds=seconds) if seconds >= _LEAST else None
