"""``raise`` and ``try``: errors that exist both in Python and on Nango, and their readable parts."""

from __future__ import annotations

import ast

from nangonb._translate import code
from nangonb._translate.code import Line, indented, lines_of
from nangonb._translate.declaring import declared_before
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.nodes import walk
from nangonb._translate.refusals import refuse
from nangonb._translate.types import ACTION_ERROR, ERROR, HTTP_ERROR, JSON_KINDS, Type, is_json

#: Errors that helpers throw under the same name, for handlers.
BUILTIN = (
    "IndexError",
    "KeyError",
    "TypeError",
    "ValueError",
    "ZeroDivisionError",
    "LookupError",
    "ArithmeticError",
)
_GROUPS = {"LookupError": ("IndexError", "KeyError"), "ArithmeticError": ("ZeroDivisionError",)}


def raise_(t: FunctionTranslator, node: ast.Raise) -> list[Line]:
    if node.exc is None:
        if t.caught is None:
            raise refuse(node, "statement", "`raise` without an error is valid only in a handler.")
        return [Line(f"throw {t.caught};", node.lineno)]
    match node.exc:
        case ast.Name(id=id) if id in t.errors:
            return [Line(f"throw {t.js_name(id)};", node.lineno)]
        case ast.Call(func=function) if _is_action_error(t, function):
            return lines_of(f"throw new nango.ActionError({_payload(t, node.exc)});", node)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in (
            "Exception",
            "RuntimeError",
            *BUILTIN,
        ):
            if len(args) > 1:
                raise refuse(node, "statement", "An error with several arguments is not supported.")
            message = t.expr(args[0]).code if args else "''"
            if name in ("Exception", "RuntimeError"):
                return lines_of(f"throw new Error({message});", node)
            return lines_of(f"throw {t.helper('pythonError')}('{name}', {message});", node)
    raise refuse(node, "except", "Nango cannot raise this error.", "Raise `nango.ActionError(…)`.")


def _is_action_error(t: FunctionTranslator, node: ast.expr) -> bool:
    from nangonb._translate.calls import dotted_name

    if isinstance(node, ast.Attribute) and node.attr == "ActionError":
        return isinstance(node.value, ast.Name) and t.env.get(node.value.id, ERROR).kind == "nango"
    return dotted_name(t, node) == "nangonb.ActionError"


def _payload(t: FunctionTranslator, node: ast.expr) -> str:
    assert isinstance(node, ast.Call)
    parts = []
    if len(node.args) > 1:
        raise refuse(node, "keyword", "`nango.ActionError` takes a message or one dict.")
    if node.args:
        first = t.expr(node.args[0])
        if first.type.kind in ("record", "map"):
            if not node.keywords:
                return first.code
            parts.append(f"...{first.at(code.TERNARY)}")
        elif first.type.kind in JSON_KINDS and (first.type.nullable or first.type.kind in ("any", "none")):
            # a dict is the payload, and None is not a message
            made = f"{t.helper('payloadOf')}({first.code})"
            if not node.keywords:
                return made
            parts.append(f"...{made}")
        elif is_json(first.type):
            parts.append(f"message: {first.at(code.TERNARY)}" if first.code != "message" else "message")
        else:
            raise refuse(node, "not-json", f"A `{first.type}` is not JSON.", "Use an f-string or one dict.")
    for keyword in node.keywords:
        value = t.expr(keyword.value)
        if keyword.arg is None:
            parts.append(f"...{value.at(code.TERNARY)}")
        else:
            parts.append(code.pair(keyword.arg, value))
    return code.object_literal(parts)


def try_(t: FunctionTranslator, node: ast.Try) -> list[Line]:
    before = t.catching
    t.catching = before or catches_builtin(node)
    start = dict(t.env)
    with t.branch():
        handled = [handler.body for handler in node.handlers]
        hoist = declared_before(t, node, [node.body, *handled, node.orelse, node.finalbody])
        body = t.block(node.body)
    t.catching = before
    flag = None
    if node.orelse:
        flag = t.script.fresh("succeeded")
        hoist.append(Line(f"let {flag} = false;", node.lineno))
        body.append(Line(f"{flag} = true;"))
    lines = [Line("try {", node.lineno), *indented(body)]
    if node.handlers:
        outer, t.caught = t.caught, _inner_name(t.caught)
        reads = _reads_error(node) or t.script.has_limits
        lines += [Line(f"}} catch ({t.caught}: any) {{" if reads else "} catch {")]
        lines += indented(_handlers(t, node.handlers, start, t.caught))
        t.caught = outer
    if flag is not None:
        # the try does not catch errors of else, which runs before finally
        lines += [Line("}"), Line(f"if ({flag}) {{"), *indented(t.block(node.orelse))]
        if node.finalbody:
            lines = [Line("try {", node.lineno), *indented([*lines, Line("}")])]
    if node.finalbody:
        lines += [Line("} finally {"), *indented(t.block(node.finalbody))]
    return [*hoist, *lines, Line("}")]


def catches_builtin(node: ast.Try) -> bool:
    """Return whether a handler may catch errors of Python's operations, such as a KeyError."""
    names = {name for handler in node.handlers for name in _names_of(handler.type)}
    return bool(names & {"Exception", *BUILTIN})


def _reads_error(node: ast.Try) -> bool:
    only = node.handlers[0]
    plain = len(node.handlers) == 1 and _names_of(only.type) <= {"Exception"}
    raises = any(isinstance(n, ast.Raise) and n.exc is None for n in walk(only))
    return not (plain and only.name is None and not raises)


def _names_of(node: ast.expr | None) -> set[str]:
    if node is None:
        return {"Exception"}
    return {ast.unparse(part) for part in (node.elts if isinstance(node, ast.Tuple) else [node])}


def _inner_name(outer: str | None) -> str:
    """Return the name of the error in a handler. Nested handlers may still read the outer error."""
    return "error" if outer is None else f"error{int(outer[5:] or 1) + 1}"


def _handlers(
    t: FunctionTranslator, handlers: list[ast.ExceptHandler], start: dict[str, Type], caught: str
) -> list[Line]:
    lines: list[Line] = []
    all_caught = False
    for number, handler in enumerate(handlers):
        test, kind = _test(t, handler, caught)
        errors, env, renamed = dict(t.errors), dict(t.env), dict(t.script.renamed)
        if handler.name:
            t.errors[handler.name] = kind
            t.env[handler.name] = kind
            t.script.renamed[handler.name] = caught
        body = t.block(handler.body)
        t.script.renamed = renamed
        t.errors, t.env = errors, {name: t.env[name] for name in t.env if name in env or name != handler.name}
        if test is None:
            all_caught = True
            if t.script.has_limits:
                body = [Line(f"if ({caught}?.name === 'LimitError') throw {caught};"), *body]
            lines += [Line("} else {"), *indented(body)] if number else body
            break
        if len(handlers) == 1:  # other errors propagate, and the handler needs no block
            opening = f"if ({_negated(test)}) {{"
            return [Line(opening, handler.lineno), Line(f"throw {caught};", depth=1), Line("}"), *body]
        opening = f"if ({test}) {{" if not number else f"}} else if ({test}) {{"
        lines += [Line(opening, handler.lineno), *indented(body)]
    if not all_caught:
        lines += [Line("} else {"), Line(f"throw {caught};", depth=1), Line("}")]
    elif len(handlers) > 1:
        lines.append(Line("}"))
    return lines


def _negated(test: str) -> str:
    if " || " in test:
        return f"!({test})"
    return test.replace(" === ", " !== ", 1) if " === " in test else f"!{test}"


def _test(t: FunctionTranslator, handler: ast.ExceptHandler, caught: str) -> tuple[str | None, Type]:
    from nangonb._translate.calls import dotted_name

    if handler.type is None:
        raise refuse(
            handler, "except", "A bare `except` also catches the stop button.", "Write `except Exception`."
        )
    parts = list(handler.type.elts) if isinstance(handler.type, ast.Tuple) else [handler.type]
    tests, kinds = [], []
    for part in parts:
        name = dotted_name(t, part) or ast.unparse(part)
        if name == "nangonb.HTTPError":
            tests.append(f"{t.helper('isHttpError')}({caught})")
            kinds.append(HTTP_ERROR)
        elif _is_action_error(t, part):
            tests.append(f"{caught}?.type === 'action_script_runtime_error'")
            kinds.append(ACTION_ERROR)
        elif name == "Exception":
            return None, ERROR
        elif name in BUILTIN:
            for each in _GROUPS.get(name, (name,)):
                tests.append(f"{caught}?.name === '{each}'")
            kinds.append(ERROR)
        else:
            raise refuse(part, "except", f"`{ast.unparse(part)}` does not exist on Nango.")
    return " || ".join(tests), kinds[0] if len(set(kinds)) == 1 else ERROR
