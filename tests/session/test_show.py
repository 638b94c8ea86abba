"""``%nango_show``, and what a cell that is registered says of its translation."""

from __future__ import annotations

import pytest

from nangonb.errors import UnknownName
from tests.sessions import Session

YAML = """\
%%nango_yaml
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
%%nango_sync people
# All of them
def fetch_data(nango):
    rows = nango.get("/people").data
    if rows:
        nango.batch_save(rows, "Person")
"""


def session(*cells: str) -> Session:
    made = Session()
    for number, text in enumerate(cells, 1):
        made.declare(text, label=f"In[{number}]")
    return made


def test_both_sides_and_why_each_helper_is_there() -> None:
    shown = session(YAML, SYNC).show("people")
    text = shown.text()
    assert text.index("def fetch_data(nango):") < text.index("export default async function fetchData(")
    assert "// crm/syncs/people.ts" in text
    assert [helper.name for helper in shown.helpers] == ["truthy"]
    assert "  truthy: Python's truth: empty lists, dicts and sets are false" in text
    assert "// All of them" in shown.code
    html = shown.html()
    assert ">Python</th>" in html and "crm/syncs/people.ts" in html and "Python&#x27;s truth" in html


def test_lines_that_belong_together_stand_in_one_row() -> None:
    shown = session(YAML, SYNC).show("people", layout="zero-yaml")
    rows = list(shown.rows())
    beside = {left[1].strip(): right[1].strip() for left, right in rows if left and right}
    assert (
        beside['rows = nango.get("/people").data']
        == "const rows = (await nango.get({ endpoint: '/people' })).data;"
    )
    assert beside["if rows:"] == "if (truthy(rows)) {"
    assert [left for left, _ in rows if left] == [
        (number, line) for number, line in enumerate(SYNC.splitlines()[1:], 2)
    ]
    assert [right[1] for _, right in rows if right] == shown.code.splitlines()


def test_what_cannot_be_carried_over_stands_instead_of_the_translation() -> None:
    made = session(YAML)
    declared = made.declare(SYNC.replace('nango.get("/people").data', "open('x')"), label="In[2]")
    (refusal,) = declared.problems
    assert (refusal.code, refusal.severity) == ("ts-unknown-call", "error")
    assert refusal.place is not None and (refusal.place.source, refusal.place.line) == ("In[2]", 4)
    assert refusal in made.check().problems and not made.check().ok
    shown = made.show("people")
    assert not shown.ok and "`open()` is not supported" in shown.text() and "open()" in shown.html()


def test_what_a_later_cell_may_bring_is_no_warning() -> None:
    script = SYNC.replace(
        "# All", "from nangonb.models import Person\nfrom nangonb.modules.later import f\n\n\n# All"
    )
    made = Session()
    declared = made.declare(script.replace("people\n", "people --integration-id crm\n", 1), label="In[1]")
    assert [problem for problem in declared.problems if problem.code.startswith("ts-")] == []
    assert {p.code for p in made.check().problems if p.code.startswith("ts-")} == {"ts-model", "ts-module"}


@pytest.mark.parametrize("layout", ["python", "nango"])
def test_layouts_without_typescript(layout: str) -> None:
    with pytest.raises(UnknownName):
        session(YAML, SYNC).show("people", layout=layout)


def test_a_misspelt_script() -> None:
    with pytest.raises(UnknownName) as caught:
        session(YAML, SYNC).show("peple")
    assert "people" in caught.value.hint
