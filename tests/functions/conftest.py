"""A session on a sandbox of its own, which compiles and runs TypeScript itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.process import Sandbox
from tests.world import World


@pytest.fixture(scope="module")
def functions_sandbox(_clean_session: None) -> Iterator[Sandbox]:
    started = Sandbox("--rows", "5")
    yield started
    started.close()


@pytest.fixture
def remote(functions_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A session whose Nango is that sandbox."""
    world = World(functions_sandbox.url, functions_sandbox.key, monkeypatch)
    yield world
    world.session.close()
