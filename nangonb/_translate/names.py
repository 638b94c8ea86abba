"""Names of a script: imports, assignments, and variables that may change."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from nangonb._translate.nodes import walk
from nangonb._translate.refusals import refuse

#: Supported modules of the standard library, with the names that may be imported.
STDLIB: dict[str, frozenset[str]] = {
    "base64": frozenset(
        {
            "b64decode",
            "b64encode",
            "standard_b64decode",
            "standard_b64encode",
            "urlsafe_b64decode",
            "urlsafe_b64encode",
        }
    ),
    "collections": frozenset({"Counter", "defaultdict"}),
    "datetime": frozenset({"UTC", "date", "datetime", "timedelta", "timezone"}),
    "hashlib": frozenset({"md5", "sha1", "sha256", "sha512"}),
    "hmac": frozenset({"new", "compare_digest"}),
    "json": frozenset({"dumps", "loads"}),
    "math": frozenset({"ceil", "floor", "sqrt", "pi", "trunc"}),
    "re": frozenset(
        {
            "A",
            "ASCII",
            "DOTALL",
            "I",
            "IGNORECASE",
            "M",
            "MULTILINE",
            "S",
            "VERBOSE",
            "X",
            "compile",
            "escape",
            "findall",
            "fullmatch",
            "match",
            "search",
            "split",
            "sub",
        }
    ),
    "typing": frozenset({"Any", "Literal", "NotRequired", "Optional", "TypedDict", "Union", "cast"}),
    "urllib.parse": frozenset(
        {"parse_qs", "quote", "quote_plus", "unquote", "unquote_plus", "urlencode", "urlparse", "urlsplit"}
    ),
    "uuid": frozenset({"uuid4"}),
}
_TYPES_ONLY = {"__future__", "collections.abc", "typing"}
_NANGONB = frozenset({"ActionError", "HTTPError", "NangoAction", "NangoSync", "Response"})


@dataclass(slots=True)
class Imports:
    """Imported names: ``datetime`` → ``datetime.datetime``; models; names of module cells."""

    dotted: dict[str, str] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)
    modules: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(self, node: ast.Import | ast.ImportFrom) -> None:
        """Raises Refused for an import that does not exist on Nango."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                self._module(node, alias)
            return
        module = node.module or ""
        for alias in node.names:
            local = alias.asname or alias.name
            if node.level or alias.name == "*":
                raise refuse(node, "import", "Relative imports and `import *` are not supported.")
            if module == "nangonb.models":
                self.models[local] = alias.name
            elif module == "nangonb.modules" or module.startswith("nangonb.modules."):
                self.modules[local] = (module, alias.name)
            elif module == "nangonb" and alias.name in _NANGONB:
                self.dotted[local] = f"nangonb.{alias.name}"
            elif (
                module in ("__future__", "collections.abc")
                or alias.name in STDLIB.get(module, ())
                or f"{module}.{alias.name}" in STDLIB
            ):
                self.dotted[local] = f"{module}.{alias.name}"
            else:
                raise refuse(node, "import", f"`{module}.{alias.name}` does not exist on Nango.")

    def _module(self, node: ast.Import, alias: ast.alias) -> None:
        if alias.name not in STDLIB and alias.name not in _TYPES_ONLY:
            raise refuse(node, "import", f"`{alias.name}` does not exist on Nango.")
        if "." in alias.name and alias.asname is None:
            top = alias.name.split(".")[0]
            self.dotted[top] = top  # `import urllib.parse` binds urllib
        else:
            self.dotted[alias.asname or alias.name] = alias.name


@dataclass(slots=True)
class Variable:
    """One local variable of a function, with the places that assign and read it."""

    name: str
    stores: list[ast.AST] = field(default_factory=list)
    loads: list[ast.AST] = field(default_factory=list)
    captured: bool = False
    is_parameter: bool = False
    #: The outermost loops whose target it is, if it is neither assigned nor read outside of them.
    own_loops: frozenset[ast.For] = frozenset()

    @property
    def used(self) -> bool:
        """Whether anything reads it, including inner functions."""
        return bool(self.loads)

    @property
    def constant(self) -> bool:
        """Whether it is assigned only once, and so ``const``."""
        return len(self.stores) + self.is_parameter == 1


class _Names(ast.NodeVisitor):
    """Collect the variables of one function; of inner functions only captured variables."""

    def __init__(self) -> None:
        self.variables: dict[str, Variable] = {}
        self._inner = 0
        self._local: list[set[str]] = []

    def variable(self, name: str) -> Variable:
        return self.variables.setdefault(name, Variable(name))

    def visit_Name(self, node: ast.Name) -> None:
        if any(node.id in names for names in self._local):
            return
        variable = self.variable(node.id)
        if isinstance(node.ctx, ast.Load):
            variable.loads.append(node)
            variable.captured = variable.captured or self._inner > 0
        else:
            variable.stores.append(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.generic_visit(node)
        if isinstance(node.target, ast.Name):
            self.variable(node.target.id).loads.append(node.target)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._local.append({node.name})
        self.generic_visit(node)
        if node.name:
            self._local.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.variable(node.name).stores.append(node)
        self._inside(node, node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._inside(node, [node.body])

    def _inside(self, node: ast.FunctionDef | ast.Lambda, body: list[ast.stmt] | list[ast.expr]) -> None:
        local = {argument.arg for argument in walk(node.args) if isinstance(argument, ast.arg)}
        for part in body:
            local |= {n.id for n in walk(part) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
        for default in (*node.args.defaults, *(d for d in node.args.kw_defaults if d)):
            self.visit(default)
        self._local.append(local)
        self._inner += 1
        for part in body:
            self.visit(part)
        self._inner -= 1
        self._local.pop()

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        targets = {n.id for g in node.generators for n in walk(g.target) if isinstance(n, ast.Name)}
        self.visit(node.generators[0].iter)
        self._local.append(targets)
        for generator in node.generators:
            if generator is not node.generators[0]:
                self.visit(generator.iter)
            for condition in generator.ifs:
                self.visit(condition)
        for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            self.visit(part)
        self._local.pop()

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = _comprehension  # noqa: N815


def variables_of(body: list[ast.stmt], parameters: list[str]) -> dict[str, Variable]:
    """Return the variables that a function body assigns, including its parameters."""
    names = _Names()
    for parameter in parameters:
        names.variable(parameter).is_parameter = True
    for statement in body:
        names.visit(statement)
    loops = [loop for statement in body for loop in _loops(statement)]
    for name, variable in names.variables.items():
        variable.own_loops = _own_loops(variable, [loop for loop in loops if name in targets(loop)])
    return {
        name: variable
        for name, variable in names.variables.items()
        if variable.stores or variable.is_parameter
    }


def targets(loop: ast.For) -> set[str]:
    """Return the names that a loop assigns in each iteration."""
    return {n.id for n in walk(loop.target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _loops(node: ast.AST) -> list[ast.For]:
    """Yield the ``for`` loops at and below ``node``, outer ones first, without those of inner functions."""
    found = [node] if isinstance(node, ast.For) else []
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.Lambda):
            found += _loops(child)
    return found


def _own_loops(variable: Variable, loops: list[ast.For]) -> frozenset[ast.For]:
    outer: list[ast.For] = []
    inside: set[int] = set()
    for loop in loops:
        if id(loop.target) not in inside:
            outer.append(loop)
        inside |= {id(each) for part in (loop.target, *loop.body) for each in walk(part)}
    alone = all(id(use) in inside for use in (*variable.stores, *variable.loads))
    return frozenset(outer) if alone and not variable.is_parameter else frozenset()
