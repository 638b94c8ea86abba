"""What one script of a dry run has and shares with the scripts that it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self

from nangonb.dryrun.caps import CapReached, Caps, check_deadline
from nangonb.dryrun.connections import Connections
from nangonb.dryrun.reading import Asked, only_reads
from nangonb.dryrun.recording import Recording
from nangonb.dryrun.script_errors import as_script_error, may_write
from nangonb.errors import HTTPError
from nangonb.nango import Client, ProxyRequest
from nangonb.project import Problem
from nangonb.records import Breach, RecordBuffer
from nangonb.text import plural
from nangonb.trace import RequestEntry, Trace

if TYPE_CHECKING:
    from nangonb.dryrun.nested import OwnScripts
    from nangonb.sdk import Context
    from nangonb.sdk.fetch import FetchRequest

__all__ = ["CapReached", "Progress", "RunState"]

_PROGRESS_EVERY = 0.2


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
    def said(self) -> str:
        """The stage, or what was done until now: ``2 requests, 2,000 records``."""
        return self.stage or f"{plural(self.requests, 'request')}, {plural(self.records, 'record')}"


@dataclass
class RunState:
    """The base of :class:`DryrunRuntime`; its ports stand in parts by subject.

    ``stub`` stands in for the connection's metadata where it is not None. ``buffers`` are made on first
    use by ``new_buffer(model, variant)``. ``checkpoint`` is the one that the script saved last, at first
    the one that was given. ``caller`` is the runtime of the script that runs this one, or None.
    """

    #: Whether saved responses answer.
    is_replay: ClassVar[bool] = False

    client: Client
    context: Context
    trace: Trace
    new_buffer: Callable[[str, str], RecordBuffer]
    connections: Connections
    scripts: OwnScripts
    stub: Mapping[str, Any] | None = None
    read_only: bool = False
    max_requests: int | None = None
    on_progress: Callable[[Progress], None] | None = None
    buffers: dict[str, RecordBuffer] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)
    metadata_writes: int = 0
    rounded: Problem | None = None
    """Says of the first answer with integers beyond 2^53 that Nango rounds them."""
    deadline: float | None = None
    checkpoint: dict[str, Any] | None = None
    caller: RunState | None = None
    caps: Caps = field(default_factory=Caps)
    recording: Recording = field(default_factory=Recording)
    _records: int = 0
    _pages: int = 0
    _shown: float = 0.0
    _tracking: set[str] = field(default_factory=set)
    _listed: set[str | None] = field(default_factory=set)
    _past: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._resumed = self.checkpoint is not None

    @property
    def resumed(self) -> bool:
        """Whether it began with a checkpoint."""
        return self._resumed

    def for_script(self, context: Context) -> Self:
        """The runtime of another script that this one runs: it shares trace, caps and connections."""
        same = self.key == (context.integration, context.connection_id)
        return type(self)(
            client=self.client,
            context=context,
            trace=self.trace,
            new_buffer=self.new_buffer,
            connections=self.connections,
            scripts=self.scripts,
            stub=self.stub if same else None,
            read_only=self.read_only,
            max_requests=self.max_requests,
            deadline=self.deadline,
            caller=self,
            recording=self.recording,
            caps=self.caps,
        )

    @property
    def depth(self) -> int:
        """How many scripts run this one."""
        return 0 if self.caller is None else 1 + self.caller.depth

    @property
    def first(self) -> RunState:
        """That of the script that was started first."""
        return self if self.caller is None else self.caller.first

    @property
    def of_own_connection(self) -> bool:
        """Whether it is on the connection of the script that was started first."""
        return self.first.key == self.key

    def add(self, problem: Problem | None) -> None:
        """A problem of the whole run."""
        if problem is not None:
            if self.caller is None:
                self.problems.append(problem)
            else:
                self.caller.add(problem)

    def broke(self, breaches: Sequence[Breach]) -> None:
        """What an action's input or output breaks, in the whole run."""
        if self.caller is None:
            self.breaches.extend(breaches)
        else:
            self.caller.broke(breaches)

    def count_metadata_write(self) -> None:
        self.metadata_writes += 1
        if self.caller is not None:
            self.caller.count_metadata_write()

    @property
    def key(self) -> tuple[str, str]:
        """Integration and connection id."""
        return self.context.integration, self.context.connection_id

    def log(self, level: str, message: str) -> None:
        self.trace.log(level, message)

    @contextmanager
    def asking(
        self, method: str, path: str, params: Mapping[str, Any] | None = None
    ) -> Iterator[RequestEntry]:
        """A call of Nango's own API: it is traced, and its errors are those of a request of the script."""
        entry = self.trace.begin(method, path, params=params, kind="nango")
        try:
            with as_script_error(method, path):
                yield entry
        except HTTPError as error:
            self.trace.end(entry, status=error.status, code=None if error.status else error.code)
            self.check_time()
            raise
        except BaseException:
            self.trace.end(entry, code="interrupted")
            raise
        self.trace.end(entry, status=200)

    def only_reads(self, request: ProxyRequest) -> bool:
        """Whether a request changes nothing at the provider."""
        own = request.base_url_override is None and request.provider_config_key == self.context.integration
        provider = self.context.provider if own else ""
        asked = Asked(
            request.method, request.endpoint, provider, request.params, request.headers, request.data
        )
        return only_reads(asked, self.context.reads)

    def fetch_only_reads(self, request: FetchRequest) -> bool:
        """The same of a request past the proxy."""
        asked = Asked(request.method, request.url, headers=request.headers, data=request.body)
        return only_reads(asked, self.context.reads)

    def before(self, method: str, endpoint: str, *, reads: bool) -> None:
        """Before a request: raises SDKError in a read-only run, CapReached where a cap is hit."""
        if self.read_only and not reads:
            raise may_write(method, endpoint)
        if self.max_requests is not None and self.trace.request_count >= self.max_requests:
            raise CapReached("max-requests")
        self.check_time()
        self.caps.check()

    def check_time(self) -> None:
        """Raises CapReached where the time of the run is over: a request that it cut off failed of that."""
        check_deadline(self.deadline)

    def progress(self) -> None:
        now = self.trace.elapsed
        if self.on_progress is not None and now - self._shown >= _PROGRESS_EVERY:
            self._shown = now
            with self.trace.on("other"):
                self.on_progress(Progress(self.trace.request_count, self._pages, self._records, now))
