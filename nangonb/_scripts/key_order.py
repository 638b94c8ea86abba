"""Dicts whose order JavaScript does not keep: said where a Python script goes through one.

JavaScript moves keys that look like whole numbers to the front. What the translator makes of a script throws
there, so that nothing is done in a wrong order; a dry run in Python finds the same places.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from nangonb._project import Problem, Source

#: The name of the check in a script's builtins.
CHECK: Final = "__nangonb_in_order__"
#: Builtins that go through what they are given; ``sorted`` with a key keeps the order of equals.
_ITERATE: Final = frozenset(
    {
        "all",
        "any",
        "Counter",
        "enumerate",
        "filter",
        "list",
        "map",
        "max",
        "min",
        "next",
        "reversed",
        "set",
        "sorted",
        "sum",
        "tuple",
        "urlencode",
        "zip",
    }
)
_METHODS_THAT_ITERATE: Final = frozenset({"extend", "join", "urlencode"})
_VIEWS: Final = frozenset({"items", "keys", "values"})
#: What shows a whole value as text, dicts in it included.
_SHOW: Final = frozenset({"dumps", "log"})
_VIEW_TYPES: Final = tuple(type(getattr(dict[str, str](), name)()) for name in sorted(_VIEWS))
_WHOLE: Final = re.compile(r"0|[1-9][0-9]{0,9}")
_LAST_INDEX: Final = 2**32 - 2  # larger ones are plain keys to JavaScript

Check = Callable[[Any, int, int, bool], Any]


def loses_order(keys: Any) -> bool:
    """Whether JavaScript would hold these keys in another order, as far as it can tell."""
    return len(keys) > 1 and any(
        isinstance(key, str) and _WHOLE.fullmatch(key) is not None and int(key) <= _LAST_INDEX for key in keys
    )


def checked(tree: ast.Module) -> ast.Module:
    """The script with a call of :data:`CHECK` around whatever it goes through."""
    _Checking().visit(tree)
    return ast.fix_missing_locations(tree)


def check(source: Source, tell: Callable[[Problem], None]) -> Check:
    """The function that a script calls: it gives back what it is given, and tells each place once."""
    reported: set[tuple[int, int]] = set()

    def in_order(value: Any, line: int, column: int, deep: bool) -> Any:
        if (line, column) not in reported and any(map(loses_order, _dicts(value, deep))):
            reported.add((line, column))
            tell(
                Problem(
                    "key-order",
                    "Nango stops the script here with LimitError: JavaScript does not keep the order of keys "
                    "that look like whole numbers.",
                    source.body_place(line, column),
                    'Iterate over sorted(…), or start the keys with a letter: f"id-{key}".',
                )
            )
        return value

    return in_order


def _dicts(value: Any, deep: bool) -> Iterator[Any]:
    if isinstance(value, _VIEW_TYPES):
        yield value.mapping
    waiting, seen = [value], set[int]()
    while waiting:
        each = waiting.pop()
        if not isinstance(each, dict | list | tuple) or id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, dict):
            yield each
        if deep:
            waiting.extend(each.values() if isinstance(each, dict) else each)


class _Checking(ast.NodeTransformer):
    def visit_For(self, node: ast.For) -> ast.AST:
        node.iter = self._iterated(node.iter)
        self.generic_visit(node)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        node.iter = self._iterated(node.iter)
        self.generic_visit(node)
        return node

    def visit_Starred(self, node: ast.Starred) -> ast.AST:
        if isinstance(node.ctx, ast.Load):
            node.value = self._iterated(node.value)
        self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        keywords = {each.arg for each in node.keywords}
        match node.func:
            case ast.Name(id="sorted") if "key" not in keywords:
                for each in node.args:
                    self._visit_below(each)
                return node
            case ast.Name(id=name) if name in _ITERATE:
                node.args = [self._iterated(each) for each in node.args]
            case ast.Attribute(attr=name) if name in _METHODS_THAT_ITERATE:
                node.args = [self._iterated(each) for each in node.args]
            case ast.Attribute(attr=name) | ast.Name(id=name) if (
                name in _SHOW and "sort_keys" not in keywords
            ):
                node.args = [_wrapped(each, deep=True) for each in node.args]
            case ast.Attribute(attr="most_common") as method:
                method.value = _wrapped(method.value)
            case ast.Attribute(attr=name) if name in _VIEWS and not node.args and not keywords:
                self.generic_visit(node)
                return _wrapped(node)
        self.generic_visit(node)
        return node

    def _visit_below(self, node: ast.expr) -> None:
        """What a view is one of, and not the view: its order does not matter."""
        match node:
            case ast.Call(func=ast.Attribute(value=value, attr=name) as method) if name in _VIEWS:
                method.value = self.visit(value)
            case _:
                self.generic_visit(node)

    def _iterated(self, node: ast.expr) -> ast.expr:
        match node:
            case ast.Call(func=ast.Name(id="range")) | ast.Starred() | ast.GeneratorExp() | ast.Lambda():
                return node
            case ast.Call(func=ast.Attribute(attr=name), args=[]) if name in _VIEWS:
                return node  # wrapped when it is visited
            case ast.Constant() | ast.List() | ast.Tuple() | ast.ListComp() | ast.JoinedStr():
                return node
        return _wrapped(node)


def _wrapped(node: ast.expr, *, deep: bool = False) -> ast.expr:
    if isinstance(node, ast.Constant | ast.JoinedStr | ast.Starred):
        return node
    place = [ast.Constant(node.lineno), ast.Constant(node.col_offset + 1), ast.Constant(deep)]
    return ast.copy_location(ast.Call(ast.Name(CHECK, ast.Load()), [node, *place], []), node)
