"""Statements: kind of node → function that translates it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from nangonb._translate import code
from nangonb._translate.agreement import agreed
from nangonb._translate.assignments import annotated_assign, assign, augmented_assign, delete
from nangonb._translate.code import Line, indented, lines_of
from nangonb._translate.declared import want_returned
from nangonb._translate.declaring import declared_before, declared_in_head
from nangonb._translate.errors import raise_, try_
from nangonb._translate.function import FunctionTranslator, is_place
from nangonb._translate.loops import break_, continue_, for_, while_
from nangonb._translate.refusals import refuse
from nangonb._translate.truth import narrow, tried_condition
from nangonb._translate.types import (
    NONE,
    Type,
    is_json,
    join,
)


def statement(t: FunctionTranslator, node: ast.stmt) -> list[Line]:
    handler = STATEMENTS.get(type(node))
    if handler is None:
        code_ = {
            ast.With: "with",
            ast.Global: "global",
            ast.Nonlocal: "global",
            ast.ClassDef: "class",
            ast.Match: "match",
        }.get(type(node), "statement")
        raise refuse(node, code_)
    t.before += declared_in_head(t, node)
    return handler(t, node)


def expression_statement(t: FunctionTranslator, node: ast.Expr) -> list[Line]:
    if isinstance(node.value, ast.Constant):
        return []  # a docstring, or an ellipsis
    return code.alone(t.expr(node.value, first=True), node)


def return_(t: FunctionTranslator, node: ast.Return) -> list[Line]:
    want_returned(t, node)
    if node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None):
        t.returned(NONE)
        nothing = t.return_type.kind == "none"
        return lines_of("return;" if nothing else "return null;", node)
    if t.function.is_entry and t.script.kind != "action":
        raise refuse(
            node, "statement", "A sync cannot return a value.", "Save records with `nango.batch_save`."
        )
    value = t.expr(node.value, first=True)
    if t.function.is_entry and not is_json(value.type):
        raise refuse(node, "not-json", f"A `{value.type}` is not JSON.", "Return lists and dicts of text.")
    if t.function.returns_annotated and t.function.returns is not None:
        t.function.returns = agreed(node, t.function.returns, value.type, leaves=t.function.is_entry)
    t.returned(value.type)
    return lines_of(f"return {value.code};", node)


def if_(t: FunctionTranslator, node: ast.If) -> list[Line]:
    t.first = True
    test = tried_condition(t, node.test)
    t.first = False
    hoisted, t.before = t.before, []
    hoisted += declared_before(t, node, [node.body, node.orelse])
    start = dict(t.env)
    narrow(t, node.test, True)
    body = t.block(node.body)
    after_body, leaves_body = t.env, _leaves(node.body)
    t.env = dict(start)
    narrow(t, node.test, False)
    lines = [*hoisted, Line(f"if ({test.code}) {{", node.lineno), *indented(body)]
    if node.orelse:
        if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
            other = statement(t, node.orelse[0])
            if t.before or other[0].text[:2] != "if":
                lines += [Line("} else {"), *indented(other), Line("}")]
            else:
                lines += [Line("} else " + other[0].text, other[0].source), *other[1:]]
        else:
            lines += [Line("} else {"), *indented(t.block(node.orelse)), Line("}")]
    else:
        lines.append(Line("}"))
    leaves_else = bool(node.orelse) and _leaves(node.orelse)
    t.env = _merged(after_body, t.env, leaves_body, leaves_else)
    return lines


def _leaves(body: list[ast.stmt]) -> bool:
    """Return whether the code after ``body`` is unreachable."""
    last = body[-1]
    if isinstance(last, ast.If):
        return bool(last.orelse) and _leaves(last.body) and _leaves(last.orelse)
    return isinstance(last, (ast.Return, ast.Raise, ast.Break, ast.Continue))


def _merged(a: dict[str, Type], b: dict[str, Type], a_leaves: bool, b_leaves: bool) -> dict[str, Type]:
    if a_leaves:
        return b
    if b_leaves:
        return a
    return {
        name: join([a[name], b[name]]) if name in a and name in b else (a.get(name) or b[name])
        for name in {**a, **b}
        if (name in a and name in b) or not is_place(name)
    }


def pass_(t: FunctionTranslator, node: ast.Pass) -> list[Line]:
    return []


def function_def(t: FunctionTranslator, node: ast.FunctionDef) -> list[Line]:
    return t.script.inner_function(t, node)


def _register() -> dict[type[ast.stmt], Callable[[FunctionTranslator, Any], list[Line]]]:
    return {
        ast.AnnAssign: annotated_assign,
        ast.Assign: assign,
        ast.AugAssign: augmented_assign,
        ast.Break: break_,
        ast.Continue: continue_,
        ast.Delete: delete,
        ast.Expr: expression_statement,
        ast.For: for_,
        ast.FunctionDef: function_def,
        ast.If: if_,
        ast.Pass: pass_,
        ast.Raise: raise_,
        ast.Return: return_,
        ast.Try: try_,
        ast.While: while_,
    }


STATEMENTS = _register()
