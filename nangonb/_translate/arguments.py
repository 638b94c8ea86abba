"""Arguments of the methods of the nango object."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from nangonb._sdk import Method
from nangonb._translate import code
from nangonb._translate.code import Expr
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.refusals import refuse
from nangonb._translate.types import Type, is_json
from nangonb.errors import nearest

Given = Mapping[str, ast.expr]


def bound(node: ast.Call, method: Method) -> Given:
    """Return name → argument, in the order of the call, without arguments that are ``None``.

    Raises Refused for arguments that Python rejects, and where the order of calls in arguments would change.
    """
    given: dict[str, ast.expr] = {}
    names = [each.name for each in method.parameters]
    positional = [each.name for each in method.parameters if each.by_position]
    if len(node.args) > len(positional) or any(isinstance(each, ast.Starred) for each in node.args):
        message = f"`nango.{method.name}` takes only {_listed(positional)} as positional arguments."
        raise refuse(node, "keyword", message)
    given.update(zip(names, node.args, strict=False))
    for keyword in node.keywords:
        if keyword.arg is None or keyword.arg not in names or keyword.arg in given:
            match = nearest(keyword.arg or "", names)
            raise refuse(
                keyword.value,
                "keyword",
                f"`nango.{method.name}` takes no argument `{keyword.arg or '**'}` here.",
                f"Did you mean `{match}`?" if match else "",
            )
        given[keyword.arg] = keyword.value
    missing = [each.name for each in method.parameters if each.required and each.name not in given]
    if missing:
        raise refuse(node, "keyword", f"`nango.{method.name}` requires {_listed(missing)}.")
    places = [names.index(name) for name, each in given.items() if not isinstance(each, ast.Constant)]
    if places != sorted(places) and any(_calls(each) for each in given.values()):
        raise refuse(
            node,
            "keyword",
            "Nango evaluates these arguments in another order.",
            f"Pass them in this order: {_listed(names)}.",
        )
    return {name: value for name, value in given.items() if not is_none(value)}


def is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _calls(node: ast.expr) -> bool:
    return any(isinstance(each, ast.Call) for each in ast.walk(node))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def called(method: str, arguments: Sequence[str | None]) -> str:
    """Return ``await nango.method(a, undefined, c)``, without absent arguments at the end."""
    shown = ["undefined" if each is None else each for each in arguments]
    while shown and shown[-1] == "undefined":
        shown.pop()
    return code.call(f"await nango.{method}", shown)


def text(t: FunctionTranslator, node: ast.expr, what: str) -> Expr:
    """Return the expression of a text. Where it may be None, Python would have raised."""
    value = t.expr(node, first=t.first)
    if value.type.kind not in ("str", "any"):
        raise refuse(node, "type", f"`{what}` must be text, not `{value.type}`.", "Use `str(…)`.")
    return certain(value)


def certain(value: Expr) -> Expr:
    """Return the value without None: Python would have raised."""
    if not value.type.nullable:
        return value
    return Expr(f"{value.at(code.CALL)}!", value.type.required, code.CALL, awaits=value.awaits)


def json_value(t: FunctionTranslator, node: ast.expr) -> Expr:
    value = t.expr(node, first=t.first)
    if not is_json(value.type):
        raise refuse(node, "not-json", f"A `{value.type}` is not JSON.")
    return value


def literal(node: ast.expr, what: str, known: Sequence[str]) -> str:
    """Return a literal of ``known`` as a TypeScript literal."""
    if isinstance(node, ast.Constant) and node.value in known:
        return code.string(str(node.value))
    raise refuse(
        node, "type", f"`{what}` must be a literal, one of {_listed(known)}.", f'Write `"{known[0]}"`.'
    )


def of_kind(t: FunctionTranslator, node: ast.expr, what: str, *kinds: str) -> Expr:
    """Return the expression of a value of one of ``kinds``, or from outside."""
    value = t.expr(node, first=t.first)
    kind: Type = value.type
    if kind.kind not in (*kinds, "any"):
        raise refuse(node, "type", f"`{what}` must not be `{kind}`.")
    return certain(value)
