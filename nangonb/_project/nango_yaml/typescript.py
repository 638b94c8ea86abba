"""Models as TypeScript, as the CLI writes them into models.ts (its model.service.ts)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from nangonb._project.nango_yaml.checked import Checked, jsonable
from nangonb._project.nango_yaml.fields import Field, Model
from nangonb._project.nango_yaml.javascript import text

_BARE_NAME = re.compile("[a-zA-Z0-9_]+")


def interfaces(checked: Checked) -> str:
    """The declarations of all models, one blank line between them.

    Some models make TypeScript that does not compile: ``problems`` warns of them (`typescript-syntax`).
    """
    return "\n\n".join(map(declaration, checked.models.values())) + "\n"


def declaration(model: Model) -> str:
    """``export interface Contact {…};``, or ``export type …`` for an anonymous model."""
    if model.is_anonymous:
        return f"export type {model.name} = {type_of(model.fields[0])}"
    return "\n".join([f"export interface {model.name} {{", *_lines(model.fields), "};"])


def type_of(field: Field) -> str:
    """The type of a field, without the ``| undefined`` of an optional one."""
    if field.union:
        return " | ".join(map(type_of, field.fields))
    if isinstance(field.value, tuple):
        if field.array:
            return f"({' | '.join(map(type_of, field.value))})[]"
        return f"{{{chr(10).join(_lines(field.value))}}}"
    array = "[]" if field.array else ""
    if field.model or field.ts_type:
        return f"{text(field.value)}{array}"
    return f"'{field.value}{array}'"


def nango_json(checked: Checked) -> list[dict[str, Any]]:
    """The content of .nango/nango.json: parsed.integrations. Empty where nothing was parsed."""
    integrations: list[dict[str, Any]] = jsonable(checked.parsed or [])
    return integrations


def _lines(fields: Iterable[Field]) -> list[str]:
    dynamic = [f"  [key: string]: {_full(one)};" for one in fields if one.dynamic]
    return dynamic + [f"  {_key(one)}: {_full(one)};" for one in fields if not one.dynamic]


def _key(field: Field) -> str:
    name = field.name if _BARE_NAME.fullmatch(field.name) else f'"{field.name}"'
    return f"{name}?" if field.optional else name


def _full(field: Field) -> str:
    written = type_of(field)
    return f"{written} | undefined" if field.optional and "undefined" not in written else written


def declarations(models: Mapping[str, Model]) -> list[str]:
    """One declaration a model, in order."""
    return [declaration(model) for model in models.values()]
