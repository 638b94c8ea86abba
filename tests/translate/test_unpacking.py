"""Below a handler, unpacking a wrong number of values does in Node what it does in Python, or is refused."""

from __future__ import annotations

import pytest

from tests.sessions import Session

HEAD = "%%nango_action pairs --integration-id acme\ndef run_action(nango, input):\n    try:\n"
TAIL = "    except ValueError:\n        return 'bad'\n    return 'ok'\n"


def problems(*lines: str) -> list[str]:
    session = Session()
    body = "".join(f"        {line}\n" for line in lines)
    session.declare(f"{HEAD}{body}{TAIL}", label="Cell In[1]")
    return [problem.message for problem in session.show("pairs").problems]


@pytest.mark.parametrize(
    "line",
    [
        "for a, b in input['pairs']: nango.log(a)",
        "for i, (a, b) in enumerate(input['pairs']): nango.log(a)",
        "nango.log([a for a, b in input['pairs']])",
        "nango.log({a: b for a, b in input['pairs']})",
        "(a, b), c = input['pair'], 1",
        "a, (b, c) = [1, input['pair']]",
    ],
)
def test_an_unknown_number_of_values_is_refused(line: str) -> None:
    (message,) = problems(line)
    assert message == "Python raises if the number of values differs, and a handler would catch the error."


@pytest.mark.parametrize(
    "lines",
    [
        ["for pair in input['pairs']:", "    a, b = pair"],
        ["for key, value in input['d'].items():", "    nango.log(key)"],
        ["for i, value in enumerate(input['xs']):", "    nango.log(value)"],
        ["a, b = input['pair']"],
    ],
)
def test_what_is_counted_is_translated(lines: list[str]) -> None:
    assert problems(*lines) == []
