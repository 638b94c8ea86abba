"""``nangonb translate``: TypeScript on stdout, what cannot be translated on stderr."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

YAML = """\
integrations:
  crm:
    syncs:
      people:
        runs: every day
        output: Person
        endpoint: /people
models:
  Person:
    id: string
"""
SYNC = """\
from nangonb.models import Person


def fetch_data(nango):
    for page in nango.paginate("/people"):
        nango.batch_save([to_person(each) for each in page], "Person")


def to_person(each: dict) -> Person:
    return {"id": each["id"]}
"""


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    (tmp_path / "people.py").write_text(SYNC)
    (tmp_path / "nango.yaml").write_text(YAML)
    return [str(tmp_path / "people.py"), "--yaml", str(tmp_path / "nango.yaml"), "--integration", "crm"]


def test_both_layouts(inside: Run, words: list[str]) -> None:
    ran = inside("translate", *words, "--kind", "sync", "--name", "people")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("import type { NangoSync, Person } from '../../models';\n")
    ran = inside("translate", *words, "--layout", "zero-yaml")  # a sync of the file's name
    assert (ran.code, ran.err) == (0, "")
    assert "const sync = createSync({" in ran.out and "models: { Person }," in ran.out


def test_a_model_that_is_called_is_a_dict(inside: Run, words: list[str], tmp_path: Path) -> None:
    (tmp_path / "people.py").write_text(SYNC.replace('{"id": each["id"]}', 'Person(id=each["id"])'))
    ran = inside("translate", *words)
    assert "    return { id: each.id };\n" in ran.out


def test_refusals_have_their_place(inside: Run, words: list[str], tmp_path: Path) -> None:
    (tmp_path / "people.py").write_text("import requests\n\n\ndef fetch_data(nango):\n    pass\n")
    ran = inside("translate", *words)
    assert (ran.code, ran.out) == (1, "")
    assert f"{tmp_path / 'people.py'}, line 1, column 1: error ts-import: " in ran.err


def test_an_action_without_a_nango_yaml(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ping.py").write_text("def run_action(nango, input):\n    return nango.get('/ping').data\n")
    ran = inside("translate", str(tmp_path / "ping.py"), "--kind", "action", "--integration", "crm")
    assert ran.code == 0
    assert (
        "export default async function runAction(nango: NangoAction, _input: any): Promise<any> {" in ran.out
    )


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (["--layout", "python"], 2, "zero-yaml"),
        (["--kind", "snyc"], 2, "sync"),
        (["--yaml", "nowhere.yaml"], 1, "nowhere.yaml cannot be read"),
        (["--integration", "crn"], 2, "Did you mean 'crm'?"),
    ],
)
def test_slips(inside: Run, words: list[str], change: list[str], code: int, said: str) -> None:
    ran = inside("translate", *words, *change)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


def test_a_script_that_the_nango_yaml_does_not_declare(inside: Run, words: list[str]) -> None:
    ran = inside("translate", *words, "--name", "person")
    assert ran.code == 0 and ran.out
    assert "declares no sync person" in ran.err


def test_a_file_that_is_no_python(inside: Run, words: list[str], tmp_path: Path) -> None:
    (tmp_path / "people.py").write_text("def fetch_data(nango:\n    pass\n")
    ran = inside("translate", *words)
    assert ran.code == 1 and ran.out == ""
    assert "line 1" in ran.err
