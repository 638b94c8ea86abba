"""Whether a value may be what an annotation says: annotations are trusted where nothing else is known."""

from __future__ import annotations

import ast
from dataclasses import replace

from nangonb.translate.refusals import refuse
from nangonb.translate.types import LOOSE, NUMERIC, SUM, Type, has_floats

_SCALARS = frozenset({*NUMERIC, "str", "bytes", "datetime", "date", "timedelta"})


def agreed(node: ast.AST, annotated: Type, found: Type) -> Type:
    """The type of a variable that is annotated and gets a value of type ``found``.

    Raises Refused where the value is known to be something else.
    """
    if found.kind == "none":
        return annotated.optional
    if found.kind in _SCALARS and annotated.kind in _SCALARS and not _may_be(found, annotated):
        raise refuse(
            node, "type", f"This is a {found.kind}, and annotated as {annotated}.", "Mend the annotation."
        )
    plain = found == SUM and annotated.item is not None  # a list of what is from outside
    kind = _with_floats(annotated) if has_floats(found) and not plain else annotated
    return kind.optional if found.nullable else kind


def _may_be(found: Type, annotated: Type) -> bool:
    if annotated.kind in ("float", "number", "json-number"):
        return found.kind in NUMERIC and found.kind != "bool"
    if annotated.kind in ("int", "small"):
        return found.kind in ("small", "int", "json-number", "number")
    return found.kind == annotated.kind


def _with_floats(kind: Type) -> Type:
    """What is not known of it may be a float that the script made."""
    if kind.kind == "any":
        return LOOSE
    if kind.item is not None:
        return replace(kind, item=_with_floats(kind.item))
    return kind
