"""What tests of dry runs share."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest


@pytest.fixture
def held() -> Iterator[threading.Event]:
    """Set at the end: whoever waits for it is let go."""
    event = threading.Event()
    yield event
    event.set()
