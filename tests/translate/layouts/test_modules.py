"""Module cells: what crosses files."""

from __future__ import annotations

import pytest

from nangonb._project import Project
from nangonb._translate import Modules, translate, translate_module
from tests.translate.layouts.making import code, project

MAPPERS = """\
%%nango_module mappers/person
from nangonb.models import Person
from nangonb.modules.helpers.text import CLEAN, clean as tidy


def to_person(person: dict) -> Person:
    return {"id": _key(person), "name": tidy(person["name"]) or CLEAN, "address": person["address"]}


def _key(person: dict) -> str:
    return str(person["id"])


def never_used(value):
    return value
"""
TEXT = """\
%%nango_module helpers/text
CLEAN = "none"


def clean(text: str) -> str:
    return text.strip()
"""
PAGING = """\
%%nango_module paging
from nangonb import NangoAction


def all_pages(nango: NangoAction, path: str) -> list:
    found = []
    for page in nango.paginate(path):
        found.extend(page)
    return found
"""
SYNC = """\
%%nango_sync people
from nangonb.modules.mappers.person import to_person
from nangonb.modules.paging import all_pages


def fetch_data(nango):
    people = all_pages(nango, "/people")
    nango.batch_save([to_person(person) for person in people], "Person")
"""


def problems_of(made: Project, name: str = "people") -> list[str]:
    return [f"{problem.code}: {problem.message}" for problem in translate(made, made.script(name)).problems]


def test_a_script_imports_from_modules_and_waits_for_what_waits() -> None:
    made = code(project(SYNC, MAPPERS, TEXT, PAGING), "people")
    assert made.startswith("""\
import type { NangoSync } from '../../models';
import { toPerson } from '../../mappers/person.js';
import { allPages } from '../../paging.js';
""")
    assert "const people = await allPages(nango, '/people');" in made
    assert "people.map((person: any) => toPerson(person))" in made


def test_a_module_exports_what_is_public() -> None:
    made = code(project(MAPPERS, TEXT), "mappers/person")
    assert made.startswith("""\
import type { Person } from '../models.js';
import { CLEAN, clean as tidy } from '../helpers/text.js';

export function toPerson(person: any): Person {
""")
    assert "\nfunction key(person: any): string {" in made
    assert "\nexport function neverUsed(value: any): any {" in made
    assert code(project(TEXT), "helpers/text").startswith(
        "export const CLEAN = 'none';\n\nexport function clean("
    )


def test_modules_of_zero_yaml_have_schemas_and_types_of_their_own() -> None:
    made = project(MAPPERS, TEXT, PAGING)
    person = code(made, "mappers/person", "zero-yaml")
    assert "import * as z from 'zod';" in person and "type Person = z.infer<typeof Person>;" in person
    paging = code(made, "paging", "zero-yaml")
    assert "import type { NangoAction } from 'nango';" in paging
    head = "export async function allPages(nango: NangoAction<any, any>, path: string): Promise<any[]> {"
    assert head in paging


def test_a_handler_of_a_script_sees_what_fails_in_a_module() -> None:
    module = "%%nango_module readers\ndef outer(row: dict):\n    return inner(row)\n\ndef inner(row: dict):\n    return row['id']\n"  # noqa: E501
    script = (
        "%%nango_sync people\nfrom nangonb.modules.readers import outer\n\n\ndef fetch_data(nango):\n"
        "    row = nango.get('/row').data\n{}"
    )
    plain = project(module, script.format("    nango.log(str(outer(row)))\n"))
    assert "return row.id;" in code(plain, "readers")
    handled = (
        "    try:\n        nango.log(str(outer(row)))\n    except KeyError:\n        nango.log('none')\n"
    )
    assert "return itemOf(row, 'id');" in code(project(module, script.format(handled)), "readers")


def test_the_nango_object_of_a_module_is_that_of_a_sync_where_it_saves() -> None:
    module = "%%nango_module saving\ndef save(nango, rows):\n    nango.batch_save(rows, 'Person')\n"
    made = project(module)
    assert "save(nango: NangoSync, rows: any): Promise<void>" in code(made, "saving")
    assert "save(nango: NangoSync<any, any, any>, rows: any)" in code(made, "saving", "zero-yaml")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("from nangonb.modules.pagin import all_pages", "ts-module: There is no module `nangonb.modules.pagin`. Did you mean `nangonb.modules.paging`?"),  # noqa: E501
        ("from nangonb.modules.paging import all_page", "ts-module: `nangonb.modules.paging` does not define `all_page`. Did you mean `all_pages`?"),  # noqa: E501
        ("from nangonb.modules.helpers import text", "ts-module: Importing a whole module is not supported. Write `from nangonb.modules.helpers.text import …`."),  # noqa: E501
        ("from nangonb.models import Persn", "ts-model: nango.yaml does not declare a model `Persn`."),
    ],
)  # fmt: skip
def test_what_cannot_be_imported(line: str, said: str) -> None:
    made = project(f"%%nango_sync people\n{line}\n\n\ndef fetch_data(nango):\n    pass\n", TEXT, PAGING)
    assert problems_of(made) == [said]


def test_modules_that_import_each_other() -> None:
    one = "%%nango_module one\nfrom nangonb.modules.two import b\n\n\ndef a():\n    return b()\n"
    two = "%%nango_module two\nfrom nangonb.modules.one import a\n\n\ndef b():\n    return a()\n"
    made = project(one, two)
    modules = Modules(made)
    found = [p for module in made.modules for p in translate_module(made, module, modules=modules).problems]
    assert [problem.code for problem in found if "import each other" in problem.message] == ["ts-module"]


def test_what_a_module_refuses_is_said_in_its_cell() -> None:
    made = project("%%nango_module broken\nimport requests\n\n\ndef f():\n    return requests.get('x')\n")
    problems = translate_module(made, made.modules[0]).problems
    assert problems[0].code == "ts-import"
    assert (
        problems[0].place is not None and problems[0].place.source == "In[2]" and problems[0].place.line == 2
    )
