"""What is sent: the bodies of ``/sync/deploy/confirmation`` and ``/sync/deploy``, as Nango's CLIs make them.

In the style ``yaml`` the configuration of a script comes from the exported nango.yaml, in the style ``zero``
from the script itself, loaded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from nangonb._deploy.compiling import Compiled
from nangonb._export import ProjectFiles
from nangonb._export.yaml_parts import of_project
from nangonb._project import FOLDERS, Layout, Source, nango_yaml
from nangonb._project.zero import model_name

Json = Any
Mode = Literal["single", "all"]
"""``all`` is what the CLI does by default: the server deletes whatever it does not name. ``single`` leaves
other scripts alone, and is what we send."""

EVENTS: Final = ("post-connection-creation", "pre-connection-deletion", "validate-connection")
_CHECKPOINTS: Final = re.compile(r"\.\s*(get|save|clear)Checkpoint\s*\(")


@dataclass(frozen=True)
class Package:
    """``flows`` and ``on_events`` as they are sent; ``scripts`` are those of ``flows``, in their order."""

    layout: Layout
    scripts: Sequence[Compiled]
    flows: Sequence[dict[str, Json]]
    on_events: Sequence[dict[str, Json]]
    on_event_scripts: Sequence[Compiled]
    schema: Mapping[str, Json] | None
    yaml: str

    def confirmation(self, mode: Mode = "single") -> dict[str, Json]:
        """The body of ``POST /sync/deploy/confirmation``."""
        return self._body(mode, reconcile=False)

    def deployment(self, mode: Mode = "single") -> dict[str, Json]:
        """The body of ``POST /sync/deploy``."""
        return self._body(mode, reconcile=True)

    def _body(self, mode: Mode, *, reconcile: bool) -> dict[str, Json]:
        zero = self.layout.style == "zero"
        body: dict[str, Json] = {"flowConfigs": list(self.flows)}
        # an empty list would make the server remove those that there are
        if self.on_events or mode == "all":
            body["onEventScriptsByProvider"] = list(self.on_events)
        if zero:
            body["deployMode"] = mode
        else:
            body["jsonSchema"] = self.schema
        body.update(reconcile=reconcile, debug=False)
        if reconcile:
            body["nangoYamlBody"] = self.yaml
        if not zero:
            body["singleDeployMode"] = mode == "single"
        body["sdkVersion"] = f"{self.layout.cli}-{self.layout.style}"
        if zero and reconcile:
            body["source"] = "repo"
        return body


def package(files: ProjectFiles, compiled: Sequence[Compiled]) -> Package:
    """What is sent of compiled scripts."""
    zero = files.layout.style == "zero"
    scripts, flows = _ordered((_by_itself if zero else _by_yaml)(files, compiled))
    events = [one for one in compiled if one.script.kind == "on-event"]
    return Package(
        files.layout,
        scripts,
        flows,
        _on_events(events, zero=zero),
        events,
        None if zero else json.loads(files.texts[".nango/schema.json"]),
        "" if zero else of_project(files.project),
    )


_Flow = tuple[Compiled, dict[str, Json]]


def _ordered(flows: Iterable[_Flow]) -> tuple[list[Compiled], list[dict[str, Json]]]:
    found = list(flows)
    return [compiled for compiled, _ in found], [flow for _, flow in found]


def _by_yaml(files: ProjectFiles, compiled: Sequence[Compiled]) -> Iterable[_Flow]:
    """In the order of nango.yaml: of each integration the syncs, then the actions."""
    text = of_project(files.project)
    checked = nango_yaml.check(nango_yaml.read(text, Source("nango.yaml", text)).data)
    known = {one.script.key: one for one in compiled}
    for integration in nango_yaml.nango_json(checked):
        home = integration["providerConfigKey"]
        for sync in integration["syncs"]:
            if one := known.get(f"{home}/{FOLDERS['sync']}/{sync['name']}"):
                yield one, _sync(one, sync)
        for action in integration["actions"]:
            if one := known.get(f"{home}/{FOLDERS['action']}/{action['name']}"):
                yield one, _action(one, action)


def _by_itself(_: ProjectFiles, compiled: Sequence[Compiled]) -> Iterable[_Flow]:
    """In the order of index.ts: of each integration the syncs, then the actions."""
    homes = dict.fromkeys(one.script.integration for one in compiled)
    for home in homes:
        for one in compiled:
            if one.script.integration == home and one.script.kind == "sync":
                yield one, {**_sync(one, _zero_sync(one)), **_zero_schemas(one)}
        for one in compiled:
            if one.script.integration == home and one.script.kind == "action":
                yield one, {**_action(one, _zero_action(one)), **_zero_schemas(one)}


def _sync(one: Compiled, said: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "syncName": one.script.name,
        "providerConfigKey": one.script.integration,
        "models": said["output"] or [],
        "version": said["version"],
        "runs": said.get("runs"),
        "track_deletes": said["track_deletes"],
        "auto_start": said["auto_start"],
        "attributes": {},
        "metadata": _metadata(said),
        **({"input": said["input"]} if said["input"] else {}),
        "sync_type": said["sync_type"],
        "type": "sync",
        "fileBody": {"js": one.js, "ts": one.ts},
        "endpoints": said["endpoints"],
        "webhookSubscriptions": said["webhookSubscriptions"],
    }


def _action(one: Compiled, said: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "syncName": one.script.name,
        "providerConfigKey": one.script.integration,
        "models": said["output"] or [],
        "version": said["version"],
        "runs": None,
        "metadata": _metadata(said),
        **({"input": said["input"]} if said["input"] else {}),
        "type": "action",
        "fileBody": {"js": one.js, "ts": one.ts},
        "endpoints": [said["endpoint"]] if said["endpoint"] else [],
        "track_deletes": False,
    }


def _metadata(said: Mapping[str, Json]) -> dict[str, Json]:
    described = {"description": said["description"]} if said.get("description") else {}
    return {**described, "scopes": said["scopes"]}


def _zero_sync(one: Compiled) -> dict[str, Json]:
    said = one.declared
    return {
        **_zero_common(said),
        "output": list(said["models"]),
        "input": _named(one, "SyncMetadata") if said.get("metadata") is not None else None,
        "runs": said.get("frequency"),
        "track_deletes": said.get("trackDeletes") is True,
        "auto_start": said.get("autoStart") is True,
        "sync_type": said.get("syncType") or "full",
        "endpoints": said.get("endpoints") or [],
        "webhookSubscriptions": said.get("webhookSubscriptions") or [],
    }


def _zero_action(one: Compiled) -> dict[str, Json]:
    said = one.declared
    return {
        **_zero_common(said),
        "output": [_named(one, "ActionOutput")],
        "input": _named(one, "ActionInput"),
        "endpoint": said.get("endpoint"),
    }


def _zero_common(said: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "description": said.get("description"),
        "version": said.get("version") or "",
        "scopes": said.get("scopes") or [],
    }


def _zero_schemas(one: Compiled) -> dict[str, Json]:
    said = one.declared
    if one.script.kind == "action":
        models = {_named(one, "ActionInput"): said["input"], _named(one, "ActionOutput"): said["output"]}
    else:
        models = dict(said["models"])
        if said.get("metadata") is not None:
            models[_named(one, "SyncMetadata")] = said["metadata"]
    # as the CLI looks for it: in the script's own file
    features = ["checkpoints"] if _CHECKPOINTS.search(one.ts) else []
    return {"models_json_schema": {"definitions": models}, "features": features}


def _named(one: Compiled, what: str) -> str:
    return model_name(what, one.script.integration, one.script.name)


def _on_events(compiled: Sequence[Compiled], *, zero: bool) -> list[dict[str, Json]]:
    found: dict[str | None, list[dict[str, Json]]] = {}
    for event in EVENTS:
        for one in compiled:
            if (one.declared.get("event") if zero else one.script.config.event) == event:
                script = {"name": one.script.name, "fileBody": {"js": one.js, "ts": one.ts}, "event": event}
                found.setdefault(one.script.integration, []).append(script)
    homes = dict.fromkeys(one.script.integration for one in compiled)
    return [{"providerConfigKey": home, "scripts": found[home]} for home in homes if home in found]
