"""Synced records, and the state of syncs, as text and as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from nangonb._project import Problem
from nangonb._render.format import capped, cell, elapsed, number, one_line
from nangonb._render.page import LIMIT, Budget, escape, page
from nangonb._render.problems import problems_fragment, problems_text
from nangonb._render.tables import table_fragment, table_html, table_text
from nangonb._render.view import DOUBTFUL, MARKS, State, TableView, waits_part
from nangonb._text import plural, printable

_COLOURS: Final = {"✓": "n-ok", "✗": "n-bad", "■": "n-warn", DOUBTFUL: "n-warn"}
_STATUSES: Final = {"SUCCESS": "✓", "ERROR": "✗", "RUNNING": "▶", "PAUSED": "■", "PENDING": "▷"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedView:
    """Synced records for display, masked. ``deleted`` counts the deleted ones among the ``records``.

    ``more`` is why records are missing; ``doubtful`` marks a partial result that succeeded.
    """

    model: str
    integration: str
    connection_id: str
    target: str
    state: State
    records: int
    deleted: int
    requests: int
    seconds: float
    table: TableView
    waits: int = 0
    more: Sequence[str] = ()
    doubtful: bool = False
    problems: Sequence[Problem] = ()


def synced_line(view: SyncedView) -> str:
    """Return ``✓ Contact on conn-1 · dev · api.nango.dev · salesforce · 2,413 records · 1 request · 0.2
    s``."""
    return f"{_mark(view)} {one_line(view.model)} on {' · '.join(map(one_line, _count_parts(view)))}"


def synced_text(view: SyncedView) -> str:
    """Return the count line, the first records and the problems."""
    table = view.table
    parts = [synced_line(view), table_text(table.columns, table.rows, total=table.total)]
    if view.problems:
        parts.append(problems_text(view.problems))
    return capped("\n\n".join(map(printable, parts)), LIMIT)


def synced_html(view: SyncedView) -> str:
    """Return the same as HTML."""
    mark, table, budget = _mark(view), view.table, Budget()
    connection, *parts = (escape(capped(one_line(part), 200)) for part in _count_parts(view))
    head = (
        f'<div class="n-head"><span class="n-mark {_COLOURS[mark]}">{mark}</span> '
        f"<b>{escape(capped(one_line(view.model), 200))}</b> on {connection} · "
        f'<span class="n-muted">{" · ".join(parts)}</span></div>'
    )
    budget.take(head)
    problems = problems_fragment(view.problems, budget.part(0.2)) if view.problems else ""
    rows = table_fragment(table.columns, table.rows, budget, total=table.total)
    return page(head + rows + problems)


def _mark(view: SyncedView) -> str:
    return DOUBTFUL if view.doubtful and view.state == "succeeded" else MARKS[view.state]


def _count_parts(view: SyncedView) -> list[str]:
    deleted = f" ({number(view.deleted)} deleted)" if view.deleted else ""
    return [
        view.connection_id,
        view.target,
        view.integration,
        plural(view.records, "record") + deleted,
        *view.more,
        plural(view.requests, "request"),
        *waits_part(view.waits),
        elapsed(view.seconds),
    ]


def syncs_text(head: Sequence[str], states: Sequence[Mapping[str, Any]]) -> str:
    """Return the lines of ``head``, then a row for each sync. ``states`` have the keys of Nango's API."""
    columns, rows = _table(states)
    top = [printable(line) for line in head]
    table = [table_text(columns, rows, size=plural(len(rows), "sync"), max_cell=60)] if rows else []
    return "\n\n".join(["\n".join(top), *table])


def syncs_html(head: Sequence[str], states: Sequence[Mapping[str, Any]]) -> str:
    """Return the same as HTML."""
    columns, rows = _table(states)
    first, *others = head
    top = f'<div class="n-head">{escape(first)}</div>'
    top += "".join(f'<div class="n-hint">{escape(line)}</div>' for line in others)
    table = table_html(columns, rows, size=plural(len(rows), "sync")) if rows else ""
    return page(top) + table


def _table(states: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[list[Any]]]:
    """Return columns and rows, without columns that are empty or the same in all rows."""
    rows = [_row(state) for state in states]
    always = {"sync", "status", "frequency", "last run (UTC)", "next run (UTC)", "records", "latest result"}
    varying = {name for name in ("integration", "connection") if len({row[name] for row in rows}) > 1}
    if any(row["variant"] != "base" for row in rows):
        varying.add("variant")
    if any(row["checkpoint"] is not None for row in rows):
        varying.add("checkpoint")
    columns = [name for name in _ROW if name in always | varying]
    return columns, [[row[name] for name in columns] for row in rows]


_ROW: tuple[str, ...] = (
    "integration",
    "sync",
    "variant",
    "connection",
    "status",
    "frequency",
    "last run (UTC)",
    "next run (UTC)",
    "records",
    "latest result",
    "checkpoint",
)


def _row(state: Mapping[str, Any]) -> dict[str, Any]:
    status = str(state.get("status") or "")
    counts = state.get("recordCount")
    return {
        "integration": state.get("integration"),
        "sync": state.get("name"),
        "variant": state.get("variant") or "base",
        "connection": state.get("connection_id"),
        "status": f"{_STATUSES.get(status, ' ')} {status}",
        "frequency": state.get("frequency"),
        "last run (UTC)": _moment(state.get("finishedAt")),
        "next run (UTC)": _moment(state.get("nextScheduledSyncAt")),
        "records": _counts(counts) if isinstance(counts, Mapping) else counts,
        "latest result": _result(state.get("latestResult")),
        "checkpoint": None if state.get("checkpoint") is None else cell(state["checkpoint"]),
    }


def _moment(value: Any) -> str | None:
    """Format ISO 8601 in UTC as ``2026-01-31 08:00:12``; return other text unchanged."""
    if not isinstance(value, str):
        return None
    text = value[:19].replace("T", " ")
    return text if value.endswith(("Z", "+00:00")) else value


def _counts(counts: Mapping[str, Any]) -> str | None:
    each = [f"{model} {number(n) if isinstance(n, int) else n}" for model, n in counts.items()]
    return ", ".join(each) or None


def _result(result: Any) -> str | None:
    """Return ``Contact: added 3, updated 1``; zeros only if all counts are 0."""
    if not isinstance(result, Mapping) or not result:
        return None
    if not all(isinstance(counts, Mapping) for counts in result.values()):
        return cell(dict(result))
    parts = []
    for model, counts in result.items():
        some = {name: n for name, n in counts.items() if n} or dict(counts)
        text = ", ".join(f"{name} {number(n) if isinstance(n, int) else n}" for name, n in some.items())
        parts.append(f"{model}: {text}" if text else str(model))
    return "; ".join(parts)
