"""What there is to show of a dry run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from nangonb.project import Kind, Problem
from nangonb.render.format import elapsed, number
from nangonb.text import plural
from nangonb.trace import RequestEntry

State = Literal["succeeded", "failed", "interrupted"]


class TableView(NamedTuple):
    """A preview: ``rows`` are the first of ``total``."""

    title: str
    total: int
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DryrunView:
    """A dry run as it is displayed. Everything in it is masked already.

    ``target`` names the Nango: ``sandbox``, ``dev · https://api.nango.dev``. ``tables`` has one entry for
    each model, ``changes`` what differs from another run, ``validation`` what breaks a model; ``output`` is
    an action's; ``checkpoint`` is the one for the next run. ``request_log`` holds the requests, oldest first;
    ``requests`` counts them, and ``writes`` those that change something at the provider; ``metadata_writes``
    are kept by Nango. ``requests`` is None where nobody tells of them. ``waits`` counts those for Nango's
    rate limit. ``capped`` names the cap that ended it. ``broken`` counts the records of each model that no
    record follows. ``lines`` stand below the count line. ``error`` is the text of the error with the user's
    lines; ``hints`` are sentences.
    """

    name: str
    integration: str
    kind: Kind
    connection_id: str | None
    target: str
    state: State
    added: int = 0
    updated: int = 0
    deleted: int = 0
    requests: int | None = 0
    writes: int = 0
    waits: int = 0
    metadata_writes: int = 0
    seconds: float = 0.0
    tables: Sequence[TableView] = ()
    changes: TableView | None = None
    validation: TableView | None = None
    output: Any = None
    checkpoint: Mapping[str, Any] | None = None
    logs: Sequence[tuple[str, str]] = ()
    request_log: Sequence[RequestEntry] = ()
    problems: Sequence[Problem] = ()
    capped: str | None = None
    broken: Mapping[str, int] = field(default_factory=dict)
    lines: Sequence[str] = ()
    error: str = ""
    hints: Sequence[str] = ()

    @property
    def ok(self) -> bool:
        return self.state == "succeeded"


MARKS: dict[State, str] = {"succeeded": "✓", "failed": "✗", "interrupted": "■"}
DOUBTFUL = "▲"
_ENDED = {
    "max-requests": "ended by --max-requests",
    "max-records": "ended by --max-records",
    "memory": "ended by the memory limit",
    "repeated-page": "ended by a page that repeats",
}


def is_doubtful(view: DryrunView) -> bool:
    """Whether a run that succeeded is not all that it seems: it was capped, or Nango would refuse it."""
    return view.ok and (view.capped is not None or any(each.severity == "error" for each in view.problems))


def mark_of(view: DryrunView) -> str:
    return DOUBTFUL if is_doubtful(view) else MARKS[view.state]


def flags(view: DryrunView) -> list[str]:
    """What the count line says of the problems: that it was capped, which models no record follows, and how
    many problems there are."""
    capped = [_ENDED.get(view.capped, f"ended by {view.capped}")] if view.capped else []
    counts = [
        plural(sum(each.severity == severity for each in view.problems), severity)
        for severity in ("error", "warning")
        if any(each.severity == severity for each in view.problems)
    ]
    broken = [
        f"all {plural(count, 'record')} of {model} break the model"
        if count > 1
        else f"the only record of {model} breaks the model"
        for model, count in view.broken.items()
    ]
    return [*capped, *broken, *counts] if view.ok else []


def count_parts(view: DryrunView) -> list[str]:
    """What the count line says after the connection, in order."""
    counts = [
        f"added {number(view.added)}",
        f"updated {number(view.updated)}",
        f"deleted {number(view.deleted)}",
    ]
    sent = [] if view.requests is None else [plural(view.requests, "request")]
    sent += [] if view.requests is None else [f"{plural(view.writes, 'write')} to the provider"]
    sent += [f"{plural(view.metadata_writes, 'write')} to metadata"] if view.metadata_writes else []
    shown = counts if view.kind == "sync" else []
    return [view.target, *shown, *sent, *waits_part(view.waits), elapsed(view.seconds)]


def waits_part(waits: int) -> list[str]:
    """What a count line says of the waits, where there were any."""
    return [f"{plural(waits, 'wait')} for Nango's rate limit"] if waits else []


def count_line(view: DryrunView) -> str:
    """The one line that tells it all::

    ✓ contacts on conn-1 · sandbox · added 2,413 · updated 0 · deleted 0 · 2 requests · 0 writes …
    """
    where = f" on {view.connection_id}" if view.connection_id else ""
    return " · ".join([f"{mark_of(view)} {view.name}{where}", *count_parts(view), *flags(view)])
