"""How a person gets at what a message leaves out; it depends on where messages are read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recall:
    """``result`` is what gives the whole result, ``error`` the whole error, ``problems`` all problems."""

    result: str = "nangonb.last_dryrun()"
    error: str = "nangonb.last_dryrun().error"
    problems: str = "nangonb.last_dryrun().problems"


#: For a command, whose result is gone when it ends.
FROM_JSON = Recall(*["--json prints all of it"] * 3)
