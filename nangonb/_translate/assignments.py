"""Assignments: names, unpacking, keys and elements, ``+=``, ``del``."""

from __future__ import annotations

import ast
from dataclasses import replace

from nangonb._translate import code
from nangonb._translate.agreement import agreed
from nangonb._translate.callbacks import names_in
from nangonb._translate.code import Expr, Line, lines_of
from nangonb._translate.comprehensions import as_list, bind
from nangonb._translate.declared import is_declared, set_key, want
from nangonb._translate.effects import made
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.literals import key_text, note_key, place_text
from nangonb._translate.nodes import walk
from nangonb._translate.operations import operation
from nangonb._translate.refusals import refuse
from nangonb._translate.signatures import says_type
from nangonb._translate.types import (
    ANY,
    LOOSE,
    NUMERIC,
    STR,
    SUM,
    Type,
    has_defaults,
    is_json,
    item_of,
    join,
    list_of,
    map_of,
    typescript,
)

_AUGMENTED: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/",
    ast.FloorDiv: "//", ast.Mod: "%",
}  # fmt: skip


def assign(t: FunctionTranslator, node: ast.Assign) -> list[Line]:
    if len(node.targets) == 1:
        return _assign(t, node, node.targets[0], node.value, None)
    names = [target for target in node.targets if isinstance(target, ast.Name)]
    if len(names) < len(node.targets):
        raise refuse(node, "statement", "`a[…] = b = …` is not supported.", "Write two lines.")
    used = [name for name in names if _is_used(t, name.id)]
    first, *others = used or names[:1]
    lines = _assign(t, node, first, node.value, None)
    for target in others:
        source = ast.copy_location(ast.Name(first.id, ast.Load()), node)
        lines += _assign(t, node, target, source, None)
    return lines


def _is_used(t: FunctionTranslator, name: str) -> bool:
    variable = t.function.variables.get(name)
    return variable is None or variable.used or variable.captured


def annotated_assign(t: FunctionTranslator, node: ast.AnnAssign) -> list[Line]:
    kind = t.script.annotation(node.annotation)
    if node.value is None:
        return []
    return _assign(t, node, node.target, node.value, kind)


def _assign(
    t: FunctionTranslator, node: ast.stmt, target: ast.expr, value_node: ast.expr, annotated: Type | None
) -> list[Line]:
    if isinstance(target, ast.Tuple) and isinstance(value_node, ast.Tuple):
        lines = _one_by_one(t, node, target, value_node)
        if lines is not None:
            return lines
    if isinstance(target, ast.Name):
        written = t.function.declared.get(target.id) if target.id in t.function.annotated else None
        want(t, value_node, annotated.optional if annotated else written, target.id)
    t.result_name = _only_name(t, target) if isinstance(value_node, ast.ListComp) else None
    if isinstance(value_node, ast.GeneratorExp) and isinstance(target, ast.Tuple | ast.List):
        value = as_list(t, value_node)
    else:
        value = t.expr(value_node, first=True)
    match target:
        case ast.Name(id=name):
            if name in t.iterating:
                raise refuse(node, "changed-while-iterating")
            if isinstance(value_node, ast.ListComp) and value.code == t.js_name(name) and t.before:
                t.assign(name, value.type)  # declared by the loop before it
                t.declared_here.add(name)
                return []
            if annotated is not None:
                annotated = agreed(node, annotated, value.type)
            kind = annotated or t.function.declared.get(name) or value.type
            if kind.kind == value.type.kind == "map" and kind.parts != value.type.parts:
                kind = replace(kind, parts=value.type.parts)
            t.assign(name, kind)
            if annotated is not None:
                t.function.declared[name] = annotated
                t.function.annotated.add(name)
            variable = t.function.variables.get(name)
            if variable is not None and not variable.used and not variable.captured:
                return code.alone(value, node) if value.awaits or not value.pure else []
            return _declare(t, node, name, value)
        case ast.Tuple() | ast.List():
            return _unpack(t, node, target, value)
        case ast.Subscript(value=container_node, slice=index_node):
            return _set_item(t, node, container_node, index_node, value)
    raise refuse(node, "statement", "This assignment target is not supported.")


def _only_name(t: FunctionTranslator, target: ast.expr) -> str | None:
    """Return the TypeScript name of a variable that is assigned only here."""
    if not isinstance(target, ast.Name) or target.id in t.declared_here:
        return None
    variable = t.function.variables.get(target.id)
    return t.js_name(target.id) if variable and variable.constant and variable.used else None


def _one_by_one(
    t: FunctionTranslator, node: ast.stmt, target: ast.Tuple, value: ast.Tuple
) -> list[Line] | None:
    """Return ``a, b = x, y`` as two lines, or None where an assignment may change what the next one reads."""
    names = [each.id for each in target.elts if isinstance(each, ast.Name)]
    read = {each.id for each in walk(value) if isinstance(each, ast.Name)}
    plain = len(names) == len(target.elts) == len(value.elts) == len(set(names))
    starred = any(isinstance(each, ast.Starred) for each in value.elts)
    if not plain or starred or read & set(names) or any(name in t.declared_here for name in names):
        return None
    lines: list[Line] = []
    for each, part in zip(target.elts, value.elts, strict=True):
        lines += _assign(t, node, each, part, None)
    return lines


def _declare(t: FunctionTranslator, node: ast.stmt, name: str, value: Expr) -> list[Line]:
    """Declare with ``const`` or ``let``, or only assign where the variable is declared already."""
    shown = t.js_name(name)
    if name in t.declared_here:
        return lines_of(f"{shown} = {value.code};", node)
    variable = t.function.variables[name]
    t.declared_here.add(name)
    kind = t.declared_type(name)
    needed = (
        value.type.kind in ("list", "map", "none", "set")
        or name in t.function.declared
        or (not variable.constant and kind != value.type and not _same_scalar(kind, value.type))
    ) and not says_type(value, kind)
    annotation = f": {typescript(kind)}" if needed and value.code[:5] != "await" else ""
    if value.type.kind == "list" and value.code not in ("[]",) and not variable.constant:
        annotation = f": {typescript(kind)}"
    if variable.constant and value.code not in ("[]", "{}") and name not in t.function.declared:
        annotation = f": {typescript(kind)}" if says_little(value) or _goes_round(t, value) else ""
    word = "const" if variable.constant or _only_grows(t, name, value) else "let"
    return lines_of(f"{word} {shown}{annotation} = {value.code};", node)


def _goes_round(t: FunctionTranslator, value: Expr) -> bool:
    """Return whether a value in a loop depends on a nullable variable that it may be assigned to.

    TypeScript could not infer the type of either.
    """
    if not t.in_loop or value.type.kind == "any":
        return False
    used = names_in(value.code)
    return any(
        t.js_name(name) in used and not variable.constant and t.declared_type(name).nullable
        for name, variable in t.function.variables.items()
    )


def _same_scalar(one: Type, other: Type) -> bool:
    """Return whether both are one scalar type in TypeScript."""
    return typescript(one) == typescript(other) in ("string", "number", "boolean")


def _only_grows(t: FunctionTranslator, name: str, value: Expr) -> bool:
    """Return whether all further assignments of a list are ``+=``, which become ``push``."""
    if t.declared_type(name).kind != "list":
        return False
    stores = t.function.variables[name].stores
    added = {
        id(each.target)
        for each in walk(t.function.node)
        if isinstance(each, ast.AugAssign) and isinstance(each.op, ast.Add)
    }
    return value.type.kind == "list" and sum(id(store) not in added for store in stores) == 1


def says_little(value: Expr) -> bool:
    """Return whether TypeScript infers a less useful type than the actual one."""
    pairs = value.type.kind == "list" and (value.type.item or ANY).kind == "tuple"
    return (pairs and value.code.startswith("[")) or value.code.startswith("Object.fromEntries(")


def _unpack(t: FunctionTranslator, node: ast.stmt, target: ast.Tuple | ast.List, value: Expr) -> list[Line]:
    names = [n.id for n in walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    if any(isinstance(n, ast.Starred) for n in walk(target)):
        return _unpack_rest(t, node, target, value)
    if value.type.kind not in ("tuple", "list", "any"):
        raise refuse(node, "operator", f"Unpacking `{value.type}` is not supported.")
    if t.catching and value.type.kind != "tuple":
        text = f"{t.helper('partsOf')}({value.code}, {len(target.elts)})"
        value = Expr(text, value.type, code.CALL, awaits=value.awaits)
    used = {name for name in names if t.function.variables[name].used}
    kind = value.type if value.type.kind != "any" else Type("list", ANY)
    pattern, _ = bind(t, target, kind, used, counted=True)
    declared = [name for name in names if name in t.declared_here]
    if value.type.kind == "list" and item_of(value.type).kind != "any" and not t.catching:
        parts = ", ".join([typescript(item_of(value.type))] * len(target.elts))
        value = Expr(f"{value.at(code.RELATION)} as [{parts}]", value.type, code.RELATION)
    if not declared:
        t.declared_here.update(names)
        constant = all(t.function.variables[name].constant for name in names)
        return lines_of(f"{'const' if constant else 'let'} {pattern} = {value.code};", node)
    if len(declared) != len(names):
        raise refuse(node, "statement", "Only some of these names are new.", "Assign them one by one.")
    return lines_of(f"{pattern} = {value.code};", node)


def _unpack_rest(
    t: FunctionTranslator, node: ast.stmt, target: ast.Tuple | ast.List, value: Expr
) -> list[Line]:
    """``first, *rest = xs``"""
    *before, last = target.elts
    names = [each.id for each in before if isinstance(each, ast.Name)]
    rest = last.value if isinstance(last, ast.Starred) else None
    if not isinstance(rest, ast.Name) or len(names) != len(before) or t.catching:
        raise refuse(node, "statement", "This `*` in an assignment is not supported.", "Use slices.")
    if value.type.kind not in ("list", "any") or value.type.nullable:
        raise refuse(node, "operator", f"Unpacking `{value.type}` is not supported.")
    if any(name in t.declared_here for name in (*names, rest.id)):
        raise refuse(node, "statement", "Some of these names are not new.", "Assign them one by one.")
    found = item_of(value.type)
    for name in names:
        t.assign(name, found)
    t.assign(rest.id, list_of(found))
    variables = [t.function.variables[name] for name in (*names, rest.id)]
    shown = [t.js_name(v.name) if v.used or v.captured else "" for v in variables[:-1]]
    if variables[-1].used or variables[-1].captured:
        shown.append(f"...{t.js_name(rest.id)}")
    typed = ", ".join([*[typescript(found)] * len(names), f"...{typescript(list_of(found))}"])
    t.declared_here.update([*names, rest.id])
    word = "const" if all(v.constant for v in variables) else "let"
    return lines_of(f"{word} [{', '.join(shown)}] = {value.at(code.RELATION)} as [{typed}];", node)


def _set_item(
    t: FunctionTranslator, node: ast.stmt, container_node: ast.expr, index_node: ast.expr, value: Expr
) -> list[Line]:
    _check_no_slice(node, index_node)
    container, index = t.expr(container_node), t.expr(index_node)
    t.forget_places()
    if isinstance(container_node, ast.Name) and container_node.id in t.iterating:
        raise refuse(node, "changed-while-iterating")
    kind = container.type.kind
    value = set_key(t, node, container_node, container.type, index, value)
    if index.is_literal and isinstance(index.literal, str) and kind in ("any", "map", "record"):
        if index.literal == "__proto__":
            raise refuse(index_node, "dict-key", "The key `__proto__` has another meaning in JavaScript.")
        note_key(t, index.literal, value)
        _grow(t, node, container_node, container.type, index.literal, value.type)
        target = code.member(container.at(code.CALL), index.literal)
        if kind == "map" and (container.type.item or ANY).kind != "any":
            target = f"{container.at(code.CALL)}[{code.string(index.literal)}]"
        return lines_of(f"{target} = {value.code};", node)
    if kind in ("map", "any", "record") and index.type.kind in ("str", "any"):
        _grow(t, node, container_node, container.type, None, value.type)
        if kind == "any" and index.type.kind == "any":
            return lines_of(f"{t.helper('setItem')}({container.code}, {index.code}, {value.code});", node)
        return lines_of(f"{container.at(code.CALL)}[{place_text(t, index)}] = {value.code};", node)
    if kind == "list" and index.type.kind in ("small", "int"):
        return lines_of(f"{t.helper('setAt')}({container.code}, {index.code}, {value.code});", node)
    if kind == "any" and index.type.kind in ("small", "int"):
        return lines_of(f"{t.helper('setItem')}({container.code}, {index.code}, {value.code});", node)
    raise refuse(node, "dict-key" if kind in ("map", "record") else "operator")


def _check_no_slice(node: ast.stmt, index: ast.expr) -> None:
    if isinstance(index, ast.Slice):
        raise refuse(node, "statement", "Assigning to a slice is not supported.", "Create a new list.")


def _grow(
    t: FunctionTranslator, node: ast.stmt, container_node: ast.expr, kind: Type, key: str | None, value: Type
) -> None:
    """Widen the type of a dict variable, from the next round on, for a value of another type."""
    if not is_json(value) and kind.kind == "any":
        raise refuse(
            node,
            "type",
            f"This stores a `{value}` in a dict of JSON.",
            "Assign the dict to an annotated variable.",
        )
    if kind.kind == "any":
        return
    if kind.kind == "record":
        field = kind.fields.get(key) if key is not None else None
        if field is not None and (kind.name or join([field.type, value]) == field.type):
            return
        before = [each.type for each in kind.fields.values()]
    else:
        before = [kind.item or ANY]
    wider = join([*before, value])
    if kind.kind == "map" and wider == before[0]:
        return
    if kind.kind == "map" and is_declared(t, container_node):
        return
    name = container_node.id if isinstance(container_node, ast.Name) else None
    if name is None or name not in t.function.variables:
        if kind.kind == "map" and before[0].kind == "any" and is_json(value):
            return
        raise refuse(
            node,
            "type",
            f"This stores a `{value}` in a dict of `{kind}`.",
            "Assign the dict to an annotated variable.",
        )
    if name in t.function.annotated and value.kind == "any":
        return
    t.check_made_here(node, name)
    t.function.declared[name] = t.env[name] = replace(map_of(wider), parts=kind.parts)


def _add_to_default(
    t: FunctionTranslator, node: ast.AugAssign, target: ast.Subscript, container: Expr, value: Expr, sign: str
) -> list[Line]:
    """``counts[key] += 1``, where an absent key counts as 0."""
    from nangonb._translate.rows.defaults import read

    key = t.expr(_load(target.slice))
    if not container.pure:
        raise refuse(
            node, "expression", "Python evaluates this dict only once.", "Assign it to a variable first."
        )
    lines: list[Line] = []
    if not key.pure:
        name = t.script.fresh("key")
        lines += lines_of(f"const {name} = {key_text(t, key)};", node)
        key = Expr(name, STR, pure=True)
    before = read(t, container, key)
    kind = container.type.item or ANY
    if kind.kind == "list" and value.type.kind in ("list", "tuple", "any"):
        return [*lines, *lines_of(f"{before.code}.push(...{value.at(code.TERNARY)});", node)]
    if kind.kind in ("small", "int", "float", "number", "str", "json-number"):
        before = replace(before, code=before.code.replace("setDefault(", f"{t.helper('getOr')}(", 1))
    result = operation(t, node, sign, [before, value])
    _grow(t, node, target.value, container.type, None, result.type)
    return [*lines, *lines_of(f"{container.code}[{key_text(t, key)}] = {result.code};", node)]


def augmented_assign(t: FunctionTranslator, node: ast.AugAssign) -> list[Line]:
    operator = _AUGMENTED.get(type(node.op))
    if operator is None:
        raise refuse(node, "operator")
    if isinstance(node.target, ast.Subscript):
        _check_no_slice(node, node.target.slice)
    target = t.expr(_load(node.target))
    value = t.expr(node.value, first=True)
    container = target
    if isinstance(node.target, ast.Subscript):
        container = t.expr(_load(node.target.value))
        if has_defaults(container.type):
            return _add_to_default(t, node, node.target, container, value, operator)
    if operator == "+" and _is_extended(target.type, value.type):
        return _extend(t, node, target, value)
    if operator == "*" and target.type.kind == "list":
        hint = f"Write `{ast.unparse(node.target)} = {ast.unparse(node.target)} * …`."
        raise refuse(node, "operator", "Repeating a list in place is not supported.", hint)
    if operator == "+" and target.type.kind == "any" and value.type.kind in _MAY_EXTEND:
        text = f"{t.helper('plusInPlace')}({target.code}, {value.code})"
        kind = LOOSE if LOOSE in (target.type, value.type) else SUM if value.type.kind == "any" else ANY
        result = Expr(text, kind, code.CALL, awaits=value.awaits)
    else:
        result = operation(t, node, operator, [target, value])
    t.forget_places()
    plain = result.code in (
        f"{target.code} {operator} {value.at(code.TERNARY)}",
        f"{target.code} {operator} {value.at(code.MULTIPLY)}",
    )
    short = lines_of(f"{target.code} {operator}= {value.code};", node)
    if isinstance(node.target, ast.Name):
        t.assign(node.target.id, result.type)
        return short if plain else lines_of(f"{target.code} = {result.code};", node)
    assert isinstance(node.target, ast.Subscript)
    result = replace(result, type=_kept(t, node.target, container.type, result))
    place = target.code.removesuffix("!")
    lines = _set_item(t, node, _load(node.target.value), _load(node.target.slice), result)
    return short if plain and lines[0].text.startswith(f"{place} = ") else lines


def _kept(t: FunctionTranslator, target: ast.Subscript, container: Type, result: Expr) -> Type:
    """Return the type of a key or element after the assignment.

    Other variables may refer to the dict with its former type. Where only the text of a number may differ,
    the key is noted instead.
    """
    kind, held = result.type, item_of(container)
    key = target.slice.value if isinstance(target.slice, ast.Constant) else None
    if container.kind == "record" and isinstance(key, str) and key in container.fields:
        held = container.fields[key].type
    if kind.kind == "int" and held.kind == "small":
        return held  # checked to stay below 2^53
    if isinstance(target.value, ast.Name) and target.value.id in made(t.function.node):
        return kind
    if isinstance(key, str) and (held.kind == "any" or (held.kind in NUMERIC and kind.kind in NUMERIC)):
        note_key(t, key, result)
        return held
    return kind


#: Types, besides lists, that may extend a list of unknown type.
_MAY_EXTEND = ("any", "str", "map", "record")


def _is_extended(kind: Type, value: Type) -> bool:
    """Return whether ``+=`` changes a list in place, if it does not raise."""
    return kind.kind == "list" or (kind.kind == "any" and value.kind in ("list", "tuple"))


def _extend(t: FunctionTranslator, node: ast.AugAssign, target: Expr, value: Expr) -> list[Line]:
    """``xs += ys`` is ``xs.extend(ys)``: other references to the list see it."""
    held = _load(node.target)
    call = ast.copy_location(ast.Call(ast.Attribute(held, "extend", ast.Load()), [node.value], []), node)
    if target.type.kind == "any":
        text = f"{t.helper('listOnly')}({target.code})" if t.catching else target.code
        target = replace(target, code=text, type=list_of(item_of(target.type)))
    elif target.type.nullable:
        target = replace(target, code=target.at(code.CALL) + "!", type=target.type.required)
    done = operation(t, call, "list.extend", [target, value], what="`+=` of a list")
    t.forget_places()
    if isinstance(node.target, ast.Name) and t.env[node.target.id].kind == "any":
        t.assign(node.target.id, target.type)
    return lines_of(f"{done.code};", node)


def _load(node: ast.expr) -> ast.expr:
    text = ast.parse(ast.unparse(node), mode="eval").body
    for each in walk(text):
        ast.copy_location(each, node)
    return text


def delete(t: FunctionTranslator, node: ast.Delete) -> list[Line]:
    lines: list[Line] = []
    t.forget_places()
    for target in node.targets:
        match target:
            case ast.Subscript(value=value, slice=index):
                container, key = t.expr(value), t.expr(index)
                if container.type.kind in ("map", "any") and key.type.kind in ("str", "any"):
                    if isinstance(value, ast.Name) and value.id in t.iterating:
                        raise refuse(node, "changed-while-iterating")
                    lines += lines_of(f"{t.helper('takeKey')}({container.code}, {key_text(t, key)});", node)
                    continue
        raise refuse(node, "statement")
    return lines
