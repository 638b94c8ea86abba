"""A whole sandbox: the demo, what was deployed since, and what is kept of both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from nangonb.sandbox.demo import DEFAULT_ROWS, demo
from nangonb.sandbox.deploys import Deploys
from nangonb.sandbox.functions import Functions
from nangonb.sandbox.kept import Kept
from nangonb.sandbox.proxy import Proxy
from nangonb.sandbox.registry import code_of
from nangonb.sandbox.runner import SECONDS, NodeRunner
from nangonb.sandbox.scripts import ActionScript, OnEventScript, SyncScript
from nangonb.sandbox.syncs import Syncs
from nangonb.sandbox.world import World

__all__ = ["Sandbox", "sandbox"]


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
    rows: int = DEFAULT_ROWS, *, folder: Path | None = None, base: str = "", seconds: float = SECONDS
) -> Sandbox:
    """A sandbox with ``rows`` contacts behind ``conn-1``; what it remembers is in ``folder``.

    ``base`` is its address, ``seconds`` are how long a script may run. Raises: StateError.
    """
    fresh = demo(rows)
    world = World(fresh.state, fresh.syncs, Proxy(fresh.state, fresh.upstreams, urlsplit(base).netloc), base)
    runner = NodeRunner(world, seconds=seconds)
    kept = None if folder is None else Kept(folder)
    if kept is not None:
        _remember(kept, world, runner)
    deploys = Deploys(world.state, world.syncs, runner)
    return Sandbox(world, deploys, Functions(world, deploys, runner, seconds=seconds), runner, kept)


def _remember(kept: Kept, world: World, runner: NodeRunner) -> None:
    """Take up what was kept, and keep from now on."""
    state, syncs = world.state, world.syncs
    syncs.store.attach(kept)
    if not kept.is_new:
        state.load(_bodies(kept, "integration"), _bodies(kept, "connection"))
        _load_scripts(kept, syncs, runner)
        syncs.load([(cast(Any, key), body) for key, body in kept.things("sync")])
    state.keep = syncs.keep = kept.keep
    if kept.is_new:
        with kept.together():
            state.keep_all()
            syncs.keep_all()


def _load_scripts(kept: Kept, syncs: Syncs, runner: NodeRunner) -> None:
    made = {(type(script), script.origin): script for script in syncs.every()}
    for script in syncs.every():
        syncs.drop_script(script)
    for (*_, kind), body in kept.things("script"):
        own = {**body, **{name: tuple(body[name]) for name in ("scopes", "endpoints")}}
        if body["code"] is not None:
            own["code"] = code_of(body["code"])
        if kind == "action":
            demo_action = made.get((ActionScript, body["origin"]))
            action = ActionScript(**own, run=cast(Any, demo_action.run if demo_action else None))
            syncs.put_script(
                action if action.code is None else replace(action, run=runner.runs_action(action))
            )
        else:
            own["models"] = tuple(body["models"])
            demo_sync = made.get((SyncScript, body["origin"]))
            sync = SyncScript(**own, run=cast(Any, demo_sync.run if demo_sync else None))
            if sync.code is not None:
                sync = replace(sync, run=runner.runs_sync(sync))
            syncs.put_script(sync)
    events = [OnEventScript(**{**body, "code": code_of(body["code"])}) for body in _bodies(kept, "on-event")]
    syncs.put_on_events(events, instead_of=())


def _bodies(kept: Kept, kind: str) -> list[dict[str, Any]]:
    return [body for _, body in kept.things(kind)]
