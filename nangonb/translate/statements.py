"""Statements: one function for each kind of node."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from nangonb.translate import code
from nangonb.translate.code import Expr, Line, indented, lines_of
from nangonb.translate.comprehensions import bind, iterable
from nangonb.translate.declaring import declared_before
from nangonb.translate.errors import raise_, try_
from nangonb.translate.expressions import condition, key_text, narrow, note_key, operation
from nangonb.translate.function import Function, FunctionTranslator
from nangonb.translate.nodes import walk
from nangonb.translate.refusals import refuse
from nangonb.translate.sdk import paginate_source
from nangonb.translate.types import ANY, NONE, Type, element, is_json, join, map_of, typescript

_AUGMENTED: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/",
    ast.FloorDiv: "//", ast.Mod: "%",
}  # fmt: skip


def statement(t: FunctionTranslator, node: ast.stmt) -> list[Line]:
    handler = STATEMENTS.get(type(node))
    if handler is None:
        code_ = {
            ast.With: "with",
            ast.Global: "global",
            ast.Nonlocal: "global",
            ast.ClassDef: "class",
            ast.Match: "match",
        }.get(type(node), "statement")
        raise refuse(node, code_)
    return handler(t, node)


def expression_statement(t: FunctionTranslator, node: ast.Expr) -> list[Line]:
    if isinstance(node.value, ast.Constant):
        return []  # a docstring, or an ellipsis
    value = t.expr(node.value, first=True)
    return lines_of(f"{value.code};", node)


def assign(t: FunctionTranslator, node: ast.Assign) -> list[Line]:
    if len(node.targets) != 1:
        raise refuse(node, "statement", "a = b = … is not carried over.", "Write two lines.")
    return _assign(t, node, node.targets[0], node.value, None)


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
    t.result_name = _only_name(t, target) if isinstance(value_node, ast.ListComp) else None
    value = t.expr(value_node, first=True)
    match target:
        case ast.Name(id=name):
            if name in t.iterating:
                raise refuse(node, "changed-while-iterating")
            if isinstance(value_node, ast.ListComp) and value.code == t.js_name(name) and t.before:
                t.assign(name, value.type)  # the loop before it has declared it
                t.declared_here.add(name)
                return []
            kind = annotated or t.function.declared.get(name) or value.type
            t.assign(name, kind)
            if annotated is not None:
                t.function.declared[name] = annotated
                t.function.annotated.add(name)
            variable = t.function.variables.get(name)
            if variable is not None and not variable.used and not variable.captured:
                return lines_of(f"{value.code};", node) if value.awaits or not value.pure else []
            return _declare(t, node, name, value)
        case ast.Tuple() | ast.List():
            return _unpack(t, node, target, value)
        case ast.Subscript(value=container_node, slice=index_node):
            return _set_item(t, node, container_node, index_node, value)
    raise refuse(node, "statement", "This target is not carried over.")


def _only_name(t: FunctionTranslator, target: ast.expr) -> str | None:
    """The name in TypeScript of a variable that is assigned here only."""
    if not isinstance(target, ast.Name) or target.id in t.declared_here:
        return None
    variable = t.function.variables.get(target.id)
    return t.js_name(target.id) if variable and variable.constant and variable.used else None


def _one_by_one(
    t: FunctionTranslator, node: ast.stmt, target: ast.Tuple, value: ast.Tuple
) -> list[Line] | None:
    """``a, b = x, y`` as two lines; None where names are not new, and one may change what the next reads."""
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
    """``const`` where it is assigned once, ``let`` where more than once, nothing where it is declared."""
    shown = t.js_name(name)
    if name in t.declared_here:
        return lines_of(f"{shown} = {value.code};", node)
    variable = t.function.variables[name]
    t.declared_here.add(name)
    kind = t.declared_type(name)
    needed = (
        value.type.kind in ("list", "map", "none", "set")
        or name in t.function.declared
        or (not variable.constant and kind != value.type)
    )
    annotation = f": {typescript(kind)}" if needed and value.code[:5] != "await" else ""
    if value.type.kind == "list" and value.code not in ("[]",) and not variable.constant:
        annotation = f": {typescript(kind)}"
    if variable.constant and value.code not in ("[]", "{}") and name not in t.function.declared:
        annotation = f": {typescript(kind)}" if says_little(value) else ""
    word = "const" if variable.constant else "let"
    return lines_of(f"{word} {shown}{annotation} = {value.code};", node)


def says_little(value: Expr) -> bool:
    """Whether TypeScript would take a value for something that is harder to use than what it is."""
    pairs = value.type.kind == "list" and (value.type.item or ANY).kind == "tuple"
    return (pairs and value.code.startswith("[")) or value.code.startswith("Object.fromEntries(")


def _unpack(t: FunctionTranslator, node: ast.stmt, target: ast.Tuple | ast.List, value: Expr) -> list[Line]:
    names = [n.id for n in walk(target) if isinstance(n, ast.Name)]
    if any(isinstance(n, ast.Starred) for n in walk(target)):
        raise refuse(node, "statement", "* in an assignment is not carried over.")
    if value.type.kind not in ("tuple", "list", "any"):
        raise refuse(node, "operator", f"Unpacking {value.type} is not carried over.")
    if t.catching and value.type.kind != "tuple":
        text = f"{t.helper('partsOf')}({value.code}, {len(target.elts)})"
        value = Expr(text, value.type, code.CALL, awaits=value.awaits)
    used = {name for name in names if t.function.variables[name].used}
    pattern, _ = bind(t, target, value.type if value.type.kind != "any" else Type("list", ANY), used)
    declared = [name for name in names if name in t.declared_here]
    if not declared:
        t.declared_here.update(names)
        constant = all(t.function.variables[name].constant for name in names)
        return lines_of(f"{'const' if constant else 'let'} {pattern} = {value.code};", node)
    if len(declared) != len(names):
        raise refuse(
            node, "statement", "Some of these names are new and some are not.", "Assign them one by one."
        )
    return lines_of(f"{pattern} = {value.code};", node)


def _set_item(
    t: FunctionTranslator, node: ast.stmt, container_node: ast.expr, index_node: ast.expr, value: Expr
) -> list[Line]:
    container, index = t.expr(container_node), t.expr(index_node)
    if isinstance(container_node, ast.Name) and container_node.id in t.iterating:
        raise refuse(node, "changed-while-iterating")
    kind = container.type.kind
    if index.is_literal and isinstance(index.literal, str) and kind in ("any", "map", "record"):
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
        return lines_of(f"{container.at(code.CALL)}[{key_text(t, index)}] = {value.code};", node)
    if kind == "list" and index.type.kind in ("small", "int"):
        return lines_of(f"{t.helper('setAt')}({container.code}, {index.code}, {value.code});", node)
    if kind == "any" and index.type.kind in ("small", "int"):
        return lines_of(f"{t.helper('setItem')}({container.code}, {index.code}, {value.code});", node)
    raise refuse(node, "dict-key" if kind in ("map", "record") else "operator")


def _grow(
    t: FunctionTranslator, node: ast.stmt, container_node: ast.expr, kind: Type, key: str | None, value: Type
) -> None:
    """A dict gets a value of another type: its variable has a wider one from the next round on."""
    if not is_json(value) and kind.kind == "any":
        raise refuse(
            node, "type", f"This keeps a {value} in a dict of JSON.", "Give the dict a name and a type."
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
    name = container_node.id if isinstance(container_node, ast.Name) else None
    if name is None or name not in t.function.variables:
        if kind.kind == "map" and before[0].kind == "any" and is_json(value):
            return
        raise refuse(
            node, "type", f"This keeps a {value} in a dict of {kind}.", "Give the dict a name and a type."
        )
    if name in t.function.annotated and value.kind == "any":
        return
    t.function.declared[name] = t.env[name] = map_of(wider)


def augmented_assign(t: FunctionTranslator, node: ast.AugAssign) -> list[Line]:
    operator = _AUGMENTED.get(type(node.op))
    if operator is None:
        raise refuse(node, "operator")
    target = t.expr(_load(node.target))
    value = t.expr(node.value, first=True)
    if target.type.kind == "list":
        if value.type.kind not in ("list", "tuple", "any"):
            raise refuse(node, "operator")
        return lines_of(f"{target.at(code.CALL)}.push(...{value.at(code.TERNARY)});", node)
    result = operation(t, node, operator, [target, value])
    if isinstance(node.target, ast.Name):
        t.assign(node.target.id, result.type)
    plain = f"{target.code} {operator} {value.at(code.TERNARY)}"
    if result.code == f"{target.code} {operator} {value.at(code.MULTIPLY)}" or result.code == plain:
        return lines_of(f"{target.code} {operator}= {value.code};", node)
    return lines_of(f"{target.code} = {result.code};", node)


def _load(node: ast.expr) -> ast.expr:
    text = ast.parse(ast.unparse(node), mode="eval").body
    for each in walk(text):
        ast.copy_location(each, node)
    return text


def return_(t: FunctionTranslator, node: ast.Return) -> list[Line]:
    if node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None):
        t.returned(NONE)
        nothing = t.return_type.kind == "none"
        return lines_of("return;" if nothing else "return null;", node)
    if t.function.is_entry and t.script.kind != "action":
        raise refuse(node, "statement", "A sync returns nothing.", "Save records with nango.batch_save.")
    value = t.expr(node.value, first=True)
    if t.function.is_entry and not is_json(value.type):
        raise refuse(node, "not-json", f"A {value.type} is no JSON.", "Return lists and dicts of text.")
    t.returned(value.type)
    return lines_of(f"return {value.code};", node)


def if_(t: FunctionTranslator, node: ast.If) -> list[Line]:
    t.first = True
    test = condition(t, node.test)
    t.first = False
    hoisted, t.before = t.before, []
    hoisted += declared_before(t, node, [node.body, node.orelse])
    start = dict(t.env)
    narrow(t, node.test, True)
    body = t.block(node.body)
    after_body, leaves_body = t.env, _leaves(node.body)
    t.env = dict(start)
    narrow(t, node.test, False)
    lines = [*hoisted, Line(f"if ({test.code}) {{", node.lineno), *indented(body)]
    if node.orelse:
        if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
            other = if_(t, node.orelse[0])
            if t.before or other[0].text[:2] != "if":
                lines += [Line("} else {"), *indented(other), Line("}")]
            else:
                lines += [Line("} else " + other[0].text, other[0].source), *other[1:]]
        else:
            lines += [Line("} else {"), *indented(t.block(node.orelse)), Line("}")]
    else:
        lines.append(Line("}"))
    leaves_else = bool(node.orelse) and _leaves(node.orelse)
    t.env = _merged(after_body, t.env, leaves_body, leaves_else)
    return lines


def _leaves(body: list[ast.stmt]) -> bool:
    """Whether control never reaches what follows."""
    last = body[-1]
    if isinstance(last, ast.If):
        return bool(last.orelse) and _leaves(last.body) and _leaves(last.orelse)
    return isinstance(last, (ast.Return, ast.Raise, ast.Break, ast.Continue))


def _merged(a: dict[str, Type], b: dict[str, Type], a_leaves: bool, b_leaves: bool) -> dict[str, Type]:
    if a_leaves:
        return b
    if b_leaves:
        return a
    return {
        name: join([a[name], b[name]]) if name in a and name in b else (a.get(name) or b[name])
        for name in {**a, **b}
    }


def while_(t: FunctionTranslator, node: ast.While) -> list[Line]:
    if node.orelse:
        raise refuse(
            node, "statement", "else after a loop is not carried over.", "Use a variable that says it."
        )
    _forget_assigned(t, node)
    declared = declared_before(t, node, [node.body])
    test = condition(t, node.test)
    with t.branch():
        narrow(t, node.test, True)
        body = t.block(node.body)
    if not (isinstance(node.test, ast.Constant) and node.test.value is True):
        narrow(t, node.test, False)
    return [*declared, Line(f"while ({test.code}) {{", node.lineno), *indented(body), Line("}")]


def for_(t: FunctionTranslator, node: ast.For) -> list[Line]:
    if node.orelse:
        raise refuse(
            node, "statement", "else after a loop is not carried over.", "Use a variable that says it."
        )
    _forget_assigned(t, node)
    declared = declared_before(t, node, [node.body])
    source = paginate_source(t, node.iter)
    counted = None if source else _counted(t, node)
    if counted is not None:
        return [*declared, *counted]
    items = source or iterable(t, node.iter)
    hoisted, t.before = [*declared, *t.before], []
    used = {name for name, variable in t.function.variables.items() if variable.used}
    over = node.iter.id if isinstance(node.iter, ast.Name) else None
    with t.branch():
        target, _ = bind(t, node.target, element(items.type), used)
        names = {n.id for n in walk(node.target) if isinstance(n, ast.Name)}
        _check_loop_names(t, node, names)
        before = set(t.declared_here)
        t.declared_here |= names
        if over:
            t.iterating.append(over)
        body = t.block(node.body)
        if over:
            t.iterating.pop()
        t.declared_here = before | (t.declared_here - names)
    word = "for await" if source else "for"
    inside = {id(each) for part in node.body for each in walk(part)}
    stores = [store for n in names if n in t.function.variables for store in t.function.variables[n].stores]
    reassigned = any(id(store) in inside for store in stores)
    declaration = "let" if reassigned else "const"
    return [
        *hoisted,
        Line(f"{word} ({declaration} {target} of {items.code}) {{", node.lineno),
        *indented(body),
        Line("}"),
    ]


def _check_loop_names(t: FunctionTranslator, node: ast.For, names: set[str]) -> None:
    """A loop variable lives on after the loop in Python, and not in JavaScript."""
    inside = {id(each) for each in walk(node)}
    for name in names:
        variable = t.function.variables.get(name)
        if variable is None:
            continue
        loops = [store for store in variable.stores if id(store) not in inside]
        if any(id(load) not in inside for load in variable.loads) and not loops:
            raise refuse(
                node, "statement", f"{name} is read after its loop.", "Assign it to another variable inside."
            )
        if variable.captured:
            raise refuse(node, "closure", f"{name} changes with the loop, and an inner function uses it.")


def _counted(t: FunctionTranslator, node: ast.For) -> list[Line] | None:
    """``for i in range(n)`` with a name that is read, as a counting loop."""
    match node.iter:
        case ast.Call(func=ast.Name(id="range"), args=[*arguments], keywords=[]) if isinstance(
            node.target, ast.Name
        ):
            if len(arguments) > 2 or not _counts_once(node, arguments[-1]):
                return None
            values = t.exprs(arguments)
        case _:
            return None
    if any(value.type.kind not in ("small", "int") for value in values):
        return None
    if not all(value.pure for value in values):
        return None
    from nangonb.translate.types import SMALL

    start, end = (values[0].code, values[1]) if len(values) == 2 else ("0", values[0])
    with t.branch():
        name = node.target.id
        t.assign(name, SMALL)
        _check_loop_names(t, node, {name})
        added = name not in t.declared_here
        t.declared_here.add(name)
        body = t.block(node.body)
        if added:
            t.declared_here.discard(name)
    shown = t.js_name(name)
    return [
        Line(f"for (let {shown} = {start}; {shown} < {end.at(code.RELATION)}; {shown}++) {{", node.lineno),
        *indented(body),
        Line("}"),
    ]


def _counts_once(node: ast.For, end: ast.expr) -> bool:
    """Whether nothing in the loop changes its variable or its end: JavaScript looks at both each time."""
    assert isinstance(node.target, ast.Name)
    fixed = {each.id for each in ast.walk(end) if isinstance(each, ast.Name)}
    body = [each for part in node.body for each in ast.walk(part)]
    places = {
        id(each.value) for each in body if isinstance(each, ast.Subscript) and isinstance(each.ctx, ast.Load)
    }
    places |= {
        id(each.value) for each in body if isinstance(each, ast.Subscript) and isinstance(end, ast.Call)
    }
    for each in body:
        if not isinstance(each, ast.Name):
            continue
        if each.id == node.target.id and not isinstance(each.ctx, ast.Load):
            return False
        # a container whose length is the end may only be read and written by its places
        if each.id in fixed and (isinstance(end, ast.Call) and id(each) not in places):
            return False
        if each.id in fixed and not isinstance(each.ctx, ast.Load):
            return False
    return True


def _forget_assigned(t: FunctionTranslator, node: ast.While | ast.For) -> None:
    """In the second round of a loop a variable may hold what a later line assigned to it."""
    for each in walk(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store) and each.id in t.env:
            t.env[each.id] = join([t.env[each.id], *t.function.seen_types.get(each.id, [])])


def break_(t: FunctionTranslator, node: ast.Break) -> list[Line]:
    return lines_of("break;", node)


def continue_(t: FunctionTranslator, node: ast.Continue) -> list[Line]:
    return lines_of("continue;", node)


def pass_(t: FunctionTranslator, node: ast.Pass) -> list[Line]:
    return []


def delete(t: FunctionTranslator, node: ast.Delete) -> list[Line]:
    lines: list[Line] = []
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


def function_def(t: FunctionTranslator, node: ast.FunctionDef) -> list[Line]:
    return t.script.inner_function(t, node)


def _register() -> dict[type[ast.stmt], Callable[[FunctionTranslator, Any], list[Line]]]:
    return {
        ast.AnnAssign: annotated_assign,
        ast.Assign: assign,
        ast.AugAssign: augmented_assign,
        ast.Break: break_,
        ast.Continue: continue_,
        ast.Delete: delete,
        ast.Expr: expression_statement,
        ast.For: for_,
        ast.FunctionDef: function_def,
        ast.If: if_,
        ast.Pass: pass_,
        ast.Raise: raise_,
        ast.Return: return_,
        ast.Try: try_,
        ast.While: while_,
    }


STATEMENTS = _register()

__all__ = ["Function", "statement"]
