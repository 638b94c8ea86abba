"""Reading yaml as js-yaml 4 does. Expected values were taken from js-yaml 4.3.2."""

from __future__ import annotations

import math
from typing import Any

import pytest

from nangonb._project import Source
from nangonb._project.nango_yaml import JsDate, KeyPath, loader, read
from nangonb.errors import ProjectError

from .conftest import document, found, only


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("on", "on"),
        ("yes", "yes"),
        ("No", "No"),
        ("true", True),
        ("TRUE", True),
        ("tRUE", "tRUE"),
        ("~", None),
        ("", None),
        ("Null", None),
        ("nULL", "nULL"),
        ("12:30:00", "12:30:00"),
        ("1:30", "1:30"),
        ("012", 12),
        ("0o17", 15),
        ("0x1F", 31),
        ("-0x1F", -31),
        ("0b101", 5),
        ("1_000", 1000),
        ("1_", "1_"),
        ("_1", "_1"),
        ("+5", 5),
        ("1.", 1),
        (".5", 0.5),
        ("+.5", "+.5"),
        ("1.50", 1.5),
        ("1e3", 1000),
        ("1e+21", 1e21),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("9007199254740993", 9007199254740992),
        ("1.2.3", "1.2.3"),
        ("=", "="),
        ("<<", "<<"),
        ("'5'", "5"),
        ('"a\\tb"', "a\tb"),
        ("!!str 5", "5"),
        ("!!int '5'", 5),
        ("! x", "x"),
        ("a b # c", "a b"),
        ("a#b", "a#b"),
        ("{a: 1, b: [x, y]}", {"a": 1, "b": ["x", "y"]}),
        ("x\t", "x"),
        ("\tx", "x"),
        ("x\u2028y", "x\u2028y"),
    ],
)
def test_values(written: str, value: Any) -> None:
    data = document(f"a: {written}\n").data["a"]
    assert data == value
    assert type(data) is type(value)


def test_not_a_number() -> None:
    assert math.isnan(document("a: .nan\n").data["a"])


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2024-01-01", "2024-01-01T00:00:00.000Z"),
        ("2024-02-30", "2024-03-01T00:00:00.000Z"),
        ("2024-1-2 3:04:05", "2024-01-02T03:04:05.000Z"),
        ("2024-01-01T10:00:00.5+02:00", "2024-01-01T08:00:00.500Z"),
        ("2024-01-01t10:00:00 Z", "2024-01-01T10:00:00.000Z"),
    ],
)
def test_time_stamps_are_dates(written: str, iso: str) -> None:
    value = document(f"a: {written}\n").data["a"]
    assert isinstance(value, JsDate)
    assert (value.text, value.iso) == (written, iso)


def test_keys_are_texts() -> None:
    assert document("1: a\ntrue: b\nnull: c\n1.5: d\n").data == {
        "1": "a",
        "true": "b",
        "null": "c",
        "1.5": "d",
    }


def test_merge_keys() -> None:
    text = "base: &b {x: 1, y: 2}\none:\n  <<: *b\n  x: 3\ntwo:\n  z: 0\n  <<: [*b, {w: 4, x: 9}]\n"
    data = document(text).data
    assert data["one"] == {"x": 3, "y": 2}
    assert data["two"] == {"z": 0, "x": 1, "y": 2, "w": 4}
    assert list(data["two"]) == ["z", "x", "y", "w"]


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a:\n\tb: c\n", "yaml-tab", 2, 1),
        ("a: 1\nb: 2\na: 3\n", "yaml-duplicate-key", 3, 1),
        ("'1': a\n1: b\n", "yaml-duplicate-key", 2, 1),
        ("a: 'x' | y\n", "yaml-syntax", 1, 10),
        ("a: b: c\n", "yaml-syntax", 1, 5),
        ("a: [b, c\nd: e\n", "yaml-syntax", 2, 2),
        ("a: @b\n", "yaml-syntax", 1, 4),
        ("a: {b}c\n", "yaml-syntax", 1, 7),
        ("a:\n  b: c\n d: e\n", "yaml-syntax", 3, 2),
        ("a: 1\n---\nb: 2\n", "yaml-several-documents", 2, 1),
        ("a: *nope\n", "yaml-unknown-alias", 1, 4),
        ("a: &a [*a]\n", "yaml-recursive-alias", 1, 8),
        ("a: !thing x\n", "yaml-tag", 1, 4),
        ("a: !!int x\n", "yaml-tag", 1, 4),
        ("a:\n  <<: 5\n", "yaml-merge", 2, 7),
        ("? [[a]]\n: b\n", "yaml-key", 1, 3),
        ("a: \x07\n", "yaml-character", 1, 4),
        ("a: \ud800\n", "yaml-character", 1, 4),
        ("[" * 100 + "]" * 100, "yaml-too-deep", 1, 100),
        ("{a: " * 99 + "1" + "}" * 99, "yaml-too-deep", 1, 394),
    ],
)
def test_what_js_yaml_refuses(text: str, code: str, line: int, column: int) -> None:
    with pytest.raises(ProjectError) as raised:
        document(text)
    (problem,) = raised.value.problems
    assert (problem.code, problem.severity) == (code, "error")
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (line, column)
    assert problem.place.text == text.splitlines()[line - 1]
    assert problem.message.endswith(".")
    assert problem.hint


def test_a_duplicate_key_names_both_places() -> None:
    problem = only("models:\n  A: {}\n  A: {}\n", "yaml-duplicate-key")
    assert [place.line for place in problem.related] == [2]


def test_aliases_that_unfold_without_end_are_refused() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]" for n in range(1, 9)]
    assert [problem.code for problem in found("\n".join(levels))] == ["yaml-too-large"]


def test_empty_texts_are_no_data() -> None:
    assert [document(text).data for text in ("", "\n\n", "# only a comment\n", "---\n")] == [None] * 4


def test_the_pure_scanner_reads_the_corpus_alike(
    corpus: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """PyYAML without libyaml, as on platforms that have no wheel of it."""
    texts = [case["yaml"] for case in corpus.values() if len(case["yaml"]) < 1500 or "\t" in case["yaml"]]

    def outcome(text: str) -> Any:
        try:
            return document(text).data
        except ProjectError as error:
            return error.problems[0].code

    fast = [outcome(text) for text in texts]
    monkeypatch.setattr(loader, "_CParser", None)
    assert [outcome(text) for text in texts] == fast


TEXT = """\
# a comment
integrations:
  sf:
    syncs:
      contacts:
        runs: every day
        output:
          - Contact
          - Other
        input:
models: {Contact: {id: string}, "Other": {id: number}}
"""


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ((), (2, 1), (2, 1)),
        (("integrations", "sf"), (4, 5), (3, 3)),
        (("integrations", "sf", "syncs", "contacts", "runs"), (6, 15), (6, 9)),
        (("integrations", "sf", "syncs", "contacts", "output", 1), (9, 13), (9, 13)),
        (("integrations", "sf", "syncs", "contacts", "input"), (10, 9), (10, 9)),
        (("models", "Other", "id"), (11, 47), (11, 43)),
        (("models", "Nope", "id"), (11, 9), (11, 9)),
        (("integrations", "sf", "syncs", "contacts", "output", 7), (7 + 1, 11), (7 + 1, 11)),
    ],
)
def test_places(path: tuple[str | int, ...], value: tuple[int, int], key: tuple[int, int]) -> None:
    read_text = document(TEXT)
    place = read_text.place(path)
    assert (place.line, place.column) == value
    assert place.text == TEXT.splitlines()[value[0] - 1]
    for at_key in (read_text.place(path, key=True), read_text.place(KeyPath(path))):
        assert (at_key.line, at_key.column) == key


def test_places_in_a_cell_count_its_first_line() -> None:
    cell = "%%nango_yaml\n\nintegrations:\n  sf: 5\n"
    source = Source("Cell In[3]", cell, offset=1)
    place = read(source.body, source).place(("integrations", "sf"))
    assert (place.source, place.line, place.column, place.text) == ("Cell In[3]", 4, 7, "  sf: 5")


def test_an_aliased_value_is_where_the_alias_stands() -> None:
    read_text = document("a: &x {y: 1}\nb: *x\nc:\n  <<: *x\n")
    assert read_text.place(("b",)).line == 2
    assert read_text.place(("c", "y")).line == 1
