"""All that the cells of a notebook, or the files of a folder, declare; in whatever order they come."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from nangonb._project.cells import DeclaredCell, FailedCell, ModuleCell, ScriptCell, YamlCell
from nangonb._project.problems import Problem, declared_twice
from nangonb._project.project import Project, build
from nangonb._project.zero import Evaluate, without_node
from nangonb.errors import UnknownName

if TYPE_CHECKING:
    from nangonb._project.nango_yaml import YamlDocument

_Key = tuple[str, ...]


@dataclass
class Declarations:
    """A set of declared cells. Declaring again replaces; a :class:`Project` is made on demand.

    Scripts are known by (integration, kind, name), modules by their path, yaml cells by their name,
    else by the front end's cell id, else entry by entry. ``evaluate`` returns what TypeScript scripts declare
    that declare themselves; without it that is a Problem.
    """

    evaluate: Evaluate = without_node
    _cells: dict[_Key, DeclaredCell] = field(default_factory=dict)
    _project: Project | None = None
    #: Ids of all cells that ever came; None once one could not be read.
    _ids: set[str] | None = field(default_factory=set)

    def declare(self, cell: DeclaredCell) -> list[Problem]:
        """Take in what a cell declares, in place of what it declared before.

        Returns notes for people, such as which other cell is replaced. A :class:`FailedCell` withdraws
        what it would have replaced, in whichever cell that stands, and is remembered, so that later uses
        can name it.
        """
        self._project = None
        notes: list[Problem] = []
        key = _key(cell)
        if self._replaces_nothing(key, cell):
            self._cells[key] = cell
            return notes
        for old_key, old in list(self._cells.items()):
            same_cell = cell.source.id is not None and old.source.id == cell.source.id
            if same_cell or (isinstance(old, FailedCell) and _replaces_refused(old, cell)):
                del self._cells[old_key]
            elif old_key == key:
                notes += _replaced(old, cell)
                del self._cells[old_key]
            elif isinstance(cell, FailedCell) and _withdraws(cell, old):
                del self._cells[old_key]
            elif key[0] == "yaml-entries" == old_key[0]:
                notes += self._replace_entries(old_key, cell)
        self._cells[key] = cell
        return notes

    def _replaces_nothing(self, key: _Key, cell: DeclaredCell) -> bool:
        """Whether no other cell has to be looked at: folders have thousands of files."""
        if isinstance(cell, FailedCell):
            self._ids = None
        if self._ids is None or cell.source.id is None or cell.source.id in self._ids:
            return False
        self._ids.add(cell.source.id)
        return key not in self._cells

    def _replace_entries(self, old_key: _Key, cell: DeclaredCell) -> list[Problem]:
        """Of two yaml cells that nothing tells apart, the newer one replaces the entries it names."""
        old = self._cells[old_key]
        assert isinstance(old, YamlCell) and isinstance(cell, YamlCell)
        common = set(_entries(old)) & set(_entries(cell))
        if not common:
            return []
        if common == set(_entries(old)):
            del self._cells[old_key]
        else:
            self._cells[old_key] = YamlCell(old.name, old.source, _without(old.document, common))
        names = ", ".join(sorted(" > ".join(map(str, path)) for path in common))
        return [
            Problem(
                "yaml-entries-replaced",
                f"This cell replaces {names}, which {old.source.label} declared.",
                cell.source.top,
                "Name the cells to keep them apart: %%nango_yaml contacts",
            )
        ]

    def forget(self, name: str) -> list[str]:
        """Withdraw what is declared under ``name``: a script, module, named yaml cell or model's cell.

        Returns labels of what was withdrawn.

        Raises:
            UnknownName: nothing of that name is declared.
        """
        gone = []
        for key, cell in list(self._cells.items()):
            if name in _names(cell, self.project()):
                gone.append(f"{_label(cell)} ({cell.source.label})")
                del self._cells[key]
        if not gone:
            choices = sorted({n for cell in self._cells.values() for n in _names(cell, self.project())[:1]})
            nothing = "No cell that ran declares anything."
            raise UnknownName("declared script, module or yaml cell", name, choices, none=nothing)
        self._project = None
        return gone

    @property
    def cells(self) -> tuple[DeclaredCell, ...]:
        """What is declared now, in the order of declaring."""
        return tuple(self._cells.values())

    def project(self) -> Project:
        """What is declared now. The same for any order in which the cells came."""
        if self._project is None:
            self._project = build(list(self._cells.values()), evaluate=self.evaluate)
        return self._project

    def __len__(self) -> int:
        return len(self._cells)


def _key(cell: DeclaredCell) -> _Key:
    match cell:
        case ScriptCell():
            return ("script", cell.kind, cell.name, cell.integration or "")
        case ModuleCell():
            return ("module", cell.language, cell.path)
        case FailedCell():
            return ("failed", cell.magic, cell.name or "", cell.source.id or "")
        case YamlCell():
            if cell.name:
                return ("yaml", cell.name)
            if cell.source.id:
                return ("yaml-cell", cell.source.id)
            return ("yaml-entries", cell.source.label)


def _names(cell: DeclaredCell, project: Project) -> list[str]:
    match cell:
        case ScriptCell():
            keys = [script.key for script in project.scripts if script.source is cell.source]
            return [cell.name, *keys, *(f"{key.split('/')[0]}/{cell.name}" for key in keys)]
        case ModuleCell():
            return [cell.path]
        case FailedCell() | YamlCell():
            return [cell.name or cell.source.label]


def _label(cell: DeclaredCell) -> str:
    match cell:
        case ScriptCell():
            return f"{cell.kind} {cell.name}"
        case ModuleCell():
            return f"module {cell.path}"
        case FailedCell():
            return f"the refused {cell.magic} cell {cell.name or ''}".rstrip()
        case YamlCell():
            return f"yaml {cell.name or ''}".rstrip()


def _replaces_refused(refused: FailedCell, cell: DeclaredCell) -> bool:
    """Whether ``cell`` is what a refused one should have been. Two without a name may be two things."""
    return refused.would_declare(cell) and not (refused.name is None and _other_cell(refused, cell))


def _withdraws(refused: FailedCell, old: DeclaredCell) -> bool:
    """Whether ``refused`` would have replaced ``old``. Yaml cells without a name stand side by side."""
    return refused.would_declare(old) and refused.name is not None


def _other_cell(old: DeclaredCell, new: DeclaredCell) -> bool:
    """Whether two declarations are known to stand in two different cells."""
    return old.source.id is not None and new.source.id is not None and old.source.id != new.source.id


def _replaced(old: DeclaredCell, new: DeclaredCell) -> list[Problem]:
    if not _other_cell(old, new):
        return []
    return [declared_twice(_label(old), new.source.top, old.source.top, is_replaced=True)]


def _entries(cell: YamlCell) -> list[tuple[str | int, ...]]:
    """Paths of what a yaml cell declares: (integrations, ID, syncs, NAME), (models, NAME)."""
    paths: list[tuple[str | int, ...]] = []
    data = cell.document.data
    if not isinstance(data, dict):
        return []
    for integration, kinds in _mapping(data.get("integrations")):
        for kind, scripts in _mapping(kinds):
            names = [name for name, _ in _mapping(scripts)]
            paths.extend(("integrations", integration, kind, name) for name in names)
            if not names:
                paths.append(("integrations", integration, kind))
    paths.extend(("models", name) for name, _ in _mapping(data.get("models")))
    return paths


def _without(document: YamlDocument, paths: set[tuple[str | int, ...]]) -> YamlDocument:
    """The same document without some of its entries."""

    def left(data: Any, here: tuple[str | int, ...]) -> Any:
        if not isinstance(data, dict):
            return data
        kept = [(name, value) for name, value in data.items() if (*here, name) not in paths]
        return {name: left(value, (*here, name)) for name, value in kept}

    return replace(document, data=left(document.data, ()))


def _mapping(data: object) -> list[tuple[str, object]]:
    return list(data.items()) if isinstance(data, dict) else []
