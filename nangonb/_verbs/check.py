"""``check``: everything declared, with its problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from json import dumps
from pathlib import Path
from typing import Annotated, Any, Final

from nangonb._project import Problem, Project, Script
from nangonb._project.options import Option
from nangonb._project.script_problems import concerning
from nangonb._render import Displayable
from nangonb._session import current
from nangonb._verbs.commands import session_of
from nangonb._verbs.options import JsonOption, LayoutOption, TrustOption
from nangonb._verbs.verb import verb
from nangonb.errors import ProjectError

_COLUMNS: Final = ["integration", "kind", "name", "runs", "output", "declared in"]


@dataclass(frozen=True, repr=False)
class Check(Displayable):
    """Everything declared, with its problems."""

    project: Project
    scripts: tuple[Script, ...]
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings do not count."""
        return not any(problem.severity == "error" for problem in self.problems)

    def text(self) -> str:
        from nangonb._render import problems_text, table_text

        scripts = [table_text(_COLUMNS, self._rows(), size=self._size)] if self.scripts else [self._size]
        return "\n\n".join([*scripts, problems_text(self.problems)])

    def html(self) -> str:
        from nangonb._render import escape, page, problems_html, table_html

        size = self._size
        scripts = table_html(_COLUMNS, self._rows(), size=size) if self.scripts else page(escape(size))
        return scripts + problems_html(self.problems)

    @property
    def _size(self) -> str:
        from nangonb._render import plural

        return plural(len(self.scripts), "script") if self.scripts else "No scripts are declared."

    def _rows(self) -> list[list[Any]]:
        return [
            [
                s.integration or "–",
                s.kind,
                s.name,
                s.config.runs or "",
                ", ".join(s.config.output),
                s.source.label,
            ]
            for s in self.scripts
        ]


def _command(
    sources: Annotated[
        list[str],
        Option("SOURCE", "notebooks, nango-integrations folders, or nango.yaml files", completes="path"),
    ],
    *,
    layout: LayoutOption = None,
    trust: TrustOption = False,
    json: JsonOption = False,
) -> int:
    """0 where all is accepted, 1 where something is refused. Raises FolderError for what cannot be read."""
    accepted = True
    for source in sources:
        checked = (
            _yaml(Path(source)) if source.endswith((".yaml", ".yml")) else _project(source, layout, trust)
        )
        accepted = accepted and checked.accepted
        if json:
            print(dumps({"file": source, **checked.document}, ensure_ascii=False), flush=True)
        else:
            head = f"{source}: " if len(sources) > 1 else ""
            print(f"{head}{checked.text}\n" if len(sources) > 1 else checked.text)
    return 0 if accepted else 1


@verb(command=_command)
def check(
    name: Annotated[str | None, Option("NAME", "only this script", completes="script")] = None,
    *,
    layout: LayoutOption = None,
) -> Check:
    """Show everything declared, with its problems; or one script with those that concern it.

    Errors are what stops an export or a deployment in the layout.

    Raises UnknownName, ProjectError.
    """
    from nangonb._check import problems as of_files
    from nangonb._check.typescript import unchecked
    from nangonb._export import ProjectFiles

    session = current()
    project, workspace = session.project, session.workspace
    files = ProjectFiles(project, workspace.layout(layout))
    problems = of_files(files, session.context.locate_name, uncompiled=unchecked)
    problems += workspace.differences()
    scripts = project.scripts
    if name is not None:
        script = workspace.script(name)
        scripts = (script,)
        problems = concerning(project, script, problems)
    return Check(project, scripts, tuple(problems))


@dataclass(frozen=True)
class _Checked:
    """One source: whether Nango accepts it, and what is said of it."""

    accepted: bool
    document: dict[str, Any]
    text: str


def _project(source: str, layout: str | None, trust: bool) -> _Checked:
    with session_of(source, trust=trust) as session:
        result = check(layout=layout)
        answer = _document(session.project.checked.as_dict(), result.ok, session.project, result.problems)
        return _Checked(result.ok, answer, result.text())


def _document(
    answer: dict[str, Any], accepted: bool, project: Project, problems: Sequence[Problem]
) -> dict[str, Any]:
    scripts = [script.key for script in project.scripts]
    documents = [problem.as_dict() for problem in problems]
    return {**answer, "accepted": accepted, "scripts": scripts, "problems": documents}


def _yaml(path: Path) -> _Checked:
    """A nango.yaml by itself: its scripts are not looked for."""
    from nangonb._folders.files import missing, read_text
    from nangonb._project import Source
    from nangonb._project import nango_yaml as yaml
    from nangonb._render import problems_text

    if not path.is_file():
        raise missing(path)
    text = read_text(path)
    try:
        document = yaml.read(text, Source(path.name, text))
    except ProjectError as error:
        return _Checked(False, _unreadable(error.problems), problems_text(error.problems))
    checked = yaml.check(document.data)
    problems = yaml.problems(checked, document.place)
    answer = {**checked.as_dict(), "problems": [problem.as_dict() for problem in problems]}
    return _Checked(checked.accepted, answer, problems_text(problems) if problems else "No problems.")


def _unreadable(problems: tuple[Problem, ...]) -> dict[str, Any]:
    errors = [{"code": problem.code, "message": problem.message, "path": ""} for problem in problems]
    return {
        "version": None,
        "accepted": False,
        "schema_errors": [],
        "errors": errors,
        "warnings": [],
        "parsed": None,
        "problems": [problem.as_dict() for problem in problems],
    }
