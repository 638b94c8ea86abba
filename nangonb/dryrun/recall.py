"""How a person gets at what a message leaves out; it depends on where messages are read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recall:
    """``result`` is what gives the whole result, ``error`` the whole error, ``problems`` all problems;
    ``responses`` saves what it received."""

    result: str = "nangonb.last_dryrun()"
    error: str = "nangonb.last_dryrun().error"
    problems: str = "nangonb.last_dryrun().problems"
    responses: str = "nangonb.last_dryrun().save_responses(PATH) saves it elsewhere"


#: For a command, whose result is gone when it ends.
FROM_JSON = Recall(
    result="--json prints all of it",
    error="--json prints all of it",
    problems="--json prints all of it",
    responses="run it again with --save-responses to save what it received",
)
