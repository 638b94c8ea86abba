"""Scripts that declare themselves: what ``createSync`` and the like were given → configuration and models."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nangonb._project.cells import ScriptCell
from nangonb._project.problems import Problem
from nangonb._project.scripts import FOLDERS, Kind, Script, ScriptConfig
from nangonb._project.source import Source

Declaration = Mapping[str, Any]
"""The arguments of ``createSync`` as JSON, models as JSON Schema (draft-07)."""
Evaluate = Callable[[Mapping[str, Source], Sequence[str]], Mapping[str, "Declaration | Problem"]]
"""Files (path → text, TypeScript) and the scripts among them → what each declares, or why that is not known.
It takes Node.js, so that whoever has it passes it in."""


def without_node(files: Mapping[str, Source], entries: Sequence[str]) -> dict[str, Declaration | Problem]:
    """An :data:`Evaluate` for systems without Node.js."""
    hint = "pip install 'nangonb[typescript]'"
    message = "Reading the arguments of createSync requires Node.js."
    return {entry: Problem("needs-node", message, files[entry].top, hint) for entry in entries}


def zero_script(cell: ScriptCell, integration: str | None, path: str, declared: Declaration) -> Script:
    """The script of a cell, configured by itself. Mirrors ``.nango/nango.json`` of the CLI."""
    schemas: dict[str, Mapping[str, Any]] = dict(declared.get("models") or {})
    output, input = tuple(schemas), None
    if cell.kind == "action":
        output = (model_name("ActionOutput", integration, cell.name),)
        schemas[output[0]] = declared.get("output") or {}
        input = model_name("ActionInput", integration, cell.name)
        schemas[input] = declared.get("input") or {}
    if declared.get("metadata") is not None:
        schemas[model_name("SyncMetadata", integration, cell.name)] = declared["metadata"]
    endpoints = _listed(declared.get("endpoints")) or _listed(declared.get("endpoint"))
    config = ScriptConfig(
        output=output,
        input=input,
        description=str(declared.get("description") or "").strip(),
        runs=declared.get("frequency"),
        sync_type="incremental" if declared.get("syncType") == "incremental" else "full",
        track_deletes=declared.get("trackDeletes") is True,
        auto_start=declared.get("autoStart") is True,  # as the CLI takes it, whatever its documentation says
        version=str(declared.get("version") or ""),
        scopes=tuple(map(str, _listed(declared.get("scopes")))),
        endpoints=tuple(f"{each.get('method')} {each.get('path')}" for each in endpoints),
        event=declared.get("event"),
        webhook_subscriptions=tuple(map(str, _listed(declared.get("webhookSubscriptions")))),
    )
    return Script(
        integration,
        cell.kind,
        cell.name,
        "typescript",
        cell.source,
        config,
        "zero",
        schemas,
        path,
        webhook=bool(declared.get("webhook")),
        reads=cell.reads,
    )


def script_path(kind: Kind, integration: str | None, name: str) -> str:
    """Its file in the exported folder, without suffix."""
    return f"{integration or '?'}/{FOLDERS[kind]}/{name}"


def model_name(what: str, integration: str | None, script: str) -> str:
    """The CLI's name for a model without one: ``ActionInput_salesforce_createcontact``."""
    home = re.sub(r"[^A-Za-z0-9]", "_", integration or "")
    return f"{what}_{home}_{re.sub(r'[^A-Za-z0-9]', '', script)}"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []
