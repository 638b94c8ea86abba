"""Dry runs, problems and connections as text and HTML."""

from __future__ import annotations

import re
from typing import Any

import pytest

from nangonb._nango import Connection
from nangonb._project import Place, Problem
from nangonb._render import (
    LIMIT,
    TableView,
    connections_html,
    connections_text,
    count_line,
    dryrun_html,
    dryrun_text,
    output_table,
    problems_html,
    problems_text,
)
from tests.render.samples import EVIL, PROBLEMS, requests, view


def _text(html: str) -> str:
    """What a reader sees of it."""
    without_style = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return (
        re.sub(r"<[^>]*>", "", without_style)
        .replace("&#x27;", "'")
        .replace("&quot;", '"')
        .replace("&lt;", "<")
        .replace("&gt;", ">")
    )


LINE = (
    "✓ salesforce-contacts on conn-1 · sandbox · added 2,413 · updated 0 · deleted 0 · 2 requests · "
    "0 writes to the provider · 1.2 s"
)


def test_the_count_line_of_a_sync() -> None:
    assert count_line(view()) == LINE
    assert dryrun_text(view()).splitlines()[0] == LINE
    assert _text(dryrun_html(view())).startswith(LINE)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"kind": "action", "requests": 1, "writes": 1, "seconds": 0.035},
         "✓ salesforce-contacts on conn-1 · sandbox · 1 request · 1 write to the provider · 35 ms"),
        ({"state": "failed", "added": 2000, "target": "dev · https://api.nango.dev"},
         "✗ salesforce-contacts on conn-1 · dev · https://api.nango.dev · added 2,000 · updated 0 · "
         "deleted 0 · 2 requests · 0 writes to the provider · 1.2 s"),
        ({"state": "interrupted", "connection_id": None, "kind": "on-event"},
         "■ salesforce-contacts · sandbox · 2 requests · 0 writes to the provider · 1.2 s"),
    ],
)  # fmt: skip
def test_the_count_line_of_others(options: dict[str, Any], line: str) -> None:
    assert count_line(view(**options)) == line


def test_a_sync_shows_each_model_then_folds_the_rest() -> None:
    html = dryrun_html(view(logs=[("info", "done"), ("error", "oh")], request_log=requests(), requests=3))
    assert "Contact · 2 of 2,413 rows × 2 columns" in _text(html)
    assert re.findall(r"<details( open)?><summary>([^<]*)", html) == [
        ("", "2 log messages"),
        ("", "3 requests, 2 failed"),
    ]
    assert "429" in html
    assert "ECONNRESET" in html
    assert "?q=SELECT Id" in _text(html)


def test_problems_are_open_when_there_is_an_error() -> None:
    assert "<details open><summary>1 error, 1 note</summary>" in dryrun_html(view(problems=PROBLEMS))
    assert "<details><summary>1 note</summary>" in dryrun_html(view(problems=PROBLEMS[:1]))


def test_a_failed_run_shows_the_error_and_what_there_is() -> None:
    failed = view(
        state="failed", error="HTTPError: Request failed with status code 404\n<b>", hints=["Look there."]
    )
    for shown in (dryrun_text(failed), _text(dryrun_html(failed))):
        assert "HTTPError: Request failed with status code 404\n<b>" in shown
        assert "Look there." in shown
        assert "Contact · 2 of 2,413 rows × 2 columns" in shown


def test_an_action_without_output_and_one_that_failed() -> None:
    assert "no output" in dryrun_text(view(kind="action", tables=()))
    assert "no output" in dryrun_html(view(kind="action", tables=()))
    assert "no output" not in dryrun_html(view(kind="action", tables=(), state="failed", error="boom"))


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ([{"a": 1}, {"b": 2}], (TableView("output", 2, ["a", "b"], [[1, None], [None, 2]]), {})),
        ({"fields": [{"a": 1}], "total": 1}, (TableView("fields", 1, ["a"], [[1]]), {"total": 1})),
        ({"a": [{"x": 1}], "b": [{"x": 1}]}, (None, {})),
        ({"a": [1, 2]}, (None, {})),
        ([], (None, {})),
        ("text", (None, {})),
    ],
)
def test_which_outputs_are_tables(output: Any, expected: Any) -> None:
    assert output_table(output) == expected


def test_an_output_that_is_no_table_is_pretty_json() -> None:
    shown = view(kind="action", tables=(), output={"id": "1", "nested": {"a": None}})
    assert '{\n  "id": "1",\n  "nested": {\n    "a": null\n  }\n}' in dryrun_text(shown)
    assert '{\n  "id": "1",\n  "nested": {\n    "a": null\n  }\n}' in _text(dryrun_html(shown))
    table = view(kind="action", tables=(), output={"total": 2, "fields": [{"name": "Id"}, {"name": "Email"}]})
    assert "total: 2" in dryrun_text(table)
    assert "fields · 2 rows × 1 column" in dryrun_text(table)
    assert "fields · 2 rows × 1 column" in _text(dryrun_html(table))


def _huge(**options: Any) -> Any:
    rows = [[EVIL * 10] * 40 for _ in range(200)]
    return view(
        tables=[TableView(f"Model{n}", 200, [EVIL * 5] * 40, rows) for n in range(5)],
        logs=[("info", EVIL * 100)] * 500,
        request_log=requests() * 500,
        problems=[PROBLEMS[1]] * 500,
        error=EVIL * 1000,
        hints=[EVIL],
        **options,
    )


@pytest.mark.parametrize("options", [{}, {"kind": "action", "output": [EVIL] * 10_000}, {"state": "failed"}])
def test_any_output_stays_below_its_cap_and_says_so(options: dict[str, Any]) -> None:
    html = dryrun_html(_huge(**options))
    assert len(html.encode()) <= LIMIT
    assert "omitted" in html
    assert "more" in html
    assert len(dryrun_text(_huge(**options))) <= LIMIT


@pytest.mark.parametrize("draw", [dryrun_html, dryrun_text])
def test_nothing_from_the_network_acts(draw: Any) -> None:
    shown = draw(
        view(
            name=EVIL,
            connection_id=EVIL,
            target=EVIL,
            tables=[TableView(EVIL, 1, [EVIL], [["\x1b[2J\ud800"]])],
            logs=[(EVIL, EVIL + "\x1b[2J")],
            request_log=requests(),
            problems=[Problem("script-failed", EVIL, Place(EVIL, 1, 2, EVIL), EVIL, (Place(EVIL),))],
            error=EVIL + "\x1b[2J",
            hints=[EVIL],
            state="failed",
        )
    )
    shown.encode("utf-8")
    assert "\x1b" not in shown
    if draw is dryrun_html:
        assert "<script" not in shown
        assert "<img" not in shown


# Problems


def test_problems_as_text_have_place_line_caret_and_hint() -> None:
    assert problems_text(PROBLEMS) == (
        "1 error, 1 note\n"
        "✗ Cell In[3], line 12, column 32: error unknown-model: There is no model named 'Contct'.\n"
        '    nango.batch_save(page, "Contct")\n'
        "                           ^\n"
        "    see nango.yaml, line 4\n"
        "    Did you mean 'Contact'?\n"
        "● note rate-limit: Just so you know."
    )


def test_problems_as_html_are_a_table_with_the_line_quoted() -> None:
    html = problems_html(PROBLEMS)
    assert "Cell In[3], line 12, column 32" in _text(html)
    assert '<pre class="n-quote">nango.batch_save(page, &quot;Contct&quot;)' in html
    assert "Did you mean 'Contact'?" in _text(html)
    assert html.index("unknown-model") < html.index("rate-limit")


def test_no_problems() -> None:
    assert problems_text(()) == "No problems."
    assert "No problems." in problems_html(())


def test_many_problems_are_capped_and_counted() -> None:
    html = problems_html([PROBLEMS[1]] * 2000)
    assert len(html.encode()) <= LIMIT
    shown = html.count("unknown-model")
    assert f"{2000 - shown:,} more problems" in html


def test_a_long_line_is_shown_around_its_column() -> None:
    place = Place("nango.yaml", 1, 5001, "x" * 5000 + "HERE" + "y" * 5000)
    quoted, caret = problems_text([Problem("script-failed", "m", place)]).splitlines()[2:4]
    assert quoted[caret.index("^") :].startswith("HERE")
    assert len(quoted) < 200


def test_a_line_with_tabs_has_its_caret_in_place() -> None:
    place = Place("nango.yaml", 1, 4, "\tab\tcd: x")
    quoted, caret = problems_text([Problem("script-failed", "m", place)]).splitlines()[2:4]
    assert quoted == "    ab  cd: x"
    assert caret.index("^") == 6


# Connections

CONNECTIONS = [
    Connection("conn-1", "salesforce", "salesforce", "2026-01-01T00:00:00.000Z", (), {"team": "a"}),
    Connection("acme", "github", "github", "2025-11-03T00:00:00.000Z", ({"type": "auth", "log_id": "x"},)),
]
LINES = ["%nango_connection conn-1", "%nango_connection acme --integration-id github"]


def test_connections_with_the_line_to_paste() -> None:
    assert connections_text(CONNECTIONS, LINES) == (
        "2 rows × 6 columns\n"
        "connection  integration  provider    created     errors  tags\n"
        "──────────  ───────────  ──────────  ──────────  ──────  ──────\n"
        "conn-1      salesforce   salesforce  2026-01-01          team=a\n"
        "acme        github       github      2025-11-03  auth\n"
        "\n"
        "    %nango_connection conn-1\n"
        "    %nango_connection acme --integration-id github"
    )
    html = connections_html(CONNECTIONS, LINES)
    assert "2 connections" in html
    assert "<code>%nango_connection acme --integration-id github</code>" in html
    assert "✗ auth" in html


def test_many_connections_are_capped() -> None:
    many = [Connection(f"c-{n}" + EVIL * 5, "k", "p", "2026-01-01") for n in range(1000)]
    html = connections_html(many, [f"%nango_connection c-{n}" for n in range(1000)])
    assert len(html.encode()) <= LIMIT
    assert "more connections" in html
    assert "<script" not in html


def test_no_connections() -> None:
    assert connections_text([], []) == "There are no connections."
    assert "There are no connections." in connections_html([], [])
