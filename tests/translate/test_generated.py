"""Programs that hypothesis makes of the table's rows do in Node what they do in Python."""

from __future__ import annotations

import json
import re
import resource
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.programs.node import in_node
from tests.translate.rows.cases import INPUT, same
from tests.translate.rows.generated import programs, runnable

BATCH = 100
#: Loud ends that are no difference: a number that JavaScript cannot hold; a dict from outside where a list
#: is gone through, which is written as for a list (`for (const record of page)`).
LOUD = re.compile("LimitError: |TypeError: .* is not iterable")


def _made(count: int) -> list[list[str]]:
    found: list[list[str]] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(programs())
    def collect(program: list[str]) -> None:
        found.append(program)

    collect()
    return found


@contextmanager
def _bounded(more: int = 2 << 30) -> Iterator[None]:
    """A program that would take ``more`` bytes fails with a MemoryError: what it does may depend on the order
    of a set, which is another one in every process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if sys.platform == "linux" else None
    if pages is not None:
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + more, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _differences(made: list[list[str]]) -> tuple[int, list[str]]:
    """How many programs were compared, and those that differ. An end by LimitError is no difference."""
    with warnings.catch_warnings(), _bounded():
        warnings.simplefilter("ignore", SyntaxWarning)
        ready = [found for program in made if (found := runnable(program)) is not None]
    wrong: list[str] = []
    equal = 0
    for start in range(0, len(ready), BATCH):
        batch = ready[start : start + BATCH]
        results, _ = in_node([typescript for *_, typescript in batch], INPUT)
        for (case, result, calls, typescript), said in zip(batch, results, strict=True):
            alike = json.loads(calls) == json.loads(said["calls"])
            if "value" in said and same(result, said["value"]) and alike:
                equal += 1
            elif not LOUD.match(said.get("error", "")):
                main = typescript[typescript.index("export default") :].split("\n}\n")[0]
                wrong.append(f"{case.body}\n  Python {result} {calls}\n  Node   {said}\n{main}")
    return equal, wrong


def test_generated_programs_do_the_same() -> None:
    equal, wrong = _differences(_made(60))
    assert not wrong, "\n\n".join(wrong[:5])
    assert equal > 30


@pytest.mark.interop
@pytest.mark.timeout(900)
def test_many_generated_programs_do_the_same() -> None:
    equal, wrong = _differences(_made(1000))
    assert not wrong, f"{len(wrong)} differ:\n" + "\n\n".join(wrong[:20])
    assert equal > 500
