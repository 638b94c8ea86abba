"""The registry of problem codes: each example yields its code, and the pages show the registry."""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nangonb._check import problems as problems_of_files
from nangonb._check.typescript import unchecked
from nangonb._export import ProjectFiles
from nangonb._folders import declare_notebook, evaluate_foreign, read_folder
from nangonb._project import Declarations, Problem, Project, layout_of
from nangonb._project.codes import CODES, SECTIONS, Code, code_of
from nangonb._translate import translate
from nangonb.errors import Interrupted, NangonbError, ProjectError, ScriptError
from tests.project.nango_yaml.conftest import found as yaml_problems
from tests.scripted import Answer, ScriptedNango
from tests.sessions import Session
from tests.world import World
from tools.problems_pages import DOCS, YAML, pages

_BASE = {
    "sync contacts": "def fetch_data(nango):\n    nango.log('start')\n",
    "action find": "def run_action(nango, input):\n    return {}\n",
    "on_event greet": "def on_event(nango):\n    nango.log('start')\n",
}
_YAML_PAGE = {code.name for section in SECTIONS if section.page != "problems" for code in section.codes}


def test_the_pages_are_generated() -> None:
    for name, text in pages().items():
        assert (DOCS / name).read_text("utf-8") == text, "Run: python tools/problems_pages.py"


def test_names_are_unique() -> None:
    names = [code.name for section in SECTIONS for code in section.codes]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("code", CODES.values(), ids=list(CODES))
def test_an_entry_is_complete(code: Code) -> None:
    assert code.name == "ts-NNNN" or re.fullmatch("[a-z]+(-[a-z]+)*", code.name)
    assert code.title.endswith(".") and code.code and code.fix
    assert code.severity not in code.also
    assert code.covers <= CODES.keys()


def test_the_numbers_of_the_compiler_share_an_entry() -> None:
    assert code_of("ts-2322") is CODES["ts-NNNN"]


def test_an_unregistered_code_is_an_error() -> None:
    with pytest.raises(KeyError):
        Problem("no-such-code", "A message.")


def test_another_severity_is_registered(root: Path) -> None:
    for call in _problem_calls(root):
        given = {keyword.arg: keyword.value for keyword in call.keywords}.get("severity")
        code = call.args[0]
        if isinstance(code, ast.Constant) and isinstance(given, ast.Constant):
            assert given.value in CODES[code.value].also, ast.unparse(call)
        elif isinstance(code, ast.Constant):
            assert code.value in CODES, ast.unparse(call)


def test_every_entry_is_used(root: Path) -> None:
    package = root / "nangonb"
    files = [path for path in package.rglob("*.*") if path.suffix in (".py", ".mjs", ".cjs")]
    texts = [path.read_text("utf-8") for path in files if "codes" not in path.relative_to(package).parts]
    literals = set(re.findall("""["']([a-z_-]+)["']""", "\n".join(texts)))
    made = {"ts-NNNN", "invalid-input", "invalid-output"}  # their literals are not whole
    spelt = {code: {code, code.replace("-", "_"), code.removeprefix("ts-")} for code in CODES}
    assert {code for code, names in spelt.items() if not names & literals} <= made


def _problem_calls(root: Path) -> Iterator[ast.Call]:
    for path in sorted((root / "nangonb").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem":
                yield node


@pytest.mark.parametrize(
    "code", [code for code in CODES.values() if not code.untested], ids=lambda code: code.name
)
def test_an_example_yields_its_code(code: Code, tmp_path: Path, acme: World, scripted: ScriptedNango) -> None:
    if match := re.search(r"^# GET \S+ answers: (.+)$", code.code, re.MULTILINE):
        scripted.answers = [_answer(match[1])] * 200
    codes = {problem.code for problem in _problems(code, tmp_path, acme)}
    assert code.name in codes or (code.name == "ts-NNNN" and any(map(_is_number, codes))), codes


def _answer(text: str) -> Answer:
    """JSON, or else HTML."""
    if text[0] in "{[":
        return Answer(json.loads(text))
    return Answer(text.encode(), headers={"content-type": "text/html"})


def _is_number(code: str) -> bool:
    return re.fullmatch(r"ts-\d+", code) is not None


def _problems(code: Code, folder: Path, acme: World) -> list[Problem]:
    if code.name in _YAML_PAGE:
        return yaml_problems(code.code)
    if code.code.startswith("==>"):
        return _of_files(code.code, folder)
    *cells, last = re.split(r"\n\n(?=%|\$)", code.code)
    if last.startswith("$ nangonb check"):
        return _of_notebook(cells, folder)
    if last.startswith("%nango_"):
        return _of_magic(cells, shlex.split(last), folder, acme)
    return _of_cells([*cells, last])


def _of_files(text: str, folder: Path) -> list[Problem]:
    _, *parts = re.split(r"^==> (.+) <==\n", text, flags=re.MULTILINE)
    for name, content in zip(parts[::2], parts[1::2], strict=True):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    declarations, problems = read_folder(folder)
    return [*problems, *_of_project(declarations.project())]


def _of_notebook(cells: list[str], folder: Path) -> list[Problem]:
    content = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": text}
        for text in cells
    ]
    path = folder / "notebook.ipynb"
    path.write_text(json.dumps({"cells": content, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    declarations = Declarations(evaluate_foreign)
    return [*declare_notebook(declarations, path), *_of_project(declarations.project())]


def _of_project(project: Project) -> list[Problem]:
    rejected = [problem for failed in project.failed for problem in _problems_of(failed.error)]
    files = ProjectFiles(project, layout_of(project))
    return [*rejected, *problems_of_files(files, uncompiled=unchecked)]


def _problems_of(error: NangonbError) -> list[Problem]:
    return list(error.problems) if isinstance(error, ProjectError) else []


def _declare(session: Session, cells: list[str]) -> list[Problem]:
    problems: list[Problem] = []
    for number, cell in enumerate(cells, 1):
        try:
            problems += session.declare(cell, label=f"Cell In[{number}]").problems
        except NangonbError as error:
            problems += _problems_of(error)
    return problems


def _has_yaml(cells: list[str]) -> bool:
    return any(cell.startswith("%%nango_yaml") for cell in cells)


def _of_cells(cells: list[str]) -> list[Problem]:
    session = Session()
    if not _has_yaml(cells):
        cells = [f"%%nango_yaml\n{YAML}", *cells]
    problems = [*_declare(session, cells), *session.check().problems]
    for script in session.project.scripts:
        problems += translate(session.project, script).problems if script.language == "python" else ()
    return problems


def _of_magic(cells: list[str], words: list[str], folder: Path, acme: World) -> list[Problem]:
    magic, *words = words
    if magic != "%nango_deploy" and not _has_yaml(cells):
        others = [f"%%nango_{name}\n{body}" for name, body in _BASE.items()]
        declared = {cell.split("\n")[0] for cell in cells}
        cells = [
            f"%%nango_yaml\n{YAML}",
            *cells,
            *(each for each in others if each.split("\n")[0] not in declared),
        ]
    _declare(acme.session, [cell.replace("crm", "acme") for cell in cells])
    if magic == "%nango_dryrun":
        return _of_dryrun(words, acme)
    with pytest.raises(ProjectError) as caught:
        if magic == "%nango_deploy":
            acme.session.deploy(words[0], auto_confirm=True, **_options(words[1:]))
        else:
            acme.session.export(folder / "out", **_options(words))
    return list(caught.value.problems)


def _of_dryrun(words: list[str], acme: World) -> list[Problem]:
    try:
        return acme.session.dryrun(words[0], "conn-1", **_options(words[1:])).problem_list
    except (Interrupted, ScriptError) as error:
        return error.dryrun.problem_list


def _options(words: list[str]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    while words:
        option, *words = words
        value = words.pop(0) if words else "true"
        name = option.removeprefix("--").replace("-", "_")
        options[name] = json.loads(value) if value[0] in "{0123456789t" else value
    return options
