"""Deployed scripts: syncs, actions and on-event scripts."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from nangonb.sandbox.store.environment import Keep, keep_nothing

__all__ = [
    "ActionScript",
    "Code",
    "DeployedScripts",
    "OnEventScript",
    "SyncScript",
    "script_id",
]


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
    """A deployed sync.

    ``models`` are their names, ``json_schema`` describes them; ``runs`` is an interval (``every hour``).
    ``origin`` names a script of the demo, which has no ``code``.
    """

    integration: str
    name: str
    models: tuple[str, ...]
    runs: str
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
    """A deployed action. ``origin`` names a script of the demo, which has no ``code``."""

    integration: str
    name: str
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


class DeployedScripts:
    """Syncs and actions by integration and name, on-event scripts by integration, event and name.

    ``keep`` is told of each that comes, changes or goes.
    """

    def __init__(self) -> None:
        self.keep: Keep = keep_nothing
        self._syncs: dict[tuple[str, str], SyncScript] = {}
        self._actions: dict[tuple[str, str], ActionScript] = {}
        self._events: dict[tuple[str, str, str], OnEventScript] = {}

    def of(self, integration: str) -> tuple[list[SyncScript], list[ActionScript]]:
        """The scripts of an integration, in the order in which they were deployed."""
        return (
            [script for (key, _), script in self._syncs.items() if key == integration],
            [script for (key, _), script in self._actions.items() if key == integration],
        )

    def every(self) -> list[SyncScript | ActionScript]:
        """All syncs, then all actions."""
        return [*self._syncs.values(), *self._actions.values()]

    def sync(self, integration: str, name: str) -> SyncScript | None:
        """The sync of this name."""
        return self._syncs.get((integration, name))

    def action(self, integration: str, name: str) -> ActionScript | None:
        """The action of this name."""
        return self._actions.get((integration, name))

    def on_events(self, integration: str | None = None) -> list[OnEventScript]:
        """The on-event scripts of an integration, or of all."""
        return [one for one in self._events.values() if integration in (None, one.integration)]

    def put(self, script: SyncScript | ActionScript) -> None:
        """Add a script, or replace the one of its kind and name."""
        key = (script.integration, script.name)
        if isinstance(script, ActionScript):
            self._actions[key] = script
        else:
            self._syncs[key] = script
        self.keep("script", (*key, _kind(script)), _kept(script))

    def drop(self, script: SyncScript | ActionScript) -> None:
        """Forget a script."""
        key = (script.integration, script.name)
        if isinstance(script, ActionScript):
            del self._actions[key]
        else:
            del self._syncs[key]
        self.keep("script", (*key, _kind(script)), None)

    def put_on_events(self, scripts: Iterable[OnEventScript], *, instead_of: Iterable[OnEventScript]) -> None:
        """Add or replace on-event scripts, and forget others."""
        for one in instead_of:
            self._events.pop((one.integration, one.event, one.name), None)
            self.keep("on-event", (one.integration, one.event, one.name), None)
        for one in scripts:
            self._events[one.integration, one.event, one.name] = one
            self.keep("on-event", (one.integration, one.event, one.name), asdict(one))

    def load(
        self, scripts: Iterable[tuple[str, Mapping[str, Any]]], events: Iterable[Mapping[str, Any]]
    ) -> None:
        """Take up what was kept: kinds and scripts, and on-event scripts."""
        for kind, kept in scripts:
            self.put(ActionScript(**_read(kept)) if kind == "action" else SyncScript(**_read(kept)))
        self.put_on_events([OnEventScript(**_read(kept)) for kept in events], instead_of=())

    def withdraw(self, integration: str) -> None:
        """Forget the scripts of an integration."""
        for scripts in self.of(integration):
            for script in scripts:
                self.drop(script)
        self.put_on_events((), instead_of=self.on_events(integration))

    def moved(self, old: str, new: str) -> None:
        """An integration has a new key: its scripts go with it."""
        for scripts in self.of(old):
            for script in scripts:
                self.drop(script)
                self.put(replace(script, integration=new))
        events = self.on_events(old)
        self.put_on_events([replace(one, integration=new) for one in events], instead_of=events)


def _kind(script: SyncScript | ActionScript) -> Literal["sync", "action"]:
    return "action" if isinstance(script, ActionScript) else "sync"


def _kept(script: SyncScript | ActionScript) -> dict[str, Any]:
    """What is kept of a script across restarts, as JSON."""
    kept = {name: getattr(script, name) for name in script.__dataclass_fields__ if name != "code"}
    return {**kept, "code": None if script.code is None else asdict(script.code)}


def _read(kept: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the script that was kept."""
    read = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    if kept["code"] is not None:
        lists = {name: tuple(kept["code"].get(name, ())) for name in ("webhooks", "features")}
        read["code"] = Code(**{**kept["code"], **lists})
    return read
