"""The list of connections, for front ends without a picker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nangonb._nango import Connection
from nangonb._render.format import one_line
from nangonb._render.page import Budget, escape, page
from nangonb._render.tables import table_text
from nangonb._text import plural

_MOST = 200


def connections_html(
    connections: Sequence[Connection],
    lines: Sequence[str],
    *,
    selected: Sequence[Connection] = (),
    head: str = "",
    paste: str = "",
) -> str:
    """Return a table with a row for each connection and its line to paste; ``lines`` are in the same order.

    ``selected`` connections are marked. ``head`` is a sentence that replaces their number, ``paste`` a line
    of code after it.
    """
    code = f" <code>{escape(one_line(paste))}</code>" if paste else ""
    top = f'<div class="n-head">{escape(head or _how_many(connections))}{code}</div>'
    if not connections:
        return page(top)
    budget = Budget()
    rows: list[str] = []
    for connection, line in zip(connections[:_MOST], lines, strict=False):
        row = _row(connection, line, marked=connection in selected)
        if not budget.take(row):
            break
        rows.append(row)
    left_out = len(connections) - len(rows)
    more = f"… and {plural(left_out, 'more connection')}. Narrow the list with a connection id or a search."
    note = f'<div class="n-muted">{more}</div>' if left_out else ""
    head = "".join(f"<th>{name}</th>" for name in (*_COLUMNS, "line to paste"))
    return page(
        f'{top}<div class="n-scroll"><table class="n-t"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>{note}"
    )


def connections_text(
    connections: Sequence[Connection],
    lines: Sequence[str],
    *,
    selected: Sequence[Connection] = (),
    head: str = "",
    paste: str = "",
) -> str:
    """Return the table for a terminal, then the lines to paste."""
    top = [part for part in (one_line(head), f"    {one_line(paste)}" if paste else "") if part]
    if not connections:
        return "\n".join(top or [_how_many(connections)])
    listed = connections[:_MOST]
    cells = [_cells(connection) for connection in listed]
    if selected:
        cells = [
            [f"{'✓' if c in selected else ' '} {row[0]}", *row[1:]]
            for c, row in zip(listed, cells, strict=True)
        ]
    extent, *table = table_text(_COLUMNS, cells, total=len(connections)).splitlines()
    return "\n".join(
        [*(top or [extent]), *table, "", *(f"    {one_line(line)}" for line in lines[: len(listed)])]
    )


def _how_many(connections: Sequence[Connection]) -> str:
    return plural(len(connections), "connection") if connections else "There are no connections."


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
    """Return the types of a connection's errors, ``auth`` or ``auth, sync``; empty without errors."""
    kinds = [
        str(error.get("type", "error")) if isinstance(error, Mapping) else str(error)
        for error in connection.errors
    ]
    return ", ".join(dict.fromkeys(kinds))


def tags_text(connection: Connection) -> str:
    """Return ``name=value`` for each tag."""
    return ", ".join(f"{name}={value}" for name, value in connection.tags.items())


def _row(connection: Connection, line: str, *, marked: bool) -> str:
    name, integration, provider, created, errors, tags = (
        escape(one_line(str(text))) for text in _cells(connection)
    )
    failing = f'<span class="n-bad">✗ {errors}</span>' if errors else '<span class="n-na">–</span>'
    label = f'<b>{name}</b> <span class="n-ok" title="selected">✓</span>' if marked else name
    return (
        f"<tr><td>{label}</td><td>{integration}</td><td>{provider}</td>"
        f'<td class="n-n">{created}</td><td class="n-n">{failing}</td><td class="n-muted">{tags}</td>'
        f'<td class="n-n"><code>{escape(one_line(line))}</code></td></tr>'
    )
