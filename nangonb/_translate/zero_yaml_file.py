"""A file of layout ``zero-yaml``: ``createSync({ … exec: async (nango) => { … } })``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from nangonb._project import CREATES, ENTRY, Problem, Project, Script
from nangonb._project.nango_yaml import DeclaredScript
from nangonb._translate import code
from nangonb._translate.checkpoints import checkpoint_schema
from nangonb._translate.code import Line, indented
from nangonb._translate.function import RESERVED, Function
from nangonb._translate.imports import from_modules, mentions, models_used, of_crypto, used_text
from nangonb._translate.modules import Modules, TranslatedModule
from nangonb._translate.nango_yaml_file import configured, constants, joined
from nangonb._translate.printed import Printed
from nangonb._translate.script import WEBHOOK, ScriptTranslator
from nangonb._translate.zod import schemas

VARIABLES = {"sync": "sync", "action": "action", "on-event": "onEvent"}
#: Nango's rule for names of the output models of a sync.
_MODEL_NAME = re.compile("[A-Z][a-zA-Z0-9_]+")
#: Names that no type may have.
_TYPE_NAMES = frozenset(
    {"any", "bigint", "boolean", "never", "number", "object", "string", "symbol", "unknown"}
)
_METADATA = re.compile(r"\bnango\.(get|set|update)Metadata\b")
_SCALARS = {"string": "z.string()", "number": "z.number()", "boolean": "z.boolean()"}


def nango_type(script: Script) -> Callable[[Function], str]:
    local = {"sync": "NangoSyncLocal", "action": "NangoActionLocal", "on-event": "NangoOnEventLocal"}
    return lambda function: local[script.kind]


def script(
    project: Project,
    script: Script,
    translator: ScriptTranslator,
    functions: Sequence[Printed],
    modules: Modules,
) -> list[Line]:
    entry = next((each for each in functions if each.name == ENTRY[script.kind]), None)
    webhook = next((each for each in functions if script.kind == "sync" and each.name == WEBHOOK), None)
    others = [each for each in functions if each not in (entry, webhook)]
    text = used_text(translator, functions)
    declared = declared_script(project, script)
    models = project.checked.models
    named = [*outputs(declared), *inputs(declared)]
    typed = models_used(translator, text)
    known = schemas(models, [*(name for name in named if name in models), *typed])
    variable, create = VARIABLES[script.kind], CREATES[script.kind]
    properties = [
        *settings(
            script,
            declared,
            text,
            checkpoint=checkpoint_schema(translator),
            undeclared=_undeclared(translator),
        ),
        _exec("exec", _described(entry, declared), translator) if entry else [Line("exec: async () => {}")],
    ]
    if webhook:
        properties.append(_exec("onWebhook", webhook, translator))
    made = [Line(f"const {variable} = {create}({{"), *indented(with_commas(properties)), Line("});")]
    local = nango_type(script)(translator.functions[entry.name]) if entry else ""
    others_text = used_text(translator, others)
    if local and mentions(others_text, local):
        made += [Line(""), Line(f"type {local} = Parameters<(typeof {variable})['exec']>[0];")]
    made.append(Line(f"export default {variable};"))
    z = bool(known) or any("z." in line.text for group in properties[:-1] for line in group)
    top = [*of_crypto(translator, text), Line(f"import {{ {create} }} from 'nango';")]
    top += [Line("import * as z from 'zod';")] if z else []
    top += from_modules(translator, text, modules, script.key)
    return joined(
        [
            configured(script),
            translator.comments.of_file(translator.tree),
            top,
            *model_lines(known, typed),
            *constants(translator, text, ""),
            made,
            *(function.lines() for function in others),
        ]
    )


def module(project: Project, done: TranslatedModule, modules: Modules) -> list[Line]:
    text = used_text(done.translator, done.functions)
    typed = models_used(done.translator, text)
    functions = [_for_any_script(function) for function in done.functions]
    known = schemas(project.checked.models, typed)
    types = [name for name in ("NangoAction", "NangoSync") if mentions(text, name)]
    top = of_crypto(done.translator, text)
    top += [Line(f"import type {{ {', '.join(types)} }} from 'nango';")] if types else []
    top += [Line("import * as z from 'zod';")] if known else []
    top += from_modules(done.translator, text, modules, done.module.path)
    return joined(
        [
            done.translator.comments.of_file(done.translator.tree),
            top,
            *model_lines(known, typed),
            *constants(done.translator, text, "export "),
            *(function.lines("" if function.name.startswith("_") else "export") for function in functions),
        ]
    )


def _for_any_script(function: Printed) -> Printed:
    """Return the parameters with a nango object of any script, whose models and metadata are unknown."""
    names = {"NangoSync": "NangoSync<any, any, any>", "NangoAction": "NangoAction<any, any>"}
    parameters = [
        re.sub(r": (Nango\w+)$", lambda match: f": {names.get(match[1], match[1])}", parameter)
        for parameter in function.parameters
    ]
    return replace(function, parameters=tuple(parameters))


def problems(project: Project, script: Script) -> Iterator[Problem]:
    """Yield the problems of this layout: names of a sync's models must start with a capital letter."""
    declared = declared_script(project, script)
    if declared is None:
        return
    models = project.checked.models
    for name in dict.fromkeys(name for name, _ in schemas(models, [*outputs(declared), *inputs(declared)])):
        saved = script.kind == "sync" and name in declared.output
        free = code.is_identifier(name) and name not in RESERVED | _TYPE_NAMES
        if _MODEL_NAME.fullmatch(name) or (not saved and free):
            continue
        better = name[:1].upper() + name[1:]
        yield Problem(
            "zero-yaml-model-name",
            f"The layout zero-yaml does not support the model name `{name}`. Names start with a capital "
            "letter and have two or more letters, digits and underscores.",
            project.place(("models", name), key=True),
            f"Rename it to `{better if _MODEL_NAME.fullmatch(better) else 'Record'}`.",
        )


def declared_script(project: Project, script: Script) -> DeclaredScript | None:
    return next(
        (
            each
            for each in project.checked.scripts
            if (each.integration, each.kind, each.name) == (script.integration, script.kind, script.name)
        ),
        None,
    )


def outputs(declared: DeclaredScript | None) -> list[str]:
    return list(declared.output) if declared else []


def inputs(declared: DeclaredScript | None) -> list[str]:
    return [declared.input] if declared and declared.input else []


def settings(
    script: Script,
    declared: DeclaredScript | None,
    text: str,
    *,
    checkpoint: str | None = None,
    undeclared: tuple[str, str] = ("z.any()", "z.any()"),
) -> list[list[Line]]:
    """Return the settings of nango.yaml as properties. ``autoStart`` is explicit: its default is false.

    ``text`` is that of the script. ``undeclared`` are the schemas of an action's input and output that
    nango.yaml does not declare.
    """
    metadata = [_property("metadata", "z.looseObject({})")] if _METADATA.search(text) else []
    kept = [] if checkpoint is None else [_property("checkpoint", checkpoint)]
    if declared is None:
        return [_property("description", code.string(script.config.description)), *kept]
    found = [_property("description", code.string(declared.description.strip()))]
    if declared.version:
        found.append(_property("version", code.string(declared.version)))
    endpoints = [
        code.object_literal(
            [
                f"method: {code.string(each.method)}",
                f"path: {code.string(each.path)}",
                *([f"group: {code.string(each.group)}"] if each.group else []),
            ]
        )
        for each in declared.endpoints
    ]
    scopes = [_property("scopes", _texts(declared.scopes))] if declared.scopes else []
    if declared.kind == "on-event":
        return [*found, _property("event", code.string(declared.event or "")), *metadata, *kept]
    if declared.kind == "action":
        found += [_property("endpoint", endpoints[0])] if endpoints else []
        found += scopes
        takes, gives = undeclared
        found += [*metadata, *kept]
        found.append(_property("input", _schema(declared.input, takes)))
        found.append(_property("output", _schema(declared.output[0] if declared.output else None, gives)))
        return found
    found += [_property("endpoints", code.array_literal(endpoints))] if endpoints else []
    found.append(_property("frequency", code.string(declared.runs or "")))
    found.append(_property("autoStart", "true" if declared.auto_start else "false"))
    found.append(_property("syncType", code.string(declared.sync_type)))
    found += [_property("trackDeletes", "true")] if declared.track_deletes else []
    found += scopes
    if declared.webhook_subscriptions:
        found.append(_property("webhookSubscriptions", _texts(declared.webhook_subscriptions)))
    found += [_property("metadata", _schema(declared.input, ""))] if declared.input else metadata
    found += kept
    found.append(_property("models", code.bracketed("{", list(declared.output), "}", space=" ")))
    return found


def _schema(name: str | None, otherwise: str) -> str:
    return otherwise if name is None else _SCALARS.get(name, name)


def _undeclared(translator: ScriptTranslator) -> tuple[str, str]:
    """Return the schemas ``any`` for an undeclared input or output."""
    entry = translator.functions.get(ENTRY["action"])
    if entry is None:
        return "z.void()", "z.void()"
    inputs = [entry.variables[name].used for name in list(entry.parameters)[1:]]
    returns = entry.returns is not None and entry.returns.kind != "none"
    return "z.any()" if any(inputs) else "z.void()", "z.any()" if returns else "z.void()"


def _texts(values: Sequence[str]) -> str:
    return code.array_literal([code.string(value) for value in values])


def _property(name: str, value: str) -> list[Line]:
    return [Line(line) for line in f"{name}: {value}".split("\n")]


def _exec(name: str, printed: Printed, translator: ScriptTranslator) -> list[Line]:
    names = [parameter.split(":")[0].split(" = ")[0] for parameter in printed.parameters]
    while names and names[-1].startswith("_"):
        names.pop()
    returns = ""
    if name == "exec" and translator.kind == "action":
        returns = f": {printed.returns}"
    payload = [
        f"{each}: any" if name == "onWebhook" and number else each for number, each in enumerate(names)
    ]
    head = f"{name}: async ({', '.join(payload)}){returns} => {{"
    above = [*printed.comments, *printed.documentation]
    if not printed.body:
        return [*above, Line(head + "}", printed.source)]
    return [*above, Line(head, printed.source), *indented(printed.body), Line("}")]


def _described(printed: Printed, declared: DeclaredScript | None) -> Printed:
    """Return the function without its docstring if that equals the description."""
    said = "\n".join(line.text for line in printed.documentation)
    same = declared is not None and said == f"/** {declared.description.strip()} */"
    return replace(printed, documentation=()) if same else printed


def with_commas(groups: Sequence[Sequence[Line]]) -> list[Line]:
    lines: list[Line] = []
    for number, group in enumerate(groups):
        *before, last = group
        comma = "," if number < len(groups) - 1 else ""
        lines += [*before, Line(last.text + comma, last.source, last.depth)]
    return lines


def model_lines(known: Sequence[tuple[str, Sequence[Line]]], typed: Sequence[str]) -> Iterator[list[Line]]:
    """Return each schema, and its type if the code uses it."""
    for name, lines in known:
        kind = [Line(f"type {name} = z.infer<typeof {name}>;")] if name in typed else []
        yield [*lines, *kind]
