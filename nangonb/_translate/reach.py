"""Functions of a script that are async or run below a handler, according to its calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nangonb._translate.errors import catches_builtin
from nangonb._translate.fetching import BODIES
from nangonb._translate.nodes import walk
from nangonb._translate.sdk import WAITING

if TYPE_CHECKING:
    from nangonb._translate.script import ScriptTranslator


def find_waiting(script: ScriptTranslator) -> None:
    """Set ``calls_sdk`` of functions that use the nango object, directly or through calls."""
    own = {f.name: f for f in script.all_functions()}
    everyone = {**script.imported, **own}
    for function in own.values():
        nangos = {name for name, kind in function.parameters.items() if kind.kind == "nango"} | {"nango"}
        for call in walk(function.node):
            match call:
                case ast.Attribute(value=ast.Name(id=id), attr=attr) if id in nangos and attr in WAITING:
                    function.calls_sdk = True
                case ast.Call(func=ast.Attribute(attr=attr), args=[], keywords=[]) if attr in BODIES:
                    function.calls_sdk = True  # it awaits the body of a response
    while True:
        changed = False
        for function in own.values():
            called = set(_called(function.node))
            if not function.calls_sdk and any(everyone[n].calls_sdk for n in called & everyone.keys()):
                function.calls_sdk = changed = True
        if not changed:
            return


def find_catching(script: ScriptTranslator) -> None:
    """Set ``catching`` of functions that may run below a handler: errors of Python must be thrown there."""
    everyone = {f.name: f for f in script.all_functions()}
    reached: list[str] = list(script.catching)
    for node in walk(script.tree):
        if isinstance(node, ast.Try) and catches_builtin(node):
            reached += [name for part in node.body for name in _called(part)]
    while reached:
        function = everyone.get(reached.pop())
        if function is not None and not function.catching:
            function.catching = True
            reached += _called(function.node)


def _called(node: ast.AST) -> Iterator[str]:
    """Yield the names that are called below ``node``."""
    for each in walk(node):
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name):
            yield each.func.id
