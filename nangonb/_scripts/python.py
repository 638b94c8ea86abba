"""Runs a Python script cell as a module of its own.

Nothing of the notebook is visible to it: what runs here is what is exported. Models and modules come
from the Project, afresh for every run, and never pass through ``sys.modules``.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import linecache
from collections.abc import Callable, Mapping, Sequence
from types import CodeType, ModuleType
from typing import Any

from nangonb._project import ENTRY, WEBHOOK, Module, Problem, Project, Script, Source, wording
from nangonb._scripts import key_order
from nangonb._sdk import NangoAction
from nangonb.errors import SDKError, nearest

_MODELS = "nangonb.models"
_MODULES = "nangonb.modules"


class PythonHost:
    """Loads one script and calls its functions. ``sources`` maps file names in tracebacks to cells; ``tell``
    takes what is found on the way."""

    def __init__(
        self,
        project: Project,
        script: Script,
        tell: Callable[[Problem], None],
        *,
        sources: dict[str, Source] | None = None,
    ) -> None:
        self._tell = tell
        self._project = project
        self._script = script
        self._models: ModuleType | None = None
        self._modules: dict[str, ModuleType] = {}
        self.sources: dict[str, Source] = {} if sources is None else sources

    def run(self, nango: NangoAction, input: Any = None) -> Any:
        """What the entry function returns. Whatever the script raises passes through."""
        namespace = self._load(self._script.source, self._script.key)
        name = ENTRY[self._script.kind]
        entry = namespace[name]
        if inspect.isgeneratorfunction(entry):
            raise SDKError(
                f"{name} contains `yield`, so a call does not run its code. Save records with "
                "`nango.batch_save`, and move the `yield` to a function of its own.",
                code="generator_script",
            )
        if self._script.kind == "action" and len(inspect.signature(entry).parameters) > 1:
            return entry(nango, input)
        return entry(nango)

    def run_webhook(self, nango: NangoAction, payload: Any) -> Any:
        """The same of the function that takes a webhook. Raises SDKError where the script has none."""
        entry = self._load(self._script.source, self._script.key).get(WEBHOOK)
        if not inspect.isfunction(entry) or inspect.isgeneratorfunction(entry):
            raise SDKError(
                f"{self._script.name} does not define `{WEBHOOK}(nango, payload)`, which handles webhooks.",
                code="no_webhook_function",
            )
        return entry(nango, payload)

    def _load(self, source: Source, key: str) -> dict[str, Any]:
        # a name that no importable module has
        module = ModuleType("nangonb.scripts." + key.rsplit("/", 1)[-1].replace("-", "_"))
        self._execute(module, source, key)
        return module.__dict__

    def _execute(self, module: ModuleType, source: Source, key: str) -> None:
        filename = source.id if source.id and source.id.endswith(".py") else f"<nangonb {key}>"
        self.sources[filename] = source
        module.__file__ = filename
        module.__dict__["__builtins__"] = {
            **vars(builtins),
            "__import__": self._import,
            key_order.CHECK: key_order.check(source, self._tell),
        }
        exec(compiled(source, filename), module.__dict__)

    def _import(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        if name in (_MODELS, _MODULES) or name.startswith(_MODULES + "."):
            if not fromlist:
                raise ImportError(f"Import names: from {name} import …")
            return self._model_types() if name == _MODELS else self._module_cell(name, fromlist)
        if name == "nangonb" and fromlist and {"models", "modules"} & set(fromlist):
            raise ImportError(
                "Import names: from nangonb.models import Contact, from nangonb.modules.NAME import f"
            )
        if level:
            raise ImportError(
                "A script is not part of a package: import from nangonb.modules.NAME or an installed package."
            )
        return builtins.__import__(name, globals, locals, fromlist or (), level)

    def _model_types(self) -> ModuleType:
        if self._models is None:
            self._models = model_types(self._project)
        return self._models

    def _module_cell(self, name: str, fromlist: Sequence[str]) -> ModuleType:
        if name in self._modules:
            return self._modules[name]
        declared = self._project.module(name)
        if declared is None:
            # `from nangonb.modules import helpers` names the module in the list
            package = ModuleType(name)
            is_folder = any(m.import_name.startswith(f"{name}.") for m in self._project.modules)
            for imported in fromlist:
                inner = self._project.module(f"{name}.{imported}")
                if inner is None:
                    missing = f"{name}.{imported}" if is_folder or name == _MODULES else name
                    raise ModuleNotFoundError(self._no_module(missing), name=missing)
                setattr(package, imported, self._load_module(inner))
            return package
        return self._load_module(declared)

    def _no_module(self, name: str) -> str:
        path = name.removeprefix(_MODULES).removeprefix(".").replace(".", "/")
        if (refused := self._project.refused_module(name)) is not None:
            return wording.refused_module(self._project, name, refused)
        there = [module.import_name for module in self._project.modules]
        match = nearest(name, there)
        hint = f" Did you mean {match}?" if match else ""
        return f"There is no module {name}.{hint} Declare it in {wording.new_module(self._project, path)}"

    def _load_module(self, declared: Module) -> ModuleType:
        name = declared.import_name
        if name not in self._modules:
            module = ModuleType(name)
            self._modules[name] = module  # before it runs, so that modules may import each other
            self._execute(module, declared.source, declared.path)
        return self._modules[name]


def model_types(project: Project) -> ModuleType:
    """A module with a TypedDict for each model of the project; an unknown name raises ImportError."""
    module = _Models(_MODELS)
    if project.data:
        from nangonb._project import nango_yaml

        exec(nango_yaml.models_module(project.checked_models), module.__dict__)
    return module


class _Models(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        there = [known for known in vars(self) if known[:1].isupper()]
        match = nearest(name, there)
        hint = f" Did you mean {match}?" if match else ""
        raise ImportError(f"There is no model {name}.{hint} Declare models in nango.yaml, under models:")


def compiled(source: Source, filename: str) -> CodeType:
    """Code whose line numbers are those of the whole cell; tracebacks and debuggers find its text."""
    linecache.cache[filename] = (len(source.text), None, source.text.splitlines(keepends=True), filename)
    tree = key_order.checked(ast.parse(source.body, filename))
    return compile(ast.increment_lineno(tree, source.offset), filename, "exec", dont_inherit=True)
