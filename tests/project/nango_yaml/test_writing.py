"""Writing: deterministic, read back to exactly the same data, keeping what people wrote."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest

from nangonb._project import Source
from nangonb._project.nango_yaml import JsDate, assemble, blocks, dump, same
from nangonb.errors import ProjectError

from .conftest import document


def split(text: str, label: str = "nango.yaml") -> list[Any]:
    return blocks(text, Source(label, text))


def readable(corpus: dict[str, Any]) -> dict[str, tuple[str, dict[str, Any]]]:
    """(text, data) of every file that is a mapping."""
    found = {}
    for name, case in corpus.items():
        try:
            data = document(case["yaml"]).data
        except ProjectError:
            continue
        if isinstance(data, dict):
            found[name] = case["yaml"], data
    assert len(found) > 380
    return found


def test_dumping_a_file_of_the_corpus_and_reading_it_is_the_identity(corpus: dict[str, Any]) -> None:
    for name, (_, data) in readable(corpus).items():
        written = dump(data)
        assert same(document(written).data, data), name
        assert dump(document(written).data) == written, name


def test_a_whole_text_is_returned_as_it_is(corpus: dict[str, Any]) -> None:
    for name, (text, data) in readable(corpus).items():
        assert assemble(data, split(text)) == text, name


def test_entries_put_together_say_the_same_and_keep_every_comment(corpus: dict[str, Any]) -> None:
    for name, (text, data) in readable(corpus).items():
        written = assemble(data, split(text)[1:])
        assert same(document(written).data, data), name
        comments = [line.strip() for line in text.splitlines() if line.lstrip().startswith("#")]
        kept = [line.strip() for line in written.splitlines() if line.lstrip().startswith("#")]
        assert kept == comments, name


def test_changing_one_entry_leaves_the_others_as_they_were(corpus: dict[str, Any]) -> None:
    for name, (text, data) in readable(corpus).items():
        models = data.get("models")
        if not isinstance(models, dict) or len(models) < 2 or "<<:" in text:
            continue
        changed = copy.deepcopy(data)
        first, *others = changed["models"]
        changed["models"][first] = {"id": "string", "note": "a: b # c"}
        written = assemble(changed, split(text))
        assert same(document(written).data, changed), name
        texts = {block.path: block.text for block in split(written)}
        for block in split(text):
            if block.path in [("models", other) for other in others]:
                assert texts[block.path] == block.text, name


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("every day", "every day"),
        ("12:30:00", "12:30:00"),
        ("string | null", "string | null"),
        ("string[]", "string[]"),
        ("GET /a/{M:id}", "GET /a/{M:id}"),
        ("true", '"true"'),
        ("5", '"5"'),
        ("1.0.0", "1.0.0"),
        ("1.5", '"1.5"'),
        ("2024-01-01", '"2024-01-01"'),
        ("", '""'),
        ("null", '"null"'),
        ("~", '"~"'),
        ("on", "on"),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("a:", '"a:"'),
        ("- a", '"- a"'),
        ("*", '"*"'),
        ("@daily", '"@daily"'),
        (" a", '" a"'),
        ("a\tb", '"a\\tb"'),
        ("\u2028", '"\\u2028"'),
        ("é", "é"),
        (None, "null"),
        (True, "true"),
        (1.5, "1.5"),
        (1e21, "1e+21"),
        (math.inf, ".inf"),
        (-0.0, "-0.0"),
        ([], "[]"),
        ({}, "{}"),
        (JsDate("2024-01-01", 0.0), "2024-01-01"),
        ("two\nlines\n", "|\n    two\n    lines"),
        ("two\nlines", "|-\n    two\n    lines"),
        ("two\n\nlines\n\n", "|+\n    two\n\n    lines\n"),
        ("  two\nlines", '"  two\\nlines"'),
    ],
)
def test_how_values_are_written(value: Any, written: str) -> None:
    assert dump({"a": value}) == f"a: {written}\n"
    assert same(document(dump({"a": value})).data, {"a": value})


def test_how_lists_and_keys_are_written() -> None:
    data = {"a": [{"x": 1, "y": [2, {"z": None}]}, [3], "b"], "<<": 1, "a b": 2, "5": 3, "k" * 1100: 4}
    nested = "a:\n    - x: 1\n      y:\n          - 2\n          - z: null\n    - - 3\n    - b\n"
    assert dump(data).startswith(f'{nested}"<<": 1\na b: 2\n5: 3\n? k')
    assert same(document(dump(data)).data, data)


FIRST = """\
# Our integrations

integrations:
  # the CRM
  salesforce: # org 5
    syncs:
      # Contacts, by field mapping.
      contacts:   # see the wiki
        runs:    every day  # at night
        output: Contact
        endpoint: /contacts
        # endpoint: /old

      accounts: {runs: every day, output: Account, endpoint: /accounts}
    # no actions yet
models:
  Contact: # a person
    id: string

    name: 'string'
  Account: &account
    id: string
# the end
"""

SECOND = """\
models:
    Lead:
        # from the web
        id: string
integrations:
    salesforce:
        actions:
            create-lead:
                endpoint: /leads
                description: |
                    # not a comment
                    Creates a lead.
                # really
"""


def test_two_texts_become_one() -> None:
    data: dict[str, Any] = {
        "integrations": {
            "salesforce": {
                "syncs": document(FIRST).data["integrations"]["salesforce"]["syncs"],
                "actions": document(SECOND).data["integrations"]["salesforce"]["actions"],
            }
        },
        "models": {**document(FIRST).data["models"], **document(SECOND).data["models"]},
    }
    assert (
        assemble(data, [*split(FIRST), *split(SECOND)])
        == """\
# Our integrations

integrations:
    # the CRM
    salesforce: # org 5
        syncs:
            # Contacts, by field mapping.
            contacts:   # see the wiki
              runs:    every day  # at night
              output: Contact
              endpoint: /contacts
              # endpoint: /old

            accounts: {runs: every day, output: Account, endpoint: /accounts}
        actions:
            create-lead:
                endpoint: /leads
                description: |
                    # not a comment
                    Creates a lead.
                # really
# no actions yet
models:
    Contact: # a person
      id: string

      name: 'string'
    Account: &account
      id: string
    # the end
    Lead:
        # from the web
        id: string
"""
    )


def test_an_entry_that_says_something_else_is_written_anew() -> None:
    data = document(FIRST).data
    data["integrations"]["salesforce"]["syncs"]["contacts"]["runs"] = "every hour"
    written = assemble(data, split(FIRST))
    assert "            contacts:\n                runs: every hour\n" in written
    assert "accounts: {runs: every day" in written
    assert "Contact: # a person" in written


def test_order_of_fields_counts_and_order_of_entries_does_not() -> None:
    text = "integrations: {}\nmodels:\n  B: {x: string, y: string}\n  A: {id: string}\n"
    data = document(text).data
    assert (
        assemble(
            {"models": {"A": data["models"]["A"], "B": data["models"]["B"]}, "integrations": {}}, split(text)
        )
        == text
    )
    data["models"]["B"] = {"y": "string", "x": "string"}
    assert assemble(data, split(text)) != text


def test_anchors_are_written_out() -> None:
    text = "integrations: {}\nmodels:\n  A: &a\n    id: string\n  B:\n    <<: *a\n    x: number\n  C: *a\n"
    data = document(text).data
    data["models"]["D"] = {"id": "string"}
    written = assemble(data, split(text))
    assert same(document(written).data, data)
    assert "*a" not in written
    assert "A: &a" in written


def test_types_matter() -> None:
    assert not same({"a": 1}, {"a": True})
    assert not same({"a": 1}, {"a": "1"})
    assert same({"a": math.nan}, {"a": math.nan})


def test_a_text_that_cannot_be_read_raises() -> None:
    with pytest.raises(ProjectError):
        split("a: 1\na: 2\n")
