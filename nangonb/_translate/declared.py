"""Check values against declared types with TypeScript's rules, since its compiler rejects mismatches.

``want`` declares the expected type of an expression before its translation. The hook in
``FunctionTranslator.expr`` then notes the type of each part and checks the whole. An untyped value matches
every type. A date is text on the wire and ``Date`` in models.ts: a text in its place gets ``as any``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nangonb._translate import code
from nangonb._translate.code import Expr
from nangonb._translate.fits import alternatives, is_any, misfit, needs_cast, takes_all
from nangonb._translate.helpers import gives_any
from nangonb._translate.model_types import read
from nangonb._translate.nodes import walk
from nangonb._translate.refusals import Refused
from nangonb._translate.types import ANY, NONE, Field, Type
from nangonb._translate.unfit import missing, unfit, unknown_field, unknown_key

if TYPE_CHECKING:
    from nangonb._translate.function import Function, FunctionTranslator

_CALL = re.compile(r"(\w+)\(")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The expected type of a place, named by ``where``: ``Contact.email``. A ``root`` includes its parts."""

    type: Type
    where: str
    root: bool = False


def want(t: FunctionTranslator, node: ast.expr, kind: Type | None, where: str) -> None:
    """Expect ``kind`` for ``node``. Call this before the translation of ``node``."""
    for each in walk(node):
        t.script.wanted.pop(each, None)
    if kind is not None and not takes_all(kind):
        t.script.wanted[node] = Wanted(kind, where, root=True)
        _descend(t, node, kind, where)


def _descend(t: FunctionTranslator, node: ast.expr, kind: Type, where: str) -> None:
    for part, inner, place in _parts(node, kind, where):
        if not takes_all(inner):
            t.script.wanted[part] = Wanted(inner, place)
            _descend(t, part, inner, place)


def _parts(node: ast.expr, kind: Type, where: str) -> Iterator[tuple[ast.expr, Type, str]]:
    """Yield the parts of a literal with their expected types."""
    match node:
        case ast.IfExp(body=body, orelse=orelse):
            yield body, kind, where
            yield orelse, kind, where
        case ast.Dict(keys=keys, values=values):
            shape = _shape(kind)
            for key, value in zip(keys, values, strict=True):
                if shape is None or key is None:
                    continue
                name = str(key.value) if isinstance(key, ast.Constant) else "…"
                field = shape.fields.get(name)
                if field is not None:
                    yield value, field.type, f"{shape.name or where}.{name}"
                elif shape.kind == "map":
                    yield value, shape.item or ANY, f"{shape.name or where}.{name}"
        case ast.List(elts=elts) | ast.Tuple(elts=elts):
            item = _item(kind)
            for each in elts if item is not None else ():
                if item is not None and not isinstance(each, ast.Starred):
                    yield each, item, where
        case ast.ListComp(elt=elt):
            item = _item(kind)
            if item is not None:
                yield elt, item, where


def _shape(kind: Type) -> Type | None:
    """Return the only object type of a place, or None if there are several or none."""
    shapes = [each for each in alternatives(kind) if each.kind == "record" or (each.kind == "map")]
    return shapes[0] if len(shapes) == 1 else None


def _item(kind: Type) -> Type | None:
    lists = [each for each in alternatives(kind) if each.kind == "list"]
    return lists[0].item if len(lists) == 1 else None


def translated(t: FunctionTranslator, node: ast.expr, value: Expr) -> Expr:
    """Check a translated expression. Every expression passes through this hook."""
    if value.type.known and value.type.kind != "any" and _is_untyped(t, node, value):
        value = replace(value, type=replace(value.type, known=False))
    t.script.seen[node] = value
    wanted = t.script.wanted.get(node)
    if wanted is None:
        return value
    if wanted.root:
        for refused in _judged(t, node, wanted.type, wanted.where, fresh=True):
            t.script.note(refused)
    return value if list(_parts(node, wanted.type, wanted.where)) else _cast(value, wanted.type)


def _is_untyped(t: FunctionTranslator, node: ast.expr, value: Expr) -> bool:
    """Return whether the value comes from an ``any``, so that TypeScript has no type for it."""
    if isinstance(node, ast.ListComp):
        source = t.script.seen.get(node.generators[0].iter)
        return ".map(" in value.code and source is not None and is_any(source.type)
    called = _CALL.match(value.code)
    return called is not None and value.prec >= code.CALL and gives_any(called[1])


def _judged(
    t: FunctionTranslator, node: ast.expr, kind: Type, where: str, *, fresh: bool
) -> Iterator[Refused]:
    """Yield the mismatches. ``fresh``: TypeScript reports surplus fields only in literals."""
    value = t.script.seen.get(node)
    if value is None or not value.type.known or takes_all(kind):
        return
    match node:
        case ast.IfExp(body=body, orelse=orelse):
            yield from _judged(t, body, kind, where, fresh=fresh)
            yield from _judged(t, orelse, kind, where, fresh=fresh)
        case ast.Dict() if (shape := _shape(kind)) is not None:
            yield from _judged_dict(t, node, shape, where, fresh=fresh)
        case ast.List() | ast.ListComp() if _item(kind) is not None:
            fresh = fresh and isinstance(node, ast.List)
            for part, inner, place in _parts(node, kind, where):
                yield from _judged(t, part, inner, place, fresh=fresh)
        case ast.Dict(keys=[]) if not takes_all(kind):
            reason = misfit(Type("record"), kind)
            if reason:
                yield unfit(node, kind, where, value.type, reason)
        case _:
            reason = misfit(value.type, kind, _literals(t, node))
            if reason:
                yield unfit(node, kind, where, value.type, reason)


def _judged_dict(
    t: FunctionTranslator, node: ast.Dict, shape: Type, where: str, *, fresh: bool
) -> Iterator[Refused]:
    place = shape.name or where
    there: set[str] = set()
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            spread = t.script.seen.get(value)
            if spread is None or spread.type.kind != "record":
                return  # TypeScript has no type for the whole
            there |= {name for name, field in spread.type.fields.items() if field.required}
        elif not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
            return
    parts = {id(part): (inner, inside) for part, inner, inside in _parts(node, shape, where)}
    last = {key.value: value for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant)}  # fmt: skip
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            spread = t.script.seen[value]
            for name, field in spread.type.fields.items():
                declared = shape.fields.get(name)
                if declared is not None and name not in last:
                    reason = misfit(field.type, declared.type)
                    if reason:
                        yield unfit(value, declared.type, f"{place}.{name}", field.type, reason)
            continue
        assert isinstance(key, ast.Constant)
        there.add(str(key.value))
        if id(value) in parts:
            inner, inside = parts[id(value)]
            if last[key.value] is value:
                yield from _judged(t, value, inner, inside, fresh=fresh)
        elif fresh and key.value not in shape.fields and shape.kind == "record":
            yield unknown_field(key, str(key.value), shape, place, t.script.seen.get(value))
    for name, field in shape.fields.items():
        if field.required and name not in there:
            yield missing(node, name, field.type, place)


def _literals(t: FunctionTranslator, node: ast.expr) -> frozenset[object] | None:
    """Return the possible values of an expression of literals, or of names of literals."""
    match node:
        case ast.Constant(value=value):
            return frozenset({value})
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return frozenset({-value})
        case ast.IfExp(body=body, orelse=orelse):
            yes, no = _literals(t, body), _literals(t, orelse)
            return yes | no if yes is not None and no is not None else None
        case ast.Name(id=id):
            assigned = _constant_value(t, id)
            return _literals(t, assigned) if assigned is not None else None
    return None


def _constant_value(t: FunctionTranslator, name: str) -> ast.expr | None:
    """Return the value of a name that is assigned once and without an annotation."""
    variable = t.function.variables.get(name)
    if variable is not None and (not variable.constant or variable.is_parameter):
        return None
    tree: ast.AST = t.script.tree if variable is None else t.function.node
    for each in walk(tree):
        match each:
            case ast.Assign(targets=[ast.Name(id=id)], value=value) if id == name:
                return value
    return None


# The places


def want_returned(t: FunctionTranslator, node: ast.Return) -> None:
    """Expect the declared type of a return value; in an action the model of its output."""
    function = t.function
    kind = function.returns if function.returns_annotated else None
    if kind is None and function.is_entry and t.script.kind == "action":
        kind = t.script.output
    if kind is None:
        return
    if node.value is not None:
        want(t, node.value, kind, f"{function.name}()")
    if (node.value is None or ast.unparse(node.value) == "None") and misfit(NONE, kind):
        where = f"{function.name}()"
        t.script.note(unfit(node, kind, where, NONE, "cannot be None"))


def want_arguments(t: FunctionTranslator, node: ast.Call, function: Function) -> None:
    """Expect the types of annotated parameters for the arguments of a function of the script."""
    names = [each.arg for each in (*function.node.args.posonlyargs, *function.node.args.args)]
    given = [*zip(names, node.args, strict=False), *((each.arg, each.value) for each in node.keywords)]
    for name, argument in given:
        if name in function.annotated:
            kind = function.parameters[name]
            default = _default(function, name)
            nullable = isinstance(default, ast.Constant) and default.value is None
            want(t, argument, kind.optional if nullable else kind, f"{function.name}({name})")


def _default(function: Function, name: str) -> ast.expr | None:
    arguments = function.node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    with_default = positional[len(positional) - len(arguments.defaults) :]
    pairs = [*zip(with_default, arguments.defaults, strict=True)]
    pairs += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d]
    return next((default for argument, default in pairs if argument.arg == name), None)


def want_items(t: FunctionTranslator, node: ast.Call, receiver: ast.expr, kind: Type, method: str) -> None:
    """Expect the element type for values that are added to a list of a declared type."""
    if kind.kind != "list" or kind.item is None or method not in ("append", "extend", "insert"):
        return
    if not node.args or not is_declared(t, receiver):
        return
    where = ast.unparse(receiver)
    want(t, node.args[-1], kind if method == "extend" else kind.item, where)


def is_declared(t: FunctionTranslator, node: ast.expr) -> bool:
    """Return whether the type of a container is declared, so that new elements do not widen it."""
    if isinstance(node, ast.Name):
        return node.id in t.function.annotated
    return isinstance(node, ast.Subscript)


def set_key(
    t: FunctionTranslator, node: ast.stmt, container_node: ast.expr, kind: Type, index: Expr, value: Expr
) -> Expr:
    """Return ``value`` as the value of a key of a declared record or dict."""
    given = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    if given is None or kind.kind not in ("record", "map") or not is_declared(t, container_node):
        return value
    where = ast.unparse(container_node)
    if kind.kind == "record" and kind.name and index.is_literal and isinstance(index.literal, str):
        field = kind.fields.get(index.literal)
        if field is None:
            raise unknown_field(given, index.literal, kind, kind.name, value)
        declared, where = field.type, f"{kind.name}.{index.literal}"
    elif kind.kind == "map" and kind.item is not None:
        declared = kind.item
    else:
        return value
    reason = misfit(value.type, declared, _literals(t, given))
    if reason:
        t.script.note(unfit(given, declared, where, value.type, reason))
    return _cast(value, declared)


def _cast(value: Expr, kind: Type) -> Expr:
    if needs_cast(value.type, kind):
        return replace(value, code=f"{value.at(code.RELATION)} as any", prec=code.RELATION)
    return value


def record_field(t: FunctionTranslator, target: Expr, key: str, field: Field) -> Expr:
    """Return a field of a record that is read with ``record["key"]``, without absence."""
    found, forget = read(field.type)
    if t.catching and not field.required:
        text = f"{t.helper('itemOf')}({target.code}, {code.string(key)})"
        return Expr(text, found, code.CALL, awaits=target.awaits)
    mark = "!" if target.type.name and not field.required else ""
    text = code.member(target.at(code.CALL), key) + mark
    if forget:
        text = f"({text} as any)"
    kind = replace(found, known=False) if forget and found.kind != "any" else found
    return Expr(text, kind, code.CALL, pure=target.pure, awaits=target.awaits)


def record_get(t: FunctionTranslator, node: ast.expr, target: Expr, key: str) -> Expr:
    """Return ``record.get("key")``, which is null if the field is absent."""
    field = target.type.fields.get(key)
    if field is None:
        raise unknown_key(node, key, target.type)
    if field.required:
        return record_field(t, target, key, field)
    found, forget = read(field.type)
    text = code.member(target.at(code.CALL), key)
    text = f"({text} as any) ?? null" if forget else f"{text} ?? null"
    kind = found.optional
    if forget and kind.kind != "any":
        kind = replace(kind, known=False)
    return Expr(text, kind, code.NULLISH, awaits=target.awaits)
