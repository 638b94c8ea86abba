"""Models of nango.yaml as types of the translator, with the TypeScript types of their fields.

The TypeScript type of a field and its runtime value can differ. A date is text in every record, and ``Date``
in models.ts; a union of several types is JSON to a script. Such fields have types of their own (``wire``,
``any`` with parts, a ``map`` with a name); :func:`read` returns the type of their value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from nangonb._project import Project
from nangonb._project.nango_yaml.fields import flat
from nangonb._project.nango_yaml.typescript import type_of as written
from nangonb._translate.types import (
    ANY,
    BOOL,
    JSON_NUMBER,
    NONE,
    STR,
    Field,
    Type,
    list_of,
    map_of,
    record_of,
)

if TYPE_CHECKING:
    from nangonb._project import nango_yaml

VOID = Type("void")
_SCALARS = {
    "string": STR,
    "number": JSON_NUMBER,
    "boolean": BOOL,
    "bigint": Type("wire", JSON_NUMBER, name="bigint"),
    "Date": Type("wire", STR, name="Date"),
    "Record<string, any>": Type("map", ANY, name="Record<string, any>"),
    "any": ANY,
    "any[]": list_of(ANY),
    "void": VOID,
    "undefined": VOID,
    "never": Type("never"),
}


def model_types(project: Project) -> dict[str, Type]:
    """Return name → type of each model."""
    if not project.data:
        return {}
    models = project.checked.models
    return {name: _named(name, models) for name in models}


def type_of(name: str | None, models: Mapping[str, Type]) -> Type | None:
    """Return the type of an input or output in nango.yaml, or None if it has no model."""
    if name is None:
        return None
    if name in models:
        return models[name]
    if name.endswith("[]") and name[:-2] in models:
        return list_of(models[name[:-2]])
    return {"string": STR, "number": JSON_NUMBER, "boolean": BOOL, "string[]": list_of(STR)}.get(name, ANY)


class _Fields(Mapping[str, Field]):
    """The fields of a model, created on demand: models may contain themselves."""

    def __init__(self, model: nango_yaml.Model, models: Mapping[str, nango_yaml.Model]) -> None:
        self._model, self._models = model, models
        self._made: dict[str, Field] | None = None

    def _fields(self) -> dict[str, Field]:
        if self._made is None:
            self._made = _fields(self._model.fields, self._models)
        return self._made

    def __getitem__(self, name: str) -> Field:
        return self._fields()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields())

    def __len__(self) -> int:
        return len(self._fields())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Fields) and other._model == self._model

    def __hash__(self) -> int:
        return hash(self._model)


def _named(name: str, models: Mapping[str, nango_yaml.Model]) -> Type:
    """Return a model. One with a ``__string`` is a map, which is annotated as ``any``."""
    model = models[name]
    if any(field.dynamic for field in model.fields):
        return map_of(ANY)
    return Type("record", fields=_Fields(model, models), name=name)


def _fields(fields: tuple[nango_yaml.Field, ...], models: Mapping[str, nango_yaml.Model]) -> dict[str, Field]:
    return {
        field.name: Field(field_type(field, models), not field.optional)
        for field in fields
        if not field.dynamic
    }


def field_type(field: nango_yaml.Field, models: Mapping[str, nango_yaml.Model]) -> Type:
    """Return the type of a field or of a member of a union."""
    members = list(flat(field.fields)) if field.union else [field]
    return _union([_member(member, models) for member in members], written(field))


def _union(members: list[Type], text: str) -> Type:
    nullable = NONE in members
    rest = list(dict.fromkeys(member for member in members if member not in (NONE, VOID)))
    if not rest:
        return NONE if nullable else VOID
    if STR in rest:
        rest = [member for member in rest if member.kind != "str" or member == STR]
    if len(rest) > 1 and all(member.kind == "str" for member in rest):
        rest = [Type("str", name=" | ".join(member.name for member in rest))]
    if ANY in rest:
        return ANY
    if len(rest) > 1:
        return Type("any", parts=tuple(rest), name=text, nullable=nullable)
    return Type(
        rest[0].kind, rest[0].item, rest[0].fields, rest[0].parts, nullable=nullable, name=rest[0].name
    )


def _member(field: nango_yaml.Field, models: Mapping[str, nango_yaml.Model]) -> Type:
    if isinstance(field.value, tuple):
        if field.array:
            inner = [field_type(each, models) for each in field.value]
            return list_of(_union(inner, " | ".join(map(written, field.value))) if inner else ANY)
        return _object(field.value, models, written(field))
    scalar = _scalar(field, models)
    return list_of(scalar) if field.array and (field.model or field.ts_type) else scalar


def _object(fields: tuple[nango_yaml.Field, ...], models: Mapping[str, nango_yaml.Model], text: str) -> Type:
    dynamic = next((each for each in fields if each.dynamic), None)
    if dynamic is None:
        return record_of(_fields(fields, models))
    return Type("map", field_type(dynamic, models), _fields(fields, models), name=text)


def _scalar(field: nango_yaml.Field, models: Mapping[str, nango_yaml.Model]) -> Type:
    value = field.value
    if field.model:
        model = models[str(value)]
        if any(each.dynamic for each in model.fields):
            return _object(model.fields, models, model.name)
        return _named(model.name, models)
    if not field.ts_type:
        return Type("str", name=f"'{value}{'[]' if field.array else ''}'")
    if value is None:
        return NONE
    if isinstance(value, bool | int | float):
        return Type("literal", BOOL if isinstance(value, bool) else JSON_NUMBER, name=written(field))
    return _SCALARS.get(str(value), ANY)


def read(kind: Type) -> tuple[Type, bool]:
    """Return (type of the value of a field of this type, whether TypeScript needs a cast to ``any``)."""
    if kind.kind in ("wire", "literal"):
        found = kind.item or ANY
        return (found.optional if kind.nullable else found), kind.kind == "wire"
    if kind.kind == "map" and kind.name:
        return (map_of(ANY).optional if kind.nullable else map_of(ANY)), True
    if kind.kind == "any" and kind.parts:
        return ANY, True
    if kind.kind in ("void", "never"):
        return ANY, True
    if kind.kind == "list" and kind.item is not None and read(kind.item)[1]:
        inner = list_of(read(kind.item)[0])
        return (inner.optional if kind.nullable else inner), True
    return kind, False
