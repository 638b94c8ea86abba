"""Which scripts are deployed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any, Literal

from nangonb.sandbox.scripts import ActionScript, Code, OnEventScript, SyncScript
from nangonb.sandbox.state import Keep, keep_nothing

__all__ = ["Registry"]

Kind = Literal["sync", "action"]


class Registry:
    """Syncs and actions by integration and name, on-event scripts by integration, event and name.

    ``keep`` is told of each that comes, changes or goes.
    """

    def __init__(self) -> None:
        self.keep: Keep = keep_nothing
        self._scripts: dict[tuple[str, str], SyncScript] = {}
        self._actions: dict[tuple[str, str], ActionScript] = {}
        self._events: dict[tuple[str, str, str], OnEventScript] = {}

    def scripts(self, integration: str) -> tuple[list[SyncScript], list[ActionScript]]:
        """The scripts of an integration, in the order in which they were deployed."""
        return (
            [script for (key, _), script in self._scripts.items() if key == integration],
            [script for (key, _), script in self._actions.items() if key == integration],
        )

    def every(self) -> list[SyncScript | ActionScript]:
        """All syncs, then all actions."""
        return [*self._scripts.values(), *self._actions.values()]

    def sync_script(self, integration: str, name: str) -> SyncScript | None:
        """The sync of this name."""
        return self._scripts.get((integration, name))

    def action(self, integration: str, name: str) -> ActionScript | None:
        """The action of this name."""
        return self._actions.get((integration, name))

    def on_events(self, integration: str | None = None) -> list[OnEventScript]:
        """The on-event scripts of an integration, or of all."""
        return [one for one in self._events.values() if integration in (None, one.integration)]

    def put_script(self, script: SyncScript | ActionScript) -> None:
        """Add a script, or replace the one of its kind and name."""
        key = (script.integration, script.name)
        if isinstance(script, ActionScript):
            self._actions[key] = script
        else:
            self._scripts[key] = script
        self.keep("script", (*key, _kind(script)), kept_script(script))

    def drop_script(self, script: SyncScript | ActionScript) -> None:
        """Forget a script."""
        key = (script.integration, script.name)
        if isinstance(script, ActionScript):
            del self._actions[key]
        else:
            del self._scripts[key]
        self.keep("script", (*key, _kind(script)), None)

    def put_on_events(self, scripts: Iterable[OnEventScript], *, instead_of: Iterable[OnEventScript]) -> None:
        """Add or replace on-event scripts, and forget others."""
        for one in instead_of:
            self._events.pop((one.integration, one.event, one.name), None)
            self.keep("on-event", (one.integration, one.event, one.name), None)
        for one in scripts:
            self._events[one.integration, one.event, one.name] = one
            self.keep("on-event", (one.integration, one.event, one.name), asdict(one))

    def withdraw(self, integration: str) -> None:
        """Forget the scripts of an integration."""
        for found in self.scripts(integration):
            for script in found:
                self.drop_script(script)
        self.put_on_events((), instead_of=self.on_events(integration))

    def moved(self, old: str, new: str) -> None:
        """An integration has a new key: its scripts go with it."""
        for found in self.scripts(old):
            for script in found:
                self.drop_script(script)
                self.put_script(replace(script, integration=new))
        events = self.on_events(old)
        self.put_on_events([replace(one, integration=new) for one in events], instead_of=events)


def _kind(script: SyncScript | ActionScript) -> Kind:
    return "action" if isinstance(script, ActionScript) else "sync"


def kept_script(script: SyncScript | ActionScript) -> dict[str, Any]:
    """What is kept of a script across restarts: all but what runs it, as JSON."""
    names = [name for name in script.__dataclass_fields__ if name not in ("run", "code")]
    kept = {name: getattr(script, name) for name in names}
    return {**kept, "code": None if script.code is None else asdict(script.code)}


def code_of(kept: Mapping[str, Any]) -> Code:
    """The code that :func:`kept_script` kept."""
    return Code(**{**kept, **{name: tuple(kept.get(name, ())) for name in ("webhooks", "features")}})
