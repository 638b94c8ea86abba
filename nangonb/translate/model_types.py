"""Models of nango.yaml as types of the translator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from nangonb.project import Project
from nangonb.translate.types import ANY, BOOL, JSON_NUMBER, STR, Field, Type, join, list_of, map_of, record_of

if TYPE_CHECKING:
    from nangonb.project import nango_yaml


def model_types(project: Project) -> dict[str, Type]:
    """Name → type of each model, as far as the translator knows it."""
    if not project.data:
        return {}
    return {name: _record(model) for name, model in project.checked.models.items()}


def type_of(name: str | None, models: Mapping[str, Type]) -> Type | None:
    """The type of an input or output by its text in nango.yaml, or None where it has no model."""
    if name is None:
        return None
    if name in models:
        return models[name]
    if name.endswith("[]") and name[:-2] in models:
        return list_of(models[name[:-2]])
    return {"string": STR, "number": JSON_NUMBER, "boolean": BOOL, "string[]": list_of(STR)}.get(name, ANY)


def _record(model: nango_yaml.Model) -> Type:
    if any(field.dynamic for field in model.fields):
        return map_of(ANY)
    return record_of(
        {field.name: Field(_field(field), not field.optional) for field in model.fields}, model.name
    )


def _field(field: nango_yaml.Field) -> Type:
    """Scalars only are trusted to be what they are declared as; anything deeper is JSON."""
    kind = (
        {"string": STR, "number": JSON_NUMBER, "boolean": BOOL}.get(str(field.value), ANY)
        if not field.array
        else ANY
    )
    return join([kind]) if not field.optional else kind.optional
