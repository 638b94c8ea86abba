"""The Project: all that is declared, merged. Every reader makes one, every writer takes one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from nangonb.errors import ProjectError, UnknownName, UsageError
from nangonb.project.cells import DeclaredCell, FailedCell, ModuleCell, ScriptCell, YamlCell
from nangonb.project.problems import Place, Problem
from nangonb.project.scripts import FOLDERS, Kind, Module, Script, ScriptConfig

if TYPE_CHECKING:
    from nangonb.project.nango_yaml import Checked

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Project:
    """``data`` is nango.yaml as merged from all cells; ``places`` says where each entry of it stands.

    Sorted by key, so that it does not depend on the order in which cells were run.
    """

    scripts: tuple[Script, ...]
    modules: tuple[Module, ...]
    yaml_cells: tuple[YamlCell, ...]
    failed: tuple[FailedCell, ...]
    data: dict[str, Any]
    contradictions: tuple[Problem, ...] = ()
    _places: dict[Path, Place] = field(default_factory=dict, repr=False)
    _key_places: dict[Path, Place] = field(default_factory=dict, repr=False)

    @cached_property
    def checked(self) -> Checked:
        """What Nango's own parser says of :attr:`data`."""
        from nangonb.project import nango_yaml

        return nango_yaml.check(self.data)

    def place(self, path: Path, *, key: bool = False) -> Place | None:
        """Where an entry of :attr:`data` is written, or the nearest entry above it."""
        while path:
            places = self._key_places if key else self._places
            if path in places:
                return places[path]
            if path in self._key_places:
                return self._key_places[path]
            path = path[:-1]
        return self.yaml_cells[0].source.place() if self.yaml_cells else None

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Everything wrong with what is declared, computed anew for the whole project."""
        found = [*self.contradictions, *_script_problems(self)]
        if self.data:
            from nangonb.project import nango_yaml

            found += nango_yaml.problems(self.checked, lambda path: self.place(path) or Place("nango.yaml"))
        return tuple(sorted(found, key=_problem_order))

    @property
    def integrations(self) -> tuple[str, ...]:
        declared = self.data.get("integrations")
        names = set(declared) if isinstance(declared, dict) else set()
        return tuple(sorted(names | {script.integration for script in self.scripts if script.integration}))

    @property
    def model_names(self) -> tuple[str, ...]:
        models = self.data.get("models")
        return tuple(models) if isinstance(models, dict) else ()

    def script(self, name: str, integration: str | None = None) -> Script:
        """The script that ``name`` means: a bare name, ``integration/name`` or a whole key.

        Raises:
            UsageError: several scripts have that name.
            ProjectError: its cell failed, or it is declared and no cell has it.
            UnknownName: nothing has that name.
        """
        found = [script for script in self.scripts if script.answers_to(name)]
        if integration is not None:
            found = [script for script in found if script.integration in (integration, None)]
        if len(found) == 1:
            return found[0]
        if found:
            keys = ", ".join(script.key for script in found)
            raise UsageError(
                f"{name!r} is ambiguous: {keys}.", hint="Give the whole name, or --integration-id."
            )
        for failed in self.failed:
            if failed.name is not None and name.split("/")[-1] == failed.name:
                where = failed.source.label
                raise ProjectError(
                    f"{name} is not there: its cell failed ({where}).",
                    hint=f"{failed.error} Mend that cell and run it.",
                ) from failed.error
        for path in _declared_scripts(self.data):
            if name in (path[3], f"{path[1]}/{path[3]}", f"{path[1]}/{path[2]}/{path[3]}"):
                place = self.place(path, key=True)
                raise ProjectError(
                    f"{name} is declared in nango.yaml ({place}), and no cell has its script.",
                    hint=f"Run its cell, or write one: {_magic(path)}",
                )
        raise UnknownName("script", name, sorted({script.name for script in self.scripts}))

    def module(self, import_name: str) -> Module | None:
        """The module that ``import nangonb.modules.…`` means."""
        return next((module for module in self.modules if module.import_name == import_name), None)


def build(cells: Iterable[DeclaredCell]) -> Project:
    """Merge declared cells. Never raises: contradictions become problems that name both places."""
    cells = list(cells)
    yaml_cells = sorted(
        (c for c in cells if isinstance(c, YamlCell)), key=lambda c: (c.name or "", c.source.text)
    )
    script_cells = sorted(
        (c for c in cells if isinstance(c, ScriptCell)),
        key=lambda c: (c.integration or "", c.kind, c.name, c.source.text),
    )
    merge = _Merge()
    for cell in yaml_cells:
        merge.add(cell.document.data, lambda path, key, c=cell: c.document.place(path, key=key))  # type: ignore[misc]
    homes = {cell.source: _integration_of(cell, merge.data) for cell in script_cells}
    for script_cell in script_cells:
        integration = homes[script_cell.source]
        if integration is not None:
            merge.add(_as_yaml(script_cell, integration, merge.data), _script_places(script_cell))
    scripts = tuple(
        sorted(
            (_script(cell, homes[cell.source], merge.data) for cell in script_cells),
            key=lambda s: (s.key, s.source.text),
        )
    )
    modules = tuple(
        sorted(
            (Module(c.path, "python", c.source) for c in cells if isinstance(c, ModuleCell)),
            key=lambda m: m.path,
        )
    )
    failed = tuple(c for c in cells if isinstance(c, FailedCell))
    return Project(
        scripts,
        modules,
        tuple(yaml_cells),
        failed,
        merge.data,
        tuple(merge.problems),
        merge.places,
        merge.key_places,
    )


class _Merge:
    """Puts contributions together, entry by entry. The first one wins a contradiction."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}
        self.places: dict[Path, Place] = {}
        self.key_places: dict[Path, Place] = {}
        self.problems: list[Problem] = []

    def add(self, data: Any, locate: Callable[[Path, bool], Place]) -> None:
        if isinstance(data, dict):
            self._merge(self.data, data, (), locate)

    def _merge(
        self, into: dict[Any, Any], more: dict[Any, Any], path: Path, locate: Callable[[Path, bool], Place]
    ) -> None:
        for name, value in more.items():
            here: Path = (*path, name)
            if name not in into:
                into[name] = _copy(value)
                self._remember(here, value, locate)
                continue
            old = into[name]
            if isinstance(old, dict) and isinstance(value, dict) and _merges(here):
                self._merge(old, value, here, locate)
            elif (
                isinstance(old, list)
                and isinstance(value, list)
                and _merges(here[:-1])
                and "on-events" in here
            ):
                into[name] = old + [item for item in value if item not in old]
            elif old is None:
                into[name] = _copy(value)
                self._remember(here, value, locate)
            elif value is not None and _canonical(old) != _canonical(value):
                self._contradiction(here, locate(here, False))

    def _contradiction(self, path: Path, place: Place) -> None:
        first = self.places.get(path) or self.key_places.get(path)
        self.problems.append(
            Problem(
                "contradiction",
                "error",
                f"{' > '.join(map(str, path))} is declared twice, in different ways.",
                place,
                f"A dry run uses what {first} says. Say it once to export or deploy.",
                related=(first,) if first else (),
            )
        )

    def _remember(self, path: Path, value: Any, locate: Callable[[Path, bool], Place]) -> None:
        self.places[path] = locate(path, False)
        self.key_places[path] = locate(path, True)
        children: Iterable[tuple[Any, Any]] = ()
        if isinstance(value, dict):
            children = value.items()
        elif isinstance(value, list):
            children = enumerate(value)
        for name, child in children:
            self._remember((*path, name), child, locate)


def _merges(path: Path) -> bool:
    """Whether what stands at ``path`` is merged key by key: all but models, which are one thing each."""
    return (path[0] == "integrations" and len(path) <= 4) or path == ("models",)


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(child) for name, child in value.items()}
    return [_copy(child) for child in value] if isinstance(value, list) else value


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _declared_scripts(data: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """(integrations, ID, syncs|actions|on-events, NAME) of every script that nango.yaml names."""
    integrations = data.get("integrations")
    for integration, kinds in integrations.items() if isinstance(integrations, dict) else ():
        for folder, entries in kinds.items() if isinstance(kinds, dict) else ():
            if folder in ("syncs", "actions") and isinstance(entries, dict):
                for name in entries:
                    yield ("integrations", str(integration), folder, str(name))
            elif folder == "on-events" and isinstance(entries, dict):
                for names in entries.values():
                    for name in names if isinstance(names, list) else ():
                        yield ("integrations", str(integration), folder, str(name))


def _magic(path: tuple[str, str, str, str]) -> str:
    """The line that a cell for this script begins with."""
    return f"%%nango_{path[2].removesuffix('s').replace('-', '_')} {path[3]}"


def _integration_of(cell: ScriptCell, data: dict[str, Any]) -> str | None:
    if cell.integration is not None:
        return cell.integration
    found = {path[1] for path in _declared_scripts(data) if path[2:] == (FOLDERS[cell.kind], cell.name)}
    return found.pop() if len(found) == 1 else None


def _as_yaml(cell: ScriptCell, integration: str, data: dict[str, Any]) -> dict[str, Any]:
    """What a script cell says of itself, at its place in nango.yaml."""
    folder = FOLDERS[cell.kind]
    declared = ("integrations", integration, folder, cell.name) in set(_declared_scripts(data))
    if cell.kind == "on-event":
        entry: dict[str, Any] = {} if declared else {cell.config.get("event", ""): [cell.name]}
        return {"integrations": {integration: {folder: entry}}} if entry and cell.config.get("event") else {}
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


def _script_places(cell: ScriptCell) -> Callable[[Path, bool], Place]:
    def locate(path: Path, key: bool) -> Place:
        line = cell.lines.get(str(path[4]), 0) if len(path) > 4 else 0
        return cell.source.body_place(line) if line or cell.source.offset else cell.source.place(1)

    return locate


def _script(cell: ScriptCell, integration: str | None, data: dict[str, Any]) -> Script:
    folder = FOLDERS[cell.kind]
    entry = _entry_of(data, integration, folder, cell.name) if cell.kind != "on-event" else {}
    if not entry:
        entry = cell.config
    output = entry.get("output")
    runs, model = entry.get("runs"), entry.get("input")
    config = ScriptConfig(
        output=tuple(str(name) for name in output)
        if isinstance(output, list)
        else (str(output),)
        if output
        else (),
        input=model if isinstance(model, str) else None,
        description=str(entry.get("description", "") or "").strip(),
        runs=runs if isinstance(runs, str) else None,
        sync_type="incremental" if entry.get("sync_type") == "incremental" else "full",
        track_deletes=entry.get("track_deletes") is True,
        event=cell.config.get("event"),
        declared=("integrations", integration, folder, cell.name) in set(_declared_scripts(data)),
    )
    return Script(integration, cell.kind, cell.name, "python", cell.source, config)


def _script_problems(project: Project) -> Iterator[Problem]:
    seen: dict[str, Script] = {}
    for script in project.scripts:
        place = script.source.place(max(script.source.offset, 1))
        if script.integration is None:
            yield Problem(
                "no-integration",
                "error",
                f"Nothing says which integration {script.name} belongs to.",
                place,
                "Declare it in a %%nango_yaml cell, or add a line below: "
                f"#| integration: {_some(project.integrations)}",
            )
        elif script.key in seen:
            yield Problem(
                "declared-twice",
                "error",
                f"{script.key} is declared twice.",
                place,
                "Delete or rename one of the two cells.",
                related=(seen[script.key].source.place(max(seen[script.key].source.offset, 1)),),
            )
        seen[script.key] = script
    for failed in project.failed:
        place = failed.source.place(max(failed.source.offset, 1))
        what = f"{failed.magic} {failed.name}" if failed.name else f"the {failed.magic} cell"
        yield Problem(
            "failed-cell",
            "error",
            f"{what} could not be read: {failed.error}",
            place,
            "Mend the cell and run it.",
        )
    present = {(script.integration, FOLDERS[script.kind], script.name) for script in project.scripts}
    for path in _declared_scripts(project.data):
        if path[1:] not in present:
            yield Problem(
                "no-script",
                "warning",
                f"{path[3]} is declared, and no cell or file has its script.",
                project.place(path, key=True),
                _magic(path),
            )
    yield from _case_collisions(project)


def _case_collisions(project: Project) -> Iterator[Problem]:
    """File names that are one file on macOS and two on Linux."""
    seen: dict[str, str] = {}
    files = [(s.key, s.source) for s in project.scripts if s.integration] + [
        (m.path, m.source) for m in project.modules
    ]
    for path, source in files:
        other = seen.setdefault(path.lower(), path)
        if other != path:
            message = f"{path} and {other} differ only in case."
            yield Problem(
                "case-collision",
                "error",
                message,
                source.place(max(source.offset, 1)),
                "Rename one of the two.",
            )


def _some(names: tuple[str, ...]) -> str:
    return names[0] if names else "salesforce"


def _problem_order(problem: Problem) -> tuple[int, str, int, int, str, str]:
    rank = ("error", "warning", "note").index(problem.severity)
    place = problem.place or Place("")
    return (rank, place.source, place.line or 0, place.column or 0, problem.code, problem.message)


__all__ = ["Kind", "Path", "Project", "build"]
