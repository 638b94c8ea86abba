"""Loops: ``for`` and ``while``."""

from __future__ import annotations

import ast

from nangonb.translate import code
from nangonb.translate.code import Line, indented, lines_of
from nangonb.translate.comprehensions import bind, iterable
from nangonb.translate.declaring import declared_before
from nangonb.translate.function import FunctionTranslator
from nangonb.translate.nodes import walk
from nangonb.translate.refusals import refuse
from nangonb.translate.sdk import paginate_source
from nangonb.translate.truth import narrow, tried_condition
from nangonb.translate.types import (
    element,
)


def while_(t: FunctionTranslator, node: ast.While) -> list[Line]:
    if node.orelse:
        raise refuse(
            node, "statement", "else after a loop is not carried over.", "Use a variable that says it."
        )
    declared = declared_before(t, node, [node.body])
    with t.loop(node):
        test = tried_condition(t, node.test)
        with t.branch():
            narrow(t, node.test, True)
            body = t.block(node.body)
    if not (isinstance(node.test, ast.Constant) and node.test.value is True):
        narrow(t, node.test, False)
    return [*declared, Line(f"while ({test.code}) {{", node.lineno), *indented(body), Line("}")]


def for_(t: FunctionTranslator, node: ast.For) -> list[Line]:
    if node.orelse:
        raise refuse(
            node, "statement", "else after a loop is not carried over.", "Use a variable that says it."
        )
    with t.loop(node):
        return _for(t, node)


def _for(t: FunctionTranslator, node: ast.For) -> list[Line]:
    declared = declared_before(t, node, [node.body])
    source = paginate_source(t, node.iter)
    counted = None if source else _counted(t, node)
    if counted is not None:
        return [*declared, *counted]
    items = source or iterable(t, node.iter)
    hoisted, t.before = [*declared, *t.before], []
    used = {name for name, variable in t.function.variables.items() if variable.used}
    over = node.iter.id if isinstance(node.iter, ast.Name) else None
    with t.branch():
        target, _ = bind(t, node.target, element(items.type), used)
        names = {n.id for n in walk(node.target) if isinstance(n, ast.Name)}
        _check_loop_names(t, node, names)
        before = set(t.declared_here)
        t.declared_here |= names
        if over:
            t.iterating.append(over)
        body = t.block(node.body)
        if over:
            t.iterating.pop()
        t.declared_here = before | (t.declared_here - names)
    word = "for await" if source else "for"
    inside = {id(each) for part in node.body for each in walk(part)}
    stores = [store for n in names if n in t.function.variables for store in t.function.variables[n].stores]
    reassigned = any(id(store) in inside for store in stores)
    declaration = "let" if reassigned else "const"
    return [
        *hoisted,
        Line(f"{word} ({declaration} {target} of {items.code}) {{", node.lineno),
        *indented(body),
        Line("}"),
    ]


def _check_loop_names(t: FunctionTranslator, node: ast.For, names: set[str]) -> None:
    """A loop variable lives on after the loop in Python, and not in JavaScript."""
    inside = {id(each) for each in walk(node)}
    for name in names:
        variable = t.function.variables.get(name)
        if variable is None:
            continue
        loops = [store for store in variable.stores if id(store) not in inside]
        if any(id(load) not in inside for load in variable.loads) and not loops:
            raise refuse(
                node, "statement", f"{name} is read after its loop.", "Assign it to another variable inside."
            )
        if variable.captured:
            raise refuse(node, "closure", f"{name} changes with the loop, and an inner function uses it.")


def _counted(t: FunctionTranslator, node: ast.For) -> list[Line] | None:
    """``for i in range(n)`` with a name that is read, as a counting loop."""
    match node.iter:
        case ast.Call(func=ast.Name(id="range"), args=[*arguments], keywords=[]) if isinstance(
            node.target, ast.Name
        ):
            if len(arguments) > 2 or not _counts_once(node, arguments[-1]):
                return None
            values = t.exprs(arguments)
        case _:
            return None
    if any(value.type.kind not in ("small", "int") for value in values):
        return None
    if not all(value.pure for value in values):
        return None
    from nangonb.translate.types import SMALL

    start, end = (values[0].code, values[1]) if len(values) == 2 else ("0", values[0])
    with t.branch():
        name = node.target.id
        t.assign(name, SMALL)
        _check_loop_names(t, node, {name})
        added = name not in t.declared_here
        t.declared_here.add(name)
        body = t.block(node.body)
        if added:
            t.declared_here.discard(name)
    shown = t.js_name(name)
    return [
        Line(f"for (let {shown} = {start}; {shown} < {end.at(code.RELATION)}; {shown}++) {{", node.lineno),
        *indented(body),
        Line("}"),
    ]


def _counts_once(node: ast.For, end: ast.expr) -> bool:
    """Whether nothing in the loop changes its variable or its end: JavaScript looks at both each time."""
    assert isinstance(node.target, ast.Name)
    fixed = {each.id for each in ast.walk(end) if isinstance(each, ast.Name)}
    body = [each for part in node.body for each in ast.walk(part)]
    places = {
        id(each.value) for each in body if isinstance(each, ast.Subscript) and isinstance(each.ctx, ast.Load)
    }
    places |= {
        id(each.value) for each in body if isinstance(each, ast.Subscript) and isinstance(end, ast.Call)
    }
    for each in body:
        if not isinstance(each, ast.Name):
            continue
        if each.id == node.target.id and not isinstance(each.ctx, ast.Load):
            return False
        # a container whose length is the end may only be read and written by its places
        if each.id in fixed and (isinstance(end, ast.Call) and id(each) not in places):
            return False
        if each.id in fixed and not isinstance(each.ctx, ast.Load):
            return False
    return True


def break_(t: FunctionTranslator, node: ast.Break) -> list[Line]:
    return lines_of("break;", node)


def continue_(t: FunctionTranslator, node: ast.Continue) -> list[Line]:
    return lines_of("continue;", node)
