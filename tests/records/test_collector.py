"""The garbage collector is as the user left it, whatever a run does."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from nangonb._records import relaxed_gc


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_what_was_set_comes_back_also_after_an_error() -> None:
    gc.set_threshold(700, 11, 12)
    with pytest.raises(KeyboardInterrupt), relaxed_gc():
        assert gc.get_threshold()[0] > 700
        assert gc.isenabled()
        with relaxed_gc():
            pass
        assert gc.get_threshold()[0] > 700
        raise KeyboardInterrupt
    assert gc.get_threshold() == (700, 11, 12)


@pytest.mark.parametrize("threshold", [0, 5_000_000])
def test_a_collector_that_is_off_or_later_stays_so(threshold: int) -> None:
    gc.set_threshold(threshold, 10, 10)
    with relaxed_gc():
        assert gc.get_threshold()[0] == threshold
    assert gc.get_threshold()[0] == threshold


def test_cycles_that_a_script_makes_are_still_collected() -> None:
    class Node:
        alive = 0

        def __init__(self) -> None:
            self.me = [self]
            Node.alive += 1

        def __del__(self) -> None:
            Node.alive -= 1

    with relaxed_gc():
        for _ in range(300_000):
            Node()
        assert Node.alive < 200_000
    gc.collect()
