"""No text and no data makes it raise anything but its own errors; what is dumped reads back."""

from __future__ import annotations

import json
import math
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nangonb._project import Place, Source
from nangonb._project.nango_yaml import (
    JsDate,
    assemble,
    blocks,
    check,
    dump,
    interfaces,
    model_schema,
    models_module,
    models_to_json_schema,
    nango_json,
    problems,
    read,
    same,
    scaffold,
    schema_json,
)
from nangonb._project.nango_yaml.javascript import number
from nangonb.errors import ProjectError

QUICK = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _words(text: str, separator: str = " ") -> list[str]:
    return text.split(separator)


WORDS = _words(
    "/ /<</~/true/null/5/1.5/0x1F/1e3/-/- a/a: b/a #b/a:/|/>/@x/%x/`x/&a/*a/!x/?/?x/{a}/[a]/a,b/'/\"/..."
    "/---/on/12:30:00/2024-01-01/\n/a\n/ a\nb/a\n\n/\t/\x85/\u2028/\ufeff/\ue000/\x07",
    "/",
)
TYPES = _words(
    "string;string[];number;M;M[];N | null;open | closed;[];Array<x>;array;x[][];Record<a, b>;undefined;12abc"
    ";never;date;A, B;void[];it's;every day;every 5s;GET /x;/x/{M};incremental;action;1.0.0;setup",
    ";",
)
SCRIPT_KEYS = _words(
    "input scopes version type returns description sync_type track_deletes auto_start webhook-subscriptions"
)
KEYS = _words(
    "integrations;models;syncs;actions;on-events;post-connection-scripts;runs;output;endpoint;validate-connection"
    ";path;method;group;M;N;A;B;id;x?;5;__extends;__string;__string?;class;a b",
    ";",
)

Any_ = st.SearchStrategy[Any]

texts: st.SearchStrategy[str] = st.deferred(
    lambda: st.one_of(st.sampled_from(WORDS), st.text(st.characters(exclude_categories=["Cs"]), max_size=8))
)
scalars: Any_ = st.deferred(
    lambda: st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**53), 2**53),
        st.floats(),
        st.just(JsDate("2024-01-01", 0.0)),
        texts,
    )
)
data: Any_ = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=20,
)
keys: st.SearchStrategy[str] = st.deferred(lambda: st.sampled_from(KEYS + SCRIPT_KEYS))
words: Any_ = st.deferred(lambda: st.one_of(st.sampled_from(TYPES), scalars))
values: Any_ = st.recursive(
    words,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=6,
)
mappings: Any_ = st.deferred(lambda: st.dictionaries(keys, values, max_size=5))
scripts: Any_ = st.deferred(
    lambda: st.one_of(
        values,
        st.fixed_dictionaries(
            {"runs": st.sampled_from(["every day", "x", 5]), "output": values, "endpoint": values},
            optional=dict.fromkeys(SCRIPT_KEYS, words),
        ),
    )
)
groups: Any_ = st.deferred(lambda: st.dictionaries(st.sampled_from(["a", "b", "c d"]), scripts, max_size=2))
integrations: Any_ = st.deferred(
    lambda: st.one_of(
        mappings,
        st.fixed_dictionaries({}, optional={"syncs": groups, "actions": groups, "on-events": mappings}),
    )
)
files: Any_ = st.deferred(
    lambda: st.fixed_dictionaries(
        {
            "integrations": st.one_of(
                values, st.dictionaries(st.sampled_from(["p", "q", "s/f"]), integrations)
            ),
            "models": st.one_of(
                values, st.dictionaries(st.sampled_from(["M", "N", "A", "B", "5"]), mappings)
            ),
        },
        optional={"extra": values},
    )
)


def _plain(value: Any) -> Any:
    """Numbers as JavaScript holds them."""
    if isinstance(value, float):
        return number(value) if math.isfinite(value) else value
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


@QUICK
@given(data)
def test_what_is_dumped_reads_back(value: Any) -> None:
    written = dump(value)
    assert same(read(written, Source("x", written)).data, _plain(value))


@QUICK
@given(files)
def test_any_data_is_checked_and_generated_from(value: Any) -> None:
    checked = check(value)
    shown = checked.as_dict()
    json.dumps(shown, allow_nan=False)
    assert shown["accepted"] == (not shown["errors"] and not shown["schema_errors"])
    found = problems(checked, lambda path: Place("x"))
    assert checked.accepted != any(problem.severity == "error" for problem in found)
    nango_json(checked)
    interfaces(checked)
    json.dumps(schema_json(checked), allow_nan=True)
    models_to_json_schema(checked)
    for name in checked.models:
        model_schema(checked, name)
    exec(models_module(checked), {"__name__": "models"})
    for script in checked.scripts:
        compile(scaffold(script, "python", checked.models), "script.py", "exec")
        assert scaffold(script, "typescript", checked.models)


@QUICK
@given(st.one_of(data, st.lists(data)))
def test_data_of_any_shape_is_checked(value: Any) -> None:
    checked = check(value)
    problems(checked, lambda path: Place("x"))
    assert not checked.accepted or isinstance(value, dict)


@QUICK
@given(files, files)
def test_two_texts_are_put_together(one: dict[str, Any], other: dict[str, Any]) -> None:
    known = [block for value in (one, other) for block in blocks(dump(value), Source("x", dump(value)))]
    merged = _plain({**other, **one})
    written = assemble(merged, known)
    assert same(read(written, Source("x", written)).data, merged, ordered=False)


@QUICK
@given(
    st.text(max_size=60),
    st.lists(st.sampled_from([*WORDS, ": ", "\n  ", "\n- ", "{", "}", "]"]), max_size=25),
)
def test_any_text_is_read_or_refused(text: str, pieces: list[str]) -> None:
    for one in (text, "".join(pieces), f"a: {text}", "\n".join(pieces)):
        source = Source("x", one)
        try:
            document = read(one, source)
        except ProjectError as error:
            (problem,) = error.problems
            assert problem.place is not None and problem.hint
            continue
        for problem in problems(check(document.data), document.place):
            assert problem.place is not None
        if isinstance(document.data, dict):
            found = blocks(one, source)
            assert same(read(assemble(document.data, found[1:]), source).data, document.data)
