"""A file of layout ``nango-yaml``: ``export default async function fetchData(nango: NangoSync)``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from nangonb._project import ENTRY, Problem, Project, Script, reads
from nangonb._translate.code import Line
from nangonb._translate.function import Function
from nangonb._translate.imports import from_modules, mentions, models_used, of_crypto, relative, used_text
from nangonb._translate.modules import Modules, TranslatedModule
from nangonb._translate.printed import Printed
from nangonb._translate.script import WEBHOOK, ScriptTranslator

_ENTRY = {"sync": "fetchData", "action": "runAction", "on-event": "onEvent"}


def nango_type(script: Script) -> Callable[[Function], str]:
    return lambda function: "NangoSync" if script.kind == "sync" else "NangoAction"


def script(
    project: Project,
    script: Script,
    translator: ScriptTranslator,
    functions: Sequence[Printed],
    modules: Modules,
) -> list[Line]:
    printed: list[list[Line]] = []
    for function in functions:
        if function.name == ENTRY[script.kind]:
            printed.append(function.lines("export default", _ENTRY[script.kind]))
        elif script.kind == "sync" and function.name == WEBHOOK:
            printed.append(function.lines("export", "onWebhookPayloadReceived"))
        else:
            printed.append(function.lines())
    return joined([configured(script), _file(script.key, translator, functions, modules, printed, "")])


def configured(script: Script) -> list[Line]:
    """Return the cell's settings that only this kit has, as a comment line that it reads back."""
    said = reads.line(script.reads)
    return [Line(f"//| {said}")] if said else []


def module(project: Project, done: TranslatedModule, modules: Modules) -> list[Line]:
    printed = [
        function.lines("" if function.name.startswith("_") else "export") for function in done.functions
    ]
    return _file(done.module.path, done.translator, done.functions, modules, printed, "export ")


def problems(project: Project, script: Script) -> Sequence[Problem]:
    """Yield no problems: this layout supports all of nango.yaml."""
    return ()


def _file(
    path: str,
    translator: ScriptTranslator,
    functions: Sequence[Printed],
    modules: Modules,
    printed: Sequence[Sequence[Line]],
    export: str,
) -> list[Line]:
    text = used_text(translator, functions)
    types = [name for name in ("NangoSync", "NangoAction") if mentions(text, name)]
    names = [*types, *models_used(translator, text)]
    top = of_crypto(translator, text)
    if names:
        # Nango's form; in a module with the extension, since migrate-to-zero-yaml does not change it
        models = relative(path, "models.js" if export else "models")
        top.append(Line(f"import type {{ {', '.join(names)} }} from '{models}';"))
    top += from_modules(translator, text, modules, path)
    above = translator.comments.of_file(translator.tree)
    return joined([above, top, *constants(translator, text, export), *printed])


def constants(translator: ScriptTranslator, text: str, export: str) -> Iterator[list[Line]]:
    """Return the used constants as one group; of a module all public ones."""
    group: list[Line] = []
    for name, lines in translator.constant_lines.items():
        shown = translator.js_name(name)
        public = export and not name.startswith("_")
        if public or text.count(shown) > 1:
            for line in lines:
                start = f"const {shown} ="
                changed = f"{export}{line.text}" if public and line.text.startswith(start) else line.text
                group.append(Line(changed, line.source, line.depth))
    yield group


def joined(groups: Sequence[Sequence[Line]]) -> list[Line]:
    """Return the groups with a blank line between them."""
    lines: list[Line] = []
    for group in groups:
        if lines and group:
            lines.append(Line(""))
        lines += group
    return lines
