"""Find what Nango's server refuses in a deployment, before it is sent. All problems are reported at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from nangonb._deploy.compiling import Compiled
from nangonb._deploy.payload import EVENTS, Package
from nangonb._export import ProjectFiles
from nangonb._project import FOLDERS, Place, Problem
from nangonb._project.nango_yaml import RunsError, interval
from nangonb._project.nango_yaml.runs import server_accepts, suggestion
from nangonb._project.nango_yaml.server import INTEGRATION_ID, LONGEST_DESCRIPTION, LONGEST_SCOPE, SCRIPT_NAME

LARGEST_SCRIPT: Final = 10 * 2**20
LONGEST_GROUP: Final = 64
#: Keys of a flow → what they are called where they are written: in nango.yaml, and in createSync.
_WRITTEN: Final = {
    "runs": ("runs", "frequency"),
    "track_deletes": ("track_deletes", "trackDeletes"),
    "endpoints": ("endpoint", "endpoints"),
    "metadata.description": ("description", "description"),
    "metadata.scopes": ("scopes", "scopes"),
    "version": ("version", "version"),
    "models": ("output", "models"),
    "input": ("input", "input"),
    "event": ("event", "event"),
}


def server_rules(files: ProjectFiles, made: Package) -> list[Problem]:
    """Everything in a package that the server would refuse, at the line where it is written."""
    found: list[Problem] = []
    for one, flow in zip(made.scripts, made.flows, strict=True):
        found += _flow(files, one, flow)
        found += _schemas(files, one, flow, made.schema)
    for one in made.on_event_scripts:
        found += _common(files, one)
        if not made.scripts:
            message = (
                "Nango stores on-event scripts only when a sync or an action is deployed with them; alone, "
                f"`{one.script.name}` would not be deployed."
            )
            found.append(
                _problem("on-events-alone", message, files, one, "", "Deploy a sync or an action, too.")
            )
        event = one.declared.get("event") if files.layout.style == "zero" else one.script.config.event
        if event not in EVENTS:
            message = f"There is no event {event!r}, so that the script would never run."
            found.append(_problem("server-event", message, files, one, "event", f"It is {_or(EVENTS)}."))
    return found


def place_of(files: ProjectFiles, one: Compiled, key: str = "") -> Place:
    """Where ``key`` of a script's configuration is written, as near as is known."""
    in_yaml, in_script = _WRITTEN.get(key, (key, key))
    script = one.script
    if script.style == "yaml" and script.kind != "on-event":
        path = ("integrations", script.integration or "", FOLDERS[script.kind], script.name)
        found = files.project.place((*path, in_yaml) if in_yaml else path, key=not in_yaml)
        return found or script.source.top
    if in_script:
        for number, line in enumerate(script.source.lines, 1):
            if number > script.source.offset and re.search(rf"\b{in_script}s?\s*:", line):
                return script.source.place(number)
    return script.source.top


def _common(files: ProjectFiles, one: Compiled) -> Iterator[Problem]:
    script = one.script
    if SCRIPT_NAME.fullmatch(script.name) is None:
        message = f"The server refuses the script name `{script.name}`."
        hint = "It takes up to 255 letters, digits, `-` and `_`."
        yield Problem("server-name", message, script.source.top, hint, severity="error")
    if INTEGRATION_ID.fullmatch(script.integration or "") is None:
        message = f"The server refuses the integration id `{script.integration}`."
        hint = "It takes letters, digits, blanks and the signs ~ : . @ _ -"
        yield Problem("server-name", message, place_of(files, one), hint, severity="error")
    size = max(len(one.js.encode("utf-8", "replace")), len(one.ts.encode("utf-8", "replace")))
    if size > LARGEST_SCRIPT:
        message = f"The script has {size:,} bytes; Nango runs up to {LARGEST_SCRIPT:,}."
        hint = "Data belongs into the connection's metadata, or is fetched."
        yield Problem("server-size", message, script.source.top, hint)


def _flow(files: ProjectFiles, one: Compiled, flow: Mapping[str, Any]) -> Iterator[Problem]:
    def problem(code: str, message: str, key: str, hint: str) -> Problem:
        return _problem(code, message, files, one, key, hint)

    yield from _common(files, one)
    yield from (problem(*said) for said in _schedule(flow))
    if not isinstance(flow["version"], str):
        message = f"The server takes a version only as text, not as the number {flow['version']}."
        yield problem("server-version", message, "version", f'Write `version: "{flow["version"]}"`.')
    if flow["track_deletes"] and flow.get("sync_type") == "incremental":
        message = "The server refuses to track deletes of an incremental sync."
        hint = "Make it a full sync, or delete the records in the script."
        yield problem("server-track-deletes", message, "track_deletes", hint)
    description = flow["metadata"].get("description") or ""
    if len(description) > LONGEST_DESCRIPTION:
        message = (
            f"The description has {len(description):,} characters; the server takes {LONGEST_DESCRIPTION:,}."
        )
        yield problem("server-description", message, "metadata.description", "Shorten it.")
    if any(len(str(scope)) > LONGEST_SCOPE for scope in flow["metadata"]["scopes"]):
        message = f"A scope has more than the {LONGEST_SCOPE} characters that the server takes."
        hint = "Write the scopes as a list, or with commas between."
        yield problem("server-scope", message, "metadata.scopes", hint)
    for endpoint in flow["endpoints"]:
        group = endpoint.get("group") if isinstance(endpoint, Mapping) else None
        if group is not None and not 1 <= len(str(group)) <= LONGEST_GROUP:
            message = f"The group of an endpoint has 1 to {LONGEST_GROUP} characters, not {len(str(group))}."
            yield problem("server-endpoint", message, "endpoints", "Shorten it, or leave it out.")


def _schedule(flow: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    runs = flow["runs"]
    if not runs:
        return
    try:
        known = interval(runs) if isinstance(runs, str) else None
        code = ""
    except RunsError as error:
        known, code = None, error.code
    better = suggestion(runs) if isinstance(runs, str) else ""
    hint = f"Write `{better}`." if better else "Write `every hour`, `every 30 minutes`, `every day` …"
    if code == "sync_interval_too_short":
        yield "server-runs", f"`{runs}` is too often: the shortest is every 30 seconds.", "runs", hint
    elif known is None or not server_accepts(runs):
        yield "server-runs", f"The server refuses `{runs}`.", "runs", hint


def _schemas(
    files: ProjectFiles, one: Compiled, flow: Mapping[str, Any], schema: Mapping[str, Any] | None
) -> Iterator[Problem]:
    defined = (flow.get("models_json_schema") or schema or {}).get("definitions", {})
    for key, names in (("models", flow["models"]), ("input", [flow.get("input")])):
        for name in names:
            if isinstance(name, str) and name not in defined:
                message = f"The model {name} is not defined, and the server refuses what uses it."
                yield _problem("server-model", message, files, one, key, "Declare it under models.")


def _problem(code: str, message: str, files: ProjectFiles, one: Compiled, key: str, hint: str) -> Problem:
    return Problem(code, message, place_of(files, one, key), hint, severity="error")


def _or(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
