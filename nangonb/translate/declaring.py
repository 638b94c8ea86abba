"""Variables that Python makes in a block and uses outside it are declared before the block."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nangonb.translate.code import Line
from nangonb.translate.function import FunctionTranslator
from nangonb.translate.nodes import walk
from nangonb.translate.types import typescript

Block = Sequence[ast.stmt]


def declared_before(t: FunctionTranslator, node: ast.stmt, blocks: Sequence[Block]) -> list[Line]:
    """A ``let`` for each variable that is first assigned in one of ``blocks`` and used beside it, too."""
    inside = [{id(each) for part in block for each in walk(part)} for block in blocks if block]
    own = {id(each) for each in walk(node.target)} if isinstance(node, ast.For) else set()
    lines = []
    for name, variable in t.function.variables.items():
        if name in t.declared_here or not (variable.used or variable.captured):
            continue
        if variable.loop_target:  # each loop declares its own
            continue
        uses = {id(use) for use in (*variable.loads, *variable.stores)}
        stored = any(id(store) in ids for store in variable.stores for ids in inside)
        if not stored or uses & own or any(uses <= ids for ids in inside):
            continue
        t.declared_here.add(name)
        kind = typescript(t.declared_type(name))
        sure = kind == "any" or (isinstance(node, ast.If) and _assigns(node, name))
        lines.append(Line(f"let {t.js_name(name)}{'' if sure else '!'}: {kind};", node.lineno))
    return lines


def _assigns(node: ast.If, name: str) -> bool:
    """Whether every way through it assigns the variable, or leaves."""
    return bool(node.orelse) and _block_assigns(node.body, name) and _block_assigns(node.orelse, name)


def _block_assigns(block: Block, name: str) -> bool:
    for each in block:
        if isinstance(each, (ast.Return, ast.Raise, ast.Break, ast.Continue)):
            return True
        if isinstance(each, ast.If) and _assigns(each, name):
            return True
        targets = each.targets if isinstance(each, ast.Assign) else ()
        targets = [each.target] if isinstance(each, ast.AnnAssign) and each.value else targets
        if any(isinstance(n, ast.Name) and n.id == name for target in targets for n in walk(target)):
            return True
    return False
