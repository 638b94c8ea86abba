"""Declare variables before a block if Python creates them in it and uses them outside it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from nangonb._translate.code import Line
from nangonb._translate.flow import may_read_before
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.names import targets
from nangonb._translate.nodes import walk
from nangonb._translate.types import typescript

Block = Sequence[ast.stmt]


def declared_before(t: FunctionTranslator, node: ast.stmt, blocks: Sequence[Block]) -> list[Line]:
    """Return a ``let`` for each variable that is first assigned in one of ``blocks`` and outlives it.

    A variable outlives a block if it is used outside it, or if the next iteration of a loop may read it.
    The target of a loop does so unless only the loop uses it.
    """
    inside = [{id(each) for part in block for each in walk(part)} for block in blocks if block]
    target = targets(node) if isinstance(node, ast.For) else set()
    lines = []
    for name, variable in t.function.variables.items():
        if name in t.declared_here or not variable.used or variable.own_loops:
            continue
        uses = {id(use) for use in (*variable.loads, *variable.stores)}
        stored = name in target or any(id(store) in ids for store in variable.stores for ids in inside)
        if not stored or (any(uses <= ids for ids in inside) and not _lasts(node, name)):
            continue
        t.declared_here.add(name)
        lines.append(_let(t, node, name, sure=isinstance(node, ast.If) and _assigns(node, name)))
    return lines


def declared_in_head(t: FunctionTranslator, node: ast.stmt) -> list[Line]:
    """Return a ``let`` for each variable of ``:=`` in a statement, without the blocks below it."""
    lines = []
    for each, sure in walruses(node):
        name = each.target.id
        if name in t.declared_here or not t.function.variables[name].used:
            continue
        t.declared_here.add(name)
        lines.append(_let(t, node, name, sure=sure))
    return lines


def _let(t: FunctionTranslator, node: ast.stmt, name: str, *, sure: bool) -> Line:
    """``sure``: TypeScript can tell that the variable is assigned before it is read."""
    kind = typescript(t.declared_type(name))
    return Line(f"let {t.js_name(name)}{'' if sure or kind == 'any' else '!'}: {kind};", node.lineno)


def _lasts(node: ast.stmt, name: str) -> bool:
    """Return whether an iteration of a loop may read the value of an earlier one."""
    return isinstance(node, ast.For | ast.While) and may_read_before(node.body, name)


def walruses(node: ast.stmt) -> tuple[tuple[ast.NamedExpr, bool], ...]:
    """Yield each ``:=`` outside of the blocks below a statement, and whether it is always evaluated."""
    known: tuple[tuple[ast.NamedExpr, bool], ...] | None = node.__dict__.get("_walruses")
    if known is None:
        known = node.__dict__["_walruses"] = tuple(_walruses(node, True))
    return known


def _walruses(node: ast.AST, sure: bool) -> Iterator[tuple[ast.NamedExpr, bool]]:
    if isinstance(node, ast.NamedExpr):
        yield node, sure
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.ExceptHandler | ast.Lambda):
            continue
        match node:
            case ast.BoolOp(values=[first, *_]) | ast.IfExp(test=first) | ast.Compare(left=first):
                always = child is first or (isinstance(node, ast.Compare) and child is node.comparators[0])
            case _:
                always = not isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp)
        yield from _walruses(child, sure and always)


def _assigns(node: ast.If, name: str) -> bool:
    """Return whether every path through the node assigns the variable or leaves."""
    return bool(node.orelse) and _block_assigns(node.body, name) and _block_assigns(node.orelse, name)


def _block_assigns(block: Block, name: str) -> bool:
    for each in block:
        if isinstance(each, (ast.Return, ast.Raise, ast.Break, ast.Continue)):
            return True
        if isinstance(each, ast.If) and _assigns(each, name):
            return True
        assigned = each.targets if isinstance(each, ast.Assign) else ()
        assigned = [each.target] if isinstance(each, ast.AnnAssign) and each.value else assigned
        if any(isinstance(n, ast.Name) and n.id == name for target in assigned for n in walk(target)):
            return True
    return False
