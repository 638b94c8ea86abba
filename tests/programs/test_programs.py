"""Generated scripts do in Node what they do in Python."""

from __future__ import annotations

import os

import pytest

from tests.programs import compared
from tests.programs.compared import Compared, compare
from tests.programs.generator import program

_SHORT = 60
#: ``tools/compare_programs.py`` runs as many as one likes.
_LONG = int(os.environ.get("PROGRAMS", "1000"))


def _check(found: Compared, count: int) -> None:
    assert not found.different, f"{len(found.different)} differ:\n" + "\n\n".join(found.different[:5])
    assert found.count == count
    assert found.equal > 0.7 * count


def test_whole_programs_do_the_same() -> None:
    _check(compare(range(_SHORT), types=True), _SHORT)


@pytest.mark.interop
@pytest.mark.timeout(0)
def test_many_whole_programs_do_the_same() -> None:
    _check(compare(range(_SHORT, _SHORT + _LONG)), _LONG)


def test_a_number_stands_for_one_program() -> None:
    assert program(7).source == program(7).source != program(8).source


@pytest.mark.parametrize("seed", range(5))
def test_what_is_left_out_of_a_program_is_a_statement_with_all_below_it(seed: int) -> None:
    made = program(seed)
    lines = made.source.splitlines()
    for number, line in enumerate(lines[1:], 2):
        left = made.without([number])
        if left is not None:
            assert len(left.source.splitlines()) <= len(lines)
            compile(left.source, "program", "exec")
        else:
            assert line.strip() in ("return {", "}", "'input': input,")


def test_what_differs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A result, a call and an error of Node's; what is loud is none."""
    head = "export default async function runAction(nango, input) {\n"
    ends = {
        "return { input: 1 };": "different",
        "await nango.log('more'); return {};": "different",
        "nothing();": "different",
        "const error = new Error('x'); error.name = 'LimitError'; throw error;": "loud",
    }
    for body, kind in ends.items():
        monkeypatch.setattr(compared, "to_typescript", lambda source, body=body: f"{head}{body}\n}}\n")
        found = compare(range(2))
        assert {"different": len(found.different), "loud": found.loud}[kind] == 2
        assert found.equal == 0
