"""Errors of today's CLI in the configuration of scripts that declare themselves, in its words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from nangonb._project import Place, Problem, Project, Script
from nangonb._project.nango_yaml import runs as intervals

Places = Mapping[str, Mapping[str, tuple[int, int]]]
"""File → property of ``createSync`` and the like → its line and column in the body of the cell."""

_MODEL: Final = re.compile(r"[A-Z][a-zA-Z0-9_]+")
_UNKNOWN: Final = frozenset({"typescript-declaration", "needs-node"})


def definition_problems(project: Project, places: Places | None = None) -> Iterator[Problem]:
    """Yield the errors, at the property if ``places`` has it, else at the top of the cell."""
    unknown = {each.place.source for each in project.problems if each.code in _UNKNOWN and each.place}
    scripts = [each for each in project.scripts if each.style == "zero" and each.source.label not in unknown]
    definitions = Definitions(places or {})
    for script in sorted(scripts, key=lambda each: each.kind != "sync"):
        if script.kind == "sync":
            yield from definitions.of_sync(script)
        yield from definitions.across(script)


class Definitions:
    """Collects the endpoints and models of earlier scripts: they are unique per integration."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._endpoints: dict[tuple[str | None, str], Script] = {}
        self._models: dict[tuple[str | None, str], Script] = {}

    def place(self, script: Script, *properties: str) -> Place:
        known = self._places.get(f"{script.file}.ts", {})
        at = next((known[name] for name in properties if name in known), None)
        return script.source.top if at is None else script.source.body_place(*at)

    def of_sync(self, script: Script) -> Iterator[Problem]:
        config = script.config
        try:
            intervals.interval(config.runs or "")
        except intervals.RunsError:
            meant = intervals.suggestion(config.runs or "")
            yield Problem(
                "invalid-runs",
                "Interval is invalid, check syntax here https://github.com/vercel/ms",
                self.place(script, "frequency"),
                f"Did you mean {meant!r}?" if meant else "frequency: 'every hour'",
            )
        if config.endpoints and len(config.endpoints) != len(config.output):
            yield Problem(
                "endpoints-mismatch",
                "The number of endpoints doesn't match the number of models. "
                "You need as many endpoints as models",
                self.place(script, "endpoints"),
                f"The models: {', '.join(config.output)}." if config.output else "",
            )
        if config.sync_type == "incremental" and config.track_deletes:
            yield Problem(
                "server-track-deletes",
                "Track deletes is not supported for incremental syncs",
                self.place(script, "trackDeletes"),
                "Remove `trackDeletes`, or `syncType`.",
                severity="error",
            )
        for model in config.output:
            if not _MODEL.fullmatch(model):
                yield Problem(
                    "invalid-model-name",
                    f'Model "{model}" contains invalid characters. It should start with an uppercase and '
                    "only contains alphanumeric characters",
                    self.place(script, "models"),
                    "Use two or more characters." if len(model) == 1 else "",
                )

    def across(self, script: Script) -> Iterator[Problem]:
        for endpoint in script.config.endpoints:
            first = self._endpoints.setdefault((script.integration, endpoint), script)
            if first is not script or script.config.endpoints.count(endpoint) > 1:
                yield Problem(
                    "duplicate-endpoint",
                    f'Endpoint "{endpoint}" is used multiple times. '
                    "Please make sure all endpoints are unique per integration.",
                    self.place(script, "endpoints", "endpoint"),
                    related=() if first is script else (self.place(first, "endpoints", "endpoint"),),
                )
        for model in script.config.output if script.kind == "sync" else ():
            first = self._models.setdefault((script.integration, model), script)
            if first is not script:
                yield Problem(
                    "duplicate-model",
                    f'Model "{model}" is defined multiple times. '
                    "Please make sure all models are unique per integration.",
                    self.place(script, "models"),
                    related=(self.place(first, "models"),),
                )
