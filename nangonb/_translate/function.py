"""Translate one function: the state of the walk through it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from nangonb._translate.code import Expr, Line
from nangonb._translate.declared import translated
from nangonb._translate.effects import made
from nangonb._translate.flow import is_generator, may_read_before
from nangonb._translate.names import Variable, variables_of
from nangonb._translate.nodes import walk
from nangonb._translate.refusals import Refused, refuse, refusing_bugs
from nangonb._translate.types import ANY, NONE, Type, join, list_of

if TYPE_CHECKING:
    from nangonb._translate.script import ScriptTranslator

RESERVED = frozenset(
    [
        "arguments",
        "async",
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "eval",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "if",
        "implements",
        "import",
        "in",
        "instanceof",
        "interface",
        "let",
        "module",
        "new",
        "null",
        "of",
        "package",
        "private",
        "protected",
        "public",
        "return",
        "static",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "undefined",
        "var",
        "void",
        "while",
        "with",
        "yield",
        "Array",
        "Boolean",
        "Buffer",
        "Date",
        "Error",
        "JSON",
        "Map",
        "Math",
        "Number",
        "Object",
        "Promise",
        "RegExp",
        "Set",
        "String",
        "URL",
        "URLSearchParams",
        "Symbol",
        "console",
        "require",
        "exports",
        # globals of helpers, and names of imports and of the code around a script
        "BigInt",
        "Infinity",
        "Intl",
        "NaN",
        "Reflect",
        "TextDecoder",
        "TextEncoder",
        "createAction",
        "createOnEvent",
        "createSync",
        "crypto",
        "decodeURIComponent",
        "encodeURIComponent",
        "error",
        "error2",
        "error3",
        "globalThis",
        "isFinite",
        "isNaN",
        "parseFloat",
        "parseInt",
        "process",
        "setTimeout",
        "structuredClone",
        "z",
    ]
)


@dataclass(slots=True)
class Function:
    """A function of the script. Rounds infer the types of its parameters and return value.

    ``catching``: it may run below a handler, so that errors of Python must be thrown. ``calls_sdk``: it is
    async, since it or a function that it calls uses the nango object.
    """

    node: ast.FunctionDef
    name: str
    parameters: dict[str, Type]
    annotated: set[str]
    returns: Type | None
    returns_annotated: bool
    variables: dict[str, Variable]
    calls_sdk: bool = False
    catching: bool = False
    used: bool = False
    is_entry: bool = False
    seen_arguments: dict[str, list[Type]] = field(default_factory=dict)
    seen_returns: list[Type] = field(default_factory=list)
    seen_types: dict[str, list[Type]] = field(default_factory=dict)
    loop_types: dict[tuple[int, str], list[Type]] = field(default_factory=dict)  # what a loop assigns
    declared: dict[str, Type] = field(default_factory=dict)
    inner: dict[str, Function] = field(default_factory=dict)

    @property
    def result(self) -> Type:
        """The type of its return value, as far as it is inferred."""
        if self.seen_returns:
            return join(self.seen_returns)
        return list_of(ANY) if is_generator(self.node) else NONE

    @classmethod
    def of(cls, node: ast.FunctionDef, name: str) -> Function:
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        names = [argument.arg for argument in arguments]
        return cls(node, name, dict.fromkeys(names, ANY), set(), None, False, variables_of(node.body, names))


def is_place(name: str) -> bool:
    """Return whether a key of ``env`` is a part of a variable: ``error.status``, ``record['name']``."""
    return not name.isidentifier()


class FunctionTranslator:
    """Walk through one function body. ``env`` has the type of each variable at this point."""

    def __init__(
        self, script: ScriptTranslator, function: Function, outer: FunctionTranslator | None = None
    ) -> None:
        self.script = script
        self.function = function
        self.outer = outer
        self.env: dict[str, Type] = {n: k for n, k in outer.env.items() if not is_place(n)} if outer else {}
        self.env.update(function.parameters)
        self.catching = function.catching
        self.before: list[Line] = []
        self.result_name: str | None = None  # the target of the list of a comprehension
        self.first = False
        self.has_keys = False  # a key of the evaluated value is read: it is not text
        self.errors: dict[str, Type] = {}
        #: Name of the error in the innermost enclosing handler.
        self.caught: str | None = outer.caught if outer else None
        self.iterating: list[str] = []
        self._loops: list[ast.AST] = []
        self.declared_here: set[str] = set(function.parameters)
        self.has_refused = False
        self._unbound: dict[str, bool] = {}  # whether a variable may be read before it is assigned
        self._unknown: set[str] = set()  # variables of refused statements, or derived from those

    # Names

    def js_name(self, name: str) -> str:
        return self.script.js_name(name)

    def lookup(self, node: ast.Name) -> Expr:
        """Return a local variable, a constant of the script or a function."""
        name = node.id
        if name in self.env:
            if self.catching and self._may_be_unbound(name):
                raise refuse(
                    node,
                    "statement",
                    f"`{name}` may be unassigned here, and a handler would catch the error.",
                    f"Assign it first: `{name} = None`.",
                )
            return Expr(self.js_name(name), self.env[name], pure=True, name=name)
        if name in self.script.constants:
            return Expr(self.js_name(name), self.script.constants[name], pure=True, name=name)
        raise refuse(node, "unknown-name", f"`{name}` is not supported.")

    def _may_be_unbound(self, name: str) -> bool:
        variable = self.function.variables.get(name)
        if variable is None or variable.is_parameter or variable.own_loops:
            return False
        if name not in self._unbound:
            self._unbound[name] = may_read_before(self.function.node.body, name)
        return self._unbound[name]

    def find_function(self, name: str) -> Function | None:
        translator: FunctionTranslator | None = self
        while translator is not None:
            if name in translator.function.inner:
                return translator.function.inner[name]
            if name in translator.env:
                return None
            translator = translator.outer
        return self.script.functions.get(name) or self.script.imported.get(name)

    def assign(self, name: str, kind: Type) -> None:
        """Set the type of a variable from here on."""
        self.forget_places(name)
        self.env[name] = kind
        self.function.seen_types.setdefault(name, []).append(kind)
        for loop in self._loops:
            self.function.loop_types.setdefault((id(loop), name), []).append(kind)

    @contextmanager
    def loop(self, node: ast.While | ast.For) -> Iterator[None]:
        """From the second round on, a variable may have the type of a later assignment in the loop."""
        self.forget_places()
        for name in {each.id for each in walk(node) if isinstance(each, ast.Name)}:
            later = self.function.loop_types.get((id(node), name), [])
            if name in self.env:
                self.env[name] = join([self.env[name], *later])
            elif later and name in self.declared_here:
                self.env[name] = join(later)
        self._loops.append(node)
        yield
        self._loops.pop()

    @property
    def in_loop(self) -> bool:
        return bool(self._loops)

    def forget_places(self, name: str = "") -> None:
        """Discard the types of the parts of a variable, or of all variables."""
        for place in [each for each in self.env if is_place(each)]:
            if not name or place.startswith((f"{name}.", f"{name}[")):
                del self.env[place]

    def declared_type(self, name: str) -> Type:
        """Return the type of a variable in the whole function: that of all its assignments."""
        if name in self.function.declared:
            return self.function.declared[name]
        return join(self.function.seen_types.get(name, [ANY]))

    def check_made_here(self, node: ast.AST, name: str) -> None:
        """Raise Refused if other references to a container may exist, since its type changes here."""
        if name not in made(self.function.node):
            raise refuse(
                node,
                "type",
                f"`{name}` gets a value of another type here, but other variables may refer to it.",
                f"Annotate `{name}` where it is created, or copy it: `list({name})`, `dict({name})`.",
            )

    # Expressions and statements

    def expr(self, node: ast.expr, *, first: bool = False) -> Expr:
        """``first``: the statement evaluated nothing with a side effect before it."""
        from nangonb._translate.expressions import EXPRESSIONS

        handler = EXPRESSIONS.get(type(node))
        if handler is None:
            raise refuse(node, "expression", f"`{type(node).__name__}` is not supported.")
        before, self.first = self.first, first
        try:
            return translated(self, node, handler(self, node))
        finally:
            self.first = before

    def exprs(self, nodes: Sequence[ast.expr]) -> list[Expr]:
        return [self.expr(node) for node in nodes]

    def block(self, statements: Sequence[ast.stmt]) -> list[Line]:
        from nangonb._translate.statements import statement

        lines: list[Line] = []
        for each in statements:
            lines += self.script.comments.before(each, lines)
            try:
                with refusing_bugs(each):
                    translated = statement(self, each)
            except Refused as refused:
                if self.script.first_rounds:
                    self.script.refused.append(refused)  # the next round has more types
                else:
                    self._go_on(each, refused)
                self.before = []
                continue
            if self._unknown:
                self._spread(each)
            hoisted, self.before = self.before, []
            lines += hoisted
            lines += self.script.comments.beside(each, translated)
        return [*lines, *(self.script.comments.after(statements[-1]) if statements else ())]

    def _go_on(self, node: ast.stmt, refused: Refused) -> None:
        """Note a refusal, unless an earlier one may cause it, and continue."""
        self.has_refused = True
        if not self._spread(node):
            self.script.note(refused)
            self._unknown |= _names(node, ast.Store)

    def _spread(self, node: ast.stmt) -> bool:
        """Return whether a statement reads an unknown variable; its own variables become unknown, too."""
        read = _names(node, ast.Load)
        read |= {
            each.target.id
            for each in walk(node)
            if isinstance(each, ast.AugAssign) and isinstance(each.target, ast.Name)
        }
        if not self._unknown & read:
            return False
        self._unknown |= _names(node, ast.Store)
        return True

    def use_helpers(self, code: str) -> None:
        self.script.use_helpers(code)

    def helper(self, name: str) -> str:
        self.script.helpers.add(name)
        return name

    @contextmanager
    def branch(self) -> Iterator[None]:
        """Limit narrowed types to the block; afterwards its variables have either type."""
        before = dict(self.env)
        yield
        after = self.env
        self.env = {
            name: join([before[name], after[name]]) if name in before else after[name]
            for name in {**before, **after}
            if name in after and (name in before or not is_place(name))
        }

    def back_to(self, env: dict[str, Type], node: ast.AST) -> None:
        """Restore ``env`` after ``node``; variables of its ``:=`` may have either type."""
        after = self.env
        self.env = env
        for each in walk(node):
            if isinstance(each, ast.NamedExpr) and (name := each.target.id) in after:
                self.forget_places(name)
                self.env[name] = join([env[name], after[name]]) if name in env else after[name]

    def returned(self, kind: Type) -> None:
        self.function.seen_returns.append(kind)
        wanted = self.function.returns
        if wanted is not None and wanted.kind == kind.kind == "map" and kind.parts:
            self.function.returns = replace(wanted, parts=kind.parts)  # reading it returns undefined

    @property
    def return_type(self) -> Type:
        if self.function.returns is not None:
            return self.function.returns
        return self.function.result


def _names(node: ast.AST, context: type[ast.expr_context]) -> set[str]:
    return {each.id for each in walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, context)}
