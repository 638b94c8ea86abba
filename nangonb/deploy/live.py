"""What is deployed, before and after: how it is known what became of a deployment that broke off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nangonb.deploy.compiling import Compiled
from nangonb.errors import NangonbError
from nangonb.nango import Client
from nangonb.project import FOLDERS

Live = Mapping[str, Mapping[str, Any]]
"""Key of a script → what ``GET /scripts/config`` says of it: ``version``, ``last_deployed``, ``id`` …"""


def snapshot(client: Client) -> Live | None:
    """What is deployed now, or None where Nango does not say it."""
    try:
        config = client.scripts_config()
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


def changed(before: Live, after: Live, scripts: Sequence[Compiled]) -> list[str]:
    """The keys of those scripts that were deployed in between."""
    keys = [one.script.key for one in scripts]
    return [key for key in keys if key in after and _stamp(before.get(key)) != _stamp(after[key])]


def _stamp(script: Mapping[str, Any] | None) -> tuple[Any, ...] | None:
    return None if script is None else tuple(script.get(name) for name in ("id", "version", "last_deployed"))
