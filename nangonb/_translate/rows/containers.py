"""Lists, dicts and sets."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from nangonb._translate import code
from nangonb._translate.callbacks import names_in
from nangonb._translate.code import Expr
from nangonb._translate.declared import is_declared, record_get
from nangonb._translate.model_types import read
from nangonb._translate.refusals import refuse
from nangonb._translate.subscripts import found_under
from nangonb._translate.table import TABLE, Emit, fill
from nangonb._translate.types import (
    ANY,
    ANYTHING,
    DICT,
    INT,
    LIST,
    NONE,
    SET,
    SMALL,
    STR,
    TUPLE,
    Type,
    element,
    item_of,
    join,
    list_of,
    map_of,
)

if TYPE_CHECKING:
    from nangonb._translate.function import FunctionTranslator


def _same(operands: Sequence[Expr]) -> Type:
    return operands[0].type


def _item(operands: Sequence[Expr]) -> Type:
    return element(operands[0].type)


TABLE.add(
    "len", ((LIST,), SMALL, "{0:CALL}.length", code.CALL, "", True), ((TUPLE,), SMALL, "{0:CALL}.length")
)
TABLE.add("len", ((DICT,), SMALL, "Object.keys({0}).length"), ((SET,), SMALL, "{0:CALL}.size"))


def _adding(template: str, place: int, inner: Callable[[Type], Type]) -> Emit:
    """Return the emission of adding to a list, which widens the variable's type from the next round on."""

    def emit(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
        target, added = operands[0], inner(operands[place].type)
        before = item_of(target.type)
        declared = (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and is_declared(t, node.func.value)
        )
        wider = before if declared else join([before, added])
        if isinstance(node, ast.Call) and _grow_default(t, node, wider, before):
            t.use_helpers(template)
            return Expr(fill(template, operands), NONE, code.CALL, awaits=operands[place].awaits)
        known = target.name is not None and target.name in t.function.variables
        trusted = added.kind == "any" and (not known or target.name in t.function.annotated)
        if wider != before and not trusted and target.name is not None and known:
            t.check_made_here(node, target.name)
            t.function.declared[target.name] = t.env[target.name] = list_of(wider)
        elif wider != before and not trusted:
            raise refuse(
                node,
                "type",
                f"This adds `{added}` to a list of `{before}`.",
                "Assign the list to a variable.",
            )
        t.use_helpers(template)
        awaits = any(operand.awaits for operand in operands)
        return Expr(fill(template, operands), NONE, code.CALL, awaits=awaits)

    return emit


def _grow_default(t: FunctionTranslator, node: ast.Call, wider: Type, before: Type) -> bool:
    """``groups[key].append(x)`` of a defaultdict that a variable holds."""
    match node.func:
        case ast.Attribute(value=ast.Subscript(value=ast.Name(id=name))) if name in t.function.variables:
            kind = t.env.get(name, NONE)
            if kind.kind == "map" and kind.parts and (kind.item or ANY).kind == "list":
                if wider != before:
                    t.function.declared[name] = t.env[name] = replace(kind, item=list_of(wider))
                return True
    return False


def _itself(kind: Type) -> Type:
    return kind


def _one_set(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr], template: str) -> Expr:
    kinds = [operand.type.item if operand.type.kind == "set" else operand.type for operand in operands]
    left, right = (ANY if kind is None else kind for kind in kinds)
    alike = {left.kind, right.kind} <= {"small", "int"} or left.kind == right.kind
    if not alike and "any" not in (left.kind, right.kind):
        raise refuse(
            node, "type", f"A set of `{left}` with `{right}` is not supported.", "Use one type per set."
        )
    used = names_in(" ".join(operand.code for operand in operands))
    each = "value" if "value" not in used else "one" if "one" not in used else t.script.fresh("one")
    template = template.replace("@", each)
    t.use_helpers(template)
    kind = operands[0].type if operands[1].type.kind == "set" else NONE
    return Expr(fill(template, operands), kind, code.CALL)


def _on_sets(template: str) -> Emit:
    return lambda t, node, operands: _one_set(t, node, operands, template)


TABLE.add("list.append", ((LIST, ANYTHING), NONE, _adding("{0:CALL}.push({1})", 1, _itself)))
for _more in (LIST, TUPLE, ANY):
    TABLE.add("list.extend", ((LIST, _more), NONE, _adding("{0:CALL}.push(...{1:TERNARY})", 1, element)))
TABLE.add("list.pop", ((LIST,), _item, "popAt({0})"), ((LIST, SMALL), _item, "popAt({0}, {1})"))
TABLE.add("list.insert", ((LIST, SMALL, ANYTHING), NONE, _adding("{0:CALL}.splice({1}, 0, {2})", 2, _itself)))
TABLE.add("list.reverse", ((LIST,), NONE, "{0:CALL}.reverse()"))
TABLE.add("list.clear", ((LIST,), NONE, "{0:CALL}.splice(0)"))
TABLE.add("list.remove", ((LIST, ANYTHING), NONE, "removeItem({0}, {1})"))
TABLE.add("list.index", ((LIST, ANYTHING), SMALL, "indexOfItem({0}, {1})"))
TABLE.add("list.count", ((LIST, ANYTHING), SMALL, "countItems({0}, {1})"))
TABLE.add("list.copy", ((LIST,), _same, "[...{0:TERNARY}]", code.PRIMARY))
for _member in (STR, SMALL, INT):
    TABLE.add("set.add", ((SET, _member), NONE, _on_sets("{0:CALL}.add({1})")))
    TABLE.add("set.discard", ((SET, _member), NONE, _on_sets("{0:CALL}.delete({1})")))
TABLE.add("set.add", ((SET, ANY), NONE, "{0:CALL}.add(memberOf({1}))"))
TABLE.add("set.discard", ((SET, ANY), NONE, "{0:CALL}.delete(memberOf({1}))"))
TABLE.add("set.update", ((SET, LIST), NONE, "addAll({0}, {1})"))
TABLE.add("|", ((SET, SET), _same, _on_sets("new Set([...{0:TERNARY}, ...{1:TERNARY}])")))
TABLE.add("&", ((SET, SET), _same, _on_sets("new Set([...{0:TERNARY}].filter((@) => {1:CALL}.has(@)))")))
TABLE.add("-", ((SET, SET), _same, _on_sets("new Set([...{0:TERNARY}].filter((@) => !{1:CALL}.has(@)))")))
TABLE.add(
    "|", ((DICT, DICT), lambda o: join(x.type for x in o), "{ ...{0:TERNARY}, ...{1:TERNARY} }", code.PRIMARY)
)

for _pair in ((DICT, ANY), (ANY, DICT)):
    TABLE.add("|", (_pair, map_of(ANY), "{ ...dictOnly({0}), ...dictOnly({1}) }", code.PRIMARY))
TABLE.add("dict.keys", ((DICT,), list_of(STR), "keysOf({0})"))


def _values(operands: Sequence[Expr]) -> Type:
    kind = operands[0].type
    return list_of(kind.item or (join(f.type for f in kind.fields.values()) if kind.fields else ANY))


TABLE.add("dict.values", ((DICT,), _values, "valuesOf({0})"))
TABLE.add("dict.copy", ((DICT,), _same, "{ ...{0:TERNARY} }", code.PRIMARY))


def _get(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    """``d.get(key)`` → null where it is absent; ``d.get(key, default)`` tests presence, never nullness."""
    target, key = operands[0], operands[1]
    if key.type.kind not in ("str", "any"):
        raise refuse(node, "dict-key")
    kind = target.type
    found = found_under(t, key.literal if key.is_literal else None, item_of(kind))
    if kind.kind == "record":
        if key.is_literal and isinstance(key.literal, str):
            field = kind.fields.get(key.literal)
            written = field is None and not kind.name  # a dict of the script: other keys are absent
            if not written and (field is None or field.required or len(operands) == 2):
                return record_get(t, node, target, key.literal)
            found = field.type if field else ANY
        else:
            found = join(read(field.type)[0] for field in kind.fields.values())
        found = read(found)[0]
    awaits = any(operand.awaits for operand in operands)
    lacks = kind.kind == "record" and not kind.name and key.literal not in kind.fields
    if len(operands) == 2 and key.is_literal and key.literal not in _INHERITED and not lacks:
        # an inherited name such as `constructor` is not a key of the dict; all others are absent or own
        typed = kind.kind == "map" and found.kind != "any"  # TypeScript requires brackets
        shown = (
            f"{target.at(code.CALL)}[{key.code}]" if typed else code.member(target.at(code.CALL), key.literal)
        )
        text = f"{shown} ?? null"
        return Expr(text, found.optional, code.NULLISH, awaits=awaits)
    arguments = ", ".join(operand.at(code.TERNARY) for operand in operands)
    result = found.optional if len(operands) == 2 else join([found, operands[2].type])
    return Expr(f"{t.helper('getOr')}({arguments})", result, code.CALL, awaits=awaits)


_INHERITED = frozenset(
    {
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
        "__proto__",
        "__defineGetter__",
        "__defineSetter__",
        "__lookupGetter__",
        "__lookupSetter__",
    }
)
TABLE.add("dict.get", ((DICT, ANYTHING), ANY, _get), ((DICT, ANYTHING, ANYTHING), ANY, _get))
TABLE.add("dict.pop", ((DICT, STR), lambda o: item_of(o[0].type), "takeKey({0}, {1})"))
TABLE.add("dict.pop", ((DICT, STR, ANYTHING), ANY, "takeKey({0}, {1}, {2})"))
for _key in (STR, ANY):
    TABLE.add(
        "dict.setdefault",
        ((DICT, _key, ANYTHING), lambda o: item_of(o[0].type), "setDefault({0}, {1}, {2})"),
    )
TABLE.add(
    "dict.update",
    ((DICT, DICT), NONE, "updateDict({0}, {1})"),
    ((DICT, ANY), NONE, "updateDict({0}, {1})"),
)
