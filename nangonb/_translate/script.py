"""Translate one script: its functions in rounds, until the types are stable; then the file."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from nangonb._project import ENTRY, Kind
from nangonb._translate import rows as rows
from nangonb._translate.annotations import annotation as annotation_type
from nangonb._translate.code import Expr, Line
from nangonb._translate.comments import Comments, documentation
from nangonb._translate.declared import Wanted
from nangonb._translate.fetching import BODIES
from nangonb._translate.flow import ends, values_returned
from nangonb._translate.function import RESERVED, Function, FunctionTranslator
from nangonb._translate.helpers import HELPERS, helper_names, with_needs
from nangonb._translate.made_models import parse
from nangonb._translate.names import Imports
from nangonb._translate.nodes import walk
from nangonb._translate.printed import Printed
from nangonb._translate.reach import find_catching, find_waiting
from nangonb._translate.refusals import Refused, refuse, refusing_bugs
from nangonb._translate.signatures import parameter, returns
from nangonb._translate.types import ANY, NANGO, NONE, Type, join, typescript
from nangonb._translate.uses import misused
from nangonb.errors import nearest

_ROUNDS = 10
#: Name of the webhook handler of a sync.
WEBHOOK = "on_webhook"


class Imported(Protocol):
    """The module cells that a file imports from."""

    def function(self, module: str, name: str) -> Function | None:
        """Return a function of a module, or None if the name is not a function."""
        ...

    def constant(self, module: str, name: str) -> Type | None: ...

    def problem(self, module: str, name: str) -> str:
        """Return why a name cannot be imported."""
        ...


@dataclass
class ScriptTranslator:
    """``models`` are the types of the models of the project; ``input`` is that of an action's input.

    ``nango_type`` returns the annotation of a parameter that is the nango object. ``catching`` are names of
    functions that other files call below a handler. A ``module`` has no entry function; other files use its
    definitions.
    """

    text: str
    kind: Kind | Literal["module"]
    models: Mapping[str, Type] = field(default_factory=dict)
    input: Type | None = None
    output: Type | None = None
    modules: Imported | None = None
    catching: frozenset[str] = frozenset()
    nango_type: Callable[[Function], str] = lambda function: "NangoAction"

    def __post_init__(self) -> None:
        self.tree = parse(self.text)
        self.comments = Comments(self.text)
        self.imports = Imports()
        self.functions: dict[str, Function] = {}
        self.constants: dict[str, Type] = {}
        self.imported: dict[str, Function] = {}
        self.constant_lines: dict[str, list[Line]] = {}
        self.refused: list[Refused] = []
        self._collected: list[Refused] = []  # those of the collection, which every round keeps
        self.helpers: set[str] = set()
        self.taken: set[str] = set()
        self.renamed: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self._missing: set[str] = set()
        self._first_rounds = True
        self._relied = False  # this round accepted something that the last one refuses
        self.float_keys: set[str] = set()  # keys of dicts with floats
        self.wanted: dict[ast.AST, Wanted] = {}  # the expected types of places
        self.noted: set[tuple[ast.AST, str]] = set()
        self.seen: dict[ast.AST, Expr] = {}  # the translation of each expression
        self.newer: dict[ast.AST, str] = {}  # features that layout nango-yaml does not have
        self.checkpoints: dict[ast.AST, Mapping[str, str] | None] = {}  # fields that are saved
        self.has_limits = False  # a helper may throw an error that no handler of the script may catch

    # Lookups

    def resolve(self, name: str) -> str:
        root, _, rest = name.partition(".")
        dotted = self.imports.dotted.get(root, root)
        return f"{dotted}.{rest}" if rest else dotted

    def model(self, name: str) -> Type | None:
        if name not in self.imports.models:
            return None
        return self.models.get(self.imports.models[name], ANY)  # an undeclared one is refused already

    def annotation(self, node: ast.expr) -> Type:
        return annotation_type(node, self.resolve, self.model)

    def use_helpers(self, code: str) -> None:
        self.helpers |= helper_names(code)

    def fresh(self, name: str) -> str:
        """Return an unused name."""
        number = 1
        while name in self.all_names:
            number += 1
            name = f"{re.sub(r'[0-9]+$', '', name)}{number}"
        self.all_names.add(name)
        return name

    def waits(self, t: FunctionTranslator, node: ast.AST) -> bool:
        for call in walk(node):
            if not isinstance(call, ast.Call):
                continue
            if isinstance(call.func, ast.Name):
                function = t.find_function(call.func.id)
                if function is not None and function.calls_sdk:
                    return True
            elif isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
                receiver = t.env.get(call.func.value.id)
                if call.func.attr in BODIES and not call.args:
                    return True
                if receiver is not None and receiver.kind == "nango":
                    return True
        return False

    # The rounds

    def run(self) -> list[Printed]:
        """Return the printed functions. Constants are in ``constant_lines``, refusals in ``refused``."""
        self._collect()
        of_constants = set(self.helpers)
        names = {n.id for n in walk(self.tree) if isinstance(n, ast.Name)} | set(self.functions)
        names |= {camel(name) for name in names}  # their possible new names
        self.all_names = set(names)
        self._check_uses()
        find_waiting(self)
        find_catching(self)
        printed: list[Printed] = []
        settled = False
        for number in range(_ROUNDS):
            before = self._state()
            self._first_rounds = not settled and number + 1 < _ROUNDS
            self._relied = False
            self.refused = list(self._collected)
            self.noted.clear()
            self.helpers = set(of_constants)
            self.all_names = set(names)
            for function in self.functions.values():
                function.seen_arguments.clear()
                function.seen_returns.clear()
                function.used = function.is_entry or self._is_public(function.name)
            printed = self._round()
            self._learn()
            if not self._first_rounds:
                break
            settled = self._state() == before
            if settled and not self._relied:
                break
        if not settled and not self.refused:
            self.refused.append(
                refuse(self.tree.body[-1], "type", "The translator cannot infer the types of this script.")
            )
        for function in self.functions.values():
            if not function.used and not self.refused:  # a refused part may call it
                self.refused.append(
                    refuse(function.node, "unknown-name", f"`{function.name}` is never called.", "Delete it.")
                )
        return printed

    @property
    def first_rounds(self) -> bool:
        """Whether types are still being inferred, so that a refusal may disappear in a later round.

        Read it only where it matters: a stable round that never read it is the last.
        """
        self._relied = True
        return self._first_rounds

    def _is_public(self, name: str) -> bool:
        """Return whether other files may call it: a name of a module without a leading underscore."""
        return self.kind == "module" and not name.startswith("_")

    def _state(self) -> object:
        return [len(self.float_keys)] + [
            (
                f.name,
                tuple(f.parameters.items()),
                f.returns,
                tuple(sorted(f.declared.items(), key=lambda i: i[0])),
                [(*key, repr(join(kinds))) for key, kinds in f.loop_types.items()],
            )
            for f in self.all_functions()
        ]

    def _round(self) -> list[Printed]:
        found = [self._print(function) for function in self.functions.values()]
        names = {helper.name for helper in with_needs(self.helpers)}
        self.has_limits = "limitError" in names or bool(self.imported)
        return [printed for printed in found if printed is not None]

    def _learn(self) -> None:
        for function in self.all_functions():
            for name, kinds in function.seen_arguments.items():
                if name not in function.annotated and not self._is_public(function.name):
                    function.parameters[name] = join(kinds)
            if not function.returns_annotated:
                function.returns = function.result

    def all_functions(self) -> list[Function]:
        found = list(self.functions.values())
        for function in found:
            found += function.inner.values()
        return found

    def note(self, refused: Refused) -> None:
        """Note a refusal and continue the translation."""
        said = (refused.node, refused.message)
        if said not in self.noted:
            self.noted.add(said)
            self.refused.append(refused)

    def _check_uses(self) -> None:
        functions = {name: f.node for name, f in self.imported.items()}
        functions |= {n.name: n for n in walk(self.tree) if isinstance(n, ast.FunctionDef)}
        for refused in misused(self.tree, functions):
            self._collected.append(refused)

    # Collecting

    def _collect(self) -> None:
        for node in self.tree.body:
            try:
                with refusing_bugs(node):
                    self._collect_one(node)
            except Refused as refused:
                self._collected.append(refused)

    def _import_models(self, node: ast.stmt) -> None:
        for name in self.imports.models.values():
            if name not in self.models and name not in self._missing:
                self._missing.add(name)
                match = nearest(name, self.models)
                hint = f"Did you mean `{match}`?" if match else ""
                raise refuse(node, "model", f"nango.yaml does not declare a model `{name}`.", hint)

    def _import_from_modules(self, node: ast.stmt) -> None:
        """Import functions and constants from module cells."""
        for local, (module, name) in self.imports.modules.items():
            if local in self.imported or local in self.constants:
                continue
            found = self.modules.function(module, name) if self.modules else None
            constant = self.modules.constant(module, name) if self.modules else None
            if found is not None:
                self.imported[local] = replace(found, name=local)
            elif constant is not None:
                self.constants[local] = constant
            else:
                reason = (
                    self.modules.problem(module, name) if self.modules else f"`{module}` is not available."
                )
                raise refuse(node, "module", reason)

    def _collect_one(self, node: ast.stmt) -> None:
        match node:
            case ast.Import() | ast.ImportFrom():
                self.imports.add(node)
                self._import_from_modules(node)
                self._import_models(node)
            case ast.FunctionDef():
                self.functions[node.name] = self._function(node)
            case ast.Expr(value=ast.Constant()):
                pass
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                self._constant(node, name, value)
            case ast.ClassDef():
                if not any(ast.unparse(base).endswith("TypedDict") for base in node.bases):
                    raise refuse(node, "class")
                raise refuse(
                    node,
                    "class",
                    "A `TypedDict` in a script is not supported.",
                    "Declare a model in nango.yaml.",
                )
            case ast.AsyncFunctionDef():
                raise refuse(node, "async")
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                pass
            case _:
                raise refuse(
                    node,
                    "statement",
                    "The top level of a script may contain only imports, constants and functions.",
                    "Move it into a function.",
                )

    def _constant(self, node: ast.stmt, name: str, value: ast.expr) -> None:
        holder = Function.of(ast.parse("def constants(): pass").body[0], "constants")  # type: ignore[arg-type]
        t = FunctionTranslator(self, holder)
        found = t.expr(value)
        if found.awaits or t.before:
            raise refuse(node, "statement")
        self.constants[name] = found.type
        from nangonb._translate.assignments import says_little

        typed = f": {typescript(found.type)}" if says_little(found) else ""
        text = f"const {self.js_name(name)}{typed} = {found.code};"
        lines = [Line(line, node.lineno) for line in text.split("\n")]
        self.constant_lines[name] = [*self.comments.before(node, ()), *self.comments.beside(node, lines)]

    def _function(self, node: ast.FunctionDef) -> Function:
        function = Function.of(node, node.name)
        if node.decorator_list:
            raise refuse(node.decorator_list[0], "decorator")
        for default in (*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)):
            if not isinstance(default, ast.Constant) and not isinstance(default, ast.UnaryOp):
                raise refuse(default, "mutable-default")
        for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
            if argument.annotation is not None:
                function.parameters[argument.arg] = self.annotation(argument.annotation)
                function.annotated.add(argument.arg)
            elif argument.arg == "nango":
                function.parameters[argument.arg] = NANGO
                function.annotated.add(argument.arg)
        if node.returns is not None:
            function.returns = self.annotation(node.returns)
            function.returns_annotated = True
        if self.kind != "module" and node.name == ENTRY[self.kind]:
            self._entry(function, self.input or ANY)
        elif self.kind == "sync" and node.name == WEBHOOK:
            self._entry(function, ANY)
        for inner in node.body:
            for each in walk(inner):
                if isinstance(each, ast.FunctionDef):
                    function.inner[each.name] = self._function(each)
        return function

    def _entry(self, function: Function, rest: Type) -> None:
        """Set up a function that Nango calls. Its first parameter is the nango object."""
        function.is_entry = function.used = True
        names = list(function.parameters)
        if names:
            function.parameters[names[0]] = NANGO
        for name in names[1:]:
            if name not in function.annotated:
                function.parameters[name] = rest
            function.annotated.add(name)

    # Printing

    def js_name(self, name: str) -> str:
        """Return the TypeScript name: ``build_query`` → ``buildQuery``; constants do not change."""
        if name in self.renamed:
            return self.renamed[name]
        known = self.names.get(name)
        if known is None:
            known = name if name.isupper() else camel(name)
            taken = set(self.names.values())
            while known in RESERVED or known in HELPERS or known in taken:
                known += "_"
            self.names[name] = known
        return known

    def inner_function(self, t: FunctionTranslator, node: ast.FunctionDef) -> list[Line]:
        function = t.function.inner[node.name]
        variable = t.function.variables.get(node.name)
        if variable is not None and not variable.used:
            return []
        if node.name in t.declared_here or (variable is not None and len(variable.stores) > 1):
            raise refuse(node, "statement", f"`{node.name}` is used before its definition.", "Move it up.")
        function.used = True
        for name, variable in t.function.variables.items():
            if variable.captured and len(variable.stores) > 1:
                raise refuse(
                    node, "closure", f"An inner function uses `{name}`, which is assigned more than once."
                )
        printed = self._print(function, t)
        return printed.lines() if printed else []

    def _print(self, function: Function, outer: FunctionTranslator | None = None) -> Printed | None:
        t = FunctionTranslator(self, function, outer)
        node = function.node
        try:
            body = t.block(node.body)
            if t.has_refused:
                return None
            with refusing_bugs(node):
                return self._printed(t, function, body, is_inner=outer is not None)
        except Refused as refused:
            self.refused.append(refused)
            return None

    def _printed(
        self, t: FunctionTranslator, function: Function, body: list[Line], *, is_inner: bool
    ) -> Printed:
        node = function.node
        if values_returned(node) and not ends(node.body):
            t.returned(NONE)
            body.append(Line("return null;"))
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        defaults = [None] * (
            len(node.args.posonlyargs) + len(node.args.args) - len(node.args.defaults)
        ) + list(node.args.defaults)
        defaults += list(node.args.kw_defaults)
        shown = []
        for argument, default in zip(arguments, defaults, strict=True):
            shown.append(parameter(t, function, argument.arg, default))
        return Printed(
            function.name,
            self.js_name(function.name),
            tuple(shown),
            returns(self, function),
            body,
            node.lineno,
            comments=[] if is_inner else self.comments.of_function(node),
            documentation=documentation(node),
            is_async=function.calls_sdk or function.is_entry,
        )


def camel(name: str) -> str:
    head, *rest = name.lstrip("_").split("_")
    if not head:
        return name  # the _ of an unused variable
    return head + "".join(part[:1].upper() + part[1:] for part in rest)
