"""Side effects of expressions: requests, and changes of shared objects."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from nangonb._translate.nodes import walk

#: Methods that change their receiver.
CHANGES = frozenset(
    {
        "add",
        "append",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "remove",
        "reverse",
        "setdefault",
        "sort",
        "update",
    }
)
_FRESH = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.Constant, ast.JoinedStr)


def changed(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """Yield the containers that are changed below ``node``, each with the index or key if there is one."""
    for each in walk(node):
        match each:
            case ast.Call(func=ast.Attribute(value=value, attr=name)) if name in CHANGES:
                yield value, None
            case ast.Subscript(value=value, slice=index, ctx=ast.Store()):
                yield value, index
            case ast.Subscript(value=value, ctx=ast.Del()):
                yield value, None
            case ast.AugAssign(target=ast.Name() | ast.Subscript() as target):
                yield target, None


class Aliases:
    """Expressions that may refer to one object because of assignments: ``b = a``, ``xs = d["xs"]``."""

    def __init__(self, tree: ast.AST) -> None:
        self._leads: dict[str, str] = {}
        for node in walk(tree):
            match node:
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        self._assigned(target, value)
                case ast.AnnAssign(target=target, value=ast.expr() as value):
                    self._assigned(target, value)
                case ast.NamedExpr(target=target, value=value):
                    self._assigned(target, value)
                case ast.For(target=target, iter=ast.List(elts=elts) | ast.Tuple(elts=elts)):
                    for value in elts:
                        self._assigned(target, value)

    def same(self, one: str, other: str) -> bool:
        return self._lead(one) == self._lead(other)

    def _lead(self, text: str) -> str:
        while text in self._leads:
            text = self._leads[text]
        return text

    def _assigned(self, target: ast.expr, value: ast.expr) -> None:
        match target, value:
            case (ast.Tuple() | ast.List(), ast.Tuple() | ast.List()) if len(target.elts) == len(value.elts):
                for one, other in zip(target.elts, value.elts, strict=True):
                    self._assigned(one, other)
                return
        for each in handed_on(value):
            left, right = self._lead(ast.unparse(target)), self._lead(ast.unparse(each))
            if left != right:
                self._leads[left] = right


def handed_on(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the existing objects that an expression may return."""
    match node:
        case ast.Name() | ast.Subscript() | ast.Attribute():
            yield node
        case ast.IfExp(body=body, orelse=orelse):
            yield from handed_on(body)
            yield from handed_on(orelse)
        case ast.BoolOp(values=values):
            for each in values:
                yield from handed_on(each)
        case ast.NamedExpr(target=target, value=value):
            yield target
            yield from handed_on(value)
        case ast.Call(func=ast.Attribute(value=of, attr="get" | "setdefault"), args=[key, *others]):
            yield ast.Subscript(of, key, ast.Load())
            for each in others:
                yield from handed_on(each)


class Effects:
    """``functions`` are the functions of the script by name."""

    def __init__(self, functions: Mapping[str, ast.FunctionDef]) -> None:
        self._functions = functions
        self._changing: dict[str, bool] = {}

    def any_in(self, node: ast.AST) -> bool:
        """Return whether it calls a function of the script or the nango object, or changes something."""
        return any(
            isinstance(each, ast.Call) and (self._own(each) is not None or _of_nango(each))
            for each in walk(node)
        ) or self.changes_in(node)

    def changes_in(self, node: ast.AST) -> bool:
        """Return whether it changes a container or a variable."""
        return (
            any(isinstance(each, ast.NamedExpr) for each in walk(node))
            or any(True for _ in changed(node))
            or any(map(self._changing_function, filter(None, map(self._own, walk(node)))))
        )

    def _own(self, node: ast.AST) -> str | None:
        """Return the function of the script that a node calls."""
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in self._functions:
                return name
        return None

    def _changing_function(self, name: str) -> bool:
        """Return whether a function changes an object that it did not create."""
        if name not in self._changing:
            self._changing[name] = False  # a function that calls itself
            function = self._functions[name]
            own = made(function)
            self._changing[name] = any(
                not (isinstance(what, ast.Name) and what.id in own) for what, _ in changed(function)
            ) or any(map(self._changing_function, filter(None, map(self._own, walk(function)))))
        return self._changing[name]


def made(function: ast.FunctionDef) -> set[str]:
    """Return the variables that contain only objects created by the function."""
    known: set[str] | None = function.__dict__.get("_made")
    if known is None:
        known = function.__dict__["_made"] = _find_made(function)
    return known


def _find_made(function: ast.FunctionDef) -> set[str]:
    fresh: set[str] = set()
    other = {each.arg for each in walk(function.args) if isinstance(each, ast.arg)}
    values = {}
    for each in walk(function):
        match each:
            case (
                ast.Assign(targets=[ast.Name() as target], value=value)
                | ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value)
            ):
                values[id(target)] = value
            case ast.AugAssign(target=ast.Name() as target):
                values[id(target)] = ast.Constant(0)
    for each in walk(function):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            (fresh if _is_fresh(values.get(id(each))) else other).add(each.id)
    return fresh - other


def _is_fresh(node: ast.expr | None) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="dict" | "list" | "set" | "sorted")):
            return True
        case ast.Call(func=ast.Attribute(attr="copy" | "split")):
            return True
        case ast.BinOp():
            return True
    return isinstance(node, _FRESH)


def _of_nango(node: ast.Call) -> bool:
    return (
        isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "nango"
    )
