"""Tables and frames: how much is shown, what is left out, and that null is not empty."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser

import pandas as pd

from nangonb._render import LIMIT, frame_html, frame_text, table_html, table_text
from tests.render.samples import EVIL


class _Reader(HTMLParser):
    """The texts of the cells, row by row."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[str] = []
        self._in_cell = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += data


def test_a_frame_says_how_much_it_shows() -> None:
    frame = pd.DataFrame({"id": range(2413), "name": ["x"] * 2413})
    assert "20 of 2,413 rows × 2 columns" in frame_html(frame)
    assert len(_Reader(frame_html(frame)).rows) == 21
    assert frame_text(frame, 3).startswith("3 of 2,413 rows × 2 columns\n")
    assert "2,413 rows × 2 columns" in frame_html(frame, 5000)
    assert "1 row × 1 column" in frame_text(frame[["id"]].head(1))


def test_an_empty_frame_keeps_its_columns() -> None:
    frame = pd.DataFrame({"id": [], "name": []})
    assert _Reader(frame_html(frame)).rows == [["id", "name"]]
    assert frame_text(frame) == "0 rows × 2 columns\nid  name\n──  ────"
    assert "0 rows × 0 columns" in frame_text(pd.DataFrame())


def test_null_is_not_an_empty_string_and_an_integer_stays_one() -> None:
    frame = pd.DataFrame(
        {
            "i": pd.array([9007199254740993, None], dtype="Int64"),
            "f": [1.5, float("nan")],
            "s": pd.array(["", None], dtype="string"),
            "o": [{"a": 1}, None],
        }
    )
    reader = _Reader(frame_html(frame))
    assert reader.rows[1:] == [["9007199254740993", "1.5", "", '{"a":1}'], ["–", "–", "–", "–"]]
    assert '<td class="n-na" title="null">' in frame_html(frame)


def test_an_index_is_shown_where_it_says_something() -> None:
    frame = pd.DataFrame({"n": [1, 2]}, index=pd.Index(["a", "b"], name="rule"))
    assert _Reader(frame_html(frame)).rows == [["rule", "n"], ["a", "1"], ["b", "2"]]


def test_text_is_aligned_numbers_to_the_right_and_wide_characters_counted() -> None:
    text = table_text(["name", "n"], [["美咲", 5], ["Zoë", 1000]], caption="Contact")
    assert text == "Contact · 2 rows × 2 columns\nname     n\n────  ────\n美咲     5\nZoë   1000"


def test_all_html_is_escaped() -> None:
    html = table_html([EVIL], [[EVIL], [{"k": EVIL}]], caption=EVIL)
    reader = _Reader(html)
    assert reader.rows[0] == [EVIL]
    assert reader.rows[1] == [EVIL]
    assert not {"script", "img"} & set(reader.tags)


def test_a_wide_table_says_which_columns_are_not_shown() -> None:
    names = [f"column_{number}" for number in range(200)]
    assert "160 more columns not shown" in table_html(names, [range(200)])
    text = table_text(names, [range(200)])
    assert max(map(len, text.splitlines())) <= 160
    assert "more columns" in text.splitlines()[-1]
    assert text.startswith("1 row × 200 columns")


def test_an_output_stays_below_its_cap_and_says_what_was_left_out() -> None:
    html = table_html(["a", "b"], [["<" * 500, "é" * 500]] * 1000, max_cell=500)
    assert len(html.encode()) <= LIMIT
    shown = len(_Reader(html).rows) - 1
    assert 0 < shown < 1000
    assert f"{1000 - shown} rows omitted: the output limit is 64 KB" in html
    assert f"{shown} of 1,000 rows" in html


def test_rendering_needs_neither_pandas_nor_ipython() -> None:
    program = (
        "import sys, nangonb._render as r\n"
        "r.table_html(['a'], [[1]])\n"
        "print([n for n in ('pandas', 'IPython', 'httpx', 'numpy', 'rich') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
