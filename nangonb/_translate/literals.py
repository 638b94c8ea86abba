"""Literals: numbers, text, f-strings, lists, dicts and sets."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

from nangonb._translate import code
from nangonb._translate.code import Expr
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.operations import operation, text_of
from nangonb._translate.refusals import refuse
from nangonb._translate.types import (
    BOOL,
    BYTES,
    FLOAT,
    INT,
    NONE,
    SMALL,
    STR,
    Field,
    Type,
    has_floats,
    item_of,
    join,
    list_of,
    map_of,
    record_of,
    tuple_of,
)

SMALL_LITERAL = 2**20

SAFE = 2**53
#: Placeholders for computed widths and digits in a format.
FIRST_PLACE = 0xE000


def constant(t: FunctionTranslator, node: ast.Constant) -> Expr:
    value = node.value
    match value:
        case None:
            return Expr("null", NONE, literal=None, is_literal=True, pure=True)
        case bool():
            return Expr("true" if value else "false", BOOL, literal=value, is_literal=True, pure=True)
        case int():
            if abs(value) > SAFE:
                raise refuse(node, "overflow", f"{value} has more digits than a JavaScript number.")
            kind = SMALL if abs(value) <= SMALL_LITERAL else INT
            return Expr(repr(value), kind, literal=value, is_literal=True, pure=True)
        case float():
            return Expr(_number(node, value), FLOAT, literal=value, is_literal=True, pure=True)
        case str():
            return Expr(code.string(value), STR, literal=value, is_literal=True, pure=True)
        case bytes() if value.isascii():
            text = code.string(value.decode())
            return Expr(f"Buffer.from({text}, 'utf8')", BYTES, code.CALL)
        case bytes():
            return Expr(f"Buffer.from('{value.hex()}', 'hex')", BYTES, code.CALL)
    raise refuse(node, "expression", f"A `{type(value).__name__}` literal is not supported.")


def _number(node: ast.AST, value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        raise refuse(node, "expression", "Infinity and NaN are not supported.")
    return repr(value)


def fstring(t: FunctionTranslator, node: ast.JoinedStr) -> Expr:
    """Return a template literal, with values formatted as by Python's ``str`` or ``format``."""
    parts, awaits = [], False
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(template_text(str(part.value)))
            continue
        assert isinstance(part, ast.FormattedValue)
        shown = formatted(t, part)
        awaits = awaits or shown.awaits
        if shown.is_literal and isinstance(shown.literal, str):
            parts.append(template_text(shown.literal))
        elif len(node.values) == 1 and shown.type.kind == "str" and not shown.type.nullable:
            return shown
        else:
            parts.append("${" + _without_string(shown.code) + "}")
    return Expr("`" + "".join(parts) + "`", STR, awaits=awaits)


def _without_string(text: str) -> str:
    """Remove ``String()``, which a template literal applies by itself."""
    inner = text[7:-1]
    if not text.startswith("String(") or not text.endswith(")") or set(inner) & set("'\"`"):
        return text
    depth = 0
    for char in inner:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return text
    return inner


def template_text(text: str) -> str:
    quoted = code.string(text)[1:-1] if "'" not in text else code.string(text.replace("'", ""))[1:-1]
    if "'" in text:  # quotes need no escape in a template literal
        quoted = "'".join(code.string(piece)[1:-1] for piece in text.split("'"))
    return quoted.replace("`", "\\`").replace("${", "\\${")


def formatted(t: FunctionTranslator, node: ast.FormattedValue) -> Expr:
    value = t.expr(node.value)
    if node.conversion == ord("a"):
        raise refuse(node, "keyword", "`!a` is not supported.", "Use `!r` or `json.dumps`.")
    if node.conversion == ord("r"):
        value = operation(t, node.value, "repr", [value])
    if node.format_spec is None:
        return text_of(t, node, value)
    assert isinstance(node.format_spec, ast.JoinedStr)
    text = ""
    places: list[Expr] = []
    for part in node.format_spec.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
            continue
        inner = t.expr(part.value) if isinstance(part, ast.FormattedValue) else None
        if inner is None or inner.type.kind not in ("small", "int") or inner.type.nullable:
            raise refuse(node, "keyword", "A computed format is not supported.")
        text += chr(FIRST_PLACE + len(places))
        places.append(inner)
    argument = Expr(code.string(text), STR, literal=text, is_literal=True, pure=True)
    found = operation(t, node.value, "format", [value, argument])
    shown = found.code
    for number, inner in enumerate(places):
        shown = shown.replace(chr(FIRST_PLACE + number), inner.at(code.TERNARY))
    return replace(found, code=shown, awaits=found.awaits or any(inner.awaits for inner in places))


def list_literal(t: FunctionTranslator, node: ast.List | ast.Tuple) -> Expr:
    parts, kinds, awaits = [], [], False
    for each in node.elts:
        if isinstance(each, ast.Starred):
            inner = t.expr(each.value)
            if inner.type.kind not in ("list", "tuple", "any"):
                raise refuse(each, "operator", f"`*` of `{inner.type}` is not supported.")
            spread = inner.at(code.TERNARY)
            if inner.type.kind == "any" and t.catching:
                spread = f"{t.helper('itemsOf')}({inner.code})"
            parts.append(f"...{spread}")
            kinds.append(item_of(inner.type))
        else:
            inner = t.expr(each)
            parts.append(inner.at(code.TERNARY))
            kinds.append(inner.type)
        awaits = awaits or inner.awaits
    if isinstance(node, ast.Tuple) and not any(isinstance(each, ast.Starred) for each in node.elts):
        return Expr(code.array_literal(parts), tuple_of(*kinds), awaits=awaits)
    return Expr(code.array_literal(parts), list_of(join(kinds)), awaits=awaits)


def dict_literal(t: FunctionTranslator, node: ast.Dict) -> Expr:
    """Return a record if all keys are literals, else a map."""
    parts: list[str] = []
    fields: dict[str, Field] = {}
    values: list[Type] = []
    is_record, awaits = True, False
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        value = t.expr(value_node)
        awaits = awaits or value.awaits
        if key_node is None:
            spread = value.at(code.TERNARY)
            if value.type.kind == "any" and t.catching:
                spread = f"{t.helper('dictOnly')}({value.code})"
            parts.append(f"...{spread}")
            if value.type.nullable or value.type.kind not in ("record", "map", "any"):
                raise refuse(value_node, "operator", f"`**` of `{value.type}` is not supported.")
            fields.update(value.type.fields)
            is_record = is_record and value.type.kind == "record"
            values.append(item_of(value.type))
            continue
        if isinstance(key_node, ast.Constant) and isinstance(key_node.value, str):
            parts.append(_property(key_node, value) + (" as const" if _is_pagination(node, key_node) else ""))
            fields[key_node.value] = Field(value.type)
            note_key(t, key_node.value, value)
        else:
            computed = t.expr(key_node)
            if computed.type.kind not in ("str", "any"):
                raise refuse(key_node, "dict-key")
            parts.append(f"[{key_text(t, computed)}]: {value.at(code.TERNARY)}")
            is_record = False
        values.append(value.type)
    kind = record_of(fields) if is_record and node.keys else map_of(join(values))
    return Expr(code.object_literal(parts), kind, awaits=awaits)


def note_key(t: FunctionTranslator, key: str, value: Expr) -> None:
    """Note that ``key`` has a float: its text differs when it is read from a dict of unknown type."""
    if has_floats(value.type):
        t.script.float_keys.add(key)


def key_text(t: FunctionTranslator, key: Expr) -> str:
    """Return a computed key of a dict. JavaScript would convert anything to text, Python does not."""
    if key.type.kind == "str" and not key.type.nullable:
        return key.code
    return f"{t.helper('keyOf')}({key.code})"


def place_text(t: FunctionTranslator, key: Expr) -> str:
    """Return a computed key for an assignment: ``__proto__`` would change the object itself."""
    text = key_text(t, key)
    fixed = re.match(r"`([^`$\\]+)|String\(", text)
    harmless = fixed is not None and not (fixed[1] and "__proto__".startswith(fixed[1]))
    return text if harmless or text.startswith("keyOf(") else f"{t.helper('keyOf')}({text})"


def _is_pagination(node: ast.Dict, key_node: ast.Constant) -> bool:
    """Return whether this is the type of a pagination in a variable, which TypeScript infers as text."""
    keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
    return key_node.value == "type" and any(
        isinstance(key, str)
        and key.endswith(("_in_request", "_in_response", "_in_response_body", "_in_response_header"))
        for key in keys
    )


def _property(key_node: ast.Constant, value: Expr) -> str:
    if key_node.value == "__proto__":
        raise refuse(key_node, "dict-key", "The key `__proto__` has another meaning in JavaScript.")
    name = str(key_node.value)
    return code.pair(name, value)


def set_literal(t: FunctionTranslator, node: ast.Set) -> Expr:
    from nangonb._translate.types import set_of

    if any(isinstance(each, ast.Starred) for each in node.elts):
        raise refuse(node, "expression", "`*` in a set is not supported.", "Use `{…} | set(…)`.")
    parts = t.exprs(node.elts)
    kind = join(part.type for part in parts)
    if kind.kind not in ("str", "small", "int"):
        raise refuse(node, "type", f"A set of `{kind}` is not supported.", "Use text or whole numbers.")
    return Expr(f"new Set([{', '.join(part.at(code.TERNARY) for part in parts)}])", set_of(kind), code.CALL)
