"""A whole sandbox: the demo, what was deployed since, and what is kept of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlsplit

from nangonb.sandbox.deploys import Deploys
from nangonb.sandbox.facts import published
from nangonb.sandbox.functions import Functions
from nangonb.sandbox.kept import Kept
from nangonb.sandbox.loading import demo_names, load_providers
from nangonb.sandbox.planting import Planting
from nangonb.sandbox.provider import Provider
from nangonb.sandbox.proxy import Proxy
from nangonb.sandbox.registry import code_of
from nangonb.sandbox.runner import SECONDS, NodeRunner
from nangonb.sandbox.scripts import ActionScript, OnEventScript, ScriptFailed, SyncScript
from nangonb.sandbox.state import State
from nangonb.sandbox.syncs import Syncs
from nangonb.sandbox.world import World

__all__ = ["Sandbox", "sandbox"]

_VARIABLES: Final = {"DEMO_REGION": "eu-central", "DEMO_API_KEY": "fake-demo-value"}


@dataclass(frozen=True)
class Sandbox:
    """What the application serves. ``kept`` is None where nothing outlives the process."""

    world: World
    deploys: Deploys
    functions: Functions
    runner: NodeRunner
    kept: Kept | None

    def close(self) -> None:
        """End the scripts that run, and let go of what is kept."""
        self.functions.close()
        self.runner.close()
        if self.kept is not None:
            self.kept.close()


def sandbox(
    providers: Sequence[Provider] | None = None,
    *,
    folder: Path | None = None,
    base: str = "",
    seconds: float = SECONDS,
) -> Sandbox:
    """A sandbox with these providers, by default those of the demo; what it remembers is in ``folder``.

    ``base`` is its address, ``seconds`` are how long a script may run. Raises: StateError.
    """
    providers = load_providers() if providers is None else providers
    facts = {**published(), **{provider.name: provider.facts for provider in providers}}
    state = State(variables=_VARIABLES, facts=facts)
    syncs = Syncs(state)
    planting = Planting(state, syncs, providers)
    world = World(state, syncs, Proxy(state, planting.apis, urlsplit(base).netloc), base)
    runner = NodeRunner(world, seconds=seconds)
    kept = None if folder is None else Kept(folder)
    names = {provider.name for provider in providers}
    if kept is None:
        planting.plant(names)
        planting.plant_records()
    else:
        _remember(kept, world, runner, planting, names)
    deploys = Deploys(world.state, world.syncs, runner)
    return Sandbox(world, deploys, Functions(world, deploys, runner, seconds=seconds), runner, kept)


def _remember(kept: Kept, world: World, runner: NodeRunner, planting: Planting, names: set[str]) -> None:
    """Take up what was kept, plant the providers that were not there then, and keep from now on."""
    state, syncs = world.state, world.syncs
    with kept.together():
        if kept.is_new:
            planted: set[str] = set()
        else:
            # what was kept before providers were named has those of the demo
            planted = {name for (name,), _ in kept.things("provider")} or names & set(demo_names())
            state.load(_bodies(kept, "integration"), _bodies(kept, "connection"), planting.declared)
            _load_scripts(kept, syncs, runner, planting)
            syncs.load([(cast(Any, key), body) for key, body in kept.things("sync")])
        state.keep = syncs.keep = kept.keep
        planting.plant(names - planted)
        for name in sorted(names - planted):
            kept.keep("provider", (name,), {})
    planting.plant_records()
    syncs.store.attach(kept)


def _load_scripts(kept: Kept, syncs: Syncs, runner: NodeRunner, planting: Planting) -> None:
    made = planting.scripts()
    for (*_, kind), body in kept.things("script"):
        own = {**body, **{name: tuple(body[name]) for name in ("scopes", "endpoints")}}
        if body["code"] is not None:
            own["code"] = code_of(body["code"])
        if kind == "action":
            demo_action = made.get((ActionScript, body["origin"]))
            action = ActionScript(**own, run=cast(Any, demo_action.run if demo_action else _gone))
            syncs.put_script(
                action if action.code is None else replace(action, run=runner.runs_action(action))
            )
        else:
            own["models"] = tuple(body["models"])
            demo_sync = made.get((SyncScript, body["origin"]))
            sync = SyncScript(**own, run=cast(Any, demo_sync.run if demo_sync else _gone))
            if sync.code is not None:
                sync = replace(sync, run=runner.runs_sync(sync))
            syncs.put_script(sync)
    events = [OnEventScript(**{**body, "code": code_of(body["code"])}) for body in _bodies(kept, "on-event")]
    syncs.put_on_events(events, instead_of=())


async def _gone(*_: Any) -> None:
    """The run of a script whose provider the sandbox does not have now."""
    message = "The provider of this script is not there. Start the sandbox with its --provider."
    raise ScriptFailed("script_internal_error", message)


def _bodies(kept: Kept, kind: str) -> list[dict[str, Any]]:
    return [body for _, body in kept.things(kind)]
