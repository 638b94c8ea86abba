"""Scripts that are right are not complained of."""

from __future__ import annotations

from pathlib import Path

import pytest

from nangonb._folders import read
from tests.interop.scripts import declare, samples
from tests.sessions import Session


def test_the_samples() -> None:
    session = Session()
    declare(session)
    assert [str(problem) for problem in session.check().problems if not problem.code.startswith("ts-")] == []


@pytest.mark.parametrize("notebook", ["quickstart.ipynb"])
def test_the_notebooks(root: Path, notebook: str) -> None:
    path = root / "notebooks" / notebook
    session = Session(project=read([str(path)]), sources=[path])
    assert [str(problem) for problem in session.check().problems] == []
    assert session.check().scripts


def test_there_are_samples() -> None:
    assert len(samples()) > 50
