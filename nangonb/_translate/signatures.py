"""The signature of a function in TypeScript."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nangonb._translate.code import Expr
from nangonb._translate.function import Function, FunctionTranslator
from nangonb._translate.types import NONE, Type, typescript

if TYPE_CHECKING:
    from nangonb._translate.script import ScriptTranslator

_LITERALS: dict[type, str] = {str: "string", bool: "boolean", int: "number", float: "number"}


def parameter(t: FunctionTranslator, function: Function, name: str, default: ast.expr | None) -> str:
    """Return ``name: type``, with the default if there is one."""
    variable = function.variables.get(name)
    shown = t.js_name(name)
    if variable is not None and not variable.used:
        shown = f"_{shown}"
    kind = function.parameters[name]
    if kind.kind == "nango":
        return f"{shown}: {t.script.nango_type(function)}"
    annotated = f"{shown}: {typescript(kind)}"
    if default is None:
        return annotated
    value = t.expr(default)
    if value.code == "null":
        return f"{shown}: {typescript(kind.optional)} = null"
    if says_type(value, kind):
        return f"{shown} = {value.code}"
    return f"{annotated} = {value.code}"


def says_type(value: Expr, kind: Type) -> bool:
    """Return whether TypeScript infers this type from a literal."""
    return value.is_literal and typescript(kind) == _LITERALS.get(type(value.literal))


def returns(script: ScriptTranslator, function: Function) -> str:
    """Return the return type, as a promise if the function is async."""
    kind = function.returns or NONE
    if function.is_entry and script.kind != "action":
        return "Promise<void>"
    if function.is_entry and script.output is not None and not function.returns_annotated:
        kind = script.output
    shown = "void" if kind.kind == "none" else typescript(kind)
    return f"Promise<{shown}>" if function.calls_sdk or function.is_entry else shown
