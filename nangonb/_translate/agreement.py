"""Check values against annotations. Where the type of a value is unknown, the annotation is trusted."""

from __future__ import annotations

import ast
from dataclasses import replace

from nangonb._translate.refusals import refuse
from nangonb._translate.types import ANY, LOOSE, NUMERIC, SUM, Type, has_defaults, has_floats

_SCALARS = frozenset({*NUMERIC, "str", "bytes", "datetime", "date", "timedelta"})


def agreed(node: ast.AST, annotated: Type, found: Type, *, leaves: bool = False) -> Type:
    """Return the type of an annotated variable whose value has the type ``found``.

    ``leaves``: the value goes to Nango and the script does not read it.
    Raises Refused if the value has another type.
    """
    if found.kind == "none":
        return annotated.optional
    if found.kind in _SCALARS and annotated.kind in _SCALARS and not _may_be(found, annotated):
        raise refuse(
            node,
            "type",
            f"The annotation is `{annotated}`, but the value is `{found.kind}`.",
            "Fix the annotation.",
        )
    plain = found == SUM and annotated.item is not None  # a list of values from outside
    kind = _with_floats(annotated) if has_floats(found) and not plain else annotated
    if has_defaults(found) and kind.kind == "map":  # annotations do not describe defaults
        kind = replace(kind, parts=found.parts)
    elif not leaves and _hides_defaults(kind, found):
        raise refuse(
            node,
            "type",
            "The value contains a `defaultdict` or `Counter`, but the annotation does not.",
            "Annotate it as `dict[str, …]`, or convert it to a plain dict: `dict(…)`.",
        )
    return kind.optional if found.nullable else kind


def _may_be(found: Type, annotated: Type) -> bool:
    if annotated.kind in ("float", "number", "json-number"):
        return found.kind in NUMERIC and found.kind != "bool"
    if annotated.kind in ("int", "small"):
        return found.kind in ("small", "int", "json-number", "number")
    return found.kind == annotated.kind


def _with_floats(kind: Type) -> Type:
    """Return the type with its unknown parts as values that may be floats of the script."""
    if kind.kind == "any":
        return LOOSE
    if kind.item is not None:
        return replace(kind, item=_with_floats(kind.item))
    return kind


def _hides_defaults(annotated: Type, found: Type) -> bool:
    """Return whether the annotation hides that a dict in the value has defaults."""
    if has_defaults(found):
        return annotated.parts != found.parts
    if found.kind == "record" and found.name:
        return False  # a model has no defaults, and may contain itself
    inside = annotated.item or ANY
    if found.item is not None:
        return _hides_defaults(inside, found.item)
    return any(
        _hides_defaults(annotated.fields[name].type if name in annotated.fields else inside, field.type)
        for name, field in found.fields.items()
    )
