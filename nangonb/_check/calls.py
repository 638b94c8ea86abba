"""Where a script uses the nango object."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Literal

from nangonb._project import ENTRY, WEBHOOK, Kind

ScriptKind = Kind | Literal["module"]
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_TYPES = ("NangoSync", "NangoAction")


@dataclass(frozen=True, slots=True)
class Use:
    """``nango.<name>``; ``call`` where it is called. ``in_entry``: within the function that Nango calls.

    ``type_name`` is the annotation of the parameter: ``NangoSync``, ``NangoAction``, or empty.
    """

    name: str
    node: ast.Attribute
    call: ast.Call | None
    in_entry: bool
    type_name: str = ""


@dataclass(slots=True)
class ParsedScript:
    """A script with its uses of ``nango``. ``returns`` are the values that the entry function returns."""

    tree: ast.Module
    kind: ScriptKind
    uses: list[Use] = field(default_factory=list)
    returns: list[ast.Return] = field(default_factory=list)
    models: set[str] = field(default_factory=set)
    top_level: list[tuple[int, int]] = field(default_factory=list)

    @property
    def entry(self) -> str:
        return "" if self.kind == "module" else ENTRY[self.kind]

    def at_top(self, line: int) -> bool:
        """Whether the line belongs to a statement that is outside of all functions."""
        return any(first <= line <= last for first, last in self.top_level)


def read(tree: ast.Module, kind: ScriptKind) -> ParsedScript:
    """Walk once over the script."""
    script = ParsedScript(tree, kind)
    for node in tree.body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                is_entry = kind != "module" and node.name == ENTRY[kind]
                first = is_entry or (kind == "sync" and node.name == WEBHOOK)
                _function(script, node, {}, in_entry=is_entry, nango_first=first)
            case ast.ImportFrom(module="nangonb.models", names=names):
                script.models |= {alias.asname or alias.name for alias in names}
            case _:
                script.top_level.append((node.lineno, node.end_lineno or node.lineno))
                _walk(script, node, {}, in_entry=False)
    return script


def _function(
    script: ParsedScript,
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    names: dict[str, str],
    *,
    in_entry: bool,
    nango_first: bool = False,
) -> None:
    for part in (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)):
        _walk(script, part, names, in_entry=in_entry)
    inner = _within(node.args, names, nango_first=nango_first)
    own = nango_first and in_entry
    for statement in node.body:
        _walk(script, statement, inner, in_entry=in_entry, own=own)


def _within(args: ast.arguments, names: dict[str, str], *, nango_first: bool) -> dict[str, str]:
    """Which names are the nango object below a function with these parameters, with their annotation."""
    inner = dict(names)
    parameters = [*args.posonlyargs, *args.args, *args.kwonlyargs, *filter(None, (args.vararg, args.kwarg))]
    for number, parameter in enumerate(parameters):
        inner.pop(parameter.arg, None)
        type_name = _annotated(parameter.annotation)
        if parameter.arg == "nango" or type_name or (nango_first and number == 0):
            inner[parameter.arg] = type_name
    return inner


def _annotated(node: ast.expr | None) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)) if name in _TYPES:
            return name
    return ""


def _walk(
    script: ParsedScript, node: ast.AST, names: dict[str, str], *, in_entry: bool, own: bool = False
) -> None:
    """``own``: a ``return`` here is one of the entry function itself."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            _function(script, node, names, in_entry=in_entry)
            return
        case ast.Lambda():
            inner = _within(node.args, names, nango_first=False)
            _walk(script, node.body, inner, in_entry=in_entry)
            return
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name)) as attribute) if name in names:
            script.uses.append(Use(attribute.attr, attribute, node, in_entry, names[name]))
            for part in (*node.args, *(keyword.value for keyword in node.keywords)):
                _walk(script, part, names, in_entry=in_entry)
            return
        case ast.Attribute(value=ast.Name(id=name), ctx=ast.Load()) if name in names:
            script.uses.append(Use(node.attr, node, None, in_entry, names[name]))
        case ast.Return(value=ast.expr()) if own:
            script.returns.append(node)
        case ast.ClassDef():
            own = False
    for child in ast.iter_child_nodes(node):
        _walk(script, child, names, in_entry=in_entry, own=own)
