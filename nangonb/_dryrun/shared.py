"""What the scripts of a dry run share: the one that was started, and those that it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nangonb._dryrun.limits import Limits, check_deadline
from nangonb._dryrun.recording import Recording
from nangonb._dryrun.script_errors import may_write
from nangonb._masking import Masker
from nangonb._nango import Wait, Waits
from nangonb._project import Problem, Project, Source
from nangonb._records import Breach, RecordBuffer
from nangonb._text import plural
from nangonb._trace import Trace

__all__ = ["Findings", "Key", "Nesting", "Progress", "ProgressMeter", "RateLimit", "Run"]

_PROGRESS_EVERY = 0.2

Key = tuple[str, str]
"""Integration and connection id."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: ``records`` saved, updated and deleted; ``seconds`` since its start.

    ``stage`` says it in words, where the requests of the run are not known here.
    """

    requests: int
    pages: int
    records: int
    seconds: float
    stage: str = ""

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.records / self.seconds if self.seconds > 0 else 0.0

    @property
    def text(self) -> str:
        """The stage, or what was done until now: ``2 requests, 2,000 records``."""
        return self.stage or f"{plural(self.requests, 'request')}, {plural(self.records, 'record')}"


@dataclass
class ProgressMeter:
    """Counts what one script does, and reports it five times a second at most."""

    trace: Trace
    on_progress: Callable[[Progress], None] | None = None
    pages: int = 0
    records: int = 0
    _reported: float = 0.0

    def report(self) -> None:
        now = self.trace.elapsed
        if self.on_progress is not None and now - self._reported >= _PROGRESS_EVERY:
            self._reported = now
            with self.trace.on("other"):
                self.on_progress(Progress(self.trace.request_count, self.pages, self.records, now))


@dataclass
class Findings:
    """What a run has to say: problems, and rules of models that input and output break.

    ``rounded`` says of the first answer with integers beyond 2^53 that Nango rounds them.
    """

    problems: list[Problem] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)
    rounded: Problem | None = None

    def add(self, problem: Problem) -> None:
        self.problems.append(problem)


@dataclass(slots=True)
class RateLimit:
    """Hears of the waits for Nango's rate limit, counts them, and ends them at the deadline."""

    deadline: float | None
    waits: Waits = field(default_factory=Waits)

    def __call__(self, wait: Wait) -> None:
        """Raises LimitReached after the deadline."""
        self.waits(wait)
        if not wait.over:
            check_deadline(self.deadline)

    @property
    def problem(self) -> Problem | None:
        """A note of the waits."""
        if not self.waits.count:
            return None
        waits = f"waited {plural(self.waits.count, 'time')}, {self.waits.seconds:,.0f} s in all"
        return Problem(
            "rate-limit",
            f"The run {waits}, for Nango's own rate limit (by default 200 requests a minute for an account).",
            hint="A deployed script asks the provider itself, and is not limited so.",
        )


@dataclass
class Nesting:
    """One script among those that run each other. ``caller`` is None for the one that the user started.

    ``metadata_writes`` counts those of the scripts that it runs, too.
    """

    caller: Nesting | None = None
    metadata_writes: int = 0

    @property
    def depth(self) -> int:
        """How many scripts run this one."""
        return 0 if self.caller is None else 1 + self.caller.depth

    def count_metadata_write(self) -> None:
        self.metadata_writes += 1
        if self.caller is not None:
            self.caller.count_metadata_write()


@dataclass(kw_only=True)
class Run:
    """One dry run. ``key`` is that of the script that the user started.

    ``new_buffer(model, variant)`` makes a buffer of records. ``metadata`` replaces the connection's
    metadata where it is not None. ``sources`` are of all scripts that ran.
    """

    project: Project
    target: str
    key: Key
    masker: Masker
    trace: Trace
    limits: Limits
    recording: Recording
    new_buffer: Callable[[str, str], RecordBuffer]
    metadata: Mapping[str, Any] | None = None
    read_only: bool = False
    validation: bool = False
    findings: Findings = field(default_factory=Findings)
    sources: dict[str, Source] = field(default_factory=dict)

    def before_request(self, method: str, endpoint: str, *, reads: bool) -> None:
        """Raises SDKError in a read-only run, LimitReached where a limit is reached."""
        if self.read_only and not reads:
            raise may_write(method, endpoint)
        self.limits.check_request(self.trace.request_count)
