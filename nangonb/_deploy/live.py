"""What is deployed, before and after: how it is known what became of a deployment that broke off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nangonb._deploy.compiling import Compiled
from nangonb._nango import Client
from nangonb._project import FOLDERS
from nangonb.errors import NangonbError

Live = Mapping[str, Mapping[str, Any]]
"""Key of a script → what ``GET /scripts/config`` says of it: ``version``, ``last_deployed``, ``returns`` …"""


def snapshot(client: Client) -> Live | None:
    """What is deployed now, or None where Nango does not say it."""
    try:
        config = client.deploys.scripts()
    except NangonbError:
        return None
    found: dict[str, Mapping[str, Any]] = {}
    for integration in config:
        home = integration.get("providerConfigKey")
        for folder in FOLDERS.values():
            listed = integration.get(folder)
            for script in listed if isinstance(listed, list) else []:
                if isinstance(script, Mapping):
                    found[f"{home}/{folder}/{script.get('name')}"] = script
    return found


def models_no_longer_saved(live: Live, models: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Key of a sync and each model that it saves now, and that nothing of its integration saves any more once
    it is replaced. ``models`` are those of the syncs that are to be deployed, by key."""
    saves = {key: _models_of(script) for key, script in live.items() if "/syncs/" in key} | {
        key: set(each) for key, each in models.items()
    }
    for key in sorted(models):
        home = key.partition("/")[0]
        kept = {model for other, each in saves.items() if other.partition("/")[0] == home for model in each}
        for model in sorted(_models_of(live.get(key, {})) - kept):
            yield key, model


def _models_of(script: Mapping[str, Any]) -> set[str]:
    returns = script.get("returns")
    found = set()
    for model in returns if isinstance(returns, list) else []:
        name = model.get("name") if isinstance(model, Mapping) else model
        if isinstance(name, str):
            found.add(name)
    return found


def changed(before: Live, after: Live, scripts: Sequence[Compiled]) -> list[str]:
    """The keys of those scripts that were deployed in between."""
    keys = [one.script.key for one in scripts]
    return [key for key in keys if key in after and _stamp(before.get(key)) != _stamp(after[key])]


def _stamp(script: Mapping[str, Any] | None) -> tuple[Any, ...] | None:
    return None if script is None else tuple(script.get(name) for name in ("id", "version", "last_deployed"))
