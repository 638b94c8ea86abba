"""The displayed parts of a dry run, and its count line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from nangonb._project import Kind, Problem
from nangonb._render.format import elapsed, number
from nangonb._text import plural
from nangonb._trace import RequestEntry

State = Literal["succeeded", "failed", "interrupted"]


class TableView(NamedTuple):
    """A preview: ``rows`` are the first of ``total``."""

    title: str
    total: int
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DryrunView:
    """A dry run for display, masked.

    ``target`` names the host: ``sandbox``, ``dev · https://api.nango.dev``. ``tables`` has one entry for each
    model, ``changes`` the differences from another run, ``validation`` the violations; ``output`` is an
    action's; ``checkpoint`` is for the next run. ``request_log`` has the requests, oldest first; ``requests``
    counts them (None: unknown), ``writes`` those that change data at the provider, ``metadata_writes`` those
    that change metadata in Nango, ``waits`` the waits for Nango's rate limit. ``capped`` names the limit that
    stopped the run. ``broken`` counts the records of each model without a valid record. ``lines`` are
    displayed below the count line. ``error`` is the text of the error with the user's lines; ``hints`` are
    sentences.
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
_STOPPED = {
    "max-requests": "stopped by --max-requests",
    "max-records": "stopped by --max-records",
    "memory": "stopped by the memory limit",
    "repeated-page": "stopped by a repeated page",
}


def is_doubtful(view: DryrunView) -> bool:
    """Return whether a successful run is partial, or has records or output that Nango would reject."""
    return view.ok and (view.capped is not None or any(each.severity == "error" for each in view.problems))


def mark_of(view: DryrunView) -> str:
    return DOUBTFUL if is_doubtful(view) else MARKS[view.state]


def flags(view: DryrunView) -> list[str]:
    """Return the end of the count line: the limit that stopped the run, models without a valid record, and
    the number of problems."""
    capped = [_STOPPED.get(view.capped, f"stopped by {view.capped}")] if view.capped else []
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


class CountPart(NamedTuple):
    """A part of the count line; ``tone`` is its emphasis."""

    text: str
    tone: Literal["plain", "muted", "warning"] = "muted"


def count_parts(view: DryrunView) -> list[CountPart]:
    """Return the parts of the count line after the connection, in order."""
    counts = {"added": view.added, "updated": view.updated, "deleted": view.deleted}
    parts = [CountPart(view.target)]
    if view.kind == "sync":
        parts += [CountPart(f"{verb} {number(n)}", "plain" if n else "muted") for verb, n in counts.items()]
    if view.requests is not None:
        writes = f"{plural(view.writes, 'write')} to the provider"
        parts.append(CountPart(plural(view.requests, "request")))
        parts.append(CountPart(writes, "warning" if view.writes else "muted"))
    if view.metadata_writes:
        parts.append(CountPart(f"{plural(view.metadata_writes, 'write')} to metadata", "warning"))
    return [*parts, *map(CountPart, waits_part(view.waits)), CountPart(elapsed(view.seconds))]


def waits_part(waits: int) -> list[str]:
    """Return the part of a count line for the waits; empty without waits."""
    return [f"{plural(waits, 'wait')} for Nango's rate limit"] if waits else []


def count_line(view: DryrunView) -> str:
    """Return the summary of a run::

    ✓ contacts on conn-1 · sandbox · added 2,413 · updated 0 · deleted 0 · 2 requests · 0 writes …
    """
    where = f" on {view.connection_id}" if view.connection_id else ""
    parts = [part.text for part in count_parts(view)]
    return " · ".join([f"{mark_of(view)} {view.name}{where}", *parts, *flags(view)])
