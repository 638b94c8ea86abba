"""A whole sandbox: its parts, the demo in them, and what a state file brings back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlsplit

from nangonb.sandbox.backend import Backend
from nangonb.sandbox.deploys.deploys import Deploys
from nangonb.sandbox.deploys.jobs import Functions
from nangonb.sandbox.facts import published
from nangonb.sandbox.loading import demo_names, load_providers
from nangonb.sandbox.planting import DemoRuns, Planting
from nangonb.sandbox.provider import Provider
from nangonb.sandbox.proxy.proxy import Proxy
from nangonb.sandbox.runs.runner import SECONDS, ScriptRunner
from nangonb.sandbox.store.environment import Environment
from nangonb.sandbox.store.scheduler import Scheduler
from nangonb.sandbox.store.state_file import StateFile

__all__ = ["Sandbox", "sandbox"]

_VARIABLES: Final = {"DEMO_REGION": "eu-central", "DEMO_API_KEY": "fake-demo-value"}


@dataclass(frozen=True)
class Sandbox:
    """What the application serves. ``state_file`` is None where nothing outlives the process."""

    backend: Backend
    deploys: Deploys
    functions: Functions
    runner: ScriptRunner
    state_file: StateFile | None

    def close(self) -> None:
        """End the scripts that run, and let go of what is kept."""
        self.functions.close()
        self.runner.close()
        if self.state_file is not None:
            self.state_file.close()


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
    environment = Environment(variables=_VARIABLES, facts=facts)
    demo = DemoRuns(environment, providers)
    scheduler = Scheduler(environment, lambda run: runner.sync(run))
    proxy = Proxy(environment, demo.apis, urlsplit(base).netloc)
    backend = Backend(environment, scheduler, proxy, base)
    runner = ScriptRunner(backend, demo, seconds=seconds)
    planting = Planting(environment, scheduler, providers)
    state_file = None if folder is None else StateFile(folder)
    names = {provider.name for provider in providers}
    if state_file is None:
        planting.plant(names)
        planting.plant_records()
    else:
        _remember(state_file, backend, planting, names)
    deploys = Deploys(environment, scheduler)
    functions = Functions(backend, deploys, runner, seconds=seconds)
    return Sandbox(backend, deploys, functions, runner, state_file)


def _remember(file: StateFile, backend: Backend, planting: Planting, names: set[str]) -> None:
    """Take up what was kept, plant the providers that were not there then, and keep from now on."""
    environment, scheduler = backend.environment, backend.scheduler
    with file.together():
        planted: set[str] = set()
        if not file.is_new:
            # a file in which no providers are named has those of the demo
            planted = {name for (name,), _ in file.things("provider")} or names & set(demo_names())
            environment.load(_bodies(file, "integration"), _bodies(file, "connection"), planting.declared)
            scheduler.scripts.load(
                ((key[-1], body) for key, body in file.things("script")), _bodies(file, "on-event")
            )
            scheduler.load([(cast(Any, key), body) for key, body in file.things("sync")])
        environment.keep = scheduler.keep = scheduler.scripts.keep = file.keep
        planting.plant(names - planted)
        for name in sorted(names - planted):
            file.keep("provider", (name,), {})
    planting.plant_records()
    scheduler.records.attach(file)


def _bodies(file: StateFile, kind: str) -> list[dict[str, Any]]:
    return [body for _, body in file.things(kind)]
