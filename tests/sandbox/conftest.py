"""One sandbox for all tests that leave it as it was, and fresh ones for those that do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.sandbox.process import Sandbox


@pytest.fixture(scope="session")
def sandbox(_clean_session: None) -> Iterator[Sandbox]:
    """A running sandbox; tests must not change what it remembers."""
    started = Sandbox()
    yield started
    started.close()


@pytest.fixture
def new_sandbox() -> Iterator[Callable[..., Sandbox]]:
    """Starts sandboxes of a test's own: ``new_sandbox("--rows", "5")``."""
    started: list[Sandbox] = []

    def start(*arguments: str) -> Sandbox:
        started.append(Sandbox(*arguments))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.close()
