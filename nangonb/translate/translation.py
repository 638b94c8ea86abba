"""A script and what the project says of it → one TypeScript file in the style of a layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nangonb.project import Problem, Project, Script, Source
from nangonb.translate.code import INDENT, Line
from nangonb.translate.helpers import Helper, with_needs
from nangonb.translate.model_types import model_types, type_of
from nangonb.translate.refusals import Refused
from nangonb.translate.script import ScriptTranslator

Layout = Literal["nango-yaml", "zero-yaml"]


@dataclass(frozen=True, slots=True)
class Translation:
    """``code`` is the file; ``lines`` maps its line numbers to those of the cell. ``problems`` are refusals.

    ``helpers`` are the small functions at its end, each with why it is there.
    """

    code: str
    lines: dict[int, int]
    problems: tuple[Problem, ...]
    helpers: tuple[Helper, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def translate(project: Project, script: Script, layout: Layout = "nango-yaml") -> Translation:
    """Translate a Python script. Never raises for what a user wrote: refusals are ``problems``."""
    models = model_types(project)
    translator = ScriptTranslator(
        script.source.body,
        script.kind,
        models,
        input=type_of(script.config.input, models),
        output=type_of(script.config.output[0], models) if script.config.output else None,
    )
    body = translator.run()
    helpers = with_needs(translator.helpers)
    problems = tuple(_problem(refused, script.source) for refused in translator.refused)
    text = "\n".join(line.text for line in body)
    used = sorted({model for local, model in translator.imports.models.items() if _mentions(text, local)})
    names = ["NangoSync" if script.kind == "sync" else "NangoAction", *used]
    top = [Line(f"import type {{ {', '.join(names)} }} from '../../models';"), Line("")]
    tail: list[Line] = []
    for helper in helpers:
        tail += [Line(""), *(Line(each) for each in helper.text.rstrip("\n").split("\n"))]
    return _assembled([*top, *body, *tail], script.source, problems, tuple(helpers))


def _mentions(text: str, name: str) -> bool:
    import re

    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def _assembled(
    lines: Sequence[Line], source: Source, problems: tuple[Problem, ...], helpers: tuple[Helper, ...]
) -> Translation:
    numbers = {
        number: line.source + source.offset for number, line in enumerate(lines, 1) if line.source is not None
    }
    code = "".join((INDENT * line.depth + line.text).rstrip() + "\n" for line in lines)
    return Translation(code, numbers, problems, helpers)


def _problem(refused: Refused, source: Source) -> Problem:
    node = refused.node
    place = source.body_place(getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1)
    return Problem(refused.refusal.code, "error", refused.message, place, refused.instead)
