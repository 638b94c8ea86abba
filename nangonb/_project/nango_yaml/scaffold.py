"""The first text of a script that is declared and not written yet.

Unlike Nango's own it runs and compiles as it is: an action returns the smallest valid output.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Literal

from nangonb._project.nango_yaml.checked import DeclaredScript
from nangonb._project.nango_yaml.fields import Field, Model
from nangonb._project.nango_yaml.javascript import text
from nangonb._project.nango_yaml.python_models import python_name

Language = Literal["python", "typescript"]

_WORDS = re.compile("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[A-Z]")
_DEEPEST = 50
_EPOCH = "1970-01-01T00:00:00.000Z"
_PYTHON = {
    "string": '""', "number": "0", "boolean": "False", "bigint": "0", "Date": f'"{_EPOCH}"', "any": "None",
    "any[]": "[]", "Record<string, any>": "{}", "void": "None", "undefined": "None",
}  # fmt: skip
_TYPESCRIPT = {
    "string": "''", "number": "0", "boolean": "false", "bigint": "0n", "Date": "new Date(0)", "any": "null",
    "any[]": "[]", "Record<string, any>": "{}", "void": "undefined", "undefined": "undefined",
}  # fmt: skip


def scaffold(script: DeclaredScript, language: Language, models: Mapping[str, Model] | None = None) -> str:
    """The text of a new file for ``script``, ending in a newline.

    Python defines ``fetch_data(nango)``, ``run_action(nango, input)`` or ``on_event(nango)``; TypeScript
    exports the default function that Nango calls and passes its compiler flags. ``models`` is
    ``Checked.models``; without it an action with an output raises instead of returning one.
    """
    lines = (_python if language == "python" else _typescript)(script, models or {})
    return "\n".join([*lines, ""])


# -- Python ----------------------------------------------------------------------------------------


def _python(script: DeclaredScript, models: Mapping[str, Model]) -> list[str]:
    kind = "NangoSync" if script.kind == "sync" else "NangoAction"
    lines = [f"from nangonb import {kind}"]
    if _named(script):
        lines.append(f"from nangonb.models import {', '.join(sorted(map(python_name, _named(script))))}")
    if script.kind == "sync":
        body = [_docstring(script, "Fetch the records and save them.")]
        for name, variable in _variables(script, camel=False):
            body.append(
                f"{variable}: list[{python_name(name)}] = []  # fetch them with nango.get or nango.paginate"
            )
            body.append(f"nango.batch_save({variable}, {json.dumps(name)})")
        lines += ["", "", "def fetch_data(nango: NangoSync) -> None:", *_indented(body)]
        if script.webhook_subscriptions:
            body = ['"""Called for each webhook that the sync subscribes to."""', "nango.log(str(payload))"]
            lines += ["", "", "def on_webhook(nango: NangoSync, payload: object) -> None:", *_indented(body)]
        return lines
    if script.kind == "on-event":
        body = [_docstring(script, f"Run at {script.event}."), f"nango.log({_unwritten(script)})"]
        return [*lines, "", "", "def on_event(nango: NangoAction) -> None:", *_indented(body)]
    takes = python_name(script.input) if script.input else "None"
    gives = python_name(script.output[0]) if script.output else "None"
    body = [_docstring(script, "Run the action and return its output."), f"nango.log({_unwritten(script)})"]
    if script.output:
        value = _of_model(script.output[0], models, _PYTHON, ())
        unable = f"raise nango.ActionError({_unwritten(script)})"
        body.append(unable if value is None else f"return {value}")
    return [
        *lines,
        "",
        "",
        f"def run_action(nango: NangoAction, input: {takes}) -> {gives}:",
        *_indented(body),
    ]


def _docstring(script: DeclaredScript, default: str) -> str:
    summary = " ".join(script.description.split()) or default
    return f'"""{json.dumps(summary, ensure_ascii=False)[1:-1]}"""'


# -- TypeScript ------------------------------------------------------------------------------------


def _typescript(script: DeclaredScript, models: Mapping[str, Model]) -> list[str]:
    kind = "NangoSync" if script.kind == "sync" else "NangoAction"
    lines = [f"import type {{ {', '.join([kind, *_named(script)])} }} from '../../models';", ""]
    if script.description:
        lines.append(f"/** {' '.join(script.description.split()).replace('*/', '* /')} */")
    if script.kind == "sync":
        body = []
        for name, variable in _variables(script, camel=True):
            body.append(f"const {variable}: {name}[] = []; // fetch them with nango.get or nango.paginate")
            body.append(f"await nango.batchSave({variable}, '{name}');")
        lines += _function("fetchData(nango: NangoSync): Promise<void>", body, default=True)
        if script.webhook_subscriptions:
            head = "onWebhookPayloadReceived(nango: NangoSync, payload: any): Promise<void>"
            lines += ["", *_function(head, ["await nango.log(payload);"])]
        return lines
    body = [f"await nango.log({_unwritten(script)});"]
    if script.kind == "on-event":
        return [*lines, *_function("onEvent(nango: NangoAction): Promise<void>", body, default=True)]
    gives = script.output[0] if script.output else "void"
    # The underscore keeps noUnusedParameters quiet until the input is used.
    takes = f"_input: {script.input}" if script.input else "_input?: void"
    if script.output:
        value = _of_model(script.output[0], models, _TYPESCRIPT, ())
        unable = f"throw new nango.ActionError({{ message: {_unwritten(script)} }});"
        body.append(unable if value is None else f"return {value};")
    return [
        *lines,
        *_function(f"runAction(nango: NangoAction, {takes}): Promise<{gives}>", body, default=True),
    ]


def _function(head: str, body: list[str], default: bool = False) -> list[str]:
    return [f"export {'default ' if default else ''}async function {head} {{", *_indented(body), "}"]


# -- both ------------------------------------------------------------------------------------------


def _named(script: DeclaredScript) -> list[str]:
    """The models that the text names: the input of a sync is metadata, which not every sync reads."""
    outputs = script.output if script.kind == "sync" else script.output[:1]
    takes = [script.input] if script.kind == "action" and script.input else []
    return list(dict.fromkeys([*outputs, *takes]))


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _unwritten(script: DeclaredScript) -> str:
    return json.dumps(f"{script.name} is not written yet", ensure_ascii=False)


def _variables(script: DeclaredScript, camel: bool) -> list[tuple[str, str]]:
    """(model, variable for a list of its records), each variable once."""
    pairs: list[tuple[str, str]] = []
    for name in dict.fromkeys(script.output):
        variable = _variable(name, camel)
        while variable in ("nango", "payload", *(one for _, one in pairs)):
            variable += "2"
        pairs.append((name, variable))
    return pairs


def _variable(model: str, camel: bool) -> str:
    """``OpenTicket`` becomes ``open_tickets`` or ``openTickets``."""
    words = [word.lower() for word in _WORDS.findall(model)] or ["record"]
    last = words[-1]
    words[-1] = last if last.endswith("s") else f"{last[:-1]}ies" if last[-2:] in _CONSONANT_Y else f"{last}s"
    name = words[0] + "".join(one.title() for one in words[1:]) if camel else "_".join(words)
    if name[0].isdigit() or name in _RESERVED:
        return f"records{name.title()}" if camel else f"records_{name}"
    return name


#: Words ending in s that are no names in Python or TypeScript.
_RESERVED = frozenset(("as", "is", "class", "pass", "this"))
_CONSONANT_Y = {f"{letter}y" for letter in "bcdfghjklmnpqrstvwxz"}


def _of_model(
    name: str, models: Mapping[str, Model], words: Mapping[str, str], above: tuple[str, ...]
) -> str | None:
    """The smallest value of a model as source text, or None where there is none."""
    model = models.get(name)
    if model is None or name in above or len(above) > _DEEPEST:
        return None
    if model.is_anonymous:
        return _value(model.fields[0], models, words, above)
    return _object(model.fields, models, words, (*above, name))


def _object(
    fields: tuple[Field, ...], models: Mapping[str, Model], words: Mapping[str, str], above: tuple[str, ...]
) -> str | None:
    is_python = words is _PYTHON
    parts = []
    for field in fields:
        if field.optional or field.dynamic or (is_python and _is_undefined(field)):
            continue
        value = _value(field, models, words, above)
        if value is None:
            return None
        bare = not is_python and re.fullmatch("[a-zA-Z_][a-zA-Z0-9_]*", field.name)
        parts.append(f"{field.name if bare else json.dumps(field.name, ensure_ascii=False)}: {value}")
    if not parts:
        return "{}"
    return f"{{{', '.join(parts)}}}" if is_python else f"{{ {', '.join(parts)} }}"


def _value(
    field: Field, models: Mapping[str, Model], words: Mapping[str, str], above: tuple[str, ...]
) -> str | None:
    if field.union:
        usable = [one for one in field.fields if words is _TYPESCRIPT or not _is_undefined(one)]
        tries = (_value(one, models, words, above) for one in usable)
        return next((one for one in tries if one is not None), None)
    if field.array and (isinstance(field.value, tuple) or field.model or field.ts_type):
        return "[]"
    if isinstance(field.value, tuple):
        return _object(field.value, models, words, above)
    if field.model:
        return _of_model(str(field.value), models, words, above)
    is_python = words is _PYTHON
    if not field.ts_type:
        literal = f"{field.value}{'[]' if field.array else ''}"
        return json.dumps(literal, ensure_ascii=False) if is_python else f"'{literal}'"
    if isinstance(field.value, str):
        return words.get(field.value)
    return repr(field.value) if is_python else text(field.value)


def _is_undefined(field: Field) -> bool:
    """Whether the value may be JavaScript's undefined, which in Python is an absent key."""
    if field.union:
        return any(map(_is_undefined, field.fields))
    return bool(field.ts_type) and field.value == "undefined" and not field.array
