"""Numbers, times and values as people read them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from nangonb._render import cell, elapsed, number, plural, printable, size, tree_text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 ms"),
        (0.0353, "35 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1.0 s"),
        (1.24, "1.2 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 0 s"),
        (125, "2 min 5 s"),
        (3599.6, "1 h 0 min"),
        (3720, "1 h 2 min"),
    ],
)
def test_elapsed(seconds: float, text: str) -> None:
    assert elapsed(seconds) == text


def test_numbers_and_sizes() -> None:
    assert (number(2413), number(12)) == ("2,413", "12")
    assert (size(412), size(1536), size(5 << 20), size(3 << 30)) == ("412 B", "1.5 KB", "5.0 MB", "3.0 GB")
    assert (plural(1, "request"), plural(2413, "request"), plural(0, "entry", "entries")) == (
        "1 request",
        "2,413 requests",
        "0 entries",
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (float("nan"), "–"),
        (pd.NA, "–"),
        (pd.NaT, "–"),
        ("", ""),
        ("a\nb\tc", "a↵b⇥c"),
        (True, "true"),
        (9007199254740993, "9007199254740993"),
        (1.5, "1.5"),
        ({"a": [1, None, {"b": "é"}]}, '{"a":[1,null,{"b":"é"}]}'),
        ({"a": pd.NA, 1: dt.date(2024, 1, 2)}, '{"a":null,"1":"2024-01-02"}'),
        ([], "[]"),
        (b"abc", "<3 bytes>"),
        (dt.datetime(2024, 1, 2, 3, tzinfo=dt.UTC), "2024-01-02T03:00:00+00:00"),
    ],
)
def test_cells(value: Any, text: str) -> None:
    assert cell(value) == text


@pytest.mark.parametrize("value", ["x" * 5_000_000, ["x" * 5_000_000], list(range(1_000_000)), 10**4000])
def test_a_cell_is_capped(value: Any) -> None:
    assert len(cell(value, 50)) == 50
    assert cell(value, 50).endswith("…")


def test_what_would_act_on_a_terminal_or_turn_a_line_is_written_out() -> None:
    assert printable("\x1b[31mred\x1b[0m \x00 \u202eevil \ud800 ok\r\n\tx\r") == (
        "\\x1b[31mred\\x1b[0m \\x00 \\u202eevil \\ud800 ok\n\tx\\x0d"
    )


def test_a_tree_is_drawn_as_tree_draws_it() -> None:
    paths = ["salesforce/syncs/a.py", "nango.yaml", "salesforce/actions/b.py", ".nangonb/export.json"]
    assert tree_text(paths, "out") == (
        "out\n"
        "├── .nangonb\n"
        "│   └── export.json\n"
        "├── nango.yaml\n"
        "└── salesforce\n"
        "    ├── actions\n"
        "    │   └── b.py\n"
        "    └── syncs\n"
        "        └── a.py"
    )
    assert tree_text([]) == ""
