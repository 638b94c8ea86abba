"""``nangonb check``: notebooks, folders and nango.yaml files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nangonb.errors import ProjectError
from nangonb.project import Problem, Project
from nangonb.session import Session


@dataclass(frozen=True)
class _Checked:
    """One source: whether Nango accepts it, and what is said of it."""

    accepted: bool
    document: dict[str, Any]
    shown: str


def check(sources: list[str], *, as_json: bool, trust: bool) -> int:
    """0 where all is accepted, 1 where something is refused. Raises FolderError for what cannot be read."""
    accepted = True
    for source in sources:
        found = _yaml(Path(source)) if source.endswith((".yaml", ".yml")) else _project(source, trust)
        accepted = accepted and found.accepted
        if as_json:
            print(json.dumps({"file": source, **found.document}, ensure_ascii=False), flush=True)
        else:
            head = f"{source}: " if len(sources) > 1 else ""
            print(f"{head}{found.shown}\n" if len(sources) > 1 else found.shown)
    return 0 if accepted else 1


def _project(source: str, trust: bool) -> _Checked:
    from nangonb.folders import read

    project = read([source], trust=trust)
    shown = Session(project=project, sources=[Path(source)], door="command").check()
    answer = _document(project.checked.as_dict(), shown.ok, project, shown.problems)
    return _Checked(shown.ok, answer, shown.text())


def _document(
    answer: dict[str, Any], accepted: bool, project: Project, found: Sequence[Problem]
) -> dict[str, Any]:
    scripts = [script.key for script in project.scripts]
    problems = [problem.as_dict() for problem in found]
    return {**answer, "accepted": accepted, "scripts": scripts, "problems": problems}


def _yaml(path: Path) -> _Checked:
    """A nango.yaml by itself: its scripts are not looked for."""
    from nangonb.folders.files import missing, read_text
    from nangonb.project import Source
    from nangonb.project import nango_yaml as yaml
    from nangonb.render import problems_text

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
