"""What is wrong, at which line and column, and how to mend it."""

from __future__ import annotations

import pytest

from nangonb._project import Problem

from .conftest import found, only

SYNC = """\
integrations:
  sf:
    syncs:
      contacts:
        runs: every day
        output: Contact
        endpoint: /contacts
        {extra}
models:
  Contact:
    id: string
    {field}
"""


def sync(extra: str = "", field: str = "name: string") -> str:
    return SYNC.format(extra=extra, field=field)


def place_of(problem: Problem) -> tuple[int | None, int | None]:
    assert problem.place is not None
    return problem.place.line, problem.place.column


def test_nothing_to_say() -> None:
    assert found(sync()) == []


@pytest.mark.parametrize(
    ("text", "code", "place", "hint"),
    [
        (sync("webhook_subscriptions: x"), "unknown-key", (8, 9), "`webhook-subscriptions`"),
        (sync("auto_starts: true"), "unknown-key", (8, 9), "`auto_start`"),
        (sync("track_deletes: 'yes'"), "invalid-value", (8, 24), "Remove the quotes"),
        (sync("sync_type: FULL"), "invalid-value", (8, 20), "lower case"),
        (sync("version: latest"), "invalid-version", (8, 18), '"1"'),
        (sync("description: 5"), "invalid-value", (8, 22), "quotes"),
        (sync("scopes: [a, 5]"), "invalid-value", (8, 21), "quotes"),
        (sync().replace("every day", "5"), "invalid-runs", (5, 15), "every 30 minutes"),
        (sync().replace("every day", "every Day"), "invalid-runs", (5, 15), "`every day`"),
        (sync().replace("every day", "every minute"), "invalid-runs", (5, 15), "`every 1 minute`"),
        (sync().replace("every day", "hourly"), "invalid-runs", (5, 15), "`every hour`"),
        (sync().replace("every day", "every blue moon"), "invalid-runs", (5, 15), "`every hour`"),
        (sync().replace("every day", "every 10s"), "runs-too-short", (5, 15), "`every 30 seconds`"),
        (sync().replace("runs: every day\n", "\n"), "missing-key", (4, 7), "`runs: every hour`"),
        (sync().replace("/contacts", "POST /contacts"), "invalid-endpoint", (7, 19), "GET"),
        (sync().replace("/contacts", "{method: PUT, path: /x}"), "invalid-endpoint", (7, 28), "GET"),
        (sync().replace("/contacts", "{path: /x, group: '1'}"), "invalid-endpoint", (7, 37), "digits"),
        (sync().replace("/contacts", "[/a, /b]"), "endpoints-mismatch", (7, 19), "one endpoint for each"),
        (sync(field="name: Array<string>"), "type-syntax-error", (12, 11), "`string[]`"),
        (sync(field="name: Record<string, any>"), "type-syntax-error", (12, 11), "`object`"),
        (sync(field="name: '[]'"), "type-syntax-error", (12, 11), "`string[]`"),
        (sync(field="name: ''"), "type-syntax-error", (12, 11), "Name the type"),
        (sync(field="__extends: Contac"), "model-extends-not-found", (12, 16), "`Contact`"),
        (sync(field="name: strnig"), "model-not-found-fallback", (12, 11), "`string`"),
        (sync(field="name: string[][]"), "model-not-found-fallback", (12, 11), "Only one"),
        (sync(field="name: open"), "model-not-found-fallback", (12, 11), ""),
        (sync(field="parent: Contact"), "cyclic-model", (12, 13), "Nango accepts that"),
        (sync(field="1st: string"), "typescript-syntax", (12, 5), "letter"),
        (sync(field="names: []"), "typescript-syntax", (12, 12), "`any[]`"),
        (sync().replace("output: Contact", "output: Contacts"), "model-missing-id", (6, 17), "`Contact`"),
        (sync().replace("    id: string\n", ""), "model-missing-id", (6, 17), "`id: string`"),
        (sync("input: number"), "model-is-literal", (8, 16), "Declare a model"),
        (sync().replace("  Contact:", "  Con-tact:"), "invalid-model-name", (10, 3), "`ConTact`"),
        (sync().replace("models:", "model:"), "unknown-key", (9, 1), "`models`"),
        ("models: {}\n", "missing-key", (1, 1), "`integrations:`"),
        ("integrations:\n  sf:\n    syncs: {}\n", "empty-mapping", (1, 1), ""),
        ("integrations:\n  sf:\n    syncs: {}\nmodels:\n  Abc:\n", "empty-mapping", (5, 3), ""),
        ("integrations:\n  - sf\nmodels: {}\n", "not-a-mapping", (2, 5), ""),
        ("just words\n", "not-a-mapping", (1, 1), ""),
        ("integrations: {}\nmodels: {A: {__extends: B}, B: {__extends: A}}\n", "extends-cycle", (2, 44), ""),
    ],
)
def test_one_problem(text: str, code: str, place: tuple[int, int], hint: str) -> None:
    problem = only(text, code)
    assert place_of(problem) == place
    assert problem.place is not None
    assert problem.place.text == text.splitlines()[place[0] - 1]
    assert hint in problem.hint
    assert problem.message.endswith(".")


def test_each_mistake_is_told_once() -> None:
    text = sync("version: latest\n        foo: 1").replace("/contacts", "{method: PUT, path: x}")
    assert sorted(problem.code for problem in found(text)) == [
        "invalid-endpoint",
        "invalid-endpoint",
        "invalid-version",
        "unknown-key",
    ]


def test_version_1_errors_are_told_once() -> None:
    text = "integrations:\n  demo:\n    issues: {returns: 5, runs: 7}\n    other: 5\nmodels: {}\n"
    places = [(problem.code, place_of(problem)) for problem in found(text) if problem.severity == "error"]
    assert places == [
        ("invalid-value", (3, 23)),
        ("invalid-runs", (3, 32)),
        ("invalid-value", (4, 12)),
        ("model-missing-id", (3, 23)),
    ]


def test_duplicates_name_the_first_place() -> None:
    text = """\
integrations:
  sf:
    syncs:
      a: {runs: every day, output: A, endpoint: /x}
      b: {runs: every day, output: A, endpoint: /x}
models:
  A: {id: string}
"""
    for code, column in (("duplicate-model", 36), ("duplicate-endpoint", 49)):
        problem = only(text, code)
        assert place_of(problem) == (5, column)
        assert [place.line for place in problem.related] == [4]


def test_a_circle_that_is_none_is_only_a_note() -> None:
    text = "integrations: {}\nmodels:\n  M: {a: Z, b: Z}\n  Z: {v: string}\n"
    problem = only(text, "cyclic-model")
    assert (problem.severity, place_of(problem)) == ("note", (3, 16))
    assert "There is none" in problem.message


@pytest.mark.parametrize(
    ("text", "code", "place", "hint"),
    [
        (sync().replace("every day", "every 1.5 hours"), "server-runs", (5, 15), "`every 90 minutes`"),
        (sync().replace("every day", "every 1w"), "server-runs", (5, 15), "`every 7 days`"),
        (sync().replace("every day", "every 1 year"), "server-runs", (5, 15), "`every 8766 hours`"),
        (sync("version: 3"), "server-version", (8, 18), 'version: "3"'),
        (
            sync("sync_type: incremental\n        track_deletes: true"),
            "server-track-deletes",
            (9, 24),
            "sync_type: full",
        ),
        (sync(f"description: {'x' * 2001}"), "server-description", (8, 22), "Shorten"),
        (sync(f"scopes: {'x' * 256}"), "server-scope", (8, 17), "commas"),
        (sync().replace("contacts:", "con tacts:"), "server-name", (4, 7), "letters"),
        (sync().replace("  sf:", "  s/f:"), "server-name", (2, 3), "letters"),
        (sync().replace("  sf:", "  ..:"), "server-name", (2, 3), "Rename"),
    ],
)
def test_what_the_server_refuses(text: str, code: str, place: tuple[int, int], hint: str) -> None:
    problem = only(text, code)
    assert problem.severity == "warning"
    assert place_of(problem) == place
    assert hint in problem.hint


@pytest.mark.parametrize(
    "runs", ["every day", "every 30 minutes", "every half hour", "every month", "30m", "every 5 mins"]
)
def test_what_the_server_takes(runs: str) -> None:
    assert found(sync().replace("every day", runs)) == []


def test_names_that_collide_on_a_disk() -> None:
    text = """\
integrations:
  sf:
    syncs:
      Contacts: {runs: every day, output: A, endpoint: /x}
      contacts: {runs: every day, output: B, endpoint: /y}
    actions:
      create: {endpoint: /z}
    on-events:
      validate-connection: [create]
  SF:
    syncs: {}
models:
  A: {id: string}
  B: {id: string}
"""
    collisions = [problem for problem in found(text) if problem.code == "file-name-collision"]
    places = [(place_of(problem), [place.line for place in problem.related]) for problem in collisions]
    assert places == [((5, 7), [4]), ((9, 29), [7]), ((10, 3), [2])]


def test_one_script_for_two_events_is_one_file() -> None:
    text = """\
integrations:
  sf:
    on-events:
      post-connection-creation: [setup]
      pre-connection-deletion: [setup]
models: {}
"""
    assert found(text) == []
