"""The ``Response`` of ``nango.uncontrolled_fetch``, whose body can be read once in JavaScript."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nangonb._translate import code
from nangonb._translate.code import Expr
from nangonb._translate.fetching import BODIES
from nangonb._translate.nodes import walk
from nangonb._translate.refusals import refuse
from nangonb._translate.special import SPECIAL
from nangonb._translate.table import TABLE
from nangonb._translate.types import ANY, BOOL, BYTES, FETCHED, SMALL, STR, map_of

if TYPE_CHECKING:
    from nangonb._translate.function import FunctionTranslator


def _body(name: str) -> str:
    """Return the emission that reads the body; ``{0}`` is the response."""
    return {
        "text": "await {0}.text()",
        "json": "(await {0}.json()) as any",
        "array_buffer": "Buffer.from(await {0}.arrayBuffer())",
    }[name]


def _read(name: str) -> None:
    kind, prec = {
        "text": (STR, code.UNARY),
        "json": (ANY, code.RELATION),
        "array_buffer": (BYTES, code.CALL),
    }[name]

    def read(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
        if node.args or node.keywords:
            raise refuse(node, "keyword", f"`.{name}()` takes no arguments.")
        answer = receiver[0].at(code.CALL)
        assert isinstance(node.func, ast.Attribute)
        if not _read_once(t, node, node.func.value):
            answer += ".clone()"  # so that the body can be read again
        if name == "json" and t.catching:  # invalid JSON is a ValueError
            parsed = f"{t.helper('jsonOfBody')}(await {answer}.text())"
            return Expr(parsed, ANY, code.CALL, awaits=True)
        return Expr(_body(name).replace("{0}", answer), kind, prec, awaits=True)

    SPECIAL[f"fetch-response.{name}"] = read


def _read_once(t: FunctionTranslator, node: ast.Call, answer: ast.expr) -> bool:
    """Return whether this is the only read of the response's body."""
    if not isinstance(answer, ast.Name):
        return isinstance(answer, ast.Call)
    variable = t.function.variables.get(answer.id)
    if variable is None or len(variable.stores) != 1 or variable.captured or variable.is_parameter:
        return False
    function = t.function.node
    loads = [each for each in walk(function) if isinstance(each, ast.Name) and each.id == answer.id]
    used = [each for each in loads if isinstance(each.ctx, ast.Load)]
    attributes = [each for each in walk(function) if isinstance(each, ast.Attribute)]
    read = [each.value for each in attributes if each.attr in BODIES and each.value in used]
    other = [each for each in used if not any(each is part.value for part in attributes)]
    return len(read) == 1 and not other and _loops(function, node) == _loops(function, variable.stores[0])


def _loops(function: ast.FunctionDef, node: ast.AST) -> list[int]:
    """Yield the loops around a node."""
    kinds = ast.For | ast.While | ast.ListComp | ast.DictComp | ast.SetComp | ast.GeneratorExp
    loops = [each for each in walk(function) if isinstance(each, kinds)]
    return [id(each) for each in loops if any(inner is node for inner in walk(each))]


def _register() -> None:
    answer = FETCHED
    TABLE.add("fetch-response.status:attribute", ((answer,), SMALL, "{0:CALL}.status", code.CALL, "", True))
    TABLE.add("fetch-response.ok:attribute", ((answer,), BOOL, "{0:CALL}.ok", code.CALL, "", True))
    TABLE.add("fetch-response.url:attribute", ((answer,), STR, "{0:CALL}.url", code.CALL, "", True))
    TABLE.add("fetch-response.redirected:attribute", ((answer,), BOOL, "{0:CALL}.redirected"))
    TABLE.add("fetch-response.headers:attribute", ((answer,), map_of(STR), "headersOf({0})"))
    for name in BODIES:
        _read(name)


_register()
