"""Builtins that take functions, generators or types, which a template cannot express."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from dataclasses import replace

from nangonb._translate import code
from nangonb._translate.arrows import arrow, only_argument
from nangonb._translate.callbacks import callback
from nangonb._translate.code import Expr
from nangonb._translate.comprehensions import argument_list, iterable, unordered
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.quantifiers import all_, any_, next_
from nangonb._translate.refusals import refuse
from nangonb._translate.sorting import extreme_of, sort_, sorted_
from nangonb._translate.truth import truth
from nangonb._translate.types import (
    ANY,
    BOOL,
    INT,
    JSON_KINDS,
    NUMBER,
    SMALL,
    STR,
    Type,
    element,
    has_floats,
    item_of,
    join,
    list_of,
    map_of,
    set_of,
    tuple_of,
    typescript,
)

Special = Callable[[FunctionTranslator, ast.Call, list[Expr]], Expr]


def sum_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    items = unordered(t, only_argument(node, "sum"))
    kind = element(items.type)
    if kind.kind not in ("bool", "small", "int", "float", "json-number", "any") or kind.nullable:
        raise refuse(
            node, "operator", f"`sum()` of `{kind}` is not supported.", "Use `sum(float(x) for x in …)`."
        )
    total = {"bool": INT, "small": INT, "int": INT, "float": Type("float")}.get(kind.kind, NUMBER)
    if sys.hexversion < 0x030C0000:  # the script runs with this Python here
        return Expr(f"{t.helper('sumInOrder')}({items.code})", total, code.CALL)
    floats = ", true" if kind.kind == "float" else ""
    return Expr(f"{t.helper('sumOf')}({items.code}{floats})", total, code.CALL)


def list_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    if not node.args:
        return Expr("[]", list_of(ANY))
    argument = only_argument(node, "list")
    if isinstance(argument, ast.GeneratorExp):
        return argument_list(t, argument)
    items = iterable(t, argument)
    kind = list_of(element(items.type))
    if items.code.startswith(("[...", "keys(")) or items.type.kind == "iterator":
        return Expr(items.code, kind, items.prec)
    return Expr(f"[...{items.at(code.TERNARY)}]", kind)


def set_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    if not node.args:
        return Expr("new Set<string>()", set_of(STR), code.CALL)
    items = argument_list(t, only_argument(node, "set"))
    kind = element(items.type)
    if kind.nullable or kind.kind not in ("str", "small", "int", "any"):
        raise refuse(node, "type", f"A set of `{kind}` is not supported.", "Use text or whole numbers.")
    made = t.helper("setOf") if kind.kind == "any" else f"new Set<{typescript(kind)}>"
    return Expr(f"{made}({items.code})", set_of(kind), code.CALL)


def dict_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    if (node.args and node.keywords) or len(node.args) > 1:
        raise refuse(node, "keyword")
    if not node.args:
        keys = [ast.Constant(k.arg) for k in node.keywords]
        made = ast.Dict(list(keys), [k.value for k in node.keywords])
        for each in (made, *keys):
            ast.copy_location(each, node)
        return t.expr(made)
    value = t.expr(node.args[0])
    if value.type.kind == "any":  # or a list of pairs
        return Expr(f"{t.helper('dictOf')}({value.code})", value.type, code.CALL, awaits=value.awaits)
    if value.type.kind in ("map", "record"):
        return Expr(f"{{ ...{value.at(code.TERNARY)} }}", replace(value.type, parts=()))
    if value.type.kind == "list" and item_of(value.type).kind == "tuple":
        return Expr(f"Object.fromEntries({value.code})", map_of(item_of(value.type).parts[1]), code.CALL)
    raise refuse(node, "operator", f"`dict()` of `{value.type}` is not supported.")


def enumerate_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    start = next(
        (k.value for k in node.keywords if k.arg == "start"), node.args[1] if len(node.args) > 1 else None
    )
    items = iterable(t, node.args[0])
    kind = list_of(tuple_of(SMALL, element(items.type)))
    arguments = [items.code] if start is None else [items.code, t.expr(start).code]
    return Expr(f"{t.helper('enumerated')}({', '.join(arguments)})", kind, code.CALL)


def zip_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    if len(node.args) < 2 or any(k.arg != "strict" for k in node.keywords):
        raise refuse(node, "keyword", "`zip()` is supported for two or more lists.")
    if any(isinstance(k.value, ast.Constant) and k.value.value is True for k in node.keywords):
        raise refuse(node, "keyword", "`zip(strict=True)` is not supported.", "Check the lengths first.")
    lists = [iterable(t, argument) for argument in node.args]
    kind = list_of(tuple_of(*(element(each.type) for each in lists)))
    text = f"{t.helper('zipped' if len(lists) == 2 else 'zippedAll')}({', '.join(x.code for x in lists)})"
    if len(lists) > 2:
        return Expr(f"{text} as {typescript(kind)}", kind, code.RELATION)
    return Expr(text, kind, code.CALL)


def map_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    if len(node.args) != 2:
        raise refuse(node, "keyword")
    items = iterable(t, node.args[1])
    function = arrow(t, node.args[0], [element(items.type)])
    return Expr(f"{items.at(code.CALL)}.map({function.code})", list_of(function.type), code.CALL)


def filter_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    if len(node.args) != 2:
        raise refuse(node, "keyword")
    items = iterable(t, node.args[1])
    kind = element(items.type)
    if isinstance(node.args[0], ast.Constant) and node.args[0].value is None:
        test = truth(t, node, Expr("value", kind, pure=True))
        text = f"{items.at(code.CALL)}.filter({callback(t, 'value', items, test.code)})"
        return Expr(text, list_of(kind.required), code.CALL)
    function = arrow(t, node.args[0], [kind])
    if function.type.kind == "bool":
        return Expr(f"{items.at(code.CALL)}.filter({function.code})", list_of(kind), code.CALL)
    raise refuse(
        node, "type", "The function of `filter()` must return `True` or `False`.", "Use a comprehension."
    )


def reversed_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    items = iterable(t, only_argument(node, "reversed"))
    return Expr(f"[...{items.at(code.TERNARY)}].reverse()", list_of(element(items.type)), code.CALL)


def range_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    values = t.exprs(node.args)
    if any(v.type.kind not in ("small", "int", "json-number", "number", "any") for v in values):
        kinds = ", ".join(str(v.type) for v in values)
        raise refuse(node, "operator", f"`range()` of ({kinds}) is not supported.", "Use `int(…)`.")
    return Expr(
        f"{t.helper('rangeOf')}({', '.join(v.at(code.TERNARY) for v in values)})", list_of(SMALL), code.CALL
    )


def isinstance_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    if len(node.args) != 2:
        raise refuse(node, "keyword")
    value = t.expr(node.args[0])
    if value.type.kind not in (*JSON_KINDS, "mixed") or value.type.kind in ("tuple", "datetime"):
        raise refuse(node, "type", f"`isinstance()` of `{value.type}` is not supported.")
    kinds = list(node.args[1].elts) if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
    tests = []
    shown = value.at(code.UNARY)
    if not value.pure and len(kinds) > 1:
        raise refuse(
            node, "expression", "Python evaluates this value only once.", "Assign it to a variable first."
        )
    for kind in kinds:
        name = kind.id if isinstance(kind, ast.Name) else ""
        if name in ("int", "float") and has_floats(value.type):
            raise refuse(kind, "type", "Nango cannot tell floats from integers: 2.0 is 2 there.")
        test = {
            "str": f"typeof {shown} === 'string'",
            "bool": f"typeof {shown} === 'boolean'",
            "list": f"Array.isArray({value.code})",
            "dict": f"{t.helper('isDict')}({value.code})" if name == "dict" else "",
            "int": f"{t.helper('isInt')}({value.code})" if name == "int" else "",
            "float": f"{t.helper('isFloat')}({value.code})" if name == "float" else "",
        }.get(name)
        if not test:
            raise refuse(kind, "type", f"`isinstance()` with `{ast.unparse(kind)}` is not supported.")
        tests.append(test)
    prec = code.OR if len(tests) > 1 else code.EQUALITY if "===" in tests[0] else code.CALL
    return Expr(" || ".join(tests), BOOL, prec)


def join_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    t.first = t.first and receiver[0].pure
    items = argument_list(t, only_argument(node, "join"))
    kind = element(items.type)
    if kind.nullable or kind.kind not in ("str", "any"):
        raise refuse(
            node, "operator", f"`join()` of `{kind}` is not supported.", "Convert the items with `str()`."
        )
    texts = f".map({t.helper('textOnly')})" if t.catching and kind.kind == "any" else ""
    return Expr(f"{items.at(code.CALL)}{texts}.join({receiver[0].code})", STR, code.CALL)


def cast_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    kind = t.script.annotation(node.args[0])
    value = t.expr(node.args[1])
    return Expr(value.code, kind, value.prec, pure=value.pure, awaits=value.awaits)


def _entries(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    kind = receiver[0].type
    value = kind.item or (join(f.type for f in kind.fields.values()) if kind.fields else ANY)
    return Expr(f"{t.helper('entriesOf')}({receiver[0].code})", list_of(tuple_of(STR, value)), code.CALL)


SPECIAL: dict[str, Special] = {
    "all": all_,
    "any": any_,
    "dict": dict_,
    "dict.items": lambda t, n, r: _entries(t, n, r),
    "enumerate": enumerate_,
    "filter": filter_,
    "isinstance": isinstance_,
    "list": list_,
    "list.sort": sort_,
    "map": map_,
    "max": extreme_of("max"),
    "min": extreme_of("min"),
    "next": next_,
    "range": range_,
    "reversed": reversed_,
    "set": set_,
    "sorted": sorted_,
    "str.join": join_,
    "sum": sum_,
    "tuple": list_,
    "typing.cast": cast_,
    "zip": zip_,
}
