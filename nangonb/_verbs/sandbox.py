"""``sandbox``: a Nango on this machine."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from nangonb._verbs.verb import verb


@verb(magic=False, function=False, command=True)
def sandbox(*words: str) -> NoReturn:
    """A stand-in of Nango on this machine, with demo data: a place to learn and to test.

    It is an application of its own, and has its own options: this process becomes it.
    """
    os.execv(sys.executable, [sys.executable, "-m", "nangonb.sandbox", *words])
