"""What a check found, as Problems: what, at which line, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nangonb.errors import nearest
from nangonb.project.nango_yaml import runs
from nangonb.project.nango_yaml.checked import Checked
from nangonb.project.nango_yaml.fields import ALIASES, MODEL_NAME, references
from nangonb.project.nango_yaml.findings import Finding, KeyPath
from nangonb.project.nango_yaml.javascript import trim
from nangonb.project.nango_yaml.model_problems import model_problems
from nangonb.project.nango_yaml.schema import ACTION, INTEGRATION, ON_EVENTS, SYNC, V2, Rule, SchemaError
from nangonb.project.nango_yaml.server import server_problems
from nangonb.project.problems import Place, Problem, Severity

Path = tuple[str | int, ...]
Locate = Callable[[Path], Place]

_FIRST_MODELS = 8

#: Keys that people write out of habit, and what to write instead.
_HABITS = {
    "provider": "The provider is set in Nango's dashboard; here the integration id is enough.",
    "returns": "Write `output`.",
    "models": "Models stand at the end of the file, beside `integrations`.",
    "type": "Put the script under `syncs` or `actions`.",
    "runs": "Only syncs run by themselves: move the script to `syncs`, or delete the line.",
    "track_deletes": "Only syncs track deletions: delete the line.",
    "auto_start": "Only syncs start by themselves: delete the line.",
    "sync_type": "Only syncs have a sync_type: delete the line.",
    "webhook-subscriptions": "Only syncs subscribe to webhooks: delete the line.",
    "webhook_subscriptions": "Write `webhook-subscriptions`.",
    "on_events": "Write `on-events`.",
}


def problems(checked: Checked, locate: Locate) -> list[Problem]:
    """Everything to be said about a checked nango.yaml, in the order of Nango's own passes.

    Schema errors, the parser's errors and warnings, and what the CLI takes but its compiler or the server
    refuses.
    ``locate`` gives the place of a path into the data; a KeyPath means the key at its end.
    """
    found = [_schema_problem(checked, error, locate) for error in _telling(checked.schema_errors)]
    found += [_finding_problem(checked, one, "error", locate) for one in checked.errors]
    if checked.crash and not any(_within(checked.crash.at, error.path) for error in checked.schema_errors):
        found.append(_finding_problem(checked, checked.crash, "error", locate))
    found += [_finding_problem(checked, one, "warning", locate) for one in checked.warnings]
    found += model_problems(checked, locate)
    found += server_problems(checked, locate)
    return found


def _within(path: Path, outer: Path) -> bool:
    return bool(outer) and (path[: len(outer)] == outer or outer[: len(path)] == path)


def _telling(errors: tuple[SchemaError, ...]) -> Iterator[SchemaError]:
    """The schema errors without those that only repeat another: one for each thing to mend."""
    seen: set[tuple[Path, str]] = set()
    tries = {error.path for error in errors if error.cause == "anyOf"}
    for error in errors:
        deeper = any(len(one.path) > len(error.path) and _within(one.path, error.path) for one in errors)
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


# -- schema errors -------------------------------------------------------------------------------


def _schema_problem(checked: Checked, error: SchemaError, locate: Locate) -> Problem:
    params = error.params or {}
    if error.root:
        message = "`integrations` is missing at the top of the file."
        hint = "Write `integrations:`, an integration id under it, and its `syncs` and `actions` under that."
        return Problem("missing-key", "error", message, locate(()), hint)
    if error.cause == "additionalProperties":
        key = params["additionalProperty"]
        return _unknown_key(error.path, key, locate)
    if error.cause == "required":
        key = params["missingProperty"]
        examples = {"endpoint": "/contacts", "output": "Contact", "runs": "every hour", "path": "/contacts"}
        hint = f"Add `{key}: {examples.get(key, '…')}`."
        message = f"`{key}` is missing in {_what(error.path)}."
        return Problem("missing-key", "error", message, locate(KeyPath(error.path)), hint)
    code, message, hint = _value_problem(error)
    return Problem(code, "error", message, locate(error.path), hint)


def _unknown_key(path: Path, key: str, locate: Locate) -> Problem:
    allowed = list(_rule_at(path).properties)
    close = nearest(key, allowed)
    hint = _HABITS.get(key, "") if key not in allowed else ""
    if not hint:
        hint = f"Did you mean `{close}`?" if close else f"Known here: {', '.join(allowed)}."
    return Problem(
        "unknown-key", "error", f"`{key}` is no key of {_what(path)}.", locate(KeyPath((*path, key))), hint
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
            "`version` is a whole number or three with dots.",
            'Write `version: "1"` or `version: 1.0.0`.',
        )
    if key == "sync_type":
        return "invalid-value", "`sync_type` is `full` or `incremental`.", "Both are written in lower case."
    if key == "runs":
        return "invalid-runs", "`runs` must be a text.", "Write, for example, `runs: every 30 minutes`."
    if error.cause == "pattern":
        return (
            "invalid-value",
            f"`{key}` holds a name that is no script name.",
            "Use letters, digits, `-` and `_`.",
        )
    wanted = str((error.params or {}).get("type", ""))
    if key in ("track_deletes", "auto_start"):
        return "invalid-value", f"`{key}` is `true` or `false`.", "Write it without quotes."
    if key in ("output", "scopes", "returns", "webhook-subscriptions"):
        return "invalid-value", f"`{key}` must be a text or a list of texts.", _list_hint(key)
    if wanted == "object" or error.cause == "anyOf":
        shown = _what(error.path)
        return (
            "invalid-value",
            f"{shown[:1].upper()}{shown[1:]} must be a mapping.",
            "Indent `key: value` lines under it.",
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
        f"Write `{key}: {example}`, or one `- {example}` a line."
        if example != "*"
        else f'Write `{key}: "*"`.'
    )


def _endpoint_words(names: list[str], key: str) -> tuple[str, str]:
    is_sync = "syncs" in names
    if key == "method":
        return "This method is not taken here.", (
            "A sync is always `GET`." if is_sync else "Use GET, POST, PUT, PATCH or DELETE."
        )
    if key == "group":
        return (
            "A group has 1 to 64 letters, spaces, `-` and `_`.",
            "Shorten it, or leave digits and signs out.",
        )
    hint = (
        "A sync has one path or `GET /path`, without parameters."
        if is_sync
        else "Write `POST /path` or `GET /path/{Model:field}`."
    )
    return "An endpoint is a path that begins with `/`, or a method and a path.", hint


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


# -- the parser's findings -----------------------------------------------------------------------


def _finding_problem(checked: Checked, finding: Finding, severity: Severity, locate: Locate) -> Problem:
    code = finding.code.replace("_", "-")
    words = _WORDS.get(finding.code)
    message, hint = words(checked, finding) if words else (f"{finding.message}.", "")
    if finding.code == "invalid_runs" and finding.message == "sync_interval_too_short":
        code = "runs-too-short"
    if finding.code == "cyclic_model" or (finding.code == "model_not_found_fallback" and not hint):
        severity = "note"  # most often exactly what was meant
    related = (locate(finding.first),) if finding.first is not None else ()
    return Problem(code, severity, message, locate(finding.place), hint, related)


def _invalid_runs(checked: Checked, finding: Finding) -> tuple[str, str]:
    better = runs.suggestion(finding.subject)
    hint = f"Did you mean `{better}`?" if better else "Write `every hour`, `every 30 minutes`, `every day` …"
    if finding.message == "sync_interval_too_short":
        return (
            f"`{finding.subject}` is more often than every 30 seconds, the shortest that Nango takes.",
            hint,
        )
    return f"Nango cannot read `{finding.subject}` as a time.", hint


def _model_name(checked: Checked, finding: Finding) -> tuple[str, str]:
    better = "".join(part[:1].upper() + part[1:] for part in MODEL_NAME.findall(finding.subject))
    return (
        f"The model name `{finding.subject}` has characters other than letters, digits and `_`.",
        f"Call it `{better}`." if better else "Use letters, digits and `_`.",
    )


def _type_syntax(checked: Checked, finding: Finding) -> tuple[str, str]:
    subject = finding.subject
    message = (
        f"`{subject}` is TypeScript that nango.yaml does not take."
        if trim(subject)
        else "A type is missing here."
    )
    inner = subject.partition("<")[2].rstrip(">[]").strip()
    if subject == "[]" or not trim(subject):
        return message, "Name the type, for example `string[]` or `any[]`."
    if subject.startswith(("Array<", "Set<")) and inner and "<" not in inner:
        return message, f"Write `{inner}[]`."
    if subject.startswith(("Record<", "Map<", "Object<")):
        return message, "Write `object`, or a nested mapping with `__string: type`."
    return message, "Write the fields out, or `any`."


def _extends(checked: Checked, finding: Finding) -> tuple[str, str]:
    return f"There is no model `{finding.subject}` to extend.", _did_you_mean(
        finding.subject, _models(checked)
    )


def _mismatch(checked: Checked, finding: Finding) -> tuple[str, str]:
    return (
        f"`{finding.subject}` has a different number of endpoints and output models.",
        "Give one endpoint for each model, in the same order.",
    )


def _duplicate_model(checked: Checked, finding: Finding) -> tuple[str, str]:
    return (
        f"The model `{finding.subject}` is the output of two syncs, or named twice in one output.",
        "Give each its own model, for example with `__extends`.",
    )


def _missing_id(checked: Checked, finding: Finding) -> tuple[str, str]:
    if finding.subject.startswith("Anonymous_"):
        close = _did_you_mean(_raw(checked, finding.at), _models(checked))
        return "The output of a sync must be a model with an `id`.", close
    return (
        f"The model `{finding.subject}` has no field `id`, which tells the records of a sync apart.",
        "Add `id: string`.",
    )


def _duplicate_endpoint(checked: Checked, finding: Finding) -> tuple[str, str]:
    return f"The endpoint `{finding.subject}` is used twice in one integration.", "Change one of the paths."


def _model_not_found(checked: Checked, finding: Finding) -> tuple[str, str]:
    message = f"The endpoint names the model `{finding.subject}`, which is not there."
    if ":" in finding.subject:
        return message, "In a sync only `{Model}` is looked up, without a field."
    return message, _did_you_mean(finding.subject, _models(checked))


def _fallback(checked: Checked, finding: Finding) -> tuple[str, str]:
    subject = finding.subject
    message = f"`{subject}` is no known type or model, so it is taken for the text '{subject}'."
    if subject.endswith("[]"):
        return message, "Only one `[]` is read: name a model for the inner list."
    if subject.startswith("(") or subject.endswith(")"):
        return message, "Parentheses are not read: name a model for the union."
    if "<" in subject:
        return message, "Generics are not read: use a model, `object` or `any`."
    close = nearest(trim(subject), [*ALIASES, *_models(checked)])
    return message, f"Did you mean `{close}`? If the text is meant, all is well." if close else ""


def _cyclic(checked: Checked, finding: Finding) -> tuple[str, str]:
    owner = str(finding.at[1]) if finding.at[:1] == ("models",) and len(finding.at) > 1 else ""
    if owner and owner not in _reached(checked, finding.subject):
        return f"The CLI will warn of a circle at `{finding.subject}` here; there is none.", ""
    return (
        f"The models `{owner}` and `{finding.subject}` refer to each other in a circle.",
        "Nango takes that.",
    )


def _literal(checked: Checked, finding: Finding) -> tuple[str, str]:
    key = finding.at[-1]
    message = f"`{key}` names no model: Nango makes an anonymous one of `{_raw(checked, finding.at)}`."
    models = _models(checked)
    close = nearest(finding.subject, models) if finding.subject not in models else None
    return message, f"Did you mean `{close}`?" if close else "Declare a model for it."


def _both_events(checked: Checked, finding: Finding) -> tuple[str, str]:
    return (
        "`on-events` and `post-connection-scripts` cannot stand together.",
        "Move the scripts to `on-events: post-connection-creation:`.",
    )


_WORDS: dict[str, Callable[[Checked, Finding], tuple[str, str]]] = {
    "invalid_model_name": _model_name,
    "type_syntax_error": _type_syntax,
    "model_extends_not_found": _extends,
    "endpoints_mismatch": _mismatch,
    "invalid_runs": _invalid_runs,
    "both_post_connection_scripts_and_on_events_present": _both_events,
    "duplicate_model": _duplicate_model,
    "model_missing_id": _missing_id,
    "duplicate_endpoint": _duplicate_endpoint,
    "model_not_found": _model_not_found,
    "model_not_found_fallback": _fallback,
    "cyclic_model": _cyclic,
    "model_is_literal": _literal,
}


def _models(checked: Checked) -> list[str]:
    raw = checked.data.get("models") if isinstance(checked.data, dict) else None
    return list(raw) if isinstance(raw, dict) else []


def _raw(checked: Checked, path: Path) -> str:
    value = checked.data
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _did_you_mean(name: str, choices: list[str]) -> str:
    close = nearest(name, choices)
    if close:
        return f"Did you mean `{close}`?"
    if not choices:
        return "No models are declared."
    more = " …" if len(choices) > _FIRST_MODELS else ""
    return f"Declared models: {', '.join(choices[:_FIRST_MODELS])}{more}."


def _reached(checked: Checked, name: str) -> set[str]:
    """The models that ``name`` refers to, directly or not."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        model = checked.models.get(waiting.pop())
        for one in references(model.fields) if model else ():
            if one not in found:
                found.add(one)
                waiting.append(one)
    return found
