"""What a check found, as Problems: what, at which line, and how to fix it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nangonb._project.nango_yaml import runs
from nangonb._project.nango_yaml.checked import Checked
from nangonb._project.nango_yaml.fields import ALIASES, MODEL_NAME, references
from nangonb._project.nango_yaml.findings import Finding
from nangonb._project.nango_yaml.javascript import trim
from nangonb._project.nango_yaml.model_problems import model_problems
from nangonb._project.nango_yaml.schema_problems import schema_problems, within
from nangonb._project.nango_yaml.server import server_problems
from nangonb._project.problems import Place, Problem
from nangonb.errors import nearest

Path = tuple[str | int, ...]
Locate = Callable[[Path], Place]

_FIRST_MODELS = 8


def problems(checked: Checked, locate: Locate) -> list[Problem]:
    """All problems of a checked nango.yaml, in the order of Nango's passes.

    Schema errors, the parser's errors and warnings, and what the CLI takes but its compiler or the server
    refuses.
    ``locate`` gives the place of a path into the data; a KeyPath means the key at its end.
    """
    result = schema_problems(checked.schema_errors, locate)
    result += [_finding_problem(checked, one, locate) for one in checked.errors]
    if checked.crash and not any(within(checked.crash.at, error.path) for error in checked.schema_errors):
        result.append(_finding_problem(checked, checked.crash, locate))
    result += [_finding_problem(checked, one, locate) for one in checked.warnings]
    result += model_problems(checked, locate)
    result += server_problems(checked, locate)
    return result


# -- the parser's findings -----------------------------------------------------------------------


def _finding_problem(checked: Checked, finding: Finding, locate: Locate) -> Problem:
    code = finding.code.replace("_", "-")
    words = _WORDS.get(finding.code)
    message, hint = (
        words(checked, finding) if words else (f"{finding.message}.", _CRASH_HINTS.get(finding.code, ""))
    )
    if finding.code == "invalid_runs" and finding.message == "sync_interval_too_short":
        code = "runs-too-short"
    related = (locate(finding.first),) if finding.first is not None else ()
    problem = Problem(code, message, locate(finding.place), hint, related)
    if finding.code == "model_not_found_fallback" and not hint:  # most often what is meant
        return replace(problem, severity="note")
    return problem


def _invalid_runs(checked: Checked, finding: Finding) -> tuple[str, str]:
    if not finding.subject:
        return f"{finding.message}.", "Write `every hour`, `every 30 minutes`, `every day` …"
    better = runs.suggestion(finding.subject)
    hint = f"Did you mean `{better}`?" if better else "Write `every hour`, `every 30 minutes`, `every day` …"
    if finding.message == "sync_interval_too_short":
        return (
            f"`{finding.subject}` is shorter than 30 seconds, the minimum interval of Nango.",
            hint,
        )
    return f"`{finding.subject}` is not a valid interval.", hint


def _model_name(checked: Checked, finding: Finding) -> tuple[str, str]:
    better = "".join(part[:1].upper() + part[1:] for part in MODEL_NAME.findall(finding.subject))
    return (
        f"The model name `{finding.subject}` has characters other than letters, digits and `_`.",
        f"Rename it to `{better}`." if better else "Use letters, digits and `_`.",
    )


def _type_syntax(checked: Checked, finding: Finding) -> tuple[str, str]:
    subject = finding.subject
    message = (
        f"`{subject}` is TypeScript syntax that nango.yaml does not support."
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
    return message, "List the fields, or use `any`."


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
        "Use a separate model for each, for example with `__extends`.",
    )


def _missing_id(checked: Checked, finding: Finding) -> tuple[str, str]:
    if finding.subject.startswith("Anonymous_"):
        close = _did_you_mean(_raw(checked, finding.at), _models(checked))
        return "The output of a sync must be a model with an `id`.", close
    return (
        f"The model `{finding.subject}` has no field `id`, which identifies the records of a sync.",
        "Add `id: string`.",
    )


def _duplicate_endpoint(checked: Checked, finding: Finding) -> tuple[str, str]:
    return f"The endpoint `{finding.subject}` is used twice in one integration.", "Change one of the paths."


def _model_not_found(checked: Checked, finding: Finding) -> tuple[str, str]:
    message = f"The endpoint names the model `{finding.subject}`, which does not exist."
    if ":" in finding.subject:
        return message, "In a sync, only `{Model}` without a field is supported."
    return message, _did_you_mean(finding.subject, _models(checked))


def _fallback(checked: Checked, finding: Finding) -> tuple[str, str]:
    subject = finding.subject
    message = f"`{subject}` is not a known type or model. It is read as the literal '{subject}'."
    if subject.endswith("[]"):
        return message, "Only one `[]` is supported. Declare a model for the inner list."
    if subject.startswith("(") or subject.endswith(")"):
        return message, "Parentheses are not supported. Declare a model for the union."
    if "<" in subject:
        return message, "Generics are not supported. Use a model, `object` or `any`."
    close = _close(trim(subject), [*ALIASES, *_models(checked)])
    return message, f"Did you mean `{close}`? Ignore this if you mean the literal." if close else ""


def _cyclic(checked: Checked, finding: Finding) -> tuple[str, str]:
    owner = str(finding.at[1]) if finding.at[:1] == ("models",) and len(finding.at) > 1 else ""
    if owner and owner not in _reached(checked, finding.subject):
        return f"Nango's CLI warns about a cycle at `{finding.subject}` here. There is none.", ""
    return (
        f"The models `{owner}` and `{finding.subject}` refer to each other in a cycle.",
        "Nango accepts that.",
    )


def _literal(checked: Checked, finding: Finding) -> tuple[str, str]:
    key = finding.at[-1]
    message = f"`{key}` is not a model: Nango makes an anonymous model from `{_raw(checked, finding.at)}`."
    models = _models(checked)
    close = _close(finding.subject, models) if finding.subject not in models else None
    return message, f"Did you mean `{close}`?" if close else "Declare a model for it."


def _both_events(checked: Checked, finding: Finding) -> tuple[str, str]:
    return (
        "`on-events` and `post-connection-scripts` cannot be used together.",
        "Move the scripts to `on-events: post-connection-creation:`.",
    )


_CRASH_HINTS = {
    "empty_file": "Write `integrations:` and `models:`.",
    "not_a_mapping": "Add indented `key: value` lines under it.",
    "empty_mapping": "Nango's parser requires it.",
    "extends_cycle": "Remove one `__extends`.",
    "bad_extends": "Write `__extends: Contact` or `__extends: Contact, Person`.",
    "bad_endpoint": "Write `path: /contacts`.",
    "not_a_string": "Put it in quotes.",
    "too_deep": "Use `object` or `any` in one of the models.",
}
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
    close = _close(name, choices)
    if close:
        return f"Did you mean `{close}`?"
    if not choices:
        return "No models are declared."
    more = " …" if len(choices) > _FIRST_MODELS else ""
    return f"Declared models: {', '.join(choices[:_FIRST_MODELS])}{more}."


def _close(name: str, choices: list[str]) -> str | None:
    """The nearest choice, of those of about its length and beginning: there may be thousands."""
    if not name:
        return None
    low = name.lower()[:2]
    least, most = len(name) * 0.7, len(name) * 1.5
    likely = [
        choice
        for choice in choices
        if least <= len(choice) <= most and (choice[0].lower() in low or low[:1] in choice[:2].lower())
    ]
    return nearest(name, likely) if likely else None


def _reached(checked: Checked, name: str) -> set[str]:
    """The models that ``name`` refers to, directly or not."""
    names: set[str] = set()
    waiting = [name]
    while waiting:
        model = checked.models.get(waiting.pop())
        for one in references(model.fields) if model else ():
            if one not in names:
                names.add(one)
                waiting.append(one)
    return names
