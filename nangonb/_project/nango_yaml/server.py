"""What the CLI accepts and the server, or a file system, then refuses.

The patterns are those of the server's deployment endpoint (packages/server, sync/deploy/validation.ts).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from nangonb._project.nango_yaml import runs
from nangonb._project.nango_yaml.checked import Checked, DeclaredScript, Integration
from nangonb._project.nango_yaml.findings import KeyPath
from nangonb._project.problems import Place, Problem

Path = tuple[str | int, ...]
Locate = Callable[[Path], Place]

SCRIPT_NAME = re.compile("[a-zA-Z0-9_-]{1,255}")
INTEGRATION_ID = re.compile("[a-zA-Z0-9~:.@ _-]+")
LONGEST_DESCRIPTION = 2000
LONGEST_SCOPE = 255


def server_problems(checked: Checked, locate: Locate) -> list[Problem]:
    """Warnings for what would be refused at ``nango deploy`` only."""
    problems: list[Problem] = []
    for integration in checked.integrations:
        problems += _integration(integration, locate)
        for script in integration.scripts:
            problems += _script(script, _raw(checked, script), locate)
        problems += _collisions(integration, locate)
    problems += _integration_collisions(checked, locate)
    return problems


def _integration(integration: Integration, locate: Locate) -> Iterator[Problem]:
    name = integration.name
    place = ("integrations", name)
    if name in (".", ".."):
        message = f"The integration id `{name}` is not a valid folder name."
        yield Problem("server-name", message, locate(KeyPath(place)), "Rename it.")
    elif INTEGRATION_ID.fullmatch(name) is None:
        message = f"The server refuses the integration id `{name}`."
        hint = "Use letters, digits, spaces and ~ : . @ _ -"
        yield Problem("server-name", message, locate(KeyPath(place)), hint)


def _script(script: DeclaredScript, raw: dict[str, object], locate: Locate) -> Iterator[Problem]:
    def warn(code: str, message: str, key: str, hint: str) -> Problem:
        return Problem(code, message, locate((*script.at, key)), hint)

    if SCRIPT_NAME.fullmatch(script.name) is None:
        place = script.at if script.kind == "on-event" else KeyPath(script.at)
        message = f"The server refuses the script name `{script.name}`."
        hint = "Use up to 255 letters, digits, `-` and `_`."
        yield Problem("server-name", message, locate(place), hint)
    if script.runs and not runs.server_accepts(script.runs):
        try:
            better = f"Write `{runs.whole(runs.interval(script.runs).milliseconds)}`."
        except runs.RunsError:
            better = "Write `every hour`, `every 30 minutes`, `every day` …"
        message = f"Nango's CLI accepts `{script.runs}`, but its server refuses it."
        yield warn("server-runs", message, "runs", better)
    version = raw.get("version")
    if isinstance(version, int) and not isinstance(version, bool) and version:
        message = f"The server accepts a version only as a string, not as the number {version}."
        yield warn("server-version", message, "version", f'Write `version: "{version}"`.')
    if (
        script.kind == "sync"
        and script.track_deletes
        and script.sync_type == "incremental"
        and "sync_type" in raw
    ):
        message = "The server refuses track_deletes for an incremental sync."
        hint = "Use `sync_type: full`, or delete the records in the script."
        yield warn("server-track-deletes", message, "track_deletes", hint)
    if len(script.description) > LONGEST_DESCRIPTION:
        length = len(script.description)
        message = f"The description has {length:,} characters; the server accepts {LONGEST_DESCRIPTION:,}."
        yield warn("server-description", message, "description", "Shorten it.")
    if any(len(scope) > LONGEST_SCOPE for scope in script.scopes):
        message = f"A scope has more than {LONGEST_SCOPE} characters, the maximum of the server."
        yield warn("server-scope", message, "scopes", "Use a list of scopes, or separate them with commas.")


def _collisions(integration: Integration, locate: Locate) -> Iterator[Problem]:
    """Scripts whose files would be one: ``dist/<name>-<integration>.js`` holds every kind."""
    seen: dict[str, DeclaredScript] = {}
    for script in integration.scripts:
        first = seen.setdefault(script.name.casefold(), script)
        if first is script or (first.kind, first.name) == (script.kind, script.name) == (
            "on-event",
            first.name,
        ):
            continue
        if first.name == script.name:
            message = (
                f"`{script.name}` is the name of a {first.kind} and of a {script.kind}: "
                "the CLI compiles both into one file."
            )
        else:
            message = (
                f"`{script.name}` and `{first.name}` differ only in case. "
                "Many file systems have one file for both."
            )
        yield _collision(
            message, script.at, first.at, locate, script.kind == "on-event", first.kind == "on-event"
        )


def _integration_collisions(checked: Checked, locate: Locate) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for integration in checked.integrations:
        first = seen.setdefault(integration.name.casefold(), integration.name)
        if first != integration.name:
            message = (
                f"The integrations `{integration.name}` and `{first}` differ only in case. "
                "Many file systems have one folder for both."
            )
            yield _collision(message, ("integrations", integration.name), ("integrations", first), locate)


def _collision(
    message: str, at: Path, first: Path, locate: Locate, listed: bool = False, first_listed: bool = False
) -> Problem:
    place = locate(at if listed else KeyPath(at))
    related = (locate(first if first_listed else KeyPath(first)),)
    return Problem("file-name-collision", message, place, "Rename one of them.", related)


def _raw(checked: Checked, script: DeclaredScript) -> dict[str, object]:
    value = checked.data
    for part in script.at:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return {}
    return value if isinstance(value, dict) else {}
