"""Project → folder."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from nangonb._export import nango_yaml, writing
from nangonb._export.adopting import adopted
from nangonb._export.file import File
from nangonb._export.layout_zero_yaml import index_with
from nangonb._export.owners import NOBODY, Owners, notebook_of, notebooks_of
from nangonb._export.plan import CONFLICTS, Planned, plan_file, plan_orphans
from nangonb._export.project_files import WRITERS, ProjectFiles
from nangonb._export.record import BEGUN, Record
from nangonb._export.recovery import load
from nangonb._export.result import Entry, ExportResult
from nangonb._folders.names import RECORD, name_fault
from nangonb._project import YAML_FILE, Problem, Project, Source
from nangonb._project.nango_yaml import check as check_yaml
from nangonb._project.nango_yaml import problems as yaml_problems
from nangonb._project.nango_yaml import read as read_yaml
from nangonb._records.jsonvalue import brief
from nangonb._text import plural
from nangonb.errors import FolderError, ProjectError


def export(
    files: ProjectFiles,
    folder: Path | str,
    *,
    problems: Sequence[Problem] | None = None,
    notebooks: Sequence[str] | None = None,
    saved: Mapping[str, tuple[str, str]] | None = None,
    imported: Mapping[str, str] | None = None,
    check: bool = False,
    diff: bool = False,
    prune: bool = False,
    force: bool = False,
) -> ExportResult:
    """Write a Project into a folder. Nothing is written unless everything can be.

    Args:
        problems: what a check of the files says; without it, what the project and the layout refuse.
            Errors stop the export.
        notebooks: base names of the notebooks (or folders) that the Project was read from. None takes
            those that its sources name; a kernel knows none by itself.
        saved: saved responses that go along: path in the folder → text, and the key of its script.
        imported: files of the folder that a notebook was made of, and their SHA-256 at that time: one that is
            unchanged since is taken for ours.
        check: write nothing; raise where the folder is not up to date.
        diff: write nothing; the result's ``diff`` says what would change, conflicts included.
        prune: remove files that we wrote earlier and no longer produce.
        force: overwrite files that are foreign or were edited. Never follows a link.

    Raises:
        ProjectError: the Project has errors; ``problems`` lists them.
        FolderError: the folder cannot be written, holds files that must not be overwritten, or, with
            ``check``, is not up to date.
    """
    project, layout = files.project, files.layout
    folder = Path(folder).expanduser()
    problems = [*files.declared, *files.problems] if problems is None else problems
    _refuse(files, problems)
    writing.check_folder(folder)
    us: Owners = frozenset(notebooks or ()) | notebooks_of(project)
    by_path = {file.path: file for file in _saved(project, saved or {})} | dict(files.files)
    made = sorted(by_path.values(), key=lambda file: file.path)
    _check_names(folder, made, files)

    def plan() -> _Plan:
        record = adopted(load(folder, layout), folder, imported or {}, us)
        return _plan(files, made, folder, record, us, prune=prune, force=force)

    warnings = [each for each in problems if each.severity == "warning"]
    if check or diff:
        planned = plan()
        difference = planned.diff() if diff else ""
        if check:
            _raise_if_stale(planned, difference)
        return planned.result(files, warnings, written=False, diff=difference)
    if not writing.was_exported(folder):  # refuse before the lock is made, which would leave a trace
        planned = plan()
        if not writing.was_exported(folder):  # else another export has begun, and the files may be its own
            planned.refuse_conflicts()
    with writing.locked(folder):
        planned = plan()
        planned.refuse_conflicts()
        planned.write()
    return planned.result(files, warnings, written=True)


def _refuse(files: ProjectFiles, problems: Iterable[Problem]) -> None:
    """Raises ProjectError where something keeps the project from being exported."""
    errors = list(dict.fromkeys(each for each in problems if each.severity == "error"))
    if errors:
        layout = files.layout
        hint = ""
        if all(each.code == "zero-style" for each in errors):
            hint = "--layout zero-yaml exports them."
        elif layout.cli and not set(errors) & {*files.declared, *files.refusals}:
            hint = "--layout python exports the cells as they are."
        raise ProjectError(
            f"The project cannot be exported in layout {layout}: {plural(len(errors), 'error')}. "
            "Nothing was written.",
            hint=hint,
            problems=errors,
        )
    project = files.project
    if not project.scripts and not project.modules and not project.data:
        raise ProjectError(
            "There is nothing to export: no cell declares anything.",
            hint="Begin with a cell %%nango_yaml, and one %%nango_sync NAME.",
        )


def _saved(project: Project, saved: Mapping[str, tuple[str, str]]) -> Iterator[File]:
    owners = {script.key: notebook_of(script.source) for script in project.scripts}
    for path, (text, key) in saved.items():
        yield File(path, text, key, owners.get(key, NOBODY))


@dataclasses.dataclass(frozen=True)
class _Plan:
    folder: Path
    files: tuple[Planned, ...]
    before: Record
    record: Record
    yaml_conflicts: tuple[str, ...]
    yaml_text: str

    def refuse_conflicts(self) -> None:
        lines = [f"  {one.path}: {one.reason}" for one in self.files if one.state in CONFLICTS]
        lines += [f"  nango.yaml: {conflict}" for conflict in self.yaml_conflicts]
        if not lines:
            return
        blocked = any(one.state == "blocked" for one in self.files)
        said = "--diff shows what would change; --force overwrites" + (
            " all but what is blocked by a link or a folder: move that away." if blocked else "."
        )
        raise FolderError(
            f"{self.folder} holds {plural(len(lines), 'thing')} that must not be overwritten. "
            "Nothing was written.",
            hint="\n".join([*lines, said]),
        )

    def write(self) -> None:
        self._clean()
        if self.before.begun is not None:  # so that it is known should this export be killed, too
            writing.write(self.folder, RECORD, self.before.text())
        if any(one.state in ("created", "updated", "removed") for one in self.files):
            writing.write(self.folder, BEGUN, self.record.text())
        for one in self.files:
            if one.state in ("created", "updated") and one.new is not None:
                writing.write(self.folder, one.path, one.new)
        for one in self.files:
            if one.state == "removed":
                writing.remove(self.folder, one.path)
        if not self.before.files or self.before.begun or self.record.text() != self.before.text():
            writing.write(self.folder, RECORD, self.record.text())
        writing.remove(self.folder, BEGUN)

    def _clean(self) -> None:
        """Remove what an export that was killed left half written."""
        begun = self.before.begun.files if self.before.begun is not None else {}
        for path in sorted({RECORD, BEGUN, *begun, *(one.path for one in self.files)}):
            if writing.obstacle(self.folder, path) is None:
                writing.clean(self.folder, path)

    def changes(self) -> list[Planned]:
        return [one for one in self.files if one.state in ("created", "updated", "removed", *CONFLICTS)]

    def diff(self) -> str:
        lines: list[str] = []
        for one in self.changes():
            new = "" if one.state == "removed" else one.new or ""
            lines += _unified(one.path, one.old, new, exists=one.state != "removed")
        return "".join(lines)

    def result(
        self, files: ProjectFiles, warnings: Sequence[Problem], *, written: bool, diff: str = ""
    ) -> ExportResult:
        problems = [*warnings, *_problems_of_the_whole(self.yaml_text, files.project)]
        return ExportResult(
            str(self.folder),
            self.record.layout,
            tuple(
                Entry(one.path, one.state, one.reason)
                for one in self.files
                if one.new is not None or one.old is not None
            ),
            written,
            diff,
            tuple(problems),
            WRITERS[files.layout].next_steps(self.folder, files.project),
        )


def _plan(
    source: ProjectFiles,
    files: Iterable[File],
    folder: Path,
    record: Record,
    us: Owners,
    *,
    prune: bool,
    force: bool,
) -> _Plan:
    writer = WRITERS[source.layout]
    if source.layout.style == "zero":
        merged = nango_yaml.Merged(_no_nango_yaml(folder))
        files = [_beside(folder, file, record, us, prune) if file.shared else file for file in files]
    else:
        merged = nango_yaml.merge(source.project, folder, record, us, prune=prune, force=force)
    if merged.planned.new is not None:
        made = writer.generated(merged.planned.new)  # of all that nango.yaml says, by whomever
        paths = {file.path for file in made}
        owners = merged.planned.owned.notebooks if merged.planned.owned else NOBODY
        files = [file for file in files if file.path not in paths]
        files += [dataclasses.replace(file, notebooks=owners) for file in made]
    planned = [merged.planned, *(plan_file(folder, file, record, us, force=force) for file in files)]
    planned = [one for one in planned if one.new is not None or one.old is not None or one.reason]
    produced = [one.path for one in planned]
    planned += plan_orphans(folder, produced, record, us, prune=prune, force=force)
    planned.sort(key=lambda one: one.path)
    owned = {one.path: one.owned for one in planned if one.owned is not None}
    return _Plan(
        folder,
        tuple(planned),
        record,
        Record(record.layout, owned, merged.owned),
        tuple(merged.conflicts),
        merged.planned.new or "",
    )


def _check_names(folder: Path, made: Sequence[File], files: ProjectFiles) -> None:
    """Whatever keeps a file from being written below this folder, before anything there is looked at.

    Raises ProjectError.
    """
    problems = []
    for file in made:
        if (fault := name_fault(folder, file.path)) is not None:
            message = f"The file {brief(file.path)} cannot be written: {fault}."
            hint = "Use a shorter or simpler name."
            problems.append(Problem("file-name", message, files.top(file), hint))
    if problems:
        raise ProjectError(
            f"{plural(len(problems), 'file')} cannot be written. Nothing was written.", problems=problems
        )


def _no_nango_yaml(folder: Path) -> Planned:
    """A folder with a nango.yaml is one of layout nango-yaml to the CLI."""
    if (folder / YAML_FILE).exists():
        return Planned(YAML_FILE, "blocked", reason="with it the CLI takes the folder for layout nango-yaml")
    return Planned(YAML_FILE, "unchanged")


def _beside(folder: Path, file: File, record: Record, us: Owners, prune: bool) -> File:
    """A shared file with what others wrote into it."""
    there = writing.content(folder, file.path)
    if not isinstance(there, str):
        return file
    return dataclasses.replace(file, text=index_with(file.text, there, record, us, prune=prune))


def _raise_if_stale(plan: _Plan, diff: str) -> None:
    """What ``check`` is for."""
    said = {"created": "is missing", "updated": "differs", "removed": "is no longer exported"}
    lines = [f"  {one.path} {said.get(one.state, one.reason)}" for one in plan.changes()]
    lines += [f"  {one.path} is {one.reason}" for one in plan.files if one.state == "orphaned"]
    lines += [f"  nango.yaml: {conflict}" for conflict in plan.yaml_conflicts]
    if lines:
        raise FolderError(
            f"{plan.folder} is not up to date: {plural(len(lines), 'difference')}.",
            hint="\n".join([*lines, *([diff.rstrip()] if diff else ["Export again; --diff shows how."])]),
        )


def _unified(path: str, old: str | bytes | None, new: str, *, exists: bool) -> Iterator[str]:
    if isinstance(old, bytes):
        yield f"{path}: what is there is no text\n"
        return
    lines = difflib.unified_diff(
        (old or "").splitlines(keepends=True),
        new.splitlines(keepends=True),
        "/dev/null" if old is None else f"a/{path}",
        f"b/{path}" if exists else "/dev/null",
    )
    for line in lines:
        yield line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"


def _problems_of_the_whole(text: str, project: Project) -> list[Problem]:
    """What is wrong only because of entries of others in nango.yaml."""
    if not text:
        return []
    source = Source("nango.yaml", text)
    try:
        document = read_yaml(text, source)
    except ProjectError as error:
        return list(error.problems)
    found = yaml_problems(check_yaml(document.data), document.place)
    known = {(problem.code, problem.message) for problem in project.problems}
    return [
        dataclasses.replace(problem, severity="warning")
        for problem in found
        if problem.severity == "error" and (problem.code, problem.message) not in known
    ]
