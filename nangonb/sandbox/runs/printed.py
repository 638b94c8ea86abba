"""What goes into a dry run, and what Nango's CLI would print of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from nangonb.sandbox.failures import ScriptFailed

__all__ = ["CompileFailed", "Given", "NoEnvironment", "Printed"]

_ERRORS: Final = ("warn", "error")


class CompileFailed(Exception):
    """The source does not compile. The text is what the CLI would print."""


class NoEnvironment(Exception):
    """There is nothing here to compile and run TypeScript with."""


@dataclass(frozen=True)
class Given:
    """What a dry run is given. ``input`` is an action's."""

    input: Any = None
    metadata: Mapping[str, Any] | None = None
    checkpoint: Mapping[str, Any] | None = None
    last_sync_date: datetime | None = None


@dataclass
class Printed:
    """What the CLI prints: ``lines`` on standard output, ``errors`` on standard error, and the ``messages``
    about records. ``output`` is what an action gave."""

    lines: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    messages: list[Any] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: {"updated": 0, "added": 0, "deleted": 0})
    output: Any = None

    def log(self, level: str, message: str) -> None:
        """A line of the script's log."""
        (self.errors if level in _ERRORS else self.lines).append(message)

    def records(self) -> list[str]:
        """What it says of a sync at the end."""
        lines = ["The dry run would produce the following results: " + _pretty(self.counts)]
        if self.messages:
            lines.append("The following log messages were generated:")
        return [*lines, *map(_pretty, self.messages)]

    def failure(self, failed: ScriptFailed) -> str:
        """All of it, where the script failed."""
        payload = failed.payload
        trace = None
        if failed.code == "script_internal_error" and isinstance(payload, Mapping):
            trace = payload.get("stacktrace")
            payload = {name: value for name, value in payload.items() if name != "stacktrace"}
        status = 500 if failed.upstream is None else failed.upstream["status"]
        report = {
            "type": failed.code,
            "payload": payload,
            **({"stacktrace": trace} if trace else {}),
            "status": status,
        }
        errors = [*self.errors, "An error occurred during execution", _pretty(report)]
        return "\n".join([*self.lines, *errors])


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
