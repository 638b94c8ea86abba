"""Programs at the known traps between Python and JavaScript: equal in Node, or refused, or ended loudly."""

from __future__ import annotations

import json

import pytest

from tests.programs.node import in_node
from tests.translate.rows.cases import INPUT, Case, same
from tests.translate.rows.traps import CARRIED, ELSEWHERE

pytestmark = pytest.mark.filterwarnings("ignore::SyntaxWarning")


@pytest.mark.parametrize("trap", [*CARRIED])
def test_what_is_carried_over_does_the_same(trap: str) -> None:
    codes, expected = [], []
    for body in CARRIED[trap]:
        case = Case(body)
        ok, result, calls = case.told()
        translation = case.translated()
        assert ok, f"{body}\n{result}"
        assert translation.ok, f"{body}\n{translation.problems[0]}"
        codes.append(translation.code)
        expected.append((body, result, calls))
    _check(codes, expected, loud=())


@pytest.mark.parametrize("trap", [*ELSEWHERE])
def test_what_is_not_is_refused_or_loud(trap: str) -> None:
    codes, expected = [], []
    for body in ELSEWHERE[trap]:
        case = Case(body)
        ok, result, calls = case.told()
        translation = case.translated()
        assert ok, f"{body}\n{result}"
        assert translation.ok or all(p.code.startswith("ts-") and p.hint for p in translation.problems), body
        if translation.ok:
            codes.append(translation.code)
            expected.append((body, result, calls))
    _check(codes, expected, loud=("LimitError: ",))


def _check(codes: list[str], expected: list[tuple[str, str, str]], loud: tuple[str, ...]) -> None:
    results, _ = in_node(codes, INPUT)
    wrong = [
        f"{body}\n    Python {result} {calls}\n    Node   {said}"
        for (body, result, calls), said in zip(expected, results, strict=True)
        if not (
            "value" in said and same(result, said["value"]) and json.loads(calls) == json.loads(said["calls"])
        )
        and not said.get("error", "").startswith(loud or ("-",))
    ]
    assert not wrong, "\n".join(wrong)
