"""Builtins that take functions, generators or types: what a template cannot say."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable

from nangonb.translate import code
from nangonb.translate.callbacks import callback
from nangonb.translate.code import Expr
from nangonb.translate.comprehensions import argument_list, as_chain, bind, iterable
from nangonb.translate.expressions import condition, narrow, operation, truth
from nangonb.translate.function import FunctionTranslator
from nangonb.translate.refusals import refuse
from nangonb.translate.types import (
    ANY,
    BOOL,
    INT,
    JSON_KINDS,
    NUMBER,
    SMALL,
    STR,
    Type,
    element,
    item_of,
    join,
    list_of,
    map_of,
    set_of,
    tuple_of,
)

Special = Callable[[FunctionTranslator, ast.Call, list[Expr]], Expr]


def arrow(t: FunctionTranslator, node: ast.expr, kinds: list[Type], *, keyword: str = "function") -> Expr:
    """A lambda, or the name of a function that waits for nothing, as an arrow function."""
    if isinstance(node, ast.Lambda):
        arguments = [argument.arg for argument in node.args.args]
        if len(arguments) != len(kinds) or node.args.defaults or node.args.vararg or node.args.kwonlyargs:
            raise refuse(node, "expression", f"This {keyword} takes {len(kinds)} arguments.")
        if t.script.waits(t, node.body):
            raise refuse(node, "lazy-sdk-call")
        env = dict(t.env)
        t.env.update(zip(arguments, kinds, strict=True))
        body = t.expr(node.body)
        t.env = env
        shown = ", ".join(
            t.js_name(a) + (": any" if k.kind == "any" else "") for a, k in zip(arguments, kinds, strict=True)
        )
        text = f"({body.code})" if body.code.startswith("{") else body.at(code.TERNARY)
        return Expr(f"({shown}) => {text}", body.type, code.ARROW)
    if isinstance(node, ast.Name):
        function = t.find_function(node.id)
        if function is not None:
            if function.calls_sdk:
                raise refuse(node, "lazy-sdk-call")
            function.used = True
            for name, kind in zip(function.parameters, kinds, strict=False):
                function.seen_arguments.setdefault(name, []).append(kind)
            names = [f"value{n or ''}" for n in range(len(kinds))]
            shown = ", ".join(
                n + (": any" if k.kind == "any" else "") for n, k in zip(names, kinds, strict=True)
            )
            returns = function.returns or ANY
            return Expr(f"({shown}) => {t.js_name(function.name)}({', '.join(names)})", returns, code.ARROW)
        if node.id in ("str", "int", "float", "bool", "len"):
            value = Expr("value", kinds[0], pure=True)
            done = operation(t, node, node.id, [value])
            shown = "value: any" if kinds[0].kind == "any" else "value"
            return Expr(f"({shown}) => {done.code}", done.type, code.ARROW)
    raise refuse(
        node,
        "expression",
        f"This {keyword} is not carried over.",
        "Use a lambda, or a function of this cell.",
    )


def _one(node: ast.Call, what: str) -> ast.expr:
    if len(node.args) != 1 or node.keywords:
        raise refuse(node, "keyword", f"{what}() with these arguments is not carried over.")
    return node.args[0]


def any_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    return _quantifier(t, node, "some")


def all_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    return _quantifier(t, node, "every")


def _quantifier(t: FunctionTranslator, node: ast.Call, method: str) -> Expr:
    argument = _one(node, "any" if method == "some" else "all")
    if not isinstance(argument, ast.GeneratorExp):
        items = iterable(t, argument)
        test = truth(t, node, Expr("value", element(items.type), pure=True))
        text = f"{items.at(code.CALL)}.{method}({callback(t, 'value', items, test.code)})"
        return Expr(text, BOOL, code.CALL)
    if t.script.waits(t, argument):
        raise refuse(node, "lazy-sdk-call", instead="Write a loop that stops at the hit.")
    if len(argument.generators) != 1:
        raise refuse(node, "expression", "Several for in any() or all() are not carried over.")
    generator, env = argument.generators[0], dict(t.env)
    items = iterable(t, generator.iter)
    bind(t, generator.target, element(items.type))
    text = items.at(code.CALL)
    for each in generator.ifs:
        text += f".filter({callback(t, generator.target, items, condition(t, each).at(code.TERNARY))})"
        narrow(t, each, True)
    body = condition(t, argument.elt)
    t.env = env
    text += f".{method}({callback(t, generator.target, items, body.at(code.TERNARY))})"
    return Expr(text, BOOL, code.CALL)


def next_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    """``next((x for x in xs if …), default)`` → ``xs.find(…) ?? default``."""
    match node.args:
        case [ast.GeneratorExp(generators=[generator]) as source, default] if not node.keywords:
            if t.script.waits(t, source):
                raise refuse(node, "lazy-sdk-call", instead="Write a loop that stops at the hit.")
            fallback, chain = t.expr(default), as_chain(t, source, source.elt)
            assert chain is not None
            kind = join([item_of(chain.type), fallback.type])
            same = isinstance(source.elt, ast.Name) and isinstance(generator.target, ast.Name)
            if same and len(generator.ifs) == 1 and item_of(chain.type).kind in ("record", "map", "str"):
                return Expr(
                    f"{chain.code.replace('.filter(', '.find(', 1)} ?? {fallback.at(code.OR)}",
                    kind,
                    code.NULLISH,
                )
            return Expr(f"{t.helper('firstOf')}({chain.code}, {fallback.code})", kind, code.CALL)
    raise refuse(node, "expression", "next() is carried over as next((… for … in …), default).")


def sum_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    items = argument_list(t, _one(node, "sum"))
    kind = element(items.type)
    if kind.kind not in ("bool", "small", "int", "float", "json-number", "any") or kind.nullable:
        raise refuse(
            node, "operator", f"sum() of {kind} is not carried over.", "Use sum(float(x) for x in …)."
        )
    total = {"bool": INT, "small": INT, "int": INT, "float": Type("float")}.get(kind.kind, NUMBER)
    if sys.hexversion < 0x030C0000:  # the script was tried with this Python
        return Expr(f"{t.helper('sumInOrder')}({items.code})", total, code.CALL)
    floats = ", true" if kind.kind == "float" else ""
    return Expr(f"{t.helper('sumOf')}({items.code}{floats})", total, code.CALL)


def _extreme(name: str) -> Special:
    def extreme(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
        keys = {k.arg: k.value for k in node.keywords}
        if set(keys) - {"key", "default"}:
            raise refuse(node, "keyword")
        if len(node.args) > 1 and not keys:
            values = t.exprs(node.args)
            kind = join(v.type for v in values)
            if kind.kind in ("small", "int", "float", "number", "json-number") and not kind.nullable:
                return Expr(f"Math.{name}({', '.join(v.at(code.TERNARY) for v in values)})", kind, code.CALL)
            items = Expr(code.array_literal([v.at(code.TERNARY) for v in values]), list_of(kind))
        else:
            items = argument_list(t, node.args[0])
        kind = element(items.type)
        arguments = [
            items.code,
            arrow(t, keys["key"], [kind], keyword="key").code if "key" in keys else "undefined",
        ]
        if "key" not in keys and kind.kind not in (
            "small",
            "int",
            "float",
            "number",
            "str",
            "any",
            "datetime",
            "date",
            "timedelta",
            "json-number",
            "tuple",
            "list",
        ):
            raise refuse(node, "operator", f"{name}() of {kind} is not carried over.")
        result = kind
        if "default" in keys:
            fallback = t.expr(keys["default"])
            arguments.append(fallback.code)
            result = join([kind, fallback.type])
        while arguments[-1] == "undefined":
            arguments.pop()
        return Expr(
            f"{t.helper('maxOf' if name == 'max' else 'minOf')}({', '.join(arguments)})", result, code.CALL
        )

    return extreme


def sorted_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    """A stable sort by Python's order; text by code points."""
    keys = {k.arg: k.value for k in node.keywords}
    if set(keys) - {"key", "reverse"} or len(node.args) != 1:
        raise refuse(node, "keyword")
    argument = node.args[0]
    if isinstance(argument, ast.GeneratorExp):
        items = argument_list(t, argument)
    else:
        items = t.expr(argument)
        if items.type.kind == "set":  # sorted is what makes a set's order one
            items = Expr(f"[...{items.code}]", list_of(item_of(items.type)))
        else:
            items = iterable(t, argument)
    kind = element(items.type)
    by = arrow(t, keys["key"], [kind], keyword="key") if "key" in keys else None
    compared = by.type if by else kind
    if compared.nullable or compared.kind in (
        "none",
        "map",
        "record",
        "response",
        "bool",
        "mixed",
        "bytes",
        "set",
        "uuid",
    ):
        raise refuse(
            node, "operator", f"Sorting by {compared} is not carried over.", "Sort by text or a number."
        )
    arguments = [items.code]
    reverse = t.expr(keys["reverse"]).code if "reverse" in keys else ""
    if by or reverse not in ("", "false"):
        arguments.append(by.code if by else "undefined")
    if reverse not in ("", "false"):
        arguments.append(reverse)
    return Expr(code.call(t.helper("sorted"), arguments), list_of(kind), code.CALL)


def list_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    if not node.args:
        return Expr("[]", list_of(ANY))
    argument = _one(node, "list")
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
    items = argument_list(t, _one(node, "set"))
    kind = element(items.type)
    if kind.nullable or kind.kind not in ("str", "small", "int", "any"):
        raise refuse(
            node, "type", f"A set of {kind} is not carried over.", "Sets hold text or whole numbers."
        )
    made = t.helper("setOf") if kind.kind == "any" else "new Set"
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
    if value.type.kind in ("map", "record", "any"):
        return Expr(f"{{ ...{value.at(code.TERNARY)} }}", value.type)
    if value.type.kind == "list" and item_of(value.type).kind == "tuple":
        return Expr(f"Object.fromEntries({value.code})", map_of(item_of(value.type).parts[1]), code.CALL)
    raise refuse(node, "operator", f"dict() of {value.type} is not carried over.")


def enumerate_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    start = next(
        (k.value for k in node.keywords if k.arg == "start"), node.args[1] if len(node.args) > 1 else None
    )
    items = iterable(t, node.args[0])
    kind = list_of(tuple_of(SMALL, element(items.type)))
    arguments = [items.code] if start is None else [items.code, t.expr(start).code]
    return Expr(f"{t.helper('enumerated')}({', '.join(arguments)})", kind, code.CALL)


def zip_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    if len(node.args) != 2 or any(k.arg != "strict" for k in node.keywords):
        raise refuse(node, "keyword", "zip() of two lists is carried over.")
    if any(isinstance(k.value, ast.Constant) and k.value.value is True for k in node.keywords):
        raise refuse(node, "keyword", "zip(strict=True) is not carried over.", "Check the lengths first.")
    left, right = iterable(t, node.args[0]), iterable(t, node.args[1])
    kind = list_of(tuple_of(element(left.type), element(right.type)))
    return Expr(f"{t.helper('zipped')}({left.code}, {right.code})", kind, code.CALL)


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
    raise refuse(node, "type", "The function of filter() must return True or False.", "Use a comprehension.")


def reversed_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    items = iterable(t, _one(node, "reversed"))
    return Expr(f"[...{items.at(code.TERNARY)}].reverse()", list_of(element(items.type)), code.CALL)


def range_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    values = t.exprs(node.args)
    if any(v.type.kind not in ("small", "int", "any") for v in values):
        raise refuse(node, "operator")
    return Expr(
        f"{t.helper('rangeOf')}({', '.join(v.at(code.TERNARY) for v in values)})", list_of(SMALL), code.CALL
    )


def isinstance_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    if len(node.args) != 2:
        raise refuse(node, "keyword")
    value = t.expr(node.args[0])
    if value.type.kind not in (*JSON_KINDS, "mixed") or value.type.kind in ("tuple", "datetime"):
        raise refuse(node, "type", f"isinstance of a {value.type} is not carried over.")
    kinds = list(node.args[1].elts) if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
    tests = []
    shown = value.at(code.UNARY)
    if not value.pure and len(kinds) > 1:
        raise refuse(node, "expression", "This value is evaluated once.", "Assign it to a variable first.")
    for kind in kinds:
        name = kind.id if isinstance(kind, ast.Name) else ""
        test = {
            "str": f"typeof {shown} === 'string'",
            "bool": f"typeof {shown} === 'boolean'",
            "list": f"Array.isArray({value.code})",
            "dict": f"{t.helper('isDict')}({value.code})" if name == "dict" else "",
            "int": f"{t.helper('isInt')}({value.code})" if name == "int" else "",
            "float": f"{t.helper('isFloat')}({value.code})" if name == "float" else "",
        }.get(name)
        if not test:
            raise refuse(kind, "type", f"isinstance with {ast.unparse(kind)} is not carried over.")
        tests.append(test)
    prec = code.OR if len(tests) > 1 else code.EQUALITY if "===" in tests[0] else code.CALL
    return Expr(" || ".join(tests), BOOL, prec)


def join_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    items = argument_list(t, _one(node, "join"))
    kind = element(items.type)
    if kind.nullable or kind.kind not in ("str", "any"):
        raise refuse(
            node, "operator", f"join() of {kind} is not carried over.", "Convert the items with str()."
        )
    texts = f".map({t.helper('textOnly')})" if t.catching and kind.kind == "any" else ""
    return Expr(f"{items.at(code.CALL)}{texts}.join({receiver[0].code})", STR, code.CALL)


def cast_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    kind = t.script.annotation(node.args[0])
    value = t.expr(node.args[1])
    return Expr(value.code, kind, value.prec, pure=value.pure, awaits=value.awaits)


def sort_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    keys = {k.arg: k.value for k in node.keywords}
    if set(keys) - {"key", "reverse"} or node.args:
        raise refuse(node, "keyword")
    kind = item_of(receiver[0].type)
    by = arrow(t, keys["key"], [kind], keyword="key").code if "key" in keys else "undefined"
    reverse = t.expr(keys["reverse"]).code if "reverse" in keys else ""
    arguments = [
        receiver[0].code,
        *([by] if by != "undefined" or reverse else []),
        *([reverse] if reverse else []),
    ]
    return Expr(f"{t.helper('sortInPlace')}({', '.join(arguments)})", Type("none"), code.CALL)


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
    "max": _extreme("max"),
    "min": _extreme("min"),
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


def _entries(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    kind = receiver[0].type
    value = kind.item or (join(f.type for f in kind.fields.values()) if kind.fields else ANY)
    return Expr(f"{t.helper('entriesOf')}({receiver[0].code})", list_of(tuple_of(STR, value)), code.CALL)
