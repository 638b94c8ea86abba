"""What the CLI accepts in models, writes into models.ts, and its TypeScript compiler then refuses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from nangonb._project.nango_yaml.checked import Checked
from nangonb._project.nango_yaml.fields import Field
from nangonb._project.nango_yaml.findings import KeyPath
from nangonb._project.nango_yaml.javascript import keys
from nangonb._project.problems import Place, Problem

Path = tuple[str | int, ...]
Locate = Callable[[Path], Place]

#: Names that an interface cannot have.
_TYPE_NAMES = frozenset(
    (
        *("any", "bigint", "boolean", "never", "null", "number", "object", "string", "symbol", "undefined"),
        *("unknown", "void", "break", "case", "catch", "class", "const", "continue", "debugger", "default"),
        *("delete", "do", "else", "enum", "export", "extends", "false", "finally", "for", "function", "if"),
        *("import", "in", "instanceof", "new", "return", "super", "switch", "this", "throw", "true", "try"),
        *("typeof", "var", "while", "with"),
    )
)
_NUMBER = re.compile("0|[1-9][0-9]*")


def model_problems(checked: Checked, locate: Locate) -> list[Problem]:
    """Warnings for models whose TypeScript does not compile."""
    problems: list[Problem] = []
    declared = checked.data.get("models") if isinstance(checked.data, dict) else None
    if not isinstance(declared, dict):
        return problems
    for model in checked.models.values():
        if model.is_anonymous:
            continue
        path = ("models", model.name)
        if model.name in _TYPE_NAMES or model.name[0].isdigit():
            message = f"TypeScript does not allow an interface with the name `{model.name}`."
            problems.append(_problem(message, locate(KeyPath(path)), "Rename the model."))
        problems += _fields(model.fields, declared[model.name], path, locate)
    return problems


def _fields(fields: tuple[Field, ...], raw: Any, path: Path, locate: Locate) -> Iterator[Problem]:
    # Of `name` and `name?` the last one counts; a field that is neither is inherited.
    declared = {key.removesuffix("?"): key for key in keys(raw)} if isinstance(raw, dict) else {}
    for field in fields:
        key = declared.get(field.name)
        if key is None:
            continue
        here = (*path, key)
        if re.fullmatch("[0-9][a-zA-Z0-9_]*", field.name) and not _NUMBER.fullmatch(field.name):
            message = f"Nango writes the name `{field.name}` without quotes, which is invalid TypeScript."
            yield _problem(message, locate(KeyPath(here)), "Start it with a letter.")
        yield from _value(field, raw[key], here, locate)


def _value(field: Field, raw: Any, path: Path, locate: Locate) -> Iterator[Problem]:
    if isinstance(raw, dict):
        yield from _fields(field.fields, raw, path, locate)
    elif isinstance(raw, list):
        if not raw:
            yield _problem("The list without a type is invalid TypeScript.", locate(path), "Write `any[]`.")
        for number, (one, item) in enumerate(zip(field.fields, raw, strict=False)):
            yield from _value(one, item, (*path, number), locate)
    else:
        for one in field.fields or (field,):
            literal = one.value if isinstance(one.value, str) and not (one.ts_type or one.model) else ""
            if re.search(r"['\\\n\r]", literal):
                message = f"Nango puts `{literal}` in single quotes, which is then invalid TypeScript."
                yield _problem(
                    message, locate(path), "Remove quotes and backslashes. The plain text is the literal."
                )


def _problem(message: str, place: Place, hint: str) -> Problem:
    return Problem("typescript-syntax", message, place, hint)
