"""Nango's refusals, said with the script and the line that they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nangonb._deploy.compiling import Compiled
from nangonb._deploy.payload import Package
from nangonb._deploy.rules import place_of
from nangonb._export import ProjectFiles
from nangonb._nango import ApiResponseError, Client
from nangonb._project import TYPESCRIPT, Problem
from nangonb.errors import ApiError, DeployError, NangonbError, NetworkError, UnknownName

NOTHING = "Nothing was deployed."


def refusal(
    error: NangonbError, files: ProjectFiles, made: Package, client: Client, target: str
) -> DeployError:
    """The error where Nango refused a deployment, or did not answer, and nothing was deployed."""
    if not isinstance(error, ApiError):
        code = error.code if isinstance(error, NetworkError) else ""
        return DeployError(f"{error.message} {NOTHING}", code=code or "", hint=error.hint)
    match error.code:
        case "unknown_provider_config":
            wanted = [one.script.integration for one in (*made.scripts, *made.on_event_scripts)]
            found = unknown_integration(wanted, client, target)
        case "invalid_body":
            found = _invalid_body(error, files, made, target)
        case "invalid_cli_version":
            found = DeployError(
                f"{target} takes deployments of newer versions of Nango's CLI only, and these are like "
                f"those of {made.layout.cli}. {NOTHING}",
                hint="Update nangonb; until then, export and deploy with today's nango.",
            )
        case "concurrent_deployment":
            found = DeployError(
                f"Another deployment to {target} is running. {NOTHING}", hint="Try again once it has ended."
            )
        case "deploy_script_security_rejected":
            found = DeployError(
                f"{error.message} {NOTHING}",
                hint="The server refuses scripts that call something named constructor: x.constructor(…)",
            )
        case _:
            found = None
    found = found or DeployError(f"{error.message} {NOTHING}", hint=error.hint)
    found.code = error.code
    return found


def unknown_integration(wanted: Sequence[str | None], client: Client, target: str) -> DeployError | None:
    """The error where an integration is not there; None also where Nango does not say which there are."""
    try:
        there = [str(each.get("unique_key")) for each in client.integrations.list()]
    except NangonbError:
        return None
    missing = [home for home in dict.fromkeys(wanted) if home is not None and home not in there]
    if not missing:
        return None
    names = ", ".join(map(repr, missing))
    what = f"no integration {names}" if len(missing) == 1 else f"none of the integrations {names}"
    known = UnknownName("integration", missing[0], there, none="There is no integration yet.").hint
    return DeployError(
        f"There is {what} in {target}. {NOTHING}",
        hint=f"{known} An integration is made in Nango's dashboard; then its scripts can be deployed.",
    )


def _invalid_body(error: ApiError, files: ProjectFiles, made: Package, target: str) -> DeployError | None:
    problems: list[Problem] = []
    unknown: dict[str, None] = {}
    for item in _errors(error):
        if item.get("code") == "unrecognized_keys":
            keys = item.get("keys")
            said = ", ".join(map(str, keys)) if isinstance(keys, list) else str(item.get("message"))
            unknown[said] = None
        else:
            problems.append(_problem(item, files, made))
    if unknown:
        other = next(each for each in TYPESCRIPT if each != made.layout)
        return DeployError(
            f"{target} does not accept what nango {made.layout.cli} sends ({'; '.join(unknown)}): its "
            f"version differs. {NOTHING}",
            hint=f"Update Nango there, or try --layout {other}, which is deployed as by another version.",
        )
    if not problems:
        return None
    return DeployError(
        f"{target} refuses the deployment. {NOTHING}",
        problems=list(dict.fromkeys(problems)),
        hint=f"The request is that of nango {made.layout.cli}. If {target} is newer, and the scripts are "
        "right, update nangonb.",
    )


def _errors(error: ApiError) -> list[Mapping[str, Any]]:
    body = error.body if isinstance(error, ApiResponseError) else None
    inner = body.get("error") if isinstance(body, Mapping) else None
    listed = inner.get("errors") if isinstance(inner, Mapping) else None
    return [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []


def _problem(item: Mapping[str, Any], files: ProjectFiles, made: Package) -> Problem:
    path = item.get("path")
    parts = [str(part) for part in path] if isinstance(path, list) else str(path or "").split(".")
    one, rest = _script(parts, made)
    key = ".".join(rest)
    what = f"{key}: " if key else ""
    message = f"{what}{item.get('message') or item.get('code') or 'it is refused'}"
    if one is None:
        return Problem("server-refused", message)
    known = next((name for name in (".".join(rest[:2]), *rest[:1]) if name), "")
    return Problem("server-refused", f"{one.script.key}: {message}", place_of(files, one, known))


def _script(parts: list[str], made: Package) -> tuple[Compiled | None, list[str]]:
    """The script that a path of the body leads to, and what is left of the path."""
    if parts[0] == "flowConfigs" and len(parts) > 1 and parts[1].isdecimal():
        number = int(parts[1])
        return (made.scripts[number] if number < len(made.scripts) else None), parts[2:]
    if parts[0] == "onEventScriptsByProvider" and [part.isdecimal() for part in parts[1:4:2]] == [True, True]:
        home, number = int(parts[1]), int(parts[3])
        try:
            names = made.on_events[home]["providerConfigKey"], made.on_events[home]["scripts"][number]["name"]
        except LookupError:
            return None, parts[4:]
        for one in made.on_event_scripts:
            if (one.script.integration, one.script.name) == names:
                return one, parts[4:]
    return None, parts
