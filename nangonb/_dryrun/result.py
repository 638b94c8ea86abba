"""What a dry run gives: counts, records, frames, logs, requests, problems. Complete also where it failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nangonb._masking import MASK, Masker
from nangonb._project import Problem
from nangonb._secret_names import is_secret
from nangonb._text import sendable
from nangonb.errors import UnknownName, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from nangonb._dryrun.compare import Compared, Earlier
    from nangonb._dryrun.details import RequestDetails
    from nangonb._dryrun.runtime import DryrunRuntime
    from nangonb._dryrun.shared import Findings, RateLimit
    from nangonb._dryrun.times import Profile, Timeline
    from nangonb._project import Script
    from nangonb._records import Breach, RecordBuffer, Violation
    from nangonb._trace import Part, Trace

State = Literal["running", "succeeded", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class Counts:
    """Records that the run would have written, over all models."""

    added: int = 0
    updated: int = 0
    deleted: int = 0


@dataclass(frozen=True, slots=True)
class Recall:
    """How a person gets at what a message leaves out; it depends on where messages are read.

    ``result`` is what gives the whole result, ``error`` the whole error, ``problems`` all problems;
    ``responses`` saves what it received.
    """

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


@dataclass(eq=False)
class Dryrun:
    """The result of a dry run.

    Records are held compactly; frames are built when they are asked for. ``output`` is what an action
    returned. ``error`` is what the script raised, or None. ``remote``: it ran on Nango's servers, which
    do not tell its requests. ``started`` is in UTC, ``seconds`` the duration and ``spent`` its parts
    (:meth:`profile`). ``caps`` are the limits of the run (``max-requests``, ``max-records``, ``memory`` in
    bytes, ``timeout`` in seconds; None: no limit), ``capped`` names the one that ended it, or is None.
    ``since`` is the run that this one goes on from, ``against`` the one to compare with, until it is
    compared.
    """

    script: Script
    connection_id: str
    target: str
    started: datetime
    runtime: DryrunRuntime = field(repr=False)
    findings: Findings = field(repr=False)
    triggered_syncs: list[Dryrun] = field(repr=False)
    preview_rows: int = 20
    recall: Recall = field(default_factory=Recall, repr=False)
    state: State = "running"
    output: Any = None
    error: BaseException | None = None
    error_json: dict[str, Any] | None = None
    error_lines: list[str] = field(default_factory=list)
    seconds: float = 0.0
    spent: dict[Part, float] = field(default_factory=dict, repr=False)
    capped: str | None = None
    caps: dict[str, float | None] = field(default_factory=dict, repr=False)
    webhook: bool = False
    remote: bool = False
    rate_limit: RateLimit | None = field(default=None, repr=False)
    since: Earlier | None = field(default=None, repr=False)
    against: Earlier | None = field(default=None, repr=False)
    _compared: Compared | None = field(default=None, repr=False)

    @property
    def trace(self) -> Trace:
        """Requests, logs and times."""
        return self.runtime.run.trace

    @property
    def masker(self) -> Masker:
        return self.runtime.run.masker

    # Records

    @property
    def models(self) -> tuple[str, ...]:
        """The models of this run: those the script declares, then others that it saved to."""
        declared = self.script.config.output if self.script.kind == "sync" else ()
        return (*declared, *(name for name in self._buffers if name not in declared))

    @property
    def df(self) -> pd.DataFrame:
        """The records of the only model, as a DataFrame; for an action, :meth:`frame` of its output.

        Raises:
            UsageError: there are several models, or none.
        """
        if self.script.kind != "sync":
            return self.frame()
        if not self.models:
            raise UsageError(
                f"{self.script.name} saved nothing, and declares no model.",
                hint="Declare what it saves: output: Contact in nango.yaml.",
            )
        if len(self.models) != 1:
            names = ", ".join(self.models)
            raise UsageError(
                f"{self.script.name} has {len(self.models)} models ({names}); .df needs exactly one.",
                hint=f'Take one: run["{self.models[0]}"]',
            )
        return self[self.models[0]]

    def __getitem__(self, model: str) -> pd.DataFrame:
        """The saved records of ``model`` as a DataFrame: its fields in order, then what else came."""
        return self.buffer(model).frame()

    def __iter__(self) -> Iterator[str]:
        return iter(self.models)

    @property
    def records(self) -> dict[str, list[dict[str, Any]]]:
        """model → saved records, exactly as they were saved (null and absent differ)."""
        return {model: self.buffer(model).records() for model in self.models}

    @property
    def updated(self) -> dict[str, list[dict[str, Any]]]:
        """model → updates of records that this run did not save itself."""
        return {model: self.buffer(model).updated() for model in self.models}

    @property
    def deleted(self) -> dict[str, list[dict[str, Any]]]:
        """model → deleted records."""
        return {model: self.buffer(model).deleted() for model in self.models}

    @property
    def counts(self) -> Counts:
        """As ``nango dryrun`` counts: added, updated, deleted, over all models."""
        each = [buffer.counts for buffer in self._buffers.values()]
        return Counts(
            sum(count.added for count in each),
            sum(count.updated for count in each),
            sum(count.deleted for count in each),
        )

    def frame(self, path: str | None = None) -> pd.DataFrame:
        """An action's output, or the value at a dotted ``path`` in it, as a DataFrame.

        A list of dicts has a row for each, a dict is one row, anything else is the column ``value``.

        Raises:
            UnknownName: there is nothing at ``path``.
        """
        from nangonb._records import frame_of

        value = self.output
        for key in path.split(".") if path else ():
            if not isinstance(value, Mapping) or key not in value:
                raise UnknownName(
                    "field of the output", key, list(value) if isinstance(value, Mapping) else []
                )
            value = value[key]
        return frame_of(value)

    # What happened

    @property
    def checkpoint(self) -> dict[str, Any] | None:
        """The checkpoint that the next run would begin with: what the script saved last, else what was
        given; None where there is none, or the script cleared it."""
        return self.runtime.checkpoint.get()

    @property
    def last_sync_date(self) -> datetime | None:
        """What ``nango.last_sync_date`` was. UTC."""
        return self.runtime.context.last_sync_date

    @property
    def changes(self) -> pd.DataFrame:
        """What changed against the run that ``--against`` names: one row a record that was added, updated or
        deleted, matched by model and id: change, model, id, changed (names of columns), and for each column
        that changed in any record ``NAME_old`` and ``NAME_new``. Unchanged records are only counted.

        Raises:
            UsageError: this run was compared with none.
        """
        compared = self.compared
        if compared is None:
            raise UsageError(
                f"{self.script.name} was compared with no other run.",
                hint=f"%nango_dryrun {self.script.name} --against previous",
            )
        return compared.frame.copy()

    @property
    def compared(self) -> Compared | None:
        """The counts of :attr:`changes`; None where there is nothing to compare with, or it still runs."""
        if self.against is not None and self.state != "running":
            from nangonb._dryrun.compare import compare

            # the earlier run is let go: it may hold on to one before it, and that to another
            self._compared, self.against = compare(self.against, self.as_earlier(), self.models), None
        return self._compared

    def as_earlier(self) -> Earlier:
        """What a later run is compared with."""
        from nangonb._dryrun.compare import Earlier

        counts = self.counts
        return Earlier(
            started=self.started,
            complete=self.ok and self.capped is None,
            last_sync_date=self.last_sync_date,
            resumed=self.runtime.checkpoint.resumed,
            checkpoint=self.checkpoint,
            requests=self.trace.request_count,
            records=counts.added + counts.updated + counts.deleted,
            buffers=dict(self._buffers),
        )

    @property
    def triggered(self) -> list[Dryrun]:
        """Dry runs of the syncs that the script triggered. Their requests and logs are among its own."""
        return list(self.triggered_syncs)

    @property
    def logs(self) -> pd.DataFrame:
        """One row a ``nango.log``: n, at (seconds), level, message."""
        return self.trace.logs_frame()

    @property
    def requests(self) -> pd.DataFrame:
        """One row a request of the script, calls of Nango's own API among them (``kind``: provider, fetch,
        action, nango): n, method, endpoint, params, headers, status, code, started, seconds, bytes, attempt,
        retries, page, records."""
        return self.trace.requests_frame()

    def request(self, n: int) -> RequestDetails:
        """One request with all that went and came: headers, data and body, without secrets.

        ``n`` counts from 1 as in :attr:`requests`; -1 is the last.

        Raises:
            UsageError: there is no such request.
        """
        from nangonb._dryrun.details import details

        return details(self.trace, self.runtime.run.recording, self.masker, n)

    def timeline(self) -> Timeline:
        """Requests and records over the time of the run, drawn."""
        from nangonb._dryrun.times import Timeline
        from nangonb._render import TimelineView

        seconds = self.seconds or self.trace.elapsed
        return Timeline(
            TimelineView(name=self.script.name, seconds=seconds, requests=tuple(self.trace.requests))
        )

    def profile(self) -> Profile:
        """Where the time went: network, script, saving (with validation), other; ``.df`` is the frame."""
        from nangonb._dryrun.times import Profile
        from nangonb._render import ProfileView

        spent, seconds = self.spent, self.seconds
        if not spent:  # it is still running
            spent = self.trace.spent
            seconds = sum(spent.values())
        return Profile(
            ProfileView(name=self.script.name, seconds=seconds, spent=spent, requests=self.trace.requests)
        )

    @property
    def validation(self) -> pd.DataFrame:
        """One row a rule that is broken at a path: of (records, input, output), model, path, rule, count,
        first_ids (up to 5), got (the first offending value), expected. Empty where all is as declared."""
        from nangonb._records import breaches_frame

        return breaches_frame(self.breaches)

    @property
    def breaches(self) -> list[Breach]:
        """The rows of :attr:`validation` as objects, most broken first within a model."""
        from nangonb._records import Breach

        breaches = list(self.findings.breaches)
        for model, buffer in self._buffers.items():
            breaches += [Breach("records", model, row) for row in buffer.validation.rows]
        return [replace(each, violation=self._masked_violation(each.violation)) for each in breaches]

    @property
    def broken_models(self) -> dict[str, int]:
        """Models that none of their records follows → how many records."""
        from nangonb._dryrun.checks import all_broken

        each = ((model, buffer.validation) for model, buffer in self._buffers.items())
        return {model: summary.checked for model, summary in each if all_broken(summary)}

    def _masked_violation(self, row: Violation) -> Violation:
        field = row.path.rpartition(".")[2].removesuffix("[]")
        secret = row.rule != "required" and is_secret(field, row.example.strip("'\""))
        return replace(
            row,
            ids=tuple(sendable(self.masker.known(each)) for each in row.ids),
            example=MASK if secret else sendable(self.masker.shortened(row.example)),
            path=sendable(self.masker.known(row.path)),
        )

    @property
    def problems(self) -> pd.DataFrame:
        """One row a problem: severity, code, message, place, hint."""
        import pandas as pd

        rows = [
            (p.severity, p.code, p.message, str(p.place) if p.place else None, p.hint)
            for p in self.problem_list
        ]
        return pd.DataFrame(rows, columns=["severity", "code", "message", "place", "hint"], dtype="string")

    @property
    def problem_list(self) -> list[Problem]:
        """The problems as objects: those of the run, then what its records and frames showed."""
        from nangonb._dryrun.checks import records_problem

        waited = self.rate_limit.problem if self.rate_limit is not None else None
        problems = [*self.findings.problems, *([waited] if waited else [])]
        for model, buffer in self._buffers.items():
            rows = [self._masked_violation(row) for row in buffer.validation.rows]
            broken = records_problem(model, buffer.validation, rows)
            problems += [*([broken] if broken else []), *buffer.notes]
        if not any(problem.code == "unsafe-integer" for problem in problems):
            problems += self._large_integers()
        return [self._masked(problem) for problem in problems]

    def _large_integers(self) -> list[Problem]:
        """That Nango rounds integers of the output, else of an answer; what is saved is said of its model."""
        from nangonb._records import rounded, unsafe_integers

        counts = {f"output.{path}" if path else "output": n for path, n in rounded(self.output).items()}
        if counts:
            return [
                unsafe_integers("the output", counts, "Nango will round this.", place=self.script.source.top)
            ]
        return [] if self.findings.rounded is None else [self.findings.rounded]

    def _masked(self, problem: Problem) -> Problem:
        place = problem.place
        if place is not None:
            place = replace(place, text=self.masker.known(place.text))
        return replace(
            problem,
            message=sendable(self.masker.text(problem.message)),
            hint=sendable(self.masker.text(problem.hint)),
            place=place,
        )

    @property
    def ok(self) -> bool:
        return self.state == "succeeded"

    @property
    def writes(self) -> int:
        """Requests that may have changed something at the provider."""
        return self.trace.writes

    @property
    def metadata_writes(self) -> int:
        """Writes of a connection's metadata: Nango keeps them, not the provider."""
        return self.runtime.nesting.metadata_writes

    @property
    def waits(self) -> int:
        """How often it waited for Nango's own rate limit."""
        return 0 if self.rate_limit is None else self.rate_limit.waits.count

    def bound(self) -> Any:
        """What ``-o VAR`` binds: one model → DataFrame, several → dict of them, action → output."""
        if self.script.kind != "sync":
            return self.output
        if len(self.models) == 1:
            return self.df
        return {model: self[model] for model in self.models}

    @property
    def _buffers(self) -> dict[str, RecordBuffer]:
        return self.runtime.records.buffers

    def buffer(self, model: str) -> RecordBuffer:
        """The log of what was saved, updated and deleted for one model."""
        if model in self._buffers:
            return self._buffers[model]
        if model in self.models:  # declared, and nothing was saved: empty, with its columns
            return self.runtime.run.new_buffer(model, self.runtime.context.variant)
        raise UnknownName("model of this run", model, self.models)

    def save_responses(self, path: Path | str) -> Path:
        """Write what the run received, and what came of it, as ``nango dryrun --save`` does: without secrets.

        ``%nango_test`` replays it from ``<integration>/tests/<name>.test.json``. Of a failed run, what it
        received until then is written.

        Raises:
            UsageError: the responses were too large to keep.
            FolderError: the file cannot be written.
        """
        from nangonb._dryrun.saving import save

        path = Path(path).expanduser()
        save(self, path)
        return path

    def __reduce__(self) -> Any:
        raise TypeError(
            "A Dryrun is not pickled: it holds the secrets that it masks. Keep its frames (.df.to_parquet), "
            "or what it received (.save_responses)."
        )

    # Display

    def __str__(self) -> str:
        from nangonb._dryrun.show import text

        return text(self)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        from nangonb._dryrun.show import mimebundle

        return mimebundle(self)
