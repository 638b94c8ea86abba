"""The second check of the CLI: the parser of nango.yaml, and what it makes of version 2."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from nangonb._project.nango_yaml import runs as intervals
from nangonb._project.nango_yaml.fields import Model, ModelsParser, references
from nangonb._project.nango_yaml.findings import Finding
from nangonb._project.nango_yaml.javascript import JsCrash, entries, text, trim, truthy

Path = tuple[str | int, ...]
ScriptType = Literal["sync", "action"]

EVENTS = ("post-connection-creation", "pre-connection-deletion", "validate-connection")

_NOT_IN_NAMES = re.compile("[^a-zA-Z0-9_]")
_MODEL_IN_PATH = re.compile("{([^}]+)}")


@dataclass
class Parser:
    """Reads ``data`` into ``integrations``, in the shape that Nango calls parsed.integrations.

    Model errors end it before the integrations are looked at: then ``reached_integrations`` is false.
    May raise JsCrash.
    """

    data: Any
    models: ModelsParser = field(init=False)
    integrations: list[dict[str, Any]] = field(default_factory=list)
    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    #: The path of each parsed script in the data, by (integration, script type, name).
    places: dict[tuple[str, str, str], Path] = field(default_factory=dict)

    reached_integrations: bool = False

    #: Keys of a script, which differ between the versions.
    output_key = "output"

    def __post_init__(self) -> None:
        self.models = ModelsParser(get(self.data, "models"))

    def parse(self) -> bool:
        """Whether it parsed without an error."""
        self.models.parse_all()
        if self.models.errors:
            self.errors += self.models.errors
            return False
        self.warnings += self.models.warnings
        self.reached_integrations = True
        raw = get(self.data, "integrations")
        for name, integration, _ in entries(raw, ("integrations",), "`integrations`") if truthy(raw) else ():
            if truthy(integration):
                self.integrations.append(self.integration(name, integration))
        self._validate()
        return not self.errors

    def integration(self, name: str, raw: Any) -> dict[str, Any]:
        at: Path = ("integrations", name)
        events = get(raw, "on-events")
        parsed: dict[str, Any] = {
            "providerConfigKey": name,
            "syncs": self._syncs(name, get(raw, "syncs"), (*at, "syncs")),
            "actions": self._actions(name, get(raw, "actions"), (*at, "actions")),
            "onEventScripts": {
                event: get(events, event) if truthy(get(events, event)) else [] for event in EVENTS
            },
        }
        scripts = get(raw, "post-connection-scripts")
        if isinstance(scripts, list | str) and scripts:
            parsed["postConnectionScripts"] = scripts
        return parsed

    def _syncs(self, integration: str, raw: Any, at: Path) -> list[dict[str, Any]]:
        syncs = []
        for name, sync, part in entries(raw, at, "syncs") if truthy(raw) else ():
            where = (*at, part)
            if not truthy(sync) or not truthy(get(sync, "output")):
                continue
            output = self.output_models(integration, "sync", name, get(sync, "output"), (*where, "output"))
            takes = self._input(integration, "sync", name, get(sync, "input"), (*where, "input"))
            endpoint = get(sync, "endpoint")
            endpoints = []
            if truthy(endpoint):
                several = endpoint if isinstance(endpoint, list) else [endpoint]
                if len(several) != len(output):
                    message = (
                        f'The number of endpoints doesn\'t match the number of models returned by "{name}". '
                        "The endpoints to model should match 1 to 1."
                    )
                    path = (integration, "syncs", name)
                    self.errors.append(
                        Finding("endpoints_mismatch", message, path, (*where, "endpoint"), name)
                    )
                    continue
                endpoints = [parse_endpoint(one, "GET", (*where, "endpoint")) for one in several]
            runs = get(sync, "runs")
            try:
                intervals.interval(_runs(runs, where))
            except intervals.RunsError as error:
                path = (integration, "syncs", name)
                self.errors.append(Finding("invalid_runs", error.code, path, (*where, "runs"), runs))
                continue
            webhooks = get(sync, "webhook-subscriptions")
            sync_type = _method(get(sync, "sync_type"), "sync_type", where)
            self.places[integration, "sync", name] = where
            syncs.append(
                {
                    "name": name,
                    "type": "sync",
                    "description": _description(sync, where),
                    "sync_type": "incremental" if sync_type.lower() == "incremental" else "full",
                    "usedModels": [],
                    "runs": runs,
                    "version": get(sync, "version") if truthy(get(sync, "version")) else "",
                    "track_deletes": get(sync, "track_deletes")
                    if truthy(get(sync, "track_deletes"))
                    else False,
                    "auto_start": get(sync, "auto_start") is not False,
                    "input": takes,
                    "output": output,
                    "scopes": _scopes(sync, where),
                    "endpoints": endpoints,
                    "webhookSubscriptions": _listed(webhooks) if truthy(webhooks) else [],
                    "features": [],
                }
            )
        return syncs

    def _actions(self, integration: str, raw: Any, at: Path) -> list[dict[str, Any]]:
        actions = []
        for name, action, part in entries(raw, at, "actions") if truthy(raw) else ():
            where = (*at, part)
            if not truthy(action):
                continue
            output = self.output_models(
                integration, "action", name, get(action, "output"), (*where, "output")
            )
            endpoint = get(action, "endpoint")
            self.places[integration, "action", name] = where
            actions.append(
                {
                    "name": name,
                    "type": "action",
                    "description": _description(action, where),
                    "version": get(action, "version") if truthy(get(action, "version")) else "",
                    "scopes": _scopes(action, where),
                    "input": self._input(
                        integration, "action", name, get(action, "input"), (*where, "input")
                    ),
                    "output": output or None,
                    "usedModels": [],
                    "endpoint": parse_endpoint(endpoint, "POST", (*where, "endpoint"))
                    if truthy(endpoint)
                    else None,
                    "features": [],
                }
            )
        return actions

    def output_models(self, integration: str, kind: ScriptType, script: str, raw: Any, at: Path) -> list[str]:
        """The names of the models of an ``output``; what names none becomes an anonymous model."""
        if not truthy(raw):
            return []
        return [self._model(integration, kind, script, "output", one, at) for one in _listed(raw)]

    def _input(self, integration: str, kind: ScriptType, script: str, raw: Any, at: Path) -> str | None:
        return self._model(integration, kind, script, "input", raw, at) if truthy(raw) else None

    def _model(self, integration: str, kind: ScriptType, script: str, what: str, raw: Any, at: Path) -> str:
        if isinstance(raw, str) and raw in self.models.parsed:
            return raw
        inner, outer = _NOT_IN_NAMES.sub("", script), _NOT_IN_NAMES.sub("", integration)
        name = f"Anonymous_{outer}_{kind}_{inner}_{what}"
        self.models.parsed[name] = self.models.anonymous(name, what, raw, at)
        return name

    def _validate(self) -> None:
        """Uniqueness of endpoints and models, ids, and the models that each script uses."""
        for integration in self.integrations:
            name = integration["providerConfigKey"]
            endpoints: dict[str, Path] = {}
            outputs: dict[str, Path] = {}
            for sync in integration["syncs"]:
                self._validate_script(name, "syncs", sync, outputs, endpoints)
            for action in integration["actions"]:
                self._validate_script(name, "actions", action, {}, endpoints)
            events = get(get(get(self.data, "integrations"), name), "on-events")
            if "postConnectionScripts" in integration and isinstance(events, dict | list | str) and events:
                message = (
                    "Both post-connection-scripts and on-events are present. "
                    "Only one of them can be used at a time."
                )
                at = ("integrations", name, "on-events")
                code = "both_post_connection_scripts_and_on_events_present"
                self.errors.append(Finding(code, message, (name, "on-events"), at, name, key=True))

    def _validate_script(
        self,
        integration: str,
        group: str,
        script: dict[str, Any],
        outputs: dict[str, Path],
        endpoints: dict[str, Path],
    ) -> None:
        is_sync = group == "syncs"
        path = (integration, group, script["name"])
        at = self.places[integration, script["type"], script["name"]]
        used: dict[str, None] = {}
        for name in script["output"] or ():
            model = self.models.parsed[name]
            where = (*at, self.output_key)
            if name in outputs:
                message = (
                    f'Model "{name}" is used multiple times. '
                    "Please make sure all models are unique within an integration."
                )
                place = (*path, "[output]")
                self.errors.append(
                    Finding("duplicate_model", message, place, where, name, first=outputs[name])
                )
                continue
            outputs[name] = where
            if is_sync and model.field("id") is None:
                message = (
                    f'Model "{name}" doesn\'t have an id field. '
                    "This is required to be able to uniquely identify the data record"
                )
                self.errors.append(Finding("model_missing_id", message, (*path, "[output]"), where, name))
            elif not is_sync:
                self._warn_literal(model, (*path, "[output]"), where)
            self._use(model, used)
        if script["input"]:
            model = self.models.parsed[script["input"]]
            self._warn_literal(model, (*path, "[input]"), (*at, "input"))
            self._use(model, used)
        script["usedModels"] = list(used)
        for endpoint in script["endpoints"] if is_sync else [script["endpoint"]]:
            if endpoint:
                self._validate_endpoint(path, endpoint, (*at, "endpoint"), endpoints)

    def _validate_endpoint(
        self, path: tuple[str, ...], endpoint: dict[str, Any], at: Path, seen: dict[str, Path]
    ) -> None:
        route = endpoint.get("path")
        key = f"{text(endpoint['method'])} {text(route) if 'path' in endpoint else 'undefined'}"
        is_sync = path[1] == "syncs"
        if key in seen:
            message = f'Endpoint "{key}" is used multiple times. Please make sure all endpoints are unique.'
            place = (*path, "[endpoints]" if is_sync else "[endpoint]")
            self.errors.append(Finding("duplicate_endpoint", message, place, at, key, first=seen[key]))
            return
        seen[key] = at
        if not isinstance(route, str):
            raise JsCrash("An endpoint must have a path", at, "bad_endpoint")
        match = _MODEL_IN_PATH.search(route)
        if match is None:
            return
        # As in the original: only an action may say {Model:field}, and its errors point at "syncs".
        model = match[1] if is_sync else match[1].split(":")[0]
        if model not in self.models.parsed:
            message = f'Model "{model}" does not exists'
            place = (path[0], "syncs", path[2], "[endpoints]" if is_sync else "[endpoint]")
            self.errors.append(Finding("model_not_found", message, place, at, model))

    def _warn_literal(self, model: Model, path: tuple[str, ...], at: Path) -> None:
        if not model.is_anonymous or model.fields[0].union:
            return
        one = model.fields[0]
        literal = (
            ",".join("[object Object]" for _ in one.fields)
            if isinstance(one.value, tuple)
            else text(one.value)
        )
        message = (
            f'A literal type "{literal}" was parsed, which might be an error. '
            "It is recommended to use a Model for input and output."
        )
        self.warnings.append(Finding("model_is_literal", message, path, at, literal))

    def _use(self, model: Model, used: dict[str, None]) -> None:
        if model.name in used:
            return
        used[model.name] = None
        for name in references(model.fields):
            self._use(self.models.parsed[name], used)


def get(value: Any, key: str) -> Any:
    """``value?.[key]``, with None for undefined."""
    return value.get(key) if isinstance(value, Mapping) else None


def parse_endpoint(raw: Any, default_method: str, at: Path) -> dict[str, Any]:
    """An endpoint in either form as {method, path[, group]}."""
    if isinstance(raw, str):
        parts = raw.split(" ")
        if len(parts) > 1:
            return {"method": parts[0], "path": parts[1]}
        return {"method": default_method, "path": raw}
    if raw is None:
        raise JsCrash("An endpoint in the list is empty", at, "bad_endpoint")
    method = get(raw, "method")
    endpoint = {"method": method if truthy(method) else default_method}
    return endpoint | {key: raw[key] for key in ("path", "group") if isinstance(raw, Mapping) and key in raw}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _method(value: Any, key: str, at: Path) -> str:
    """A text on which JavaScript calls a method: null is let pass, another type crashes."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise JsCrash(f"`{key}` must be a string", (*at, key), "not_a_string")
    return value


def _description(script: Any, at: Path) -> str:
    value = get(script, "description")
    return trim(_method(value, "description", at)) if truthy(value) else ""


def _scopes(script: Any, at: Path) -> list[Any]:
    value = get(script, "scopes")
    if isinstance(value, list):
        return value
    return [] if value is None else _method(value, "scopes", at).split(",")


def _runs(value: Any, at: Path) -> str:
    if not isinstance(value, str):
        raise JsCrash(
            "`runs` must be a string such as `every hour`", (*at, "runs") if value else at, "not_a_string"
        )
    if not value or len(value.replace("every ", "", 1)) > 100 or value == "every ":
        raise JsCrash("`runs` is not a valid interval", (*at, "runs"), "invalid_runs")
    return value
