"""Translate a script of a project to one TypeScript file in the style of a layout."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from nangonb._project import CREATES, NANGO_YAML, ZERO_YAML, Layout, Module, Problem, Project, Script, Source
from nangonb._project.typescript import created
from nangonb._translate import nango_yaml_file, wrapped_file, zero_yaml_file
from nangonb._translate.callbacks import names_in
from nangonb._translate.code import INDENT, Line
from nangonb._translate.fitting import fit
from nangonb._translate.helpers import Helper, with_needs
from nangonb._translate.model_types import type_of
from nangonb._translate.modules import Modules
from nangonb._translate.refusals import Refused, bug, refuse
from nangonb._translate.script import ScriptTranslator

_FILES = {NANGO_YAML: nango_yaml_file, ZERO_YAML: zero_yaml_file}


@dataclass(frozen=True, slots=True)
class Translation:
    """``code`` is the file; ``lines`` maps its line numbers to those of the cell. ``problems`` are refusals.

    ``helpers`` are the small functions at its end, with their purposes.
    """

    code: str
    lines: Mapping[int, int]
    problems: tuple[Problem, ...]
    helpers: tuple[Helper, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def translate(
    project: Project, script: Script, layout: Layout = NANGO_YAML, *, modules: Modules | None = None
) -> Translation:
    """Translate a Python script. Errors of the user are ``problems``; they do not raise.

    A script in TypeScript does not change. If nango.yaml configures it and the layout has no nango.yaml, a
    file that declares it is created. ``modules`` are those of the project; pass the same object to translate
    several scripts.
    """
    if script.language != "python":
        return _of_typescript(project, script, layout)
    modules = modules or Modules(project)
    return _guarded(partial(_translated, project, script, layout, modules), script.source)


def _translated(project: Project, script: Script, layout: Layout, modules: Modules) -> Translation:
    file = _FILES[layout]
    translator = ScriptTranslator(
        script.source.body,
        script.kind,
        modules.models,
        input=type_of(script.config.input, modules.models),
        output=type_of(script.config.output[0], modules.models) if script.config.output else None,
        modules=modules,
        nango_type=file.nango_type(script),
    )
    functions = translator.run()
    problems = _problems(translator, script.source)
    problems += _newer(translator, script.source, layout)
    problems += file.problems(project, script)

    make = partial(file.script, project, script, translator, functions, modules)
    return _assembled(make, translator, script.source, problems)


def _of_typescript(project: Project, script: Script, layout: Layout) -> Translation:
    if layout == ZERO_YAML and script.style == "yaml":
        problems = tuple(zero_yaml_file.problems(project, script))
        return Translation(wrapped_file.wrapped(project, script), {}, problems, ())
    if layout == NANGO_YAML and script.style == "zero":
        return Translation(script.source.body, {}, (zero_style(script, layout),), ())
    return Translation(script.source.body, {}, (), ())


def zero_style(script: Script, layout: Layout) -> Problem:
    """Return the problem of a script with ``createSync`` … in a layout that does not support it."""
    made = created(script.source.body)
    return Problem(
        "zero-style",
        f"`{script.name}` calls `{CREATES[script.kind]}`, but the layout {layout} is configured by "
        "nango.yaml. Its CLI does not support such scripts.",
        script.source.body_place(made[1]) if made else script.source.top,
        "Export or deploy it with `--layout zero-yaml`.",
    )


def translate_module(
    project: Project, module: Module, layout: Layout = NANGO_YAML, *, modules: Modules | None = None
) -> Translation:
    """Translate a module cell: its functions and constants are exported."""
    if module.language != "python":
        return Translation(module.source.body, {}, (), ())
    modules = modules or Modules(project)
    return _guarded(partial(_translated_module, project, module, layout, modules), module.source)


def _translated_module(project: Project, module: Module, layout: Layout, modules: Modules) -> Translation:
    done = modules.translated(module.import_name)
    assert done is not None
    problems = _problems(done.translator, module.source)
    problems += _newer(done.translator, module.source, layout)

    make = partial(_FILES[layout].module, project, done, modules)
    return _assembled(make, done.translator, module.source, problems)


def _newer(translator: ScriptTranslator, source: Source, layout: Layout) -> list[Problem]:
    """Return the problems of features that the CLI of layout nango-yaml does not have."""
    if layout != NANGO_YAML:
        return []
    return [
        _problem(refuse(node, "newer", f"{what} is not available in the layout nango-yaml."), source)
        for node, what in translator.newer.items()
    ]


def _assembled(
    make: Callable[[], Sequence[Line]],
    translator: ScriptTranslator,
    source: Source,
    problems: Sequence[Problem],
) -> Translation:
    """Return the file of the lines that ``make`` returns."""
    done = _guarded(lambda: _file(make(), translator, source, problems), source)
    # the earlier problems may have caused the failure
    return replace(done, problems=tuple(problems)) if problems else done


def _guarded(make: Callable[[], Translation], source: Source) -> Translation:
    """Return the result of ``make``, or a translation with a refusal if it fails."""
    try:
        return make()
    except Exception as error:
        return Translation("", {}, (_problem(bug(ast.Module([], []), error), source),), ())


def _file(
    lines: Sequence[Line], translator: ScriptTranslator, source: Source, problems: Sequence[Problem]
) -> Translation:
    used = names_in("\n".join(line.text for line in lines))
    helpers = tuple(with_needs({name for name in translator.helpers if name in used}))
    shown: list[str] = []
    numbers: dict[int, int] = {}
    for line in lines:
        for text in (each for part in line.text.split("\n") for each in _fitted(part, line.depth)):
            shown.append((INDENT * line.depth + text).rstrip())
            if line.source is not None:
                numbers[len(shown)] = line.source + source.offset
    for helper in helpers:
        shown += ["", *helper.text.rstrip("\n").split("\n")]
    return Translation("\n".join(shown) + "\n", numbers, tuple(problems), helpers)


def _fitted(text: str, depth: int) -> list[str]:
    """Return lines of the right width. ``text`` may be a line of code that is already broken."""
    inner = text.lstrip(" ")
    before = text[: len(text) - len(inner)]
    return [before + line for line in fit(inner, depth + len(before) // len(INDENT))]


def _problems(translator: ScriptTranslator, source: Source) -> list[Problem]:
    """Return the problems in the order of lines."""
    found = [_problem(refused, source) for refused in translator.refused]
    return sorted(found, key=lambda each: (each.place.line, each.place.column or 0) if each.place else (0, 0))


def _problem(refused: Refused, source: Source) -> Problem:
    node = refused.node
    place = source.body_place(getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1)
    return Problem(refused.code, refused.message, place, refused.instead)
