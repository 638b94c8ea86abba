"""Walk through the syntax tree, which happens many times per function."""

from __future__ import annotations

import ast


def walk(node: ast.AST) -> tuple[ast.AST, ...]:
    """Return ``node`` and all nodes below it, parents first. The nodes cache the result.

    The tree of a script does not change once it is parsed.
    """
    known: tuple[ast.AST, ...] | None = node.__dict__.get("_walked")
    if known is None:
        found = [node]
        for child in ast.iter_child_nodes(node):
            found += walk(child)
        known = tuple(found)
        node.__dict__["_walked"] = known
    return known
