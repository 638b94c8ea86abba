"""Expressions: one function for each kind of node. What a table row can say stands in the table."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from nangonb.translate import code
from nangonb.translate.code import Expr, Line
from nangonb.translate.function import FunctionTranslator
from nangonb.translate.refusals import refuse
from nangonb.translate.table import TABLE, apply
from nangonb.translate.types import (
    ANY,
    BOOL,
    FLOAT,
    INT,
    LOOSE,
    NONE,
    NUMBER,
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
    typescript,
)

SMALL_LITERAL = 2**20
SAFE = 2**53
_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.BitOr: "|",
    ast.BitAnd: "&",
    ast.BitXor: "^",
}


def constant(t: FunctionTranslator, node: ast.Constant) -> Expr:
    value = node.value
    match value:
        case None:
            return Expr("null", NONE, literal=None, is_literal=True, pure=True)
        case bool():
            return Expr("true" if value else "false", BOOL, literal=value, is_literal=True, pure=True)
        case int():
            if abs(value) > SAFE:
                raise refuse(node, "overflow", f"{value} has more digits than JavaScript keeps.")
            kind = SMALL if abs(value) <= SMALL_LITERAL else INT
            return Expr(repr(value), kind, literal=value, is_literal=True, pure=True)
        case float():
            return Expr(_number(node, value), FLOAT, literal=value, is_literal=True, pure=True)
        case str():
            return Expr(code.string(value), STR, literal=value, is_literal=True, pure=True)
    raise refuse(node, "expression", f"A {type(value).__name__} literal is not carried over.")


def _number(node: ast.AST, value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        raise refuse(node, "expression", "Infinity and NaN are not carried over.")
    return repr(value)


def name(t: FunctionTranslator, node: ast.Name) -> Expr:
    from nangonb.translate.calls import dotted_name

    dotted = dotted_name(t, node)
    if dotted is not None and dotted in TABLE.rows:  # `from datetime import UTC`
        return operation(t, node, dotted, [], what=node.id)
    from nangonb.translate.calls import dotted_name

    dotted = dotted_name(t, node)
    if dotted in TABLE.rows:  # from datetime import UTC
        return operation(t, node, dotted, [], what=node.id)
    return t.lookup(node)


def fstring(t: FunctionTranslator, node: ast.JoinedStr) -> Expr:
    """A template literal; every value is shown as Python's ``str`` or ``format`` would."""
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
    """A template literal does by itself what String() does."""
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
    if "'" in text:  # quote characters need no escape in a template
        quoted = "'".join(code.string(piece)[1:-1] for piece in text.split("'"))
    return quoted.replace("`", "\\`").replace("${", "\\${")


def formatted(t: FunctionTranslator, node: ast.FormattedValue) -> Expr:
    value = t.expr(node.value)
    if node.conversion not in (-1, ord("s")):
        raise refuse(
            node, "keyword", "!r and !a are not carried over.", "Use the value itself, or json.dumps."
        )
    if node.format_spec is None:
        return text_of(t, node, value)
    spec = node.format_spec
    if not isinstance(spec, ast.JoinedStr) or not all(isinstance(v, ast.Constant) for v in spec.values):
        raise refuse(node, "keyword", "A format that is computed is not carried over.")
    text = "".join(str(v.value) for v in spec.values if isinstance(v, ast.Constant))
    argument = Expr(code.string(text), STR, literal=text, is_literal=True, pure=True)
    return operation(t, node.value, "format", [value, argument])


def text_of(t: FunctionTranslator, node: ast.AST, value: Expr) -> Expr:
    """``str(value)``."""
    return operation(t, node, "str", [value])


def operation(
    t: FunctionTranslator, node: ast.AST, name: str, operands: Sequence[Expr], *, what: str = ""
) -> Expr:
    """Apply the row of the table, or refuse."""
    row = TABLE.find(name, operands)
    if row is None:
        kinds = ", ".join(str(operand.type) for operand in operands)
        known = name in TABLE.rows
        message = f"{what or name} is not carried over" + (f" for {kinds}." if known and operands else ".")
        raise refuse(node, "operator" if not what else "unknown-call", message)
    return apply(row, t, node, operands)  # type: ignore[arg-type]


def binary(t: FunctionTranslator, node: ast.BinOp) -> Expr:
    operator = _OPERATORS.get(type(node.op))
    if operator is None:
        raise refuse(node, "operator")
    left, right = t.expr(node.left, first=t.first), t.expr(node.right)
    return operation(t, node, operator, [left, right])


def unary(t: FunctionTranslator, node: ast.UnaryOp) -> Expr:
    if isinstance(node.op, ast.Not):
        inner = condition(t, node.operand)
        if inner.prec == code.RELATION and inner.code.endswith(".length > 0"):
            return Expr(inner.code.removesuffix("> 0") + "=== 0", BOOL, code.EQUALITY, awaits=inner.awaits)
        level = code.CALL if inner.code.startswith("await ") else code.UNARY
        return Expr("!" + inner.at(level), BOOL, code.UNARY, awaits=inner.awaits)
    if isinstance(node.op, ast.USub):
        value = t.expr(node.operand)
        if value.type.kind == "any":
            return Expr(f"-{t.helper('numberOf')}({value.code})", NUMBER, code.UNARY, awaits=value.awaits)
        if value.type.kind in ("small", "int", "float", "number", "json-number", "timedelta"):
            literal = -value.literal if value.is_literal else None
            return Expr(
                code.negated(value),
                value.type,
                code.UNARY,
                literal=literal,
                is_literal=value.is_literal,
                pure=value.pure,
            )
    raise refuse(node, "operator")


def boolean(t: FunctionTranslator, node: ast.BoolOp) -> Expr:
    """``and`` and ``or`` as values: Python hands out an operand, by its own rules of truth."""
    values = list(node.values)
    result = t.expr(values[0], first=t.first)
    for number, each in enumerate(values[1:]):
        saved = dict(t.env)
        narrow(t, values[number], isinstance(node.op, ast.And))
        other = t.expr(each)
        t.env = saved
        result = _either(t, node, result, other)
    return result


def _either(t: FunctionTranslator, node: ast.BoolOp, left: Expr, right: Expr) -> Expr:
    is_or = isinstance(node.op, ast.Or)
    awaits = left.awaits or right.awaits
    kind = join([left.type.required if is_or else left.type, right.type])
    if same_truth(left.type):
        operator, prec = ("||", code.OR) if is_or else ("&&", code.AND)
        return Expr(f"{left.at(prec)} {operator} {right.at(prec)}", kind, prec, awaits=awaits)
    if is_or and not right.awaits and not (left.pure and left.name):
        plain = right.pure or "(" not in right.code
        helper, other = ("orElse", right.at(code.TERNARY)) if plain else ("orElseDo", _thunk(right))
        return Expr(f"{t.helper(helper)}({left.code}, {other})", kind, code.CALL, awaits=left.awaits)
    if not left.pure:
        raise refuse(
            node, "expression", "The left side of this is evaluated once.", "Assign it to a variable first."
        )
    test = truth(t, node, left)
    yes, no = (left, right) if is_or else (right, left)
    return Expr(
        f"{test.at(code.OR)} ? {yes.at(code.TERNARY)} : {no.at(code.TERNARY)}",
        kind,
        code.TERNARY,
        awaits=awaits,
    )


def _thunk(value: Expr) -> str:
    return f"() => ({value.code})" if value.code.startswith("{") else f"() => {value.at(code.TERNARY)}"


def same_truth(kind: Type) -> bool:
    """Whether Python and JavaScript agree on what is true among values of this type."""
    return kind.kind in (
        "none",
        "bool",
        "small",
        "int",
        "str",
        "datetime",
        "date",
        "uuid",
        "url-parts",
        "pattern",
        "response",
        "function",
        "http-error",
        "match",
    )


def truth(t: FunctionTranslator, node: ast.AST, value: Expr) -> Expr:
    """A JavaScript boolean that is Python's truth of ``value``."""
    kind = value.type
    if kind.kind == "bool" and not kind.nullable:
        return value
    if value.code == "fromDate(nango.lastSyncDate)":
        return Expr("nango.lastSyncDate", kind, code.CALL)
    if kind.kind in ("response", "function", "nango") and not kind.nullable:
        raise refuse(node, "expression", "This is always true.")
    if same_truth(kind) or kind.kind in ("float", "number", "json-number", "timedelta"):
        return value
    if kind.kind in ("bytes", "hash", "timezone", "mixed"):
        raise refuse(node, "expression", f"The truth of a {kind} is not carried over.", "Compare it.")
    if kind.kind in ("list", "tuple") and value.pure:
        length = Expr(f"{value.at(code.CALL)}.length > 0", BOOL, code.RELATION)
        if not kind.nullable:
            return length
        return Expr(f"{value.at(code.EQUALITY)} !== null && {length.code}", BOOL, code.AND)
    return Expr(f"{t.helper('truthy')}({value.code})", BOOL, awaits=value.awaits)


def condition(t: FunctionTranslator, node: ast.expr) -> Expr:
    """An expression where only its truth counts."""
    if isinstance(node, ast.BoolOp):
        operator, prec = ("&&", code.AND) if isinstance(node.op, ast.And) else ("||", code.OR)
        saved, parts = dict(t.env), []
        for each in node.values:
            parts.append(condition(t, each))
            narrow(t, each, isinstance(node.op, ast.And))
        t.env = saved
        return Expr(
            f" {operator} ".join(part.at(prec) for part in parts),
            BOOL,
            prec,
            awaits=any(p.awaits for p in parts),
        )
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return unary(t, node)
    return truth(t, node, t.expr(node, first=t.first))


def narrow(t: FunctionTranslator, node: ast.expr, holds: bool) -> None:
    """What ``node`` being true (or false) says about variables."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            narrow(t, operand, not holds)
        case ast.BoolOp(op=op, values=values) if isinstance(op, ast.And) == holds:
            for each in values:
                narrow(t, each, holds)
        case ast.Name(id=id) if holds and id in t.env:
            t.env[id] = t.env[id].required
        case ast.NamedExpr(target=ast.Name(id=id)) if holds and id in t.env:
            t.env[id] = t.env[id].required
        case ast.Compare(left=ast.Name(id=id), ops=[op], comparators=[ast.Constant(value=None)]) if (
            id in t.env
        ):
            if isinstance(op, (ast.Is, ast.Eq)) != holds:
                t.env[id] = t.env[id].required
        case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=id), kinds]) if id in t.env and holds:
            t.env[id] = _instance_type(t.env[id], kinds)


def _instance_type(kind: Type, node: ast.expr) -> Type:
    # True is an int, too: it shows in another way, so that nothing is learnt from int
    known = {"str": STR, "list": list_of(ANY), "dict": map_of(ANY), "bool": BOOL}
    if isinstance(node, ast.Name) and node.id in known:
        return kind.required if kind.kind == known[node.id].kind else known[node.id]
    return kind.required


def compare(t: FunctionTranslator, node: ast.Compare) -> Expr:
    left, parts = t.expr(node.left, first=t.first), []
    for operator, right_node in zip(node.ops, node.comparators, strict=True):
        if isinstance(operator, (ast.Is, ast.IsNot)):
            parts.append(_is(t, node, left, operator, right_node))
            right = t.expr(right_node)
        else:
            right = t.expr(right_node)
            parts.append(operation(t, node, _OPERATORS[type(operator)], [left, right]))
        if len(node.ops) > 1 and operator is not node.ops[-1] and not right.pure:
            raise refuse(
                node, "expression", "The middle of this comparison is evaluated once.", "Use a variable."
            )
        left = right
    if len(parts) == 1:
        return parts[0]
    joined = " && ".join(part.at(code.AND) for part in parts)
    return Expr(joined, BOOL, code.AND, awaits=any(part.awaits for part in parts))


def _is(t: FunctionTranslator, node: ast.Compare, left: Expr, operator: ast.cmpop, right: ast.expr) -> Expr:
    sign = "===" if isinstance(operator, ast.Is) else "!=="
    if not isinstance(right, ast.Constant) or right.value not in (None, True, False):
        raise refuse(node, "is")
    if right.value is not None and left.type.kind not in ("any", "bool"):
        raise refuse(node, "is")
    return Expr(
        f"{left.at(code.EQUALITY)} {sign} {t.expr(right).code}", BOOL, code.EQUALITY, awaits=left.awaits
    )


def conditional(t: FunctionTranslator, node: ast.IfExp) -> Expr:
    test = condition(t, node.test)
    saved = dict(t.env)
    narrow(t, node.test, True)
    yes = t.expr(node.body)
    t.env = dict(saved)
    narrow(t, node.test, False)
    no = t.expr(node.orelse)
    t.env = saved
    text = f"{test.at(code.OR)} ? {yes.at(code.TERNARY)} : {no.at(code.TERNARY)}"
    awaits = test.awaits or yes.awaits or no.awaits
    return Expr(text, join([yes.type, no.type]), code.TERNARY, awaits=awaits)


def list_literal(t: FunctionTranslator, node: ast.List | ast.Tuple) -> Expr:
    parts, kinds, awaits = [], [], False
    for each in node.elts:
        if isinstance(each, ast.Starred):
            inner = t.expr(each.value)
            if inner.type.kind not in ("list", "tuple", "any"):
                raise refuse(each, "operator", f"* of {inner.type} is not carried over.")
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
    """A record where all keys are literals; a map otherwise."""
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
                raise refuse(value_node, "operator", f"** of {value.type} is not carried over.")
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
    """Remember that a float is kept under ``key``: read from a dict of unknown type, it may show."""
    if has_floats(value.type):
        t.script.float_keys.add(key)


def found_under(t: FunctionTranslator, key: object, kind: Type) -> Type:
    """The type of what a dict holds under ``key``, where the dict says ``kind``."""
    return LOOSE if kind.kind == "any" and key in t.script.float_keys else kind


def key_text(t: FunctionTranslator, key: Expr) -> str:
    """A computed key of a dict: JavaScript would make text of anything, and Python would not."""
    if key.type.kind == "str" and not key.type.nullable:
        return key.code
    return f"{t.helper('keyOf')}({key.code})"


def _is_pagination(node: ast.Dict, key_node: ast.Constant) -> bool:
    """The type of a pagination that stands in a variable: to TypeScript it would be any text."""
    keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
    return key_node.value == "type" and any(
        isinstance(key, str)
        and key.endswith(("_in_request", "_in_response", "_in_response_body", "_in_response_header"))
        for key in keys
    )


def _property(key_node: ast.Constant, value: Expr) -> str:
    if key_node.value == "__proto__":
        raise refuse(key_node, "dict-key", "The key __proto__ means something else in JavaScript.")
    name = str(key_node.value)
    return code.key(name) if value.code == name else f"{code.key(name)}: {value.at(code.TERNARY)}"


def set_literal(t: FunctionTranslator, node: ast.Set) -> Expr:
    from nangonb.translate.types import set_of

    parts = t.exprs(node.elts)
    kind = join(part.type for part in parts)
    if kind.kind not in ("str", "small", "int"):
        raise refuse(
            node, "type", f"A set of {kind} is not carried over.", "Sets hold text or whole numbers."
        )
    return Expr(f"new Set([{', '.join(part.at(code.TERNARY) for part in parts)}])", set_of(kind), code.CALL)


def subscript(t: FunctionTranslator, node: ast.Subscript) -> Expr:
    keyed = t.has_keys
    reads_key = isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
    t.has_keys = reads_key and isinstance(node.value, ast.Subscript)
    target = t.expr(node.value, first=t.first)
    t.has_keys = False
    if isinstance(node.slice, ast.Slice):
        return _slice(t, node, target, node.slice)
    index = t.expr(node.slice)
    kind = target.type
    if kind.nullable:
        kind = kind.required
        target = Expr(f"{target.at(code.CALL)}!", kind, code.CALL, pure=target.pure, awaits=target.awaits)
    if index.is_literal and isinstance(index.literal, str) and kind.kind != "match":
        return _field(t, node, target, index.literal)
    t.has_keys = keyed
    found = operation(t, node, "[]", [target, index])
    t.has_keys = False
    return found


def _field(t: FunctionTranslator, node: ast.Subscript, target: Expr, key: str) -> Expr:
    kind = target.type
    found: Type
    if kind.kind == "record":
        field = kind.fields.get(key)
        if field is None:
            raise refuse(
                node,
                "unknown-attribute",
                f"There is no key {key!r} here.",
                f"It has: {', '.join(kind.fields)}.",
            )
        found = field.type
    elif kind.kind in ("any", "map"):
        found = found_under(t, key, item_of(kind))
    else:
        raise refuse(node, "operator", f"A key of {kind} is not carried over.")
    if t.catching and kind.kind != "record":
        return Expr(f"{t.helper('itemOf')}({target.code}, {code.string(key)})", found, awaits=target.awaits)
    if kind.kind == "map" and found.kind != "any":
        mark = "" if found.kind == "any" else "!"
        return Expr(
            f"{target.at(code.CALL)}[{code.string(key)}]{mark}",
            found,
            code.CALL,
            pure=target.pure,
            awaits=target.awaits,
        )
    shown = target.at(code.CALL)
    headers = shown.endswith(".headers")  # axios has no names for them
    text = f"{shown}[{code.string(key)}]" if headers else code.member(shown, key)
    return Expr(text, found, code.CALL, pure=target.pure, awaits=target.awaits)


def _slice(t: FunctionTranslator, node: ast.Subscript, target: Expr, part: ast.Slice) -> Expr:
    if part.step is not None:
        if part.lower is None and part.upper is None and ast.unparse(part.step) == "-1":
            return operation(t, node, "[::-1]", [target])
        raise refuse(node, "operator", "A slice with a step is not carried over.")
    none = Expr("undefined", NONE, is_literal=True, pure=True)
    ends = [none if end is None else t.expr(end) for end in (part.lower, part.upper)]
    for end in ends:
        if end.type.kind not in ("none", "small", "int", "any"):
            raise refuse(node, "operator")
    known = all(end.type.kind in ("small", "int") or end is none for end in ends) and not any(
        end.type.nullable for end in ends
    )
    shown = [end.code for end in ends]
    if shown[-1] == "undefined":
        shown = shown[:1] if shown[0] != "undefined" else ["0"]
    elif shown[0] == "undefined":
        shown[0] = "0"
    arguments = ", ".join(shown)
    if target.type.kind in ("list", "tuple") and not target.type.nullable and known:
        kind = list_of(target.type.item or join(target.type.parts))
        return Expr(f"{target.at(code.CALL)}.slice({arguments})", kind, code.CALL, awaits=target.awaits)
    if target.type.kind in ("str", "any", "list", "tuple"):
        kind = target.type.required
        if kind.kind == "tuple":
            kind = list_of(join(kind.parts))
        return Expr(
            f"{t.helper('sliceOf')}({target.code}, {arguments})", kind, code.CALL, awaits=target.awaits
        )
    raise refuse(node, "operator", f"A slice of {target.type} is not carried over.")


def attribute(t: FunctionTranslator, node: ast.Attribute) -> Expr:
    from nangonb.translate.calls import dotted_name

    dotted = dotted_name(t, node)
    if dotted is not None:
        return operation(t, node, dotted, [], what=ast.unparse(node))
    target = t.expr(node.value)
    if target.type.kind == "nango":
        return operation(t, node, f"nango.{node.attr}", [], what=f"nango.{node.attr}")
    return operation(t, node, f"{target.type.kind}.{node.attr}:attribute", [target], what=f".{node.attr}")


def named(t: FunctionTranslator, node: ast.NamedExpr) -> Expr:
    value = t.expr(node.value)
    name = node.target.id
    t.assign(name, value.type)
    if name not in t.declared_here:
        t.declared_here.add(name)
        kind = typescript(t.declared_type(name))
        t.before.append(Line(f"let {t.js_name(name)}: {kind};", node.lineno))
    return Expr(f"{t.js_name(node.target.id)} = {value.code}", value.type, code.ARROW, awaits=value.awaits)


def lambda_(t: FunctionTranslator, node: ast.Lambda) -> Expr:
    raise refuse(node, "expression", "A lambda is carried over as an argument only.", "Define a function.")


def await_(t: FunctionTranslator, node: ast.Await) -> Expr:
    raise refuse(node, "async")


def yield_(t: FunctionTranslator, node: ast.Yield | ast.YieldFrom) -> Expr:
    raise refuse(node, "yield")


def register() -> dict[type[ast.expr], Callable[[FunctionTranslator, Any], Expr]]:
    from nangonb.translate.calls import call
    from nangonb.translate.comprehensions import (
        dict_comprehension,
        generator,
        list_comprehension,
        set_comprehension,
    )

    return {
        ast.Attribute: attribute,
        ast.Await: await_,
        ast.BinOp: binary,
        ast.BoolOp: boolean,
        ast.Call: call,
        ast.Compare: compare,
        ast.Constant: constant,
        ast.Dict: dict_literal,
        ast.DictComp: dict_comprehension,
        ast.GeneratorExp: generator,
        ast.IfExp: conditional,
        ast.JoinedStr: fstring,
        ast.Lambda: lambda_,
        ast.List: list_literal,
        ast.ListComp: list_comprehension,
        ast.Name: name,
        ast.NamedExpr: named,
        ast.Set: set_literal,
        ast.SetComp: set_comprehension,
        ast.Subscript: subscript,
        ast.Tuple: list_literal,
        ast.UnaryOp: unary,
        ast.Yield: yield_,
        ast.YieldFrom: yield_,
    }


EXPRESSIONS: dict[type[ast.expr], Callable[[FunctionTranslator, Any], Expr]] = {}
