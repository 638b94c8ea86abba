"""``Contact(id=…)`` of a model becomes the dict ``{"id": …}`` before the translation."""

from __future__ import annotations

import ast


def parse(text: str) -> ast.Module:
    """Return the syntax tree of a script, with dicts instead of calls of imported models."""
    tree = ast.parse(text)
    names = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "nangonb.models" and not node.level
        for alias in node.names
    }
    if names:
        _AsDicts(names).visit(tree)
    return tree


class _AsDicts(ast.NodeTransformer):
    def __init__(self, models: set[str]) -> None:
        self.models = models

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        is_model = isinstance(node.func, ast.Name) and node.func.id in self.models
        if not is_model or node.args or not node.keywords:
            return node
        keys: list[ast.expr | None] = [
            None if keyword.arg is None else ast.copy_location(ast.Constant(keyword.arg), keyword)
            for keyword in node.keywords
        ]
        return ast.copy_location(ast.Dict(keys, [keyword.value for keyword in node.keywords]), node)
