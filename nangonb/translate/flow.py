"""Where control goes: whether it ever reaches the end of a block."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from nangonb.translate.nodes import walk


def ends(body: Sequence[ast.stmt]) -> bool:
    """Whether what stands behind ``body`` is never reached."""
    return any(map(_ends, body))


def _ends(node: ast.stmt) -> bool:
    match node:
        case ast.Return() | ast.Raise() | ast.Break() | ast.Continue():
            return True
        case ast.If():
            return bool(node.orelse) and ends(node.body) and ends(node.orelse)
        case ast.Try():
            handled = all(ends(handler.body) for handler in node.handlers)
            return ends(node.finalbody) or ((ends(node.body) or ends(node.orelse)) and handled)
        case ast.While(test=ast.Constant(value=True)):
            return not any(isinstance(each, ast.Break) for part in node.body for each in _own(part))
    return False


def _own(node: ast.stmt) -> Iterator[ast.stmt]:
    """The statements below it that belong to the same loop."""
    yield node
    if not isinstance(node, ast.For | ast.While | ast.FunctionDef):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                yield from _own(child)
            elif isinstance(child, ast.ExceptHandler):
                for each in child.body:
                    yield from _own(each)


def values_returned(function: ast.FunctionDef) -> bool:
    """Whether it returns a value somewhere; functions inside it do not count."""
    return any(
        isinstance(each, ast.Return)
        and each.value is not None
        and not (isinstance(each.value, ast.Constant) and each.value.value is None)
        for each in _of_function(function)
    )


def is_generator(function: ast.FunctionDef) -> bool:
    """Whether calling it gives what it yields."""
    return any(isinstance(each, ast.Yield | ast.YieldFrom) for each in _of_function(function))


def _of_function(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes of its body without those of functions inside it."""
    inner = {
        id(each)
        for part in function.body
        for other in walk(part)
        if isinstance(other, ast.FunctionDef | ast.Lambda)
        for each in walk(other)
    }
    return (each for part in function.body for each in walk(part) if id(each) not in inner)
