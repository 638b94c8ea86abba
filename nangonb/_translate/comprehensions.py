"""Comprehensions: map and filter for synchronous parts, else a loop before the statement."""

from __future__ import annotations

import ast
from collections.abc import Callable

from nangonb._translate import code
from nangonb._translate.callbacks import callback, names_in
from nangonb._translate.code import Expr, Line, indented
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.nodes import walk
from nangonb._translate.refusals import refuse
from nangonb._translate.types import (
    STR,
    Type,
    element,
    item_of,
    list_of,
    map_of,
    set_of,
    typescript,
)

Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


def list_comprehension(t: FunctionTranslator, node: ast.ListComp) -> Expr:
    found = as_chain(t, node, node.elt)
    if found is not None:
        return found
    return as_loop(t, node, node.elt, list_of)


def set_comprehension(t: FunctionTranslator, node: ast.SetComp) -> Expr:
    made = ast.ListComp(node.elt, node.generators)
    ast.copy_location(made, node)
    found = list_comprehension(t, made)
    kind = item_of(found.type)
    if kind.kind not in ("str", "small", "int", "any"):
        raise refuse(node, "type", f"A set of `{kind}` is not supported.")
    maker = t.helper("setOf") if kind.kind == "any" else f"new Set<{typescript(kind)}>"
    return Expr(f"{maker}({found.code})", set_of(kind), code.CALL)


def dict_comprehension(t: FunctionTranslator, node: ast.DictComp) -> Expr:
    pair = ast.Tuple([node.key, node.value], ast.Load())
    ast.copy_location(pair, node)
    with scoped(t, node):
        key_kind = None

        def check(element_expr: Expr) -> None:
            nonlocal key_kind
            key_kind = element_expr.type.parts[0]

        found = as_chain(t, node, pair, check)
        if found is None:
            found = as_loop(t, node, pair, list_of)
            check(Expr("", item_of(found.type)))
    assert key_kind is not None
    if key_kind.kind not in ("str", "any"):
        raise refuse(node, "dict-key")
    kind = item_of(found.type).parts[1]
    return Expr(f"Object.fromEntries({found.code})", map_of(kind), code.CALL)


def generator(t: FunctionTranslator, node: ast.GeneratorExp) -> Expr:
    """Reject a generator that is not the argument of a builtin; builtins ask for a list."""
    raise refuse(
        node,
        "expression",
        "A generator is supported only as the single argument of a function.",
        "Use a list: `[…]`.",
    )


class scoped:  # noqa: N801 - used like a function
    """Limit the targets of a comprehension to it."""

    def __init__(self, t: FunctionTranslator, node: Comprehension) -> None:
        self._t = t
        self._node = node

    def __enter__(self) -> None:
        self._env = dict(self._t.env)

    def __exit__(self, *_: object) -> None:
        self._t.back_to(self._env, self._node)


def as_chain(
    t: FunctionTranslator, node: Comprehension, elt: ast.expr, check: Callable[[Expr], None] | None = None
) -> Expr | None:
    """Return ``xs.filter((x) => …).map((x) => …)``, or None if a part awaits."""
    if waits_inside(t, node, elt):
        return None
    env = dict(t.env)
    try:
        return _chain(t, list(node.generators), elt, check)
    finally:
        t.back_to(env, node)


def waits_inside(t: FunctionTranslator, node: Comprehension, elt: ast.expr) -> bool:
    """Return whether anything awaits besides the first iterable, which is evaluated once, before the rest."""
    first, *rest = node.generators
    parts = [elt, *first.ifs, *(part for each in rest for part in (each.iter, *each.ifs))]
    return _is_pages(t, first.iter) or any(waits(t, part) for part in parts)


def _is_pages(t: FunctionTranslator, node: ast.expr) -> bool:
    from nangonb._translate.sdk import is_pagination

    return is_pagination(t, node)


def _chain(
    t: FunctionTranslator,
    generators: list[ast.comprehension],
    elt: ast.expr,
    check: Callable[[Expr], None] | None,
) -> Expr:
    generator, rest = generators[0], generators[1:]
    items = iterable(t, generator.iter)
    t.forget_places()  # TypeScript does not narrow types across functions
    target, _ = bind(t, generator.target, element(items.type))
    text = items.at(code.CALL)
    for test in generator.ifs:
        from nangonb._translate.truth import condition, narrow

        body = code.shifted(condition(t, test).at(code.TERNARY))
        text += f".filter({callback(t, generator.target, items, body)})"
        narrow(t, test, True)
    if rest:
        inner = _chain(t, rest, elt, check)
        return Expr(
            f"{text}.flatMap({callback(t, generator.target, items, inner.code)})",
            inner.type,
            code.CALL,
            awaits=items.awaits,
        )
    value = t.expr(elt)
    if check is not None:
        check(value)
    kind = list_of(value.type)
    if value.code == target:
        copied = text if generator.ifs else f"[...{text}]"
        return Expr(copied, kind, code.CALL, awaits=items.awaits)
    body = f"({value.code})" if value.code.startswith("{") else value.at(code.TERNARY)
    text += f".map({callback(t, generator.target, items, body)})"
    return Expr(text, kind, code.CALL, awaits=items.awaits)


def iterable(t: FunctionTranslator, node: ast.expr) -> Expr:
    """Return an expression that JavaScript can iterate over as an array, in Python's order."""
    items = t.expr(node)
    kind = items.type
    if isinstance(node, ast.List | ast.Tuple) and element(kind).kind == "tuple":
        items = Expr(
            f"{items.code} as {typescript(list_of(element(kind)))}", list_of(element(kind)), code.RELATION
        )
        kind = items.type
    if kind.nullable:
        items = Expr(items.at(code.CALL) + "!", kind.required, code.CALL, awaits=items.awaits)
        kind = items.type
    if kind.kind == "set":
        raise refuse(node, "set-order")
    if kind.kind in ("map", "record"):
        return Expr(f"{t.helper('keysOf')}({items.code})", list_of(STR), code.CALL, awaits=items.awaits)
    if kind.kind == "str":
        return Expr(f"[...{items.code}]", list_of(STR), awaits=items.awaits)
    if kind.kind == "any" and (t.catching or _reads_keys(t, node)):
        return Expr(f"{t.helper('itemsOf')}({items.code})", list_of(kind), code.CALL, awaits=items.awaits)
    if kind.kind in ("list", "tuple", "any", "iterator"):
        return items
    raise refuse(node, "operator", f"Iterating over `{kind}` is not supported.")


def _reads_keys(t: FunctionTranslator, node: ast.expr) -> bool:
    """Return whether the function uses this variable as a dict."""
    if not isinstance(node, ast.Name):
        return False
    for each in walk(t.function.node):
        match each:
            case ast.Attribute(value=ast.Name(id=name), attr="get" | "items" | "keys" | "values") if (
                name == node.id
            ):
                return True
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Name() | ast.Constant(value=str())) if (
                name == node.id
            ):
                return True
    return False


def bind(
    t: FunctionTranslator,
    target: ast.expr,
    kind: Type,
    used: set[str] | None = None,
    *,
    counted: bool = False,
) -> tuple[str, Type]:
    """Return the pattern of a loop variable and its type, and bind its names. ``used``: names that are read.

    ``counted``: the value has exactly one part per name.
    """
    names = [each.id for each in walk(target) if isinstance(each, ast.Name)]
    if len(names) > len(set(names)):
        raise refuse(target, "statement", "This assigns one name twice.", "Use different names.")
    match target:
        case ast.Name(id=id):
            t.assign(id, kind)
            name = t.js_name(id)
            return (name if used is None or id in used else f"_{name}"), kind
        case ast.Tuple(elts=elts) | ast.List(elts=elts):
            if kind.kind == "tuple" and len(kind.parts) != len(elts):
                raise refuse(target, "operator", "The number of names differs from the number of values.")
            if t.catching and not counted and kind.kind != "tuple":
                raise refuse(
                    target,
                    "operator",
                    "Python raises if the number of values differs, and a handler would catch the error.",
                    "Unpack in a statement of its own: `for pair in pairs: a, b = pair`.",
                )
            parts = kind.parts or [item_of(kind)] * len(elts)
            shown = []
            for part, each in zip(parts, elts, strict=True):
                name, _ = bind(t, each, part, used)
                unread = isinstance(each, ast.Name) and used is not None and each.id not in used
                shown.append("" if unread else name)
            while shown and not shown[-1]:
                shown.pop()
            return f"[{', '.join(shown)}]", kind
    raise refuse(target, "statement", "This assignment target is not supported.")


def waits(t: FunctionTranslator, node: ast.AST) -> bool:
    """Return whether something below ``node`` uses the nango object and so awaits."""
    return t.script.waits(t, node)


def as_loop(
    t: FunctionTranslator,
    node: Comprehension,
    elt: ast.expr,
    kind_of: Callable[[Type], Type],
) -> Expr:
    """Translate to a loop before the statement, which sends requests in Python's order."""
    if not t.first:
        raise refuse(
            node,
            "expression",
            "Nango would evaluate the expressions before this one later.",
            "Assign the list to a variable first.",
        )
    wanted, t.result_name = t.result_name, None
    name = wanted or t.script.fresh("results")
    env = dict(t.env)
    t.forget_places()
    renamed = dict(t.script.renamed)
    lines, kind = _loops(t, list(node.generators), elt, name)
    t.script.renamed = renamed
    t.back_to(env, node)
    result = kind_of(kind)
    t.before += [Line(f"const {name}: {typescript(result)} = [];", node.lineno), *lines]
    return Expr(name, result, pure=True)


def _loops(
    t: FunctionTranslator,
    generators: list[ast.comprehension],
    elt: ast.expr,
    name: str,
) -> tuple[list[Line], Type]:
    from nangonb._translate.sdk import paginate_source
    from nangonb._translate.truth import condition, narrow

    generator = generators[0]
    source = paginate_source(t, generator.iter)
    items = source or iterable(t, generator.iter)
    hoisted, t.before = t.before, []
    read = names_in(items.code)  # in JavaScript the target already shadows these here
    for part in walk(generator.target):
        if isinstance(part, ast.Name) and (shown := t.js_name(part.id)) in read:
            t.script.renamed[part.id] = t.script.fresh(shown)
    target, _ = bind(t, generator.target, element(items.type))
    each = "for await" if source else "for"
    tests = []
    for test in generator.ifs:
        tests.append(condition(t, test).at(code.AND))
        narrow(t, test, True)
    inner: list[Line]
    if len(generators) > 1:
        inner, kind = _loops(t, generators[1:], elt, name)
    else:
        value = t.expr(elt, first=True)
        kind = value.type
        inner = [*t.before, Line(f"{name}.push({value.at(code.TERNARY)});", elt.lineno)]
        t.before = []
    if tests:
        inner = [Line(f"if ({' && '.join(tests)}) {{", elt.lineno), *indented(inner), Line("}")]
    return [
        *hoisted,
        Line(f"{each} (const {target} of {items.code}) {{", generator.iter.lineno),
        *indented(inner),
        Line("}"),
    ], kind


def argument_list(t: FunctionTranslator, node: ast.expr) -> Expr:
    """Return a generator as the only argument of a builtin, as a list."""
    if isinstance(node, ast.GeneratorExp):
        return as_list(t, node)
    return iterable(t, node)


def unordered(t: FunctionTranslator, node: ast.expr) -> Expr:
    """Return the same where the order does not matter, so that a set is possible."""
    if isinstance(node, ast.GeneratorExp):
        return as_list(t, node)
    items = t.expr(node)
    if items.type.kind == "set" and not items.type.nullable:
        return Expr(f"[...{items.at(code.TERNARY)}]", list_of(item_of(items.type)), awaits=items.awaits)
    return iterable(t, node)


def as_list(t: FunctionTranslator, node: ast.GeneratorExp | ast.ListComp) -> Expr:
    """Return an exhausted generator as a list comprehension."""
    made = ast.ListComp(node.elt, node.generators)
    ast.copy_location(made, node)
    return list_comprehension(t, made)


__all__ = ["argument_list", "as_chain", "bind", "iterable", "list_comprehension"]
