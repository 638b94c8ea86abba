"""Loops: ``for`` and ``while``."""

from __future__ import annotations

import ast

from nangonb._translate import code
from nangonb._translate.code import Line, indented, lines_of
from nangonb._translate.comprehensions import bind, iterable
from nangonb._translate.declaring import declared_before
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.names import Variable, targets
from nangonb._translate.nodes import walk
from nangonb._translate.refusals import refuse
from nangonb._translate.sdk import paginate_source
from nangonb._translate.truth import narrow, tried_condition
from nangonb._translate.types import Type, element


def while_(t: FunctionTranslator, node: ast.While) -> list[Line]:
    if node.orelse:
        raise refuse(
            node,
            "statement",
            "`else` after a loop is not supported.",
            "Set a variable in the loop and test it after.",
        )
    declared = [*t.before, *declared_before(t, node, [node.body])]
    t.before = []
    with t.loop(node):
        test = tried_condition(t, node.test)
        if t.before:
            raise refuse(
                node.test,
                "expression",
                "The loop evaluates this in each iteration.",
                "Assign it in the loop.",
            )
        with t.branch():
            narrow(t, node.test, True)
            body = t.block(node.body)
    if not (isinstance(node.test, ast.Constant) and node.test.value is True):
        narrow(t, node.test, False)
    return [*declared, Line(f"while ({test.code}) {{", node.lineno), *indented(body), Line("}")]


def for_(t: FunctionTranslator, node: ast.For) -> list[Line]:
    if node.orelse:
        raise refuse(
            node,
            "statement",
            "`else` after a loop is not supported.",
            "Set a variable in the loop and test it after.",
        )
    declared = [*t.before, *declared_before(t, node, [node.body])]
    t.before = []
    with t.loop(node):
        return [*declared, *_for(t, node)]


def _for(t: FunctionTranslator, node: ast.For) -> list[Line]:
    names = targets(node)
    #: Names that outlive the loop, which assigns them in each iteration.
    outer = [name for name in sorted(names & t.declared_here) if t.function.variables[name].used]
    source = paginate_source(t, node.iter)
    counted = None if source or outer else _counted(t, node)
    if counted is not None:
        return counted
    items = source or iterable(t, node.iter)
    hoisted, t.before = t.before, []
    used = {name for name, variable in t.function.variables.items() if variable.used}
    over = node.iter.id if isinstance(node.iter, ast.Name) else None
    with t.branch():
        _check_loop_names(t, node, names)
        declaration, target, assigned = _bound(t, node, element(items.type), used, outer)
        before = set(t.declared_here)
        t.declared_here |= names
        if over:
            t.iterating.append(over)
        body = t.block(node.body)
        if over:
            t.iterating.pop()
        t.declared_here = before | (t.declared_here - names)
    word = "for await" if source else "for"
    return [
        *hoisted,
        Line(f"{word} ({declaration}{target} of {items.code}) {{", node.lineno),
        *indented([*assigned, *body]),
        Line("}"),
    ]


def _bound(
    t: FunctionTranslator, node: ast.For, kind: Type, used: set[str], outer: list[str]
) -> tuple[str, str, list[Line]]:
    """Return the declaration of the target, the target, and the lines that assign names of ``outer``."""
    if outer and isinstance(node.target, ast.Name):
        target, _ = bind(t, node.target, kind, used)
        return "", target, []
    renamed = dict(t.script.renamed)
    shown = {name: t.js_name(name) for name in outer}
    each = {name: t.script.fresh(shown[name]) for name in outer}
    t.script.renamed.update(each)
    target, _ = bind(t, node.target, kind, used)
    t.script.renamed = renamed
    inside = {id(part) for statement in node.body for part in walk(statement)}
    own = [t.function.variables[n] for n in targets(node) - {*outer} if n in t.function.variables]
    reassigned = any(id(store) in inside for variable in own for store in variable.stores)
    assigned = [Line(f"{shown[name]} = {each[name]};", node.lineno) for name in outer]
    return ("let " if reassigned else "const "), target, assigned


def _check_loop_names(t: FunctionTranslator, node: ast.For, names: set[str]) -> None:
    """Check loop variables: a loop without iterations assigns none, and each iteration changes them."""
    inside = {id(each) for each in walk(node)}
    for name in names:
        variable = t.function.variables.get(name)
        if variable is None:
            continue
        if any(id(load) not in inside for load in variable.loads) and not _assigned_beside(t, variable):
            raise refuse(
                node,
                "statement",
                f"`{name}` is read after its loop.",
                f"Also assign it before the loop: `{name} = None`.",
            )
        if variable.captured:
            raise refuse(node, "closure", f"An inner function uses the loop variable `{name}`.")


def _assigned_beside(t: FunctionTranslator, variable: Variable) -> bool:
    """Return whether anything but loops assigns it."""
    loops = [each for each in walk(t.function.node) if isinstance(each, ast.For)]
    by_loops = {id(each) for loop in loops for each in walk(loop.target)}
    beside = any(id(store) not in by_loops for store in variable.stores)
    return beside or variable.is_parameter or bool(variable.own_loops)


def _counted(t: FunctionTranslator, node: ast.For) -> list[Line] | None:
    """Translate ``for i in range(n)``, whose variable is read, to a counting loop."""
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
    from nangonb._translate.types import SMALL

    start, end = (values[0].code, values[1]) if len(values) == 2 else ("0", values[0])
    with t.branch():
        name = node.target.id
        t.assign(name, SMALL)
        _check_loop_names(t, node, {name})
        t.declared_here.add(name)
        body = t.block(node.body)
        t.declared_here.discard(name)
    shown = t.js_name(name)
    return [
        Line(f"for (let {shown} = {start}; {shown} < {end.at(code.RELATION)}; {shown}++) {{", node.lineno),
        *indented(body),
        Line("}"),
    ]


def _counts_once(node: ast.For, end: ast.expr) -> bool:
    """Return whether the loop changes neither its variable nor its end: JavaScript reads both each time."""
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
        # the container whose length is the end may only be indexed
        if each.id in fixed and (isinstance(end, ast.Call) and id(each) not in places):
            return False
        if each.id in fixed and not isinstance(each.ctx, ast.Load):
            return False
    return True


def break_(t: FunctionTranslator, node: ast.Break) -> list[Line]:
    return lines_of("break;", node)


def continue_(t: FunctionTranslator, node: ast.Continue) -> list[Line]:
    return lines_of("continue;", node)
