"""Values where a type is declared: what does not fit is a problem at its line, and tsc says the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from nangonb._project import layout_named
from nangonb._translate import Translation, translate_module
from tests.exporting import export
from tests.interop.npm import YAML_CLI, ZERO_CLI, NangoCli, NpmError, Version, install
from tests.translate.layouts.declared_cases import FIELDS, HEAD, VALUES, cases, functions
from tests.translate.layouts.making import project

CLIS: Mapping[str, Version] = {"nango-yaml": YAML_CLI, "zero-yaml": ZERO_CLI}
#: A text on the wire that is a date stands there ``as any``, and the None beside it goes with it. And a
#: field that may be undefined may be left out of what zod makes, and not of an interface.
STRICTER = {
    ("f: date", '"x" if r["a"] else None'),
    ("f?: date", '"x" if r["a"] else None'),
    ("f: string | undefined", ""),
}


def _names() -> dict[str, tuple[str, str]]:
    found = {f"case{f}x{v}": (FIELDS[f], VALUES[v]) for f in range(len(FIELDS)) for v in range(len(VALUES))}
    return found | {f"none{f}": (FIELDS[f], "") for f in range(len(FIELDS))}


def _owners(code: str, word: str) -> list[tuple[int, str]]:
    heads = ((number, re.match(rf"{word} (\w+)\(", line)) for number, line in enumerate(code.split("\n"), 1))
    return [(number, match[1]) for number, match in heads if match]


def _owner(owners: list[tuple[int, str]], line: int) -> str:
    return [name for number, name in owners if number <= line][-1]


def _refused_by_tsc(done: Translation, folder: Path, layout: str) -> set[str]:
    """The functions in which the real CLI finds something."""
    export(cases(HEAD.format(names="")), folder, layout=layout)
    (folder / "cases.ts").write_text(done.code, "utf-8")
    said = re.sub(r"\x1b\[[0-9;]*m", "", NangoCli(CLIS[layout]).compile(folder).text)
    owners = _owners(done.code, "(?:export )?(?:async )?function")
    return {_owner(owners, int(line)) for line in re.findall(r"cases\.ts[:(](\d+)[,:]\d+", said)}


@pytest.mark.interop
@pytest.mark.timeout(900)
@pytest.mark.parametrize("layout", CLIS)
def test_the_real_compiler_refuses_exactly_what_we_refuse(layout: str, tmp_path: Path) -> None:
    try:
        install()
    except NpmError as error:
        pytest.skip(str(error))
    made = cases(functions())
    done = translate_module(made, made.modules[0], layout_named(layout))
    python = _owners(made.modules[0].source.text, "def")
    ours = {_owner(python, problem.place.line) for problem in done.problems if problem.place}
    theirs = _refused_by_tsc(done, tmp_path / "out", layout)
    names = _names()
    assert len(names) > 2000 and 1000 < len(theirs) < len(names) - 500
    assert {problem.code for problem in done.problems} == {"ts-model-field"}
    assert [names.get(name, name) for name in sorted(theirs - ours)] == []
    assert {names[name] for name in ours - theirs} <= STRICTER


YAML = """\
%%nango_yaml
integrations:
  crm:
    syncs:
      people:
        runs: every hour
        output: Person
        endpoint: GET /people
    actions:
      add:
        endpoint: POST /people
        input: New
        output: Person
models:
  Person:
    id: string
    name: string
    born?: date
    age?: number
  New:
    name: string
    nick: string | null
"""
SYNC = """\
%%nango_sync people
from nangonb.models import Person


def to_person(r: dict) -> Person:
    nick = "x" if r["nick"] else None
    return {}


def fetch_data(nango):
    nango.batch_save([to_person(r) for r in nango.get(endpoint="/x").data], "Person")
"""


def _said(value: str) -> list[tuple[str, str, int, str]]:
    from nangonb._translate import translate

    made = project(SYNC.replace("return {}", f"return {value}"), yaml=YAML)
    problems = translate(made, made.script("people")).problems
    return [(p.code, p.message, p.place.line, p.hint) for p in problems if p.place and p.place.line]


@pytest.mark.parametrize(
    ("value", "message", "hint"),
    [
        (
            '{"id": r["id"], "name": nick}',
            "`Person.name` takes `string`, but this value is `str or None`.",
            'Declare `name: string | null` in nango.yaml, or add `or ""` here.',
        ),
        (
            '{"id": r["id"], "name": 3}',
            "`Person.name` takes `string`, but this value is `int`.",
            "Convert it with `str(…)`, or declare `name: number` in nango.yaml.",
        ),
        (
            '{"id": r["id"]}',
            "`Person.name` is missing. It takes `string`.",
            'Add `"name"` here, or declare `name?: string` in nango.yaml.',
        ),
        (
            '{"id": r["id"], "name": "x", "nmae": nick}',
            "`Person` has no field `nmae`.",
            "Did you mean `name`? Otherwise add `nmae: string | null` to the model in nango.yaml.",
        ),
    ],
)
def test_what_is_said(value: str, message: str, hint: str) -> None:
    assert _said(value) == [("ts-model-field", message, 7, hint)]


@pytest.mark.parametrize(
    "value",
    [
        '{"id": r["id"], "name": r.get("name")}',
        '{"id": r["id"], "name": nick or ""}',
        '{**r, "name": None}',
        '{"id": "1", "name": "x", "born": r["born"], "age": 3}',
        '{"id": "1", "name": "x", "born": str(r["born"])}',
    ],
)
def test_what_fits_or_is_not_known_passes(value: str) -> None:
    assert _said(value) == []


def test_a_date_is_text_on_the_wire() -> None:
    from tests.translate.layouts.making import code

    value = '{"id": "1", "name": "x", "born": str(r["born"])}'
    made = project(
        SYNC.replace("return {}", f"return {value}").replace('    nick = "x" if r["nick"] else None\n', ""),
        yaml=YAML,
    )
    for layout in CLIS:
        assert "as any" in code(made, "people", layout)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            'return {"id": "1", "name": input["nick"]}',
            "`Person.name` takes `string`, but this value is `str or None`.",
        ),
        ('return {"id": "1", "name": input["nmae"]}', "`New` has no field `nmae`."),
        ("return None", "`run_action()` takes `Person`, but this value is `None`."),
    ],
)
def test_inputs_and_outputs_of_actions(body: str, message: str) -> None:
    from nangonb._translate import translate

    made = project(f"%%nango_action add\ndef run_action(nango, input):\n    {body}\n", yaml=YAML)
    assert [problem.message for problem in translate(made, made.script("add")).problems] == [message]


RECURSIVE = """\
%%nango_yaml
integrations:
  crm:
    syncs:
      people:
        runs: every hour
        output: Person
        endpoint: GET /people
    actions:
      add:
        endpoint: POST /people
        input: Tree
        output: Company
models:
  Person:
    id: string
    boss?: Person
    friends: Person[]
    company: Company | null
    tree: {root: Tree, all: [Tree, string]}
  Company:
    id: string
    people: Person[]
  Tree:
    name: string
    more?: Tree | null
    index: Index
  Index:
    __string: Tree | string
"""
PEOPLE = """\
%%nango_sync people
from nangonb.models import Company, Person, Tree


def to_tree(r: dict) -> Tree:
    return {"name": r["name"], "more": None, "index": {}}


def to_person(r: dict) -> Person:
    company: Company = {"id": "1", "people": []}
    tree = {"root": to_tree(r), "all": ["x"]}
    person: Person = {"id": r["id"], "friends": [], "company": company, "tree": tree}
    return person


def fetch_data(nango):
    nango.batch_save([to_person(r) for r in nango.get(endpoint="/x").data], "Person")
"""
ADD = """\
%%nango_action add
def run_action(nango, input):
    more = input.get("more")
    name = more["name"] if more is not None else input["name"]
    return {"id": name, "people": []}
"""


@pytest.mark.interop
@pytest.mark.parametrize("layout", CLIS)
def test_models_that_hold_themselves_and_each_other_compile(layout: str, tmp_path: Path) -> None:
    try:
        install()
    except NpmError as error:
        pytest.skip(str(error))
    export(project(PEOPLE, ADD, yaml=RECURSIVE), tmp_path / "out", layout=layout)
    done = NangoCli(CLIS[layout]).compile(tmp_path / "out")
    assert done.returncode == 0, done.text
