"""Checks of how expressions are used: kept lazy values, results that are None, order of evaluation.

These checks need only the syntax, and run once, before the translation of a script.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from nangonb._sdk import METHODS
from nangonb._translate.effects import Aliases, Effects, changed, handed_on
from nangonb._translate.flow import is_generator, values_returned
from nangonb._translate.nodes import walk
from nangonb._translate.refusals import Refused, refuse

#: Builtins with a lazy result, which can be iterated over once.
LAZY = frozenset({"enumerate", "filter", "map", "reversed", "zip"})
#: Methods that return a view of the dict.
VIEWS = frozenset({"items", "keys", "values"})
_TAKES_ALL = frozenset(
    {*LAZY, "all", "any", "dict", "len", "list", "max", "min", "next", "set", "sorted", "sum", "tuple"}
)
_METHODS_THAT_TAKE_ALL = frozenset({"extend", "join", "update"})
#: Methods that return None, and something else in JavaScript.
_SDK_NONE = frozenset(each.name for each in METHODS.values() if each.returns_nothing)
RETURN_NONE = frozenset(
    {"add", "append", "clear", "discard", "extend", "insert", "remove", "reverse", "sort"}
)


def misused(tree: ast.Module, functions: Mapping[str, ast.FunctionDef]) -> Iterator[Refused]:
    """Yield the refusals. ``functions`` are the functions of the script by name."""
    parents = {id(child): node for node in walk(tree) for child in ast.iter_child_nodes(node)}
    effects, aliases = Effects(functions), Aliases(tree)
    for node in walk(tree):
        match node:
            case ast.Call():
                yield from _kept(node, parents, functions)
                yield from _value_of_nothing(node, parents, functions)
                yield from _argument_order(node, functions, effects)
            case ast.Assign(targets=[ast.Subscript() as target], value=value):
                yield from _assigned_order(node, target, value, effects)
            case ast.AugAssign(target=ast.Subscript(value=of, slice=index)) if any(
                map(effects.any_in, (of, index))
            ):
                yield refuse(
                    node, "statement", "Python evaluates this assignment target only once.", "Use a variable."
                )
            case ast.For():
                yield from _changed_in_loop(node, functions, aliases)
            case ast.Lambda() if any(isinstance(each, ast.NamedExpr) for each in walk(node)):
                yield refuse(node, "expression", "`:=` in a lambda is not supported.", "Define a function.")
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                yield from _comprehension_order(node, effects)


def _kept(
    node: ast.Call, parents: Mapping[int, ast.AST], functions: Mapping[str, ast.FunctionDef]
) -> Iterator[Refused]:
    match node.func:
        case ast.Name(id=name) if name in LAZY and name not in functions:
            shown = f"{name}()"
        case ast.Attribute(attr=name) if name in VIEWS and not node.args and not node.keywords:
            shown = f".{name}()"
        case _:
            return
    maps = shown in ("map()", "filter()")
    if not _taken(node, parents) or (maps and _taken_in_parts(node, parents)):
        yield refuse(
            node,
            "expression",
            f"`{shown}` does not return a list: its elements are computed later, and only once.",
            "Wrap it in `list(…)`.",
        )


def _taken(node: ast.AST, parents: Mapping[int, ast.AST]) -> bool:
    """Return whether a lazy value is exhausted where it is created."""
    parent = parents.get(id(node))
    match parent:
        case ast.Expr() | ast.Starred():
            return True
        case ast.For(iter=source) | ast.comprehension(iter=source):
            return source is node
        case ast.Call(func=ast.Name(id=name)):
            return name in _TAKES_ALL and parent.func is not node
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in _METHODS_THAT_TAKE_ALL and parent.func is not node
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[right]):
            return right is node
        case ast.Assign(targets=[ast.Tuple() | ast.List()]):
            return True
        case ast.IfExp(test=test) if test is not node:
            return _taken(parent, parents)
        case ast.BoolOp():
            return _taken(parent, parents)
    return False


def _taken_in_parts(node: ast.Call, parents: Mapping[int, ast.AST]) -> bool:
    """Return whether the consumer may stop before the last element, without calling the function for it."""
    match parents.get(id(node)):
        case ast.Call(func=ast.Name(id=name)):
            return name in ("all", "any", "next", *LAZY)
        case ast.For(body=body):
            return any(isinstance(each, ast.Break | ast.Return) for part in body for each in walk(part))
    return False


def _value_of_nothing(
    node: ast.Call, parents: Mapping[int, ast.AST], functions: Mapping[str, ast.FunctionDef]
) -> Iterator[Refused]:
    """Refuse uses of None as a result, which is another value or undefined in JavaScript."""
    parent = parents.get(id(node))
    if isinstance(parent, ast.Expr):
        return
    match node.func:
        case ast.Attribute(attr=name) if name in RETURN_NONE or (_is_nango(node.func) and name in _SDK_NONE):
            shown = f".{name}()"
        case ast.Name(id=name) if name in functions and _returns_none(functions[name]):
            shown = f"{name}()"
        case _:
            return
    yield refuse(node, "expression", f"`{shown}` returns `None`.", "Write it on a line of its own.")


def _returns_none(function: ast.FunctionDef) -> bool:
    """Return whether a function returns None. A generator is refused where it yields."""
    return not values_returned(function) and not is_generator(function)


def _is_nango(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "nango"


def _argument_order(
    node: ast.Call, functions: Mapping[str, ast.FunctionDef], effects: Effects
) -> Iterator[Refused]:
    function = functions.get(node.func.id) if isinstance(node.func, ast.Name) else None
    if function is None or not node.keywords:
        return
    arguments = function.args
    names = [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    places = [names.index(each.arg) for each in node.keywords if each.arg in names]
    if places != sorted(places) and any(effects.any_in(each.value) for each in node.keywords):
        yield refuse(
            node,
            "keyword",
            "Nango evaluates these arguments in the order of the parameters.",
            "Pass them in that order, or assign them to variables first.",
        )


def _assigned_order(
    node: ast.Assign, target: ast.Subscript, value: ast.expr, effects: Effects
) -> Iterator[Refused]:
    """Refuse orders that differ: Python evaluates the value before the target, JavaScript after it."""
    places = (target.value, target.slice)
    fixed = all(isinstance(each, ast.Name | ast.Constant) for each in places)
    late = any(effects.any_in(each) for each in places) and not isinstance(value, ast.Constant)
    if late or (not fixed and effects.changes_in(value)):
        yield refuse(
            node,
            "statement",
            "Python evaluates the value before the assignment target, Nango after it.",
            "Assign the value to a variable first.",
        )


def _changed_in_loop(
    node: ast.For, functions: Mapping[str, ast.FunctionDef], aliases: Aliases
) -> Iterator[Refused]:
    """Refuse changes of a list while a loop iterates over a copy: JavaScript's loop over a list is live.

    The list may be changed under another name, or by a function that receives it.
    """
    counter = node.target.elts[0] if isinstance(node.target, ast.Tuple) and node.target.elts else None
    counter_name = counter.id if isinstance(counter, ast.Name) else None
    match node.iter:
        case (
            ast.Call(func=ast.Name(id="enumerate"), args=[_], keywords=[])
            | ast.Call(func=ast.Attribute(attr="items"), args=[])
        ):
            own_place = counter_name
        case _:
            own_place = None
    sources = list(_copied(node.iter))
    texts = {ast.unparse(each) for each in sources}
    for part in node.body:
        for what, place in (*changed(part), *_given_to_changing(part, functions)):
            text = ast.unparse(what)
            own = text in texts and isinstance(place, ast.Name) and place.id == own_place
            if not own and any(aliases.same(text, each) for each in texts):
                yield refuse(what, "changed-while-iterating")


def _copied(node: ast.expr) -> Iterator[ast.expr]:
    """Return the container that Python iterates over, and the translation over a copy."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=args) if name in LAZY:
            for each in args:
                yield from _copied(each) if isinstance(each, ast.Call) else handed_on(each)
        case ast.Call(func=ast.Attribute(value=of, attr="items" | "values"), args=[]):
            yield from handed_on(of)


def _given_to_changing(
    node: ast.AST, functions: Mapping[str, ast.FunctionDef]
) -> Iterator[tuple[ast.expr, None]]:
    """Yield the arguments of functions of the script that change their arguments."""
    for call in walk(node):
        match call:
            case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords) if name in functions:
                if any(True for _ in changed(functions[name])):
                    yield from ((each, None) for each in (*args, *(k.value for k in keywords)))


def _comprehension_order(
    node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, effects: Effects
) -> Iterator[Refused]:
    """Refuse side effects: Python tests and computes each element in turn, unlike filter and map."""
    made = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    tests = [test for generator in node.generators for test in generator.ifs]
    parts = [*tests, *made, *(generator.iter for generator in node.generators[1:])]
    count = sum(effects.changes_in(part) for part in parts)
    if count and (tests or count > 1):
        yield refuse(
            node,
            "expression",
            "This comprehension has side effects between its tests and elements.",
            "Write a loop.",
        )
