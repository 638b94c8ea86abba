"""The result of checking a nango.yaml: errors, parsed form, scripts and models."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from nangonb._project.nango_yaml.fields import Model
from nangonb._project.nango_yaml.findings import Finding
from nangonb._project.nango_yaml.javascript import JsCrash, JsDate, keys, truthy
from nangonb._project.nango_yaml.parser import EVENTS, Parser
from nangonb._project.nango_yaml.parser_v1 import ParserV1
from nangonb._project.nango_yaml.schema import SchemaError, validate

Path = tuple[str | int, ...]
Kind = Literal["sync", "action", "on-event"]

_FRAMES = 10_000


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``GET /contacts``, and the group that Nango's API reference lists it under."""

    method: str
    path: str
    group: str | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class DeclaredScript:
    """A script as nango.yaml declares it. ``at`` is its path in the data.

    ``output`` and ``input`` are names in :attr:`Checked.models`; ``runs``, ``sync_type``,
    ``track_deletes``, ``auto_start`` and ``webhook_subscriptions`` say something for syncs only,
    ``event`` for on-events only.
    """

    integration: str
    kind: Kind
    name: str
    at: Path
    description: str = ""
    runs: str | None = None
    output: tuple[str, ...] = ()
    input: str | None = None
    endpoints: tuple[Endpoint, ...] = ()
    sync_type: Literal["full", "incremental"] = "full"
    track_deletes: bool = False
    auto_start: bool = True
    version: str = ""
    scopes: tuple[str, ...] = ()
    webhook_subscriptions: tuple[str, ...] = ()
    used_models: tuple[str, ...] = ()
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Integration:
    """An integration and its scripts. ``on_events`` is event -> names of scripts.

    ``post_connection_scripts`` is the older way to say post-connection-creation.
    """

    name: str
    scripts: tuple[DeclaredScript, ...] = ()
    on_events: Mapping[str, tuple[str, ...]] | None = None
    post_connection_scripts: tuple[str, ...] = ()

    @property
    def syncs(self) -> tuple[DeclaredScript, ...]:
        return tuple(script for script in self.scripts if script.kind == "sync")

    @property
    def actions(self) -> tuple[DeclaredScript, ...]:
        return tuple(script for script in self.scripts if script.kind == "action")


@dataclass(frozen=True)
class Checked:
    """The outcome of :func:`check`.

    ``version`` is 'v1', 'v2', or None where the file is none at all. ``schema_errors``, ``errors`` and
    ``warnings`` are Nango's; ``crash`` says why the real parser would crash. ``parsed`` is Nango's
    parsed.integrations, or None where model errors or a crash came first.
    """

    data: Any
    version: str | None
    schema_errors: tuple[SchemaError, ...]
    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    parsed: list[dict[str, Any]] | None
    models: Mapping[str, Model]
    places: Mapping[tuple[str, str, str], Path]
    crash: Finding | None = None

    @property
    def accepted(self) -> bool:
        """Whether the CLI takes it."""
        return not self.schema_errors and not self.errors and self.crash is None

    @cached_property
    def integrations(self) -> tuple[Integration, ...]:
        """Typed views of what was parsed; values of a wrong type (a schema error) are left out."""
        return tuple(self._integration(raw) for raw in self.parsed or ())

    @cached_property
    def scripts(self) -> tuple[DeclaredScript, ...]:
        return tuple(script for integration in self.integrations for script in integration.scripts)

    def as_dict(self) -> dict[str, Any]:
        """The shape of ``nangonb check --json``: Nango's own names and values, ready for JSON.

        Of a file that crashes Nango's parser the error is ours, the last in ``errors``.
        """
        parsed = None
        if self.parsed is not None:
            parsed = {
                "yamlVersion": self.version,
                "integrations": self.parsed,
                "models": {name: self.models[name].as_dict() for name in keys(dict(self.models))},
            }
        crashes = [self.crash] if self.crash else []
        document = {
            "version": self.version,
            "accepted": self.accepted,
            "schema_errors": [error.as_dict() for error in self.schema_errors],
            "errors": [error.as_dict() for error in (*self.errors, *crashes)],
            "warnings": [warning.as_dict() for warning in self.warnings],
            "parsed": parsed,
            "model_order": None if self.parsed is None else list(self.models),
        }
        plain: dict[str, Any] = jsonable(document)
        return plain

    def _integration(self, raw: dict[str, Any]) -> Integration:
        name = raw["providerConfigKey"]
        events = {event: _strings(raw["onEventScripts"].get(event)) for event in EVENTS}
        scripts = [self._script(name, "sync", one) for one in raw["syncs"]]
        scripts += [self._script(name, "action", one) for one in raw["actions"]]
        for event, names in events.items():
            for number, script in enumerate(names):
                at: Path = ("integrations", name, "on-events", event, number)
                scripts.append(DeclaredScript(name, "on-event", script, at, event=event))
        older = _strings(raw.get("postConnectionScripts"))
        for number, script in enumerate(older):
            at = ("integrations", name, "post-connection-scripts", number)
            scripts.append(DeclaredScript(name, "on-event", script, at, event=EVENTS[0]))
        return Integration(name, tuple(scripts), events, older)

    def _script(
        self, integration: str, kind: Literal["sync", "action"], raw: dict[str, Any]
    ) -> DeclaredScript:
        endpoints = raw["endpoints"] if kind == "sync" else [raw["endpoint"]] if raw["endpoint"] else []
        runs = raw.get("runs")
        version = raw["version"]
        return DeclaredScript(
            integration,
            kind,
            raw["name"],
            self.places[integration, kind, raw["name"]],
            description=_string(raw["description"]),
            runs=runs if isinstance(runs, str) and runs else None,
            output=tuple(raw["output"] or ()),
            input=raw["input"],
            endpoints=tuple(
                Endpoint(one["method"], one["path"], one.get("group"))
                for one in endpoints
                if _is_endpoint(one)
            ),
            sync_type=raw.get("sync_type", "full"),
            track_deletes=raw.get("track_deletes") is True,
            auto_start=raw.get("auto_start") is not False,
            version=version if isinstance(version, str) else str(version),
            scopes=_strings(raw["scopes"]),
            webhook_subscriptions=_strings(raw.get("webhookSubscriptions")),
            used_models=tuple(raw["usedModels"]),
        )


def check(data: Any) -> Checked:
    """Check the plain data of a nango.yaml as the CLI does, in its two passes. Never raises.

    Where the real parser dies, :attr:`Checked.crash` is an error of ours (docs/nango-yaml.md lists them).
    """
    try:
        version = determine_version(data)
    except JsCrash as crash:
        return Checked(data, None, (), (), (), None, {}, {}, _crash(crash))
    schema_errors = tuple(validate(data, version))
    if not isinstance(data, dict):
        message = "The file must be a mapping with `integrations` and `models`"
        crashed = Finding("not_a_mapping", message, (), ())
        return Checked(data, version, schema_errors, (), (), None, {}, {}, crashed)
    parser = Parser(data) if version == "v2" else ParserV1(data)
    died: Finding | None = None
    parsed: list[dict[str, Any]] | None = None
    try:
        with _room_to_recurse():
            parser.parse()
        parsed = parser.integrations if parser.reached_integrations else None
    except JsCrash as crash:
        died = _crash(crash)
    except RecursionError:
        died = _crash(
            JsCrash("The chain of models that refer to each other is too long", ("models",), "too_deep")
        )
    models = parser.models.parsed if parsed is not None else {}
    errors, warnings = tuple(parser.errors), tuple(parser.warnings)
    return Checked(data, version, schema_errors, errors, warnings, parsed, models, parser.places, died)


@contextmanager
def _room_to_recurse() -> Iterator[None]:
    """Models that refer to each other in a row are read one within the other, as by Nango's parser.

    Python's limit would end that after some 200 models. Its own frames take no room on the C stack.
    """
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit + _FRAMES)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def determine_version(data: Any) -> str:
    """'v2' if the first integration has a key of version 2, else 'v1'.

    Raises JsCrash for no data at all, and where the first integration is a bare value.
    """
    if data is None:
        raise JsCrash("The file is empty", (), "empty_file")
    integrations = data.get("integrations") if isinstance(data, dict) else None
    if isinstance(integrations, dict):
        entries: list[tuple[str | int, Any]] = [(key, integrations[key]) for key in keys(integrations)[:1]]
    else:
        entries = list(enumerate(integrations[:1])) if isinstance(integrations, list | str) else []
    for part, first in entries:
        if isinstance(first, dict):
            return "v2" if {"syncs", "actions", "on-events"} & set(first) else "v1"
        if truthy(first) and not isinstance(first, list | JsDate):
            message = f"Integration {part!r} must be a mapping of its syncs and actions"
            raise JsCrash(message, ("integrations", part), "not_a_mapping")
    return "v1"


def _crash(crash: JsCrash) -> Finding:
    return Finding(crash.code, crash.message, tuple(map(str, crash.at)), crash.at)


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _is_endpoint(value: Any) -> bool:
    group = value.get("group")
    return (
        isinstance(value.get("method"), str)
        and isinstance(value.get("path"), str)
        and isinstance(group, str | None)
    )


def jsonable(value: Any) -> Any:
    """Plain data as JSON holds it: a JsDate in ISO form, NaN and infinities as null."""
    if isinstance(value, dict):
        return {key: jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    if isinstance(value, JsDate):
        return value.iso
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
