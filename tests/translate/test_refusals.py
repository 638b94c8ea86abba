"""Each refusal, at its line, with its code and what to write instead."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from nangonb._project import Source
from nangonb._project.codes import translation
from nangonb._translate import Translation, translate
from nangonb._translate.expressions import EXPRESSIONS
from nangonb._translate.statements import STATEMENTS
from tests.programs.compared import empty_action
from tests.sessions import Session
from tests.translate.rows.refused import BODIES, SCRIPTS

HEAD = (
    "import base64, hashlib, hmac, json, math, re, uuid\n"
    "from datetime import date, datetime, timedelta, timezone\n"
    "from typing import Any; from collections import defaultdict\n\n\n"
    "def run_action(nango, input):\n"
)


def _script(body: str) -> str:
    """The body below its head; the mark stands at the start of its line."""
    marked = [(">     " + line[2:] if line.startswith("> ") else "    " + line) for line in body.split("\n")]
    return HEAD + "\n".join(marked) + "\n"


CASES = [
    *((code, _script(body)) for code, bodies in BODIES.items() for body in bodies),
    *((code, script) for code, scripts in SCRIPTS.items() for script in scripts),
]


def _translated(text: str) -> Translation:
    project, script = empty_action()
    return translate(project, replace(script, source=Source("case", text)))


@pytest.mark.parametrize(("code", "script"), CASES)
def test_is_refused_at_its_line(code: str, script: str) -> None:
    lines = script.split("\n")
    marked = [number for number, line in enumerate(lines, 1) if line.startswith(">")]
    problems = _translated("\n".join(line.removeprefix("> ") for line in lines)).problems
    found = [(problem.code, problem.place.line if problem.place else 0) for problem in problems]
    assert any((code, number) in found for number in marked), found
    assert all(problem.message and problem.hint for problem in problems)


def test_all_that_is_refused_is_said_at_once_and_in_order() -> None:
    body = "x = open('f')\ny = x.read()\ny += 'b'\nif y:\n    print(y)\nz = [1] @ [2]\nreturn [y, z, {1: 2}]"
    problems = _translated(_script(body)).problems
    first = HEAD.count("\n") + 1
    lines = [problem.place.line - first for problem in problems if problem.place]
    assert lines == [0, 5]  # not what comes of them: y, print(y), z


def test_each_code_has_a_case() -> None:
    assert {code.name for code in translation.CODES} - {"ts-bug"} == {code for code, _ in CASES}


@pytest.mark.parametrize(
    ("kind", "script"),
    [(ast.Pass, "x = 1\nif x:\n>     pass\nreturn x"), (ast.Set, "x = 1\n> y = {x}\nreturn x")],
)
def test_what_the_translator_fails_at_is_refused_there(
    kind: type[ast.AST], script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise IndexError("inside")

    for handlers in (STATEMENTS, EXPRESSIONS):
        if kind in handlers:
            monkeypatch.setitem(handlers, kind, fail)
    lines = _script(script).split("\n")
    marked = next(number for number, each in enumerate(lines, 1) if each.startswith(">"))
    problems = _translated("\n".join(each.removeprefix("> ") for each in lines)).problems
    assert [(problem.code, problem.place and problem.place.line) for problem in problems] == [
        ("ts-bug", marked)
    ]
    assert "IndexError" in problems[0].message and "report" in problems[0].hint


def test_what_fails_elsewhere_in_the_translator_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise IndexError("inside")

    monkeypatch.setattr("nangonb._translate.translation.fit", fail)
    problems = _translated(_script("> return 1")).problems
    assert [(problem.code, problem.place is not None) for problem in problems] == [("ts-bug", True)]


def test_a_counter_in_a_model_that_the_script_reads() -> None:
    """What stands under every key of it would be lost; what goes to Nango may be one."""
    session = Session()
    session.declare(
        "%%nango_yaml\nmodels:\n  Out:\n    counts: object\n    missing?: number\n", label="models"
    )
    head = (
        "%%nango_action counted\n#| integration: github\n#| output: Out\n"
        "from collections import Counter\nfrom nangonb.models import Out\n"
    )
    made = 'def made() -> Out:\n    return {"counts": Counter(["a"])}\n'
    entry = "def run_action(nango, input) -> Out:\n"
    read = entry + '    return {"counts": {}, "missing": made()["counts"]["b"]}\n'
    for body, codes in ((read + made, ["ts-type"]), (entry + made.split("\n")[1] + "\n", [])):
        session.declare(head + body, label="counted")
        project = session.project
        problems = translate(project, project.script("counted")).problems
        assert [problem.code for problem in problems] == codes
