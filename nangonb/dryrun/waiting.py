"""What a run does while it waits for Nango's rate limit: it counts, says so, and keeps its time limit."""

from __future__ import annotations

from dataclasses import dataclass, field

from nangonb.dryrun.caps import check_deadline
from nangonb.nango import Wait, Waits
from nangonb.project import Problem
from nangonb.text import plural
from nangonb.trace import Trace


@dataclass(slots=True)
class Waiting:
    """Hears of the waits of a run's client. ``deadline`` is on the monotonic clock."""

    deadline: float | None
    waits: Waits = field(default_factory=Waits)
    trace: Trace | None = None

    def __call__(self, wait: Wait) -> None:
        """Raises CapReached where the time of the run is over."""
        self.waits(wait)
        if wait.begins and self.trace is not None:
            self.trace.log("info", f"{wait.words}.")
        if not wait.over:
            check_deadline(self.deadline)

    @property
    def problem(self) -> Problem | None:
        """A note of what was waited."""
        if not self.waits.count:
            return None
        said = f"waited {plural(self.waits.count, 'time')}, {self.waits.seconds:,.0f} s in all"
        return Problem(
            "rate-limit",
            f"The run {said}, for Nango's own rate limit (by default 200 requests a minute for an account).",
            hint="A deployed script asks the provider itself, and is not limited so.",
        )
