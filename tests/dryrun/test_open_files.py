"""Runs that were replaced leave no temporary file open, also where nothing collects garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from nangonb._session.dryruns import _HISTORY
from nangonb.errors import ScriptError
from tests.scripted import ScriptedNango
from tests.world import World

RECEIVES = """
nango.get_metadata()
data = nango.get('/a').data
"""


@pytest.fixture
def uncollected() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("end", ["pass", "raise ValueError(data['n'])", "nango.get('/none')"])
def test_each_run_of_a_session(acme: World, scripted: ScriptedNango, uncollected: None, end: str) -> None:
    opened = []
    for number in range(_HISTORY + 12):
        scripted.answers = [{"n": number, "large": "x" * 2**20}]
        with suppress(ScriptError):
            acme.sync(RECEIVES + end)
        opened.append(len(list(Path("/dev/fd").iterdir())))
    assert opened[_HISTORY - 1] > opened[0], "each run that can be looked at has a file"
    assert len(set(opened[_HISTORY + 1 :])) == 1
