"""Control flow: whether a block reaches its end, and which variables it assigns."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from nangonb._translate.nodes import walk


def ends(body: Sequence[ast.stmt]) -> bool:
    """Return whether the code after ``body`` is unreachable."""
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
    """Yield the statements below it that belong to the same loop."""
    yield node
    if not isinstance(node, ast.For | ast.While | ast.FunctionDef):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                yield from _own(child)
            elif isinstance(child, ast.ExceptHandler):
                for each in child.body:
                    yield from _own(each)


def values_returned(function: ast.FunctionDef) -> bool:
    """Return whether it returns a value. Inner functions do not count."""
    return any(
        isinstance(each, ast.Return)
        and each.value is not None
        and not (isinstance(each.value, ast.Constant) and each.value.value is None)
        for each in _of_function(function)
    )


def is_generator(function: ast.FunctionDef) -> bool:
    """Return whether the function is a generator."""
    return any(isinstance(each, ast.Yield | ast.YieldFrom) for each in _of_function(function))


def _of_function(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield the nodes of its body without those of inner functions."""
    inner = {
        id(each)
        for part in function.body
        for other in walk(part)
        if isinstance(other, ast.FunctionDef | ast.Lambda)
        for each in walk(other)
    }
    return (each for part in function.body for each in walk(part) if id(each) not in inner)


def may_read_before(block: Sequence[ast.stmt], name: str) -> bool:
    """Return whether ``block`` may read a variable before it assigns it. In doubt, it may.

    In the body of a loop it reads the value of an earlier iteration; in a function, Python raises.
    """
    return _Assigned(name).reads_first(block)


class _Assigned:
    """Follow one variable through statements. ``True``: certainly assigned, or unreachable."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._found = False
        self._breaks: list[bool] = []  # whether each exit of the enclosing loop has assigned it

    def reads_first(self, block: Sequence[ast.stmt]) -> bool:
        self._block(block, False)
        return self._found

    def _block(self, block: Sequence[ast.stmt], assigned: bool) -> bool:
        for each in block:
            assigned = self._statement(each, assigned)
        return assigned

    def _read(self, node: ast.AST | None, assigned: bool) -> None:
        if node is not None and not assigned and self._names(node, ast.Load):
            self._found = True

    def _names(self, node: ast.AST, context: type[ast.expr_context]) -> bool:
        return any(
            isinstance(each, ast.Name) and each.id == self._name and isinstance(each.ctx, context)
            for each in walk(node)
        )

    def _statement(self, node: ast.stmt, assigned: bool) -> bool:
        match node:
            case ast.Return(value=value) | ast.Raise(exc=value):
                self._read(value, assigned)
                return True
            case ast.Break() | ast.Continue():
                if isinstance(node, ast.Break) and self._breaks:
                    self._breaks[-1] &= assigned
                return True
            case ast.If(test=test, body=body, orelse=orelse):
                self._read(test, assigned)
                return self._block(body, assigned) & self._block(orelse, assigned)
            case ast.For(target=target, iter=source, body=body):
                self._read(source, assigned)
                self._turn(body, assigned or self._names(target, ast.Store))
                return assigned
            case ast.While(test=test, body=body):
                self._read(test, assigned)
                at_breaks = self._turn(body, assigned)
                return at_breaks if isinstance(test, ast.Constant) and test.value is True else assigned
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=finalbody):
                after = self._block(orelse, self._block(body, assigned))
                for handler in handlers:
                    after &= self._block(handler.body, assigned)
                return self._block(finalbody, assigned) or after
            case ast.AugAssign(target=ast.Name(id=name)) if name == self._name and not assigned:
                self._found = True
            case ast.FunctionDef(name=name) if name == self._name:
                return True
            case ast.Delete():
                return False
        self._read(node, assigned)
        return assigned or self._stores(node)

    def _turn(self, body: Sequence[ast.stmt], assigned: bool) -> bool:
        self._breaks.append(True)
        self._block(body, assigned)
        return self._breaks.pop()

    def _stores(self, node: ast.stmt) -> bool:
        match node:
            case ast.Assign(targets=assigned):
                return any(self._names(each, ast.Store) for each in assigned)
            case ast.AnnAssign(target=target, value=value):
                return value is not None and self._names(target, ast.Store)
        return False
