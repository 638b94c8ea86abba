"""The choice of connections, for where no picker can be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nangonb.nango import Connection
from nangonb.render.format import one_line, plural
from nangonb.render.page import Budget, escape, page
from nangonb.render.tables import table_text

_MOST = 200


def connections_html(connections: Sequence[Connection], lines: Sequence[str]) -> str:
    """One row for each connection, with the line to paste; ``lines`` stand in the same order."""
    if not connections:
        return page('<div class="n-head">There are no connections.</div>')
    budget = Budget()
    rows: list[str] = []
    for connection, line in zip(connections[:_MOST], lines, strict=False):
        row = _row(connection, line)
        if not budget.take(row):
            break
        rows.append(row)
    left_out = len(connections) - len(rows)
    more = f"… and {plural(left_out, 'more connection')}: a connection id or a search narrows it."
    note = f'<div class="n-muted">{more}</div>' if left_out else ""
    head = "".join(f"<th>{name}</th>" for name in (*_COLUMNS, "line to paste"))
    return page(
        f'<div class="n-head">{plural(len(connections), "connection")}</div>'
        f'<div class="n-scroll"><table class="n-t"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>{note}"
    )


def connections_text(connections: Sequence[Connection], lines: Sequence[str]) -> str:
    """The same for a terminal: the table, then the lines."""
    if not connections:
        return "There are no connections."
    shown = connections[:_MOST]
    table = table_text(_COLUMNS, [_cells(connection) for connection in shown], total=len(connections))
    return "\n".join([table, "", *(f"    {one_line(line)}" for line in lines[: len(shown)])])


_COLUMNS = ("connection", "integration", "provider", "created", "errors", "tags")


def _cells(connection: Connection) -> list[Any]:
    return [
        connection.connection_id,
        connection.provider_config_key,
        connection.provider,
        connection.created[:10],
        errors_text(connection),
        tags_text(connection),
    ]


def errors_text(connection: Connection) -> str:
    """``auth`` or ``auth, sync`` from Nango's list of errors; empty where there are none."""
    kinds = [
        str(error.get("type", "error")) if isinstance(error, Mapping) else str(error)
        for error in connection.errors
    ]
    return ", ".join(dict.fromkeys(kinds))


def tags_text(connection: Connection) -> str:
    """``name=value`` for each tag."""
    return ", ".join(f"{name}={value}" for name, value in connection.tags.items())


def _row(connection: Connection, line: str) -> str:
    name, integration, provider, created, errors, tags = (
        escape(one_line(str(text))) for text in _cells(connection)
    )
    failing = f'<span class="n-bad">✗ {errors}</span>' if errors else '<span class="n-ok">✓</span>'
    return (
        f"<tr><td><b>{name}</b></td><td>{integration}</td><td>{provider}</td>"
        f'<td class="n-n">{created}</td><td class="n-n">{failing}</td><td class="n-muted">{tags}</td>'
        f'<td class="n-n"><code>{escape(one_line(line))}</code></td></tr>'
    )
