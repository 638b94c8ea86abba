"""Walking through the syntax tree: each function is walked through many times, in several rounds."""

from __future__ import annotations

import ast


def walk(node: ast.AST) -> tuple[ast.AST, ...]:
    """All nodes below ``node`` and itself, as ``ast.walk`` gives them; remembered on the node.

    The tree of a script does not change once it is parsed.
    """
    known: tuple[ast.AST, ...] | None = node.__dict__.get("_walked")
    if known is None:
        known = tuple(ast.walk(node))
        node.__dict__["_walked"] = known
    return known
