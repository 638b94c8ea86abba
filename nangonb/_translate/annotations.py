"""Python annotations → types of the translator."""

from __future__ import annotations

import ast
from collections.abc import Callable

from nangonb._translate.refusals import refuse
from nangonb._translate.types import (
    ANY,
    BOOL,
    BYTES,
    COUNTS,
    DATE,
    DATETIME,
    FLOAT,
    HTTP_ERROR,
    INT,
    NANGO,
    NONE,
    RESPONSE,
    STR,
    TIMEDELTA,
    TIMEZONE,
    Type,
    iterator_of,
    join,
    list_of,
    map_of,
    set_of,
    tuple_of,
)

_NAMES = {
    "Any": ANY,
    "object": ANY,
    "str": STR,
    "int": INT,
    "float": FLOAT,
    "bool": BOOL,
    "bytes": BYTES,
    "None": NONE,
    "list": list_of(ANY),
    "dict": map_of(ANY),
    "set": set_of(ANY),
    "datetime.datetime": DATETIME,
    "datetime.date": DATE,
    "datetime.timedelta": TIMEDELTA,
    "datetime.timezone": TIMEZONE,
    "typing.Any": ANY,
    "collections.Counter": COUNTS,
    "collections.defaultdict": map_of(ANY),
    "nangonb.NangoSync": NANGO,
    "nangonb.NangoAction": NANGO,
    "nangonb.Response": RESPONSE,
    "nangonb.HTTPError": HTTP_ERROR,
}
_LISTS = {"list", "collections.abc.Sequence", "collections.abc.Iterable", "collections.abc.Collection"}
_MAPS = {"dict", "collections.abc.Mapping", "collections.abc.MutableMapping", "collections.defaultdict"}

Resolve = Callable[[str], str]
Model = Callable[[str], Type | None]


def annotation(node: ast.expr, resolve: Resolve, model: Model) -> Type:
    """Return the type of an annotation. Raises Refused for an unsupported one."""

    def inner(part: ast.expr) -> Type:
        return annotation(part, resolve, model)

    match node:
        case ast.Constant(value=None):
            return NONE
        case ast.Constant(value=str() as text):
            parsed = _parsed(text)
            if parsed is not None:
                for part in ast.walk(parsed):
                    ast.copy_location(part, node)
                return inner(parsed)
        case ast.Name() | ast.Attribute():
            name = resolve(ast.unparse(node))
            found = _NAMES.get(name) or model(name)
            if found is not None:
                return found
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return join([inner(left), inner(right)])
        case ast.Subscript(value=value, slice=index):
            name = resolve(ast.unparse(value))
            parts = list(index.elts) if isinstance(index, ast.Tuple) else [index]
            if name in _LISTS:
                return list_of(inner(parts[0]))
            if name in ("collections.abc.Iterator", "collections.abc.Generator"):
                return iterator_of(inner(parts[0]))
            if name == "set":
                return set_of(inner(parts[0]))
            if name in _MAPS and len(parts) == 2:
                return map_of(inner(parts[1]))
            if name == "collections.Counter":
                return COUNTS
            if name == "tuple":
                return tuple_of(*map(inner, parts))
            if name == "typing.Optional":
                return inner(parts[0]).optional
            if name == "typing.Union":
                return join(map(inner, parts))
            if name == "typing.Literal":
                return join(_literal(part) for part in parts)
    raise refuse(
        node,
        "type",
        f"Unsupported annotation `{ast.unparse(node)}`.",
        "Use `Any` or a simpler type.",
    )


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return None


def _literal(node: ast.expr) -> Type:
    value = node.value if isinstance(node, ast.Constant) else None
    return {str: STR, bool: BOOL, int: INT, type(None): NONE}.get(type(value), ANY)
