"""``any``, ``all`` and ``next`` with async parts: a loop before the statement that stops at the match."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from nangonb._translate import code
from nangonb._translate.code import Expr, Line, indented
from nangonb._translate.comprehensions import bind, iterable
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.refusals import refuse
from nangonb._translate.sdk import paginate_source
from nangonb._translate.truth import condition, narrow
from nangonb._translate.types import BOOL, Type, element, join, typescript

#: Code for an element: lines before the test, the test (none: always), the resulting value.
_Hit = tuple[list[Line], str, str]


def any_hit(t: FunctionTranslator, node: ast.Call, source: ast.GeneratorExp) -> Expr:
    """``any(nango.get(…) … for x in xs)``"""

    def hit() -> _Hit:
        test = condition(t, source.elt)
        return _taken(t), test.code, "true"

    return _search(t, node, source, "false", hit, lambda: BOOL)


def all_hit(t: FunctionTranslator, node: ast.Call, source: ast.GeneratorExp) -> Expr:
    """``all(nango.get(…) … for x in xs)``"""

    def hit() -> _Hit:
        test = condition(t, source.elt)
        return _taken(t), "!" + test.at(code.UNARY if not test.awaits else code.PRIMARY), "false"

    return _search(t, node, source, "true", hit, lambda: BOOL)


def next_hit(t: FunctionTranslator, node: ast.Call, source: ast.GeneratorExp, other: Expr) -> Expr:
    """``next((x for x in xs if nango.get(…) …), other)``"""
    if not (other.pure or other.is_literal or other.code in ("{}", "[]")):
        raise refuse(node, "lazy-sdk-call", instead="Assign the default to a variable first.")
    kinds = [other.type]

    def hit() -> _Hit:
        value = t.expr(source.elt, first=True)
        kinds.append(value.type)
        return _taken(t), "", value.at(code.TERNARY)

    return _search(t, node, source, other.code, hit, lambda: join(kinds))


def _search(
    t: FunctionTranslator,
    node: ast.Call,
    source: ast.GeneratorExp,
    start: str,
    hit: Callable[[], _Hit],
    kind_of: Callable[[], Type],
) -> Expr:
    if not t.first:
        raise refuse(
            node,
            "lazy-sdk-call",
            "Nango would evaluate the expressions before this one later.",
            "Assign it to a variable first.",
        )
    name = t.script.fresh("found")
    env = dict(t.env)
    t.forget_places()
    leave = "break;" if len(source.generators) == 1 else f"break {name}Loop;"
    lines = _loops(t, source.generators, hit, name, leave)
    if len(source.generators) > 1:
        first = next(n for n, line in enumerate(lines) if line.depth == 0 and line.text.startswith("for "))
        lines[first] = Line(f"{name}Loop: {lines[first].text}", lines[first].source)
    t.env = env
    kind = kind_of()
    typed = "" if kind is BOOL else f": {typescript(kind)}"
    t.before += [Line(f"let {name}{typed} = {start};", node.lineno), *lines]
    return Expr(name, kind, pure=True)


def _loops(
    t: FunctionTranslator,
    generators: Sequence[ast.comprehension],
    hit: Callable[[], _Hit],
    name: str,
    leave: str,
) -> list[Line]:
    generator = generators[0]
    pages = paginate_source(t, generator.iter)
    items = pages or iterable(t, generator.iter)
    hoisted = _taken(t)
    target, _ = bind(t, generator.target, element(items.type))
    tests: list[str] = []
    for each in generator.ifs:
        t.first = not tests  # code after the first test is evaluated conditionally
        tests.append(condition(t, each).at(code.AND))
        narrow(t, each, True)
    before_tests, t.first = _taken(t), True
    if len(generators) > 1:
        inner = _loops(t, generators[1:], hit, name, leave)
    else:
        before, test, found = hit()
        inner = [Line(f"{name} = {found};"), Line(leave)]
        if test and tests and not before:
            tests.append(f"({test})" if "||" in test or "?" in test else test)
        elif test:
            inner = [Line(f"if ({test}) {{"), *indented(inner), Line("}")]
        inner = [*before, *inner]
    if tests:
        inner = [Line(f"if ({' && '.join(tests)}) {{", generator.iter.lineno), *indented(inner), Line("}")]
    word = "for await" if pages else "for"
    return [
        *hoisted,
        Line(f"{word} (const {target} of {items.code}) {{", generator.iter.lineno),
        *indented([*before_tests, *inner]),
        Line("}"),
    ]


def _taken(t: FunctionTranslator) -> list[Line]:
    """Return the lines before the last translated expression."""
    lines, t.before = t.before, []
    return lines
