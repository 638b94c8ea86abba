"""A TypeScript script that nango.yaml configures, as a file of layout ``zero-yaml``.

The script itself does not change and has a folder of its own; the file created here imports it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from nangonb._project import CREATES, FUNCTIONS, Project, Script
from nangonb._translate.code import INDENT, Line, indented
from nangonb._translate.imports import relative
from nangonb._translate.nango_yaml_file import configured, joined
from nangonb._translate.zero_yaml_file import (
    VARIABLES,
    declared_script,
    inputs,
    model_lines,
    outputs,
    settings,
    with_commas,
)
from nangonb._translate.zod import schemas

#: Folder of the unchanged scripts and modules of nango.yaml in layout zero-yaml.
FOLDER: Final = "nango-yaml"
_WEBHOOK: Final = "onWebhookPayloadReceived"
_EXPORTS_WEBHOOK: Final = re.compile(rf"\bexport\s+(?:async\s+)?(?:function|const|let)\s+{_WEBHOOK}\b")
# the compiler treats the script as a CommonJS module, the bundler as an ES module
_CAST: Final = "(script as unknown as typeof script.default)"


def wrapped(project: Project, script: Script) -> str:
    """Return the text of the file. It compiles if nango.yaml is valid, whatever the script contains."""
    module = f"{FOLDER}/{script.file}"
    declared = declared_script(project, script)
    models = project.checked.models
    named = [*outputs(declared), *inputs(declared)]
    known = schemas(models, [name for name in named if name in models])
    create, variable, function = CREATES[script.kind], VARIABLES[script.kind], FUNCTIONS[script.kind]
    properties = [*settings(script, declared, script.source.body), *_functions(script, function)]
    z = bool(known) or any("z." in line.text for group in properties for line in group)
    top = [Line(f"import {{ {create} }} from 'nango';")]
    top += [Line("import * as z from 'zod';")] if z else []
    top.append(Line(f"import * as script from '{relative(script.key, module)}.js';"))
    made = [
        Line(f"const {variable} = {create}({{"),
        *indented(with_commas(properties)),
        Line("});"),
        Line(""),
        Line(f"export default {variable};"),
    ]
    groups = [
        configured(script),
        [Line(f"// Made from nango.yaml by nangonb. The script is {module}.ts, as it was written."), *top],
        list(_imported(script, function)),
        *model_lines(known, ()),
        made,
    ]
    return "".join(f"{_shown(line)}\n" for line in joined(groups))


def _takes_webhooks(script: Script) -> bool:
    return script.kind == "sync" and _EXPORTS_WEBHOOK.search(script.source.body) is not None


def _imported(script: Script, function: str) -> Iterator[Line]:
    parameters = "nango: any, input: any" if script.kind == "action" else "nango: any"
    yield Line(f"const {function}: ({parameters}) => any = {_CAST}.default;")
    if _takes_webhooks(script):
        yield Line(f"const {_WEBHOOK}: (nango: any, payload: any) => any = {_CAST}.{_WEBHOOK};")


def _functions(script: Script, function: str) -> Iterator[list[Line]]:
    given = "nango, input" if script.kind == "action" else "nango"
    yield [Line(f"exec: async ({given}) => await {function}({given})")]
    if _takes_webhooks(script):
        yield [Line(f"onWebhook: async (nango, payload) => await {_WEBHOOK}(nango, payload)")]


def _shown(line: Line) -> str:
    text = line.text.replace("\n", "\n" + INDENT * line.depth)
    return (INDENT * line.depth + text).rstrip()
