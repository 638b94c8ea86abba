"""Calls: the nango object, functions of the script, builtins, the standard library, methods."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nangonb._translate import code
from nangonb._translate.agreement import agreed
from nangonb._translate.code import Expr
from nangonb._translate.comprehensions import argument_list
from nangonb._translate.declared import want_arguments, want_items
from nangonb._translate.function import Function, FunctionTranslator
from nangonb._translate.refusals import refuse
from nangonb._translate.table import TABLE, apply
from nangonb._translate.types import ANY, Type, is_json, list_of, map_of
from nangonb.errors import nearest

#: Methods of one type only: they determine the type of a value from outside.
OWNERS: dict[str, Type] = {
    **dict.fromkeys(
        (
            "capitalize",
            "casefold",
            "endswith",
            "find",
            "isalnum",
            "isalpha",
            "isdigit",
            "islower",
            "isnumeric",
            "isspace",
            "isupper",
            "join",
            "ljust",
            "lower",
            "lstrip",
            "partition",
            "removeprefix",
            "removesuffix",
            "replace",
            "rfind",
            "rjust",
            "rpartition",
            "rsplit",
            "rstrip",
            "split",
            "splitlines",
            "startswith",
            "strip",
            "title",
            "upper",
            "zfill",
            "encode",
            "center",
            "isdecimal",
            "istitle",
            "format",
        ),
        Type("str"),
    ),
    **dict.fromkeys(("isoformat", "strftime", "timestamp", "astimezone"), Type("datetime")),
    **dict.fromkeys(("items", "keys", "values", "get", "setdefault"), map_of(ANY)),
    **dict.fromkeys(("append", "extend", "insert", "sort", "reverse"), list_of(ANY)),
}
#: Functions that exhaust a generator at once, so that a list is equivalent.
_USED_UP = frozenset({"list.extend", "set.update"})
CHANGES = frozenset(
    {"append", "extend", "insert", "pop", "remove", "clear", "update", "setdefault", "add", "discard", "sort"}
)


def dotted_name(t: FunctionTranslator, node: ast.expr) -> str | None:
    """Return ``datetime.datetime.now`` for a name of the standard library, None for anything else."""
    names: list[str] = []
    inner = node
    while isinstance(inner, ast.Attribute):
        names.append(inner.attr)
        inner = inner.value
    if not isinstance(inner, ast.Name) or inner.id in t.env:
        return None
    root = t.script.imports.dotted.get(inner.id)
    return None if root is None else ".".join([root, *reversed(names)])


def call(t: FunctionTranslator, node: ast.Call) -> Expr:
    function = node.func
    if isinstance(function, ast.Name):
        known = t.find_function(function.id)
        if known is not None:
            return call_function(t, node, known)
        if function.id in t.env:
            raise refuse(node, "unknown-call", f"`{function.id}` refers to an unknown function.")
    dotted = dotted_name(t, function)
    if dotted is not None:
        return call_row(t, node, dotted, [], what=f"`{ast.unparse(function)}`")
    if isinstance(function, ast.Name):
        return call_row(t, node, function.id, [], what=f"`{function.id}()`")
    if isinstance(function, ast.Attribute):
        return call_method(t, node, function)
    raise refuse(node, "unknown-call")


def call_row(
    t: FunctionTranslator, node: ast.Call, name: str, receiver: Sequence[Expr], *, what: str
) -> Expr:
    """Translate a call with a row of the table. The row's signature gives keywords their positions."""
    from nangonb._translate.special import SPECIAL

    if name in SPECIAL:
        return SPECIAL[name](t, node, list(receiver))
    if name not in TABLE.rows:
        methods = [row.split(".")[-1] for row in TABLE.rows if row.startswith(name.rsplit(".", 1)[0] + ".")]
        match = nearest(name.rsplit(".", 1)[-1], [m for m in methods if ":" not in m])
        instead = f"Did you mean `{match}`?" if match and match != name.rsplit(".", 1)[-1] else ""
        instead = "Use `nango.log(…)`." if name == "print" else instead
        code_ = "unknown-method" if receiver else "unknown-call"
        raise refuse(node, code_, f"{what} is not supported.", instead)
    t.first = t.first and all(each.pure for each in receiver)
    arguments = arguments_of(t, node, name, first=t.first)
    operands = [*receiver, *arguments]
    row = TABLE.find(name, operands)
    if row is None:
        kinds = ", ".join(str(operand.type) for operand in operands)
        raise refuse(node, "unknown-call", f"{what} is not supported for ({kinds}).")
    return apply(row, t, node, operands)


def arguments_of(t: FunctionTranslator, node: ast.Call, name: str, *, first: bool = False) -> list[Expr]:
    found: list[Expr | None] = []
    for number, argument in enumerate(node.args):
        if isinstance(argument, ast.Starred):
            raise refuse(argument, "keyword", "`*` in this call is not supported.")
        if isinstance(argument, ast.GeneratorExp) and name in _USED_UP:
            found.append(argument_list(t, argument))
            continue
        found.append(t.expr(argument, first=first and number == 0))
    names = TABLE.keywords.get(name, ())
    for keyword in node.keywords:
        if keyword.arg not in names:
            raise refuse(
                keyword.value, "keyword", f"The argument `{keyword.arg or '**'}` is not supported here."
            )
        place = names.index(keyword.arg)
        found += [None] * (place + 1 - len(found))
        found[place] = t.expr(keyword.value)
    if None in found:
        raise refuse(node, "keyword", "An argument before a given one is missing.")
    return [each for each in found if each is not None]


def call_method(t: FunctionTranslator, node: ast.Call, function: ast.Attribute) -> Expr:
    receiver = t.expr(function.value, first=t.first)
    kind, name = receiver.type, function.attr
    if kind.kind == "nango":
        from nangonb._translate.sdk import sdk_call

        return sdk_call(t, node, name)
    if isinstance(function.value, ast.Name) and name in CHANGES and function.value.id in t.iterating:
        raise refuse(node, "changed-while-iterating")
    if name in CHANGES:
        t.forget_places()
    if kind.kind == "any":
        owner = OWNERS.get(name)
        if owner is None:
            raise refuse(
                node, "type", f"`.{name}()` needs a known type.", "Annotate the variable: `name: list = …`."
            )
        receiver = Expr(
            receiver.code,
            owner,
            receiver.prec,
            pure=receiver.pure,
            awaits=receiver.awaits,
            name=receiver.name,
        )
        kind = owner
    if kind.nullable:
        receiver = Expr(
            receiver.at(code.CALL) + "!", kind.required, code.CALL, pure=receiver.pure, awaits=receiver.awaits
        )
        kind = kind.required
    want_items(t, node, function.value, kind, name)
    family = "dict" if kind.kind in ("map", "record") else kind.kind
    if kind.kind == "map" and kind.parts and kind.parts[0].name == "count" and name == "update":
        raise refuse(
            node, "unknown-method", "`update()` of a Counter is not supported.", "Use `counts[key] += 1`."
        )
    return call_row(t, node, f"{family}.{name}", [receiver], what=f"`.{name}()` of `{kind}`")


def call_function(t: FunctionTranslator, node: ast.Call, function: Function) -> Expr:
    """Translate a call of a function of the script or of a module cell."""
    function.used = True
    function.catching = function.catching or t.catching
    positional = [a.arg for a in (*function.node.args.posonlyargs, *function.node.args.args)]
    keyword_only = [a.arg for a in function.node.args.kwonlyargs]
    names = [*positional, *keyword_only]
    if function.node.args.vararg or function.node.args.kwarg:
        raise refuse(node, "keyword", "Functions with `*args` or `**kwargs` are not supported.")
    want_arguments(t, node, function)
    given: dict[str, Expr] = {}
    for number, argument in enumerate(node.args):
        if isinstance(argument, ast.Starred) or number >= len(positional):
            raise refuse(argument, "keyword", "`*` in a call is not supported.")
        given[positional[number]] = t.expr(argument, first=t.first and number == 0)
    for keyword in node.keywords:
        if keyword.arg is None or keyword.arg not in names:
            raise refuse(keyword.value, "keyword")
        given[keyword.arg] = t.expr(keyword.value)
    shown: list[str] = []
    for name in names:
        if name in given:
            check_argument(t, node, function, name, given[name])
            shown.append(given[name].at(code.TERNARY))
        else:
            shown.append("undefined")
    while shown and shown[-1] == "undefined":
        shown.pop()
    t.forget_places()  # it may change its arguments
    text = code.call(t.js_name(function.name), shown)
    kind = function.returns if function.returns is not None else ANY
    if function.calls_sdk:
        if not t.function.calls_sdk and not t.function.is_entry:
            t.function.calls_sdk = True
        return Expr(f"await {text}", kind, code.UNARY, awaits=True)
    return Expr(text, kind, code.CALL)


def check_argument(t: FunctionTranslator, node: ast.Call, function: Function, name: str, value: Expr) -> None:
    """Note the argument's type for the next round. Raises Refused where the parameter cannot have it."""
    function.seen_arguments.setdefault(name, []).append(value.type)
    if name in function.annotated:
        function.parameters[name] = agreed(node, function.parameters[name], value.type)
    wanted = function.parameters[name]
    if value.type.kind == "map" and value.type.parts != wanted.parts and not t.script.first_rounds:
        raise refuse(
            node,
            "type",
            f"`{name}` is a dict, but the argument is a `defaultdict` or `Counter`.",
            f"Pass `dict(…)` as `{name}`.",
        )
    if wanted.kind == "any" and not is_json(value.type) and not t.script.first_rounds:
        raise refuse(
            node,
            "type",
            f"A `{value.type}` is passed as `{name}`, which has no known type.",
            f"Annotate the parameter: `{name}: …`.",
        )
