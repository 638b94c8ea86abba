"""stdout for one document."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import IO


@contextlib.contextmanager
def own_stdout() -> Iterator[IO[bytes]]:
    """The real stdout, for us alone: what scripts and their children print goes to stderr from now on."""
    sys.stdout.flush()
    real = os.dup(1)
    os.dup2(2, 1)
    with os.fdopen(real, "wb") as document:
        yield document
