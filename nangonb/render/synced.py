"""Synced records, and the state of syncs, as text and as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from nangonb.project import Problem
from nangonb.render.format import capped, cell, elapsed, number, one_line
from nangonb.render.page import LIMIT, Budget, escape, page
from nangonb.render.problems import problems_fragment, problems_text
from nangonb.render.tables import table_fragment, table_html, table_text
from nangonb.render.view import DOUBTFUL, MARKS, State, TableView, waits_part
from nangonb.text import plural, printable

_COLOURS: Final = {"✓": "n-ok", "✗": "n-bad", "■": "n-warn", DOUBTFUL: "n-warn"}
_STATUSES: Final = {"SUCCESS": "✓", "ERROR": "✗", "RUNNING": "▶", "PAUSED": "■", "PENDING": "▷"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedView:
    """Synced records as they are displayed, masked already. ``deleted`` counts those among the ``records``.

    ``more`` says why it is not all that there is; ``doubtful`` marks what succeeded all the same.
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
    """``✓ Contact on conn-1 · dev · api.nango.dev · salesforce · 2,413 records · 1 request · 0.2 s``."""
    return f"{_mark(view)} {one_line(view.model)} on {' · '.join(map(one_line, _said(view)))}"


def synced_text(view: SyncedView) -> str:
    """The count line, the first records and the problems."""
    table = view.table
    parts = [synced_line(view), table_text(table.columns, table.rows, total=table.total)]
    if view.problems:
        parts.append(problems_text(view.problems))
    return capped("\n\n".join(map(printable, parts)), LIMIT)


def synced_html(view: SyncedView) -> str:
    """The same."""
    mark, table, budget = _mark(view), view.table, Budget()
    connection, *said = (escape(capped(one_line(part), 200)) for part in _said(view))
    head = (
        f'<div class="n-head"><span class="n-mark {_COLOURS[mark]}">{mark}</span> '
        f"<b>{escape(capped(one_line(view.model), 200))}</b> on {connection} · "
        f'<span class="n-muted">{" · ".join(said)}</span></div>'
    )
    budget.take(head)
    problems = problems_fragment(view.problems, budget.part(0.2)) if view.problems else ""
    rows = table_fragment(table.columns, table.rows, budget, total=table.total)
    return page(head + rows + problems)


def _mark(view: SyncedView) -> str:
    return DOUBTFUL if view.doubtful and view.state == "succeeded" else MARKS[view.state]


def _said(view: SyncedView) -> list[str]:
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
    """What was done or asked, line by line, then a row for each sync: keys as Nango's API has them."""
    columns, rows = _table(states)
    top = [printable(line) for line in head]
    table = [table_text(columns, rows, size=plural(len(rows), "sync"), max_cell=60)] if rows else []
    return "\n\n".join(["\n".join(top), *table])


def syncs_html(head: Sequence[str], states: Sequence[Mapping[str, Any]]) -> str:
    """The same."""
    columns, rows = _table(states)
    first, *others = head
    top = f'<div class="n-head">{escape(first)}</div>'
    top += "".join(f'<div class="n-hint">{escape(line)}</div>' for line in others)
    table = table_html(columns, rows, size=plural(len(rows), "sync")) if rows else ""
    return page(top) + table


def _table(states: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[list[Any]]]:
    """Columns that would say nothing are left out."""
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
    """``2026-01-31 08:00:12`` of Nango's ISO 8601 in UTC; anything else as it is."""
    if not isinstance(value, str):
        return None
    text = value[:19].replace("T", " ")
    return text if value.endswith(("Z", "+00:00")) else value


def _counts(counts: Mapping[str, Any]) -> str | None:
    each = [f"{model} {number(n) if isinstance(n, int) else n}" for model, n in counts.items()]
    return ", ".join(each) or None


def _result(result: Any) -> str | None:
    """``Contact: added 3, updated 0, deleted 0``; without what is 0 where something is not."""
    if not isinstance(result, Mapping) or not result:
        return None
    if not all(isinstance(counts, Mapping) for counts in result.values()):
        return cell(dict(result))
    parts = []
    for model, counts in result.items():
        some = {name: n for name, n in counts.items() if n} or dict(counts)
        said = ", ".join(f"{name} {number(n) if isinstance(n, int) else n}" for name, n in some.items())
        parts.append(f"{model}: {said}" if said else str(model))
    return "; ".join(parts)
