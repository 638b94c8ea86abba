"""The plan and the result of a deployment as text and as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nangonb._project import Problem
from nangonb._render.format import capped, one_line
from nangonb._render.page import LIMIT, Budget, escape, page
from nangonb._render.problems import problems_fragment, problems_text
from nangonb._render.tables import table_fragment, table_text
from nangonb._text import printable

_COLUMNS: Final = ("", "integration", "kind", "script", "live version", "connections")
_DEPLOYED: Final = ("integration", "kind", "script", "version", "runs", "models")
Row = tuple[str, str, str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """``rows`` are change, integration, kind, script, live version and effect on connections."""

    target: str
    made: str
    counts: Sequence[str]
    rows: Sequence[Row]
    deletions: Sequence[str]
    problems: Sequence[Problem] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentView:
    """``rows`` are integration, kind, script, version, interval and models of the live scripts; ``lines`` the
    next lines to type."""

    mark: str
    head: Sequence[str]
    rows: Sequence[Row]
    lines: Sequence[str]


def plan_text(view: PlanView) -> str:
    """Return ``Plan for dev · api.nango.dev``, a row for each script, and the deletions."""
    parts = [_plan_head(view)]
    if view.rows:
        parts.append(table_text(_COLUMNS, view.rows, size=", ".join(view.counts), max_cell=60))
    if view.deletions:
        parts.append("\n".join(["PERMANENTLY DELETED:", *(f"  − {each}" for each in view.deletions)]))
    if view.problems:
        parts.append(problems_text(view.problems))
    return capped("\n\n".join(map(printable, parts)), LIMIT)


def plan_html(view: PlanView) -> str:
    """Return the same as HTML."""
    budget = Budget()
    head = (
        f'<div class="n-head"><b>Plan for {escape(view.target)}</b> '
        f'<span class="n-muted">· {escape(view.made)}</span></div>'
    )
    budget.take(head)
    deletions = "".join(f"<div>− {escape(capped(one_line(each), 300))}</div>" for each in view.deletions)
    if deletions:
        title = '<div class="n-bad"><b>Permanently deleted:</b></div>'
        deletions = f'<div class="n-block n-b">{title}{deletions}</div>'
        budget.take(deletions)
    problems = problems_fragment(view.problems, budget.part(0.3)) if view.problems else ""
    rows = table_fragment(_COLUMNS, view.rows, budget, size=", ".join(view.counts)) if view.rows else ""
    return page(head + rows + deletions + problems)


def _plan_head(view: PlanView) -> str:
    return f"Plan for {view.target} · {view.made}"


def deployment_text(view: DeploymentView) -> str:
    """Return ``✓ Deployed 2 scripts to dev · api.nango.dev``, a row for each script, and the lines to type
    next."""
    parts = [" · ".join([f"{view.mark} {view.head[0]}", *view.head[1:]])]
    if view.rows:
        columns, rows = _live(view.rows)
        parts.append(table_text(columns, rows, size="Live now", max_cell=60))
    if view.lines:
        parts.append("\n".join(view.lines))
    return capped("\n\n".join(map(printable, parts)), LIMIT)


def deployment_html(view: DeploymentView) -> str:
    """Return the same as HTML."""
    budget = Budget()
    colour = {"✓": "n-ok", "■": "n-warn"}.get(view.mark, "n-bad")
    parts = [f"<b>{escape(view.head[0])}</b>", *map(escape, view.head[1:])]
    head = f'<div class="n-head"><span class="n-mark {colour}">{view.mark}</span> {" · ".join(parts)}</div>'
    budget.take(head)
    lines = "".join(f'<div class="n-hint">{escape(line)}</div>' for line in view.lines)
    budget.take(lines)
    table = table_fragment(*_live(view.rows), budget, size="Live now") if view.rows else ""
    return page(head + table + lines)


def _live(rows: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    """Return columns and rows without empty columns: actions have no interval."""
    filled = [number for number in range(len(_DEPLOYED)) if any(row[number] for row in rows)]
    return [_DEPLOYED[number] for number in filled], [[row[number] for number in filled] for row in rows]
