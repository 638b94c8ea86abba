"""The errors of the schema, as Problems: one for each thing to fix."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from nangonb._project.nango_yaml.findings import KeyPath
from nangonb._project.nango_yaml.schema import ACTION, INTEGRATION, ON_EVENTS, SYNC, V2, Rule, SchemaError
from nangonb._project.problems import Place, Problem
from nangonb.errors import nearest

Path = tuple[str | int, ...]
Locate = Callable[[Path], Place]

#: Keys that people write out of habit, and what to write instead.
_HABITS = {
    "provider": "Set the provider in Nango's dashboard. nango.yaml needs only the integration id.",
    "returns": "Write `output`.",
    "models": "Move models to the top level of the file, beside `integrations`.",
    "type": "Put the script under `syncs` or `actions`.",
    "runs": "Only syncs have a schedule. Move the script to `syncs`, or delete the line.",
    "track_deletes": "Only syncs track deletions. Delete the line.",
    "auto_start": "Only syncs start automatically. Delete the line.",
    "sync_type": "Only syncs have a sync_type. Delete the line.",
    "webhook-subscriptions": "Only syncs subscribe to webhooks. Delete the line.",
    "webhook_subscriptions": "Write `webhook-subscriptions`.",
    "on_events": "Write `on-events`.",
}


def schema_problems(errors: Iterable[SchemaError], locate: Locate) -> list[Problem]:
    """A Problem for every error that tells something new."""
    return [_problem(error, locate) for error in _telling(tuple(errors))]


def missing_endpoints(errors: Iterable[SchemaError], locate: Locate) -> list[Problem]:
    """Those of scripts without an endpoint, which today's CLI does not require."""
    return [
        _problem(error, locate)
        for error in _telling(tuple(errors))
        if error.cause == "required" and (error.params or {}).get("missingProperty") == "endpoint"
    ]


def within(path: Path, outer: Path) -> bool:
    """Whether one of the two contains the other."""
    return bool(outer) and (path[: len(outer)] == outer or outer[: len(path)] == path)


def _telling(errors: tuple[SchemaError, ...]) -> Iterator[SchemaError]:
    """The schema errors without those that only repeat another: one for each thing to fix."""
    seen: set[tuple[Path, str]] = set()
    tries = {error.path for error in errors if error.cause == "anyOf"}
    for error in errors:
        deeper = any(len(one.path) > len(error.path) and within(one.path, error.path) for one in errors)
        if error.cause in ("oneOf", "anyOf") and deeper:
            continue
        if error.path in tries and (error.cause != "anyOf"):
            continue
        if (
            error.cause == "oneOf"
            and error.keyword
            and any(e.path == error.path and e is not error for e in errors)
        ):
            continue
        key = (error.path, str(error.params) if error.cause in ("required", "additionalProperties") else "")
        if key not in seen:
            seen.add(key)
            yield error


def _problem(error: SchemaError, locate: Locate) -> Problem:
    params = error.params or {}
    if error.root:
        message = "`integrations` is missing at the top of the file."
        hint = "Write `integrations:`, an integration id under it, and its `syncs` and `actions` under that."
        return Problem("missing-key", message, locate(()), hint)
    if error.cause == "additionalProperties":
        key = params["additionalProperty"]
        return _unknown_key(error.path, key, locate)
    if error.cause == "required":
        key = params["missingProperty"]
        examples = {"endpoint": "/contacts", "output": "Contact", "runs": "every hour", "path": "/contacts"}
        hint = f"Add `{key}: {examples.get(key, '…')}`."
        message = f"`{key}` is missing in {_what(error.path)}."
        return Problem("missing-key", message, locate(KeyPath(error.path)), hint)
    code, message, hint = _value_problem(error)
    return Problem(code, message, locate(error.path), hint)


def _unknown_key(path: Path, key: str, locate: Locate) -> Problem:
    allowed = list(_rule_at(path).properties)
    close = nearest(key, allowed)
    hint = _HABITS.get(key, "") if key not in allowed else ""
    if not hint:
        hint = f"Did you mean `{close}`?" if close else f"Valid keys: {', '.join(allowed)}."
    return Problem(
        "unknown-key", f"`{key}` is not a key of {_what(path)}.", locate(KeyPath((*path, key))), hint
    )


def _value_problem(error: SchemaError) -> tuple[str, str, str]:
    """(code, message, hint) for a value of a wrong kind."""
    names = [str(part) for part in error.path]
    key = next((name for name in reversed(names) if not name.isdigit()), "")
    if "endpoint" in names[4:]:
        return "invalid-endpoint", *_endpoint_words(names, key)
    if key == "version":
        return (
            "invalid-version",
            "`version` must be a whole number or a version such as 1.0.0.",
            'Write `version: "1"` or `version: 1.0.0`.',
        )
    if key == "sync_type":
        return "invalid-value", "`sync_type` must be `full` or `incremental`.", "Use lower case."
    if key == "runs":
        return "invalid-runs", "`runs` must be a string.", "Write, for example, `runs: every 30 minutes`."
    if error.cause == "pattern":
        return (
            "invalid-value",
            f"`{key}` has an invalid script name.",
            "Use letters, digits, `-` and `_`.",
        )
    wanted = str((error.params or {}).get("type", ""))
    if key in ("track_deletes", "auto_start"):
        return "invalid-value", f"`{key}` must be `true` or `false`.", "Remove the quotes."
    if isinstance(error.path[-1], int) and wanted == "string":
        return "invalid-value", f"Each entry of `{key}` must be a string.", "Put it in quotes."
    if key in ("output", "scopes", "returns", "webhook-subscriptions"):
        return "invalid-value", f"`{key}` must be a string or a list of strings.", _list_hint(key)
    if wanted == "object" or error.cause == "anyOf":
        subject = _what(error.path)
        return (
            "invalid-value",
            f"{subject[:1].upper()}{subject[1:]} must be a mapping.",
            "Add indented `key: value` lines under it.",
        )
    kinds = {
        "string": "a text",
        "array": "a list",
        "boolean": "`true` or `false`",
        "integer": "a whole number",
    }
    hint = "Put it in quotes." if wanted == "string" else ""
    return "invalid-value", f"`{key}` must be {kinds.get(wanted, 'something else')}.", hint


def _list_hint(key: str) -> str:
    example = {"output": "Contact", "returns": "Contact", "scopes": "read"}.get(key, "*")
    return (
        f"Write `{key}: {example}`, or one `- {example}` per line."
        if example != "*"
        else f'Write `{key}: "*"`.'
    )


def _endpoint_words(names: list[str], key: str) -> tuple[str, str]:
    is_sync = "syncs" in names
    if key == "method":
        return "This method is not supported here.", (
            "The endpoint of a sync must be `GET`." if is_sync else "Use GET, POST, PUT, PATCH or DELETE."
        )
    if key == "group":
        return (
            "A group must have 1 to 64 letters, spaces, `-` and `_`.",
            "Shorten it, or remove digits and other characters.",
        )
    hint = (
        "The endpoint of a sync must be a path or `GET /path`, without parameters."
        if is_sync
        else "Write `POST /path` or `GET /path/{Model:field}`."
    )
    return "An endpoint must be a path that starts with `/`, or a method and a path.", hint


def _rule_at(path: Path) -> Rule:
    """The rule that lists the keys allowed at ``path``."""
    if len(path) == 0:
        return V2
    if len(path) == 2:
        return INTEGRATION
    if len(path) == 3:
        return ON_EVENTS
    return (
        (SYNC if path[2] == "syncs" else ACTION) if len(path) == 4 else SYNC.properties["endpoint"].one_of[1]
    )


def _what(path: Path) -> str:
    names = [str(part) for part in path]
    if not names:
        return "the file"
    if names[0] == "models":
        return f"model `{names[1]}`" if len(names) > 1 else "`models`"
    if len(names) == 1:
        return f"`{names[0]}`"
    if len(names) == 2:
        return f"integration `{names[1]}`"
    if len(names) >= 4 and names[2] in ("syncs", "actions"):
        return f"{names[2][:-1]} `{names[3]}`" if len(names) == 4 else f"`{names[-1]}`"
    return f"`{names[-1]}`"
