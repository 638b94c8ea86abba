"""Every row of the table: the translated expression gives what Python gives."""

from __future__ import annotations

from collections import defaultdict

import pytest

from nangonb._translate.special import SPECIAL
from nangonb._translate.table import TABLE, Row
from tests.programs.node import in_node
from tests.translate.rows.cases import INPUT, Case, rows_used, same
from tests.translate.rows.examples import EXAMPLES
from tests.translate.rows.operands import OF_THE_SDK, expressions

#: Errors that say that JavaScript cannot do what Python does: loud, and so allowed.
LOUD = ("LimitError: ", "TypeError: Spread syntax requires")
ROWS = [row for rows in TABLE.rows.values() for row in rows if not row.operation.startswith(OF_THE_SDK)]


def bodies() -> list[str]:
    found = [body for row in ROWS for body in expressions(row)]
    return list(dict.fromkeys([*found, *(body for group in EXAMPLES.values() for body in group)]))


def test_each_row_gives_what_python_gives() -> None:
    used: dict[str, list[Row]] = {}
    cases, expected, checked = [], [], {}
    for body in bodies():
        case = Case(body)
        ok, result = case.in_python()
        if not ok:
            continue
        with rows_used() as rows:
            translation = case.translated()
        if not translation.ok:
            continue
        used[body] = list(rows)
        checked[f"case{len(cases)}.ts"] = translation.code
        cases.append(translation.code)
        expected.append((body, result))
    results, _ = in_node(cases, INPUT)
    wrong, proved = [], defaultdict(int)
    for (body, result), said, case in zip(expected, results, cases, strict=True):
        if "value" in said and same(result, said["value"]):
            for row in used[body]:
                proved[id(row)] += 1
        elif not said.get("error", "").startswith(LOUD):
            wrong.append(
                f"{body}\n    Python {result}\n    Node   {said.get('value') or said.get('error')}\n{_main(case)}"
            )
    assert not wrong, f"{len(wrong)} of {len(cases)} differ:\n" + "\n".join(wrong[:40])
    unproved = [
        f"{row.operation} ({', '.join(map(str, row.operands))})" for row in ROWS if not proved[id(row)]
    ]
    assert not unproved, "No example shows that these rows are right:\n" + "\n".join(unproved)


def _main(code: str) -> str:
    lines = code.splitlines()
    start = next(n for n, line in enumerate(lines) if "runAction" in line)
    return "\n".join("      " + line for line in lines[start + 1 : lines.index("}", start)])


def test_each_special_has_examples() -> None:
    assert set(SPECIAL) <= set(EXAMPLES), sorted(set(SPECIAL) - set(EXAMPLES))


@pytest.mark.parametrize("name", [*SPECIAL])
def test_examples_of_specials_are_carried_over(name: str) -> None:
    refused = [body for body in EXAMPLES[name] if not Case(body).translated().ok]
    assert not refused


def test_below_a_handler_what_raises_in_python_throws() -> None:
    cases, expected = [], []
    for body in bodies()[::2]:
        if "\n" in body:
            continue
        case = Case(f"try:\n    return [{body}]\nexcept Exception:\n    return 'failed'")
        ok, result = case.in_python()
        translation = case.translated()
        if ok and translation.ok:
            cases.append(translation.code)
            expected.append((body, result))
    results, _ = in_node(cases, INPUT)
    wrong = [
        f"{body}\n    Python {result}\n    Node   {said.get('value') or said.get('error')}"
        for (body, result), said in zip(expected, results, strict=True)
        if not ("value" in said and same(result, said["value"]))
        and not said.get("error", "").startswith(LOUD)
    ]
    assert not wrong, f"{len(wrong)} of {len(cases)} differ:\n" + "\n".join(wrong[:40])
