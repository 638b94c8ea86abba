"""The Project: all that is declared, merged. Every reader makes one, every writer takes one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from nangonb._project import wording
from nangonb._project.cells import DeclaredCell, FailedCell, ModuleCell, ScriptCell, YamlCell
from nangonb._project.merging import Locate, Merge, Path, declared_scripts
from nangonb._project.problems import Place, Problem
from nangonb._project.script_problems import failed_cell, script_problems
from nangonb._project.scripts import FOLDERS, Kind, Language, Module, Script, ScriptConfig
from nangonb._project.source import Source
from nangonb._project.zero import Declaration, Evaluate, script_path, without_node, zero_script
from nangonb.errors import ProjectError, UnknownName, UsageError, nearest

if TYPE_CHECKING:
    from nangonb._project.nango_yaml import Checked


@dataclass(frozen=True)
class Project:
    """``data`` is nango.yaml as merged from all cells; ``places`` has the place of each entry.

    Sorted by key, so that it does not depend on the order in which cells were run. ``noticed`` is what
    the reader of a notebook or folder found out beside what it declares.
    """

    scripts: tuple[Script, ...]
    modules: tuple[Module, ...]
    yaml_cells: tuple[YamlCell, ...]
    failed: tuple[FailedCell, ...]
    data: dict[str, Any]
    contradictions: tuple[Problem, ...] = ()
    noticed: tuple[Problem, ...] = ()
    _places: dict[Path, Locate] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def checked(self) -> Checked:
        """What Nango's own parser says of :attr:`data`, with the keys that it insists on.

        Cells are parts: one may hold models only, and there may be none at all.
        """
        from nangonb._project import nango_yaml

        return nango_yaml.check(whole(self.data))

    @cached_property
    def checked_models(self) -> Checked:
        """:attr:`checked`, or the models alone where an unfinished script keeps the parser from them.

        A dry run of one script must not fail because another cell lacks its ``runs``.
        """
        from nangonb._project import nango_yaml

        if self.checked.models or not self.model_names:
            return self.checked
        return nango_yaml.check({"integrations": {"none": {"syncs": {}}}, "models": self.data["models"]})

    @property
    def of_files(self) -> bool:
        """Whether it was read from a folder, so that hints name files in place of cells."""
        sources = [script.source for script in self.scripts]
        sources += [module.source for module in self.modules]
        sources += [cell.source for cell in self.yaml_cells]
        sources += [cell.source for cell in self.failed]
        return any(source.is_file for source in sources)

    def place(self, path: Path, *, key: bool = False) -> Place | None:
        """Where an entry of :attr:`data` is written, or the nearest entry above it."""
        while path:
            if path in self._places:
                return self._places[path](path, key)
            path = path[:-1]
        return self.yaml_cells[0].source.place() if self.yaml_cells else None

    def places_of(self, script: Script) -> list[Place]:
        """The places of a script in nango.yaml: its entry, line by line, and the models that it names."""
        entry = ("integrations", script.integration, FOLDERS[script.kind])
        models = {("models", name) for name in (*script.config.output, script.config.input)}
        places = []
        for path, locate in self._places.items():
            own = path[:3] == entry and (script.name in path[3:4] or _names_event(self.data, path, script))
            if own or path[:2] in models:
                places += [locate(path, False), locate(path, True)]
        return places

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Everything wrong with what is declared, computed anew for the whole project."""
        problems = [*self.contradictions, *self.noticed, *script_problems(self)]
        if self.data:
            from nangonb._project import nango_yaml

            problems += nango_yaml.problems(self.checked, self._locate)
        return tuple(sorted(problems, key=_problem_order))

    @cached_property
    def missing_endpoints(self) -> tuple[Problem, ...]:
        """Those of :attr:`problems` that only the CLI for nango.yaml has: scripts without an endpoint."""
        from nangonb._project import nango_yaml

        return tuple(nango_yaml.missing_endpoints(self.checked.schema_errors, self._locate))

    def _locate(self, path: Path) -> Place:
        from nangonb._project import nango_yaml

        return self.place(path, key=isinstance(path, nango_yaml.KeyPath)) or Place("nango.yaml")

    @property
    def integrations(self) -> tuple[str, ...]:
        declared = self.data.get("integrations")
        names = set(declared) if isinstance(declared, dict) else set()
        return tuple(sorted(names | {script.integration for script in self.scripts if script.integration}))

    @property
    def model_names(self) -> tuple[str, ...]:
        models = self.data.get("models")
        return tuple(models) if isinstance(models, dict) else ()

    @property
    def declared_names(self) -> tuple[str, ...]:
        """Names of all scripts that nango.yaml declares, whether a cell has them or not."""
        return tuple(sorted({path[3] for path in declared_scripts(self.data)}))

    def model_schema(self, model: str, script: Script | None = None) -> Mapping[str, Any] | None:
        """Self-contained JSON Schema of a model, or None where it is not declared or cannot be read.

        A script that declares itself has models of its own; without ``script`` those of any count.
        """
        from nangonb._project import nango_yaml

        if (own := self._own_schema(model, script)) is not None:
            return own
        if model not in self.checked_models.models:
            return None
        return nango_yaml.model_schema(self.checked_models, model)

    def _own_schema(self, model: str, script: Script | None) -> Mapping[str, Any] | None:
        if script is not None and script.style != "zero":
            return None
        of = self.scripts if script is None else (script,)
        return next((each.schemas[model] for each in of if model in each.schemas), None)

    def model_fields(self, model: str, script: Script | None = None) -> tuple[str, ...]:
        """The fields of a model in their order; none where it is not declared."""
        if (own := self._own_schema(model, script)) is not None:
            return tuple(own.get("properties") or ())
        fields = self.checked_models.models.get(model)
        return () if fields is None else tuple(field.name for field in fields.fields if not field.dynamic)

    def script(self, name: str, integration: str | None = None) -> Script:
        """The script that ``name`` means: a bare name, ``integration/name`` or a whole key.

        Raises:
            UsageError: several scripts have that name.
            ProjectError: a refused cell declares or configures it, or it is declared and no cell has it.
            UnknownName: nothing has that name.
        """
        if (refusal := self.refusal(name, integration)) is not None:
            raise refusal
        scripts = [script for script in self.scripts if script.answers_to(name)]
        if integration is not None:
            scripts = [script for script in scripts if script.integration in (integration, None)]
        if len(scripts) == 1:
            return scripts[0]
        if scripts:
            keys = ", ".join(script.key for script in scripts)
            raise UsageError(
                f"{name!r} is ambiguous: {keys}.", hint="Use the full name, or --integration-id."
            )
        for path in declared_scripts(self.data):
            if name in (path[3], f"{path[1]}/{path[3]}", f"{path[1]}/{path[2]}/{path[3]}"):
                place = self.place(path, key=True)
                first = "" if self.of_files else "Run its cell, or write one: "
                raise ProjectError(
                    f"{name} is declared in nango.yaml ({place}), but no {wording.thing(self)} "
                    "has its script.",
                    hint=first + wording.new_script(self, path),
                )
        raise UnknownName(
            "script",
            name,
            sorted({script.name for script in self.scripts}),
            none=wording.first_script(self, name.rpartition("/")[2]),
        )

    def refusal(self, name: str, integration: str | None = None) -> ProjectError | None:
        """Why the script of that name must not be used: a refused cell declares it, or may configure it.

        Whatever else has that name is not what the cells say now.
        """
        own = [cell for cell in self.failed if cell.answers_to(name, integration)]
        yaml = [cell for cell in self.failed if cell.magic == "yaml"]
        if not own and not yaml:
            return None
        what = wording.thing(self)
        whose = f"its {what}" if own else "nango.yaml" if self.of_files else "a %%nango_yaml cell"
        where = (own or yaml)[0].source.label
        others = [script.key for script in self.scripts if own and script.answers_to(name)]
        hint = wording.fix_or_forget(self, (own or yaml)[0])
        if others and "/" not in name:
            hint += f"\nOr use the full name of another one: {', '.join(others)}"
        return ProjectError(
            f"{name} cannot be used: {whose} has an error ({where}).",
            problems=[failed_cell(self, cell) for cell in (*own, *yaml)],
            hint=hint,
        )

    def refused_module(self, import_name: str, language: Language = "python") -> FailedCell | None:
        """The refused cell or file that would declare a module."""
        for cell in self.failed:
            if (cell.magic, cell.language) != ("module", language) or cell.name is None:
                continue
            if Module(cell.name, language, cell.source).import_name == import_name:
                return cell
        return None

    def module(self, import_name: str) -> Module | None:
        """The module that ``import nangonb.modules.…`` means."""
        return next((module for module in self.modules if module.import_name == import_name), None)


def _names_event(data: dict[str, Any], path: Path, script: Script) -> bool:
    """Whether ``path`` is the place in the list of an event where nango.yaml names the script."""
    if script.kind != "on-event" or len(path) != 5:
        return False
    event, place = path[3:]
    names = data["integrations"][script.integration]["on-events"][event]
    return isinstance(names, list) and isinstance(place, int) and names[place] == script.name


def whole(data: dict[str, Any]) -> dict[str, Any]:
    """``data`` with both top-level keys. One of another name may be a slip, and gets its problem."""
    if data.keys() <= {"integrations", "models"}:
        return {"integrations": {}, "models": {}, **data}
    return {"models": {}, **data} if "integrations" in data else data


def build(
    cells: Iterable[DeclaredCell], noticed: Iterable[Problem] = (), evaluate: Evaluate = without_node
) -> Project:
    """Merge declared cells. Never raises: contradictions become problems that name both places.

    ``evaluate`` returns what scripts with ``createSync`` and the like declare.
    """
    cells = list(cells)
    yaml_cells = sorted(
        (c for c in cells if isinstance(c, YamlCell)),
        key=lambda c: (c.name or "", c.source.text, c.source.label, c.source.id or ""),
    )
    script_cells = sorted(
        (c for c in cells if isinstance(c, ScriptCell)),
        key=lambda c: (c.integration or "", c.kind, c.name, c.source.text, c.source.label),
    )
    merge = Merge()
    for cell in yaml_cells:
        merge.add(cell.document.data, lambda path, key, c=cell: c.document.place(path, key=key))  # type: ignore[misc]
    homes = {cell.source: _integration_of(cell, merge.data) for cell in script_cells}
    declared = set(declared_scripts(merge.data))
    evaluated = _evaluated(cells, homes, evaluate)
    for script_cell in script_cells:
        integration = homes[script_cell.source]
        if script_cell.style == "zero":
            continue
        if (problem := _misspelt_home(script_cell, declared, homes.values())) is not None:
            merge.problems.append(problem)
        elif integration is not None:
            merge.add(_as_yaml(script_cell, integration, merge.data), _script_places(script_cell))
    scripts = tuple(
        sorted(
            (
                zero_script(cell, homes[cell.source], _path(cell, homes), evaluated.known[cell.source])
                if cell.style == "zero"
                else _script(cell, homes[cell.source], merge.data)
                for cell in script_cells
            ),
            key=lambda s: (s.key, s.source.text, s.source.label),
        )
    )
    modules = tuple(
        sorted(
            (Module(c.path, c.language, c.source) for c in cells if isinstance(c, ModuleCell)),
            key=lambda m: (m.path, m.source.text, m.source.label),
        )
    )
    failed = tuple(
        sorted(
            (c for c in cells if isinstance(c, FailedCell)),
            key=lambda c: (c.magic, c.name or "", c.source.label, c.source.text),
        )
    )
    return Project(
        scripts,
        modules,
        tuple(yaml_cells),
        failed,
        merge.data,
        tuple(merge.problems),
        (*noticed, *evaluated.problems),
        merge.places,
    )


@dataclass
class _Evaluated:
    known: dict[Source, Declaration] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def _evaluated(
    cells: Sequence[DeclaredCell], homes: Mapping[Source, str | None], evaluate: Evaluate
) -> _Evaluated:
    """What scripts declare that declare themselves, with the modules that they import."""
    found = _Evaluated()
    zero = {
        f"{_path(c, homes)}.ts": c.source for c in cells if isinstance(c, ScriptCell) and c.style == "zero"
    }
    if not zero:
        return found
    files = {f"{c.path}.ts": c.source for c in cells if isinstance(c, ModuleCell) and c.language != "python"}
    declarations = evaluate({**files, **zero}, list(zero))
    for path, source in zero.items():
        one = declarations[path]
        found.known[source] = {} if isinstance(one, Problem) else one
        if isinstance(one, Problem):
            found.problems.append(one)
    return found


def _path(cell: ScriptCell, homes: Mapping[Source, str | None]) -> str:
    return cell.path or script_path(cell.kind, homes[cell.source], cell.name)


def _integration_of(cell: ScriptCell, data: dict[str, Any]) -> str | None:
    if cell.integration is not None:
        return cell.integration
    integrations = {path[1] for path in declared_scripts(data) if path[2:] == (FOLDERS[cell.kind], cell.name)}
    return integrations.pop() if len(integrations) == 1 else None


def _misspelt_home(
    cell: ScriptCell, declared: set[tuple[str, str, str, str]], homes: Iterable[str | None]
) -> Problem | None:
    """The cell's integration is not in nango.yaml, and one that has this very script is called much alike."""
    if cell.integration is None or any(path[1] == cell.integration for path in declared):
        return None
    there = sorted({path[1] for path in declared if path[2:] == (FOLDERS[cell.kind], cell.name)})
    match = nearest(cell.integration, there)
    if match is None or match in homes:
        return None
    line = cell.lines.get("integration", 0)
    return Problem(
        "unknown-integration",
        f"nango.yaml has no integration {cell.integration}; {cell.name} is declared in {match}.",
        cell.source.body_place(line) if line or cell.source.offset else cell.source.place(1),
        f"Did you mean {match}?",
    )


def _as_yaml(cell: ScriptCell, integration: str, data: dict[str, Any]) -> dict[str, Any]:
    """The configuration of a script cell, at its place in nango.yaml."""
    folder = FOLDERS[cell.kind]
    declared = ("integrations", integration, folder, cell.name) in set(declared_scripts(data))
    if cell.kind == "on-event":
        event = None if declared else cell.config.get("event")
        return {"integrations": {integration: {folder: {event: [cell.name]}}}} if event else {}
    config = dict(cell.config)
    if cell.docstring and "description" not in config:
        known = _entry_of(data, integration, folder, cell.name)
        if "description" not in known:
            config["description"] = cell.docstring
    if not config and declared:
        return {}
    return {"integrations": {integration: {folder: {cell.name: config}}}}


def _entry_of(data: dict[str, Any], integration: str | None, folder: str, name: str) -> dict[str, Any]:
    value: Any = data
    for key in ("integrations", integration, folder, name):
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _script_places(cell: ScriptCell) -> Locate:
    def locate(path: Path, key: bool) -> Place:
        line = cell.lines.get(str(path[4]), 0) if len(path) > 4 else 0
        return cell.source.body_place(line) if line or cell.source.offset else cell.source.place(1)

    return locate


def _script(cell: ScriptCell, integration: str | None, data: dict[str, Any]) -> Script:
    folder = FOLDERS[cell.kind]
    entry = _entry_of(data, integration, folder, cell.name) if cell.kind != "on-event" else {}
    if not entry:
        entry = cell.config
    runs, model, scopes = entry.get("runs"), entry.get("input"), entry.get("scopes")
    config = ScriptConfig(
        output=tuple(str(name) for name in _listed(entry.get("output"))),
        input=model if isinstance(model, str) else None,
        description=str(entry.get("description", "") or "").strip(),
        runs=runs if isinstance(runs, str) else None,
        sync_type="incremental" if entry.get("sync_type") == "incremental" else "full",
        track_deletes=entry.get("track_deletes") is True,
        auto_start=entry.get("auto_start") is not False,
        version=str(entry.get("version") or ""),
        scopes=tuple(scopes.split(",") if isinstance(scopes, str) else map(str, _listed(scopes))),
        endpoints=tuple(_endpoint(cell.kind, value) for value in _listed(entry.get("endpoint"))),
        event=_event(integration, cell.name, data) or cell.config.get("event"),
        declared=("integrations", integration, folder, cell.name) in set(declared_scripts(data)),
        webhook_subscriptions=tuple(map(str, _listed(entry.get("webhook-subscriptions")))),
    )
    return Script(
        integration,
        cell.kind,
        cell.name,
        cell.language,
        cell.source,
        config,
        path=cell.path,
        reads=cell.reads,
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _endpoint(kind: Kind, value: Any) -> str:
    """``GET /crm/contact``, with the method that Nango assumes where none is written."""
    method, _, path = (
        (str(value.get("method") or ""), "", str(value.get("path") or ""))
        if isinstance(value, dict)
        else str(value).rpartition(" ")
    )
    return f"{method or ('GET' if kind == 'sync' else 'POST')} {path}"


def _event(integration: str | None, name: str, data: dict[str, Any]) -> str | None:
    """The event under which nango.yaml lists an on-event script; the first, where there are several."""
    events: Any = data
    for key in ("integrations", integration, "on-events"):
        events = events.get(key) if isinstance(events, dict) else None
    if not isinstance(events, dict):
        return None
    return next((str(event) for event, names in events.items() if name in _listed(names)), None)


def _problem_order(problem: Problem) -> tuple[int, str, int, int, str, str]:
    rank = ("error", "warning", "note").index(problem.severity)
    place = problem.place or Place("")
    return (rank, place.source, place.line or 0, place.column or 0, problem.code, problem.message)


__all__ = ["Kind", "Path", "Project", "build"]
