"""Tables, DataFrames and trees of paths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from nangonb._render.format import capped, cell, is_missing, is_number, number, one_line, padded, width
from nangonb._render.page import LIMIT, Budget, escape, page
from nangonb._text import plural

if TYPE_CHECKING:
    import pandas as pd

_HTML_COLUMNS: Final = 40
_TEXT_WIDTH: Final = 160
_TEXT_CELL: Final = 40
_AROUND: Final = (
    '<div class="n-scroll"><table class="n-t"><thead><tr>{head}</tr></thead>'
    "<tbody>{body}</tbody></table></div>"
)


def table_html(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    total: int | None = None,
    caption: str | None = None,
    size: str | None = None,
    max_cell: int = 120,
) -> str:
    """Return a table as a complete output. ``total`` is the number of all rows if ``rows`` are only the
    first.

    ``size`` replaces ``2 rows × 6 columns``.
    """
    return page(
        table_fragment(columns, rows, Budget(), total=total, caption=caption, size=size, max_cell=max_cell)
    )


def table_text(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    total: int | None = None,
    caption: str | None = None,
    size: str | None = None,
    max_cell: int = _TEXT_CELL,
) -> str:
    """Return the table for a terminal: aligned, at most 160 characters wide."""
    kept = [list(row) for row in rows]
    visible, dropped = _visible_columns(columns, kept, max_cell)
    lines = [f"{_title(caption)}{size or extent(len(kept), total, len(columns))}"]
    lines.extend(_aligned(visible))
    if dropped:
        lines.append(f"… and {plural(dropped, 'more column')}")
    return capped("\n".join(line.rstrip() for line in lines), LIMIT)


def frame_html(df: pd.DataFrame, rows: int = 20, *, caption: str | None = None) -> str:
    """Return the first ``rows`` of a DataFrame, and its size."""
    columns, head = _frame_parts(df, rows)
    return table_html(columns, head, total=len(df), caption=caption)


def frame_text(df: pd.DataFrame, rows: int = 20, *, caption: str | None = None) -> str:
    """Return the same for a terminal."""
    columns, head = _frame_parts(df, rows)
    return table_text(columns, head, total=len(df), caption=caption)


def extent(rows: int, total: int | None, columns: int) -> str:
    """Return ``20 of 2,413 rows × 6 columns``, or ``6 rows × 3 columns`` if all rows are displayed."""
    wide = plural(columns, "column")
    if total is None or total <= rows:
        return f"{plural(rows, 'row')} × {wide}"
    return f"{number(rows)} of {plural(total, 'row')} × {wide}"


def table_fragment(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    budget: Budget,
    *,
    total: int | None = None,
    caption: str | None = None,
    size: str | None = None,
    max_cell: int = 120,
) -> str:
    """Return a table as a part of an output. A note counts the rows that exceed the budget."""
    kept = [list(row) for row in rows]
    visible = list(columns)[:_HTML_COLUMNS]
    right = [_is_numeric(row[index] for row in kept if index < len(row)) for index in range(len(visible))]
    head = "".join(
        f"<th{' class=n-r' if right[index] else ''}>{escape(capped(one_line(str(name)), 60))}</th>"
        for index, name in enumerate(visible)
    )
    title = f"<b>{escape(capped(one_line(caption), 120))}</b> · " if caption else ""
    body: list[str] = []
    has_room = budget.take(head + title + _AROUND)
    for row in kept if has_room else []:
        cells = (_td(value, right[i], max_cell) for i, value in enumerate(row[: len(visible)]))
        html = f"<tr>{''.join(cells)}</tr>"
        if not budget.take(html):
            break
        body.append(html)
    notes = []
    if len(columns) > len(visible):
        notes.append(f"{plural(len(columns) - len(visible), 'more column')} not shown")
    if len(body) < len(kept):
        notes.append(
            f"{plural(len(kept) - len(body), 'row')} omitted: the output limit is {LIMIT // 1024} KB"
        )
    note = f'<div class="n-muted">{escape("; ".join(notes))}.</div>' if notes else ""
    caption_size = size or extent(len(body), len(kept) if total is None else total, len(columns))
    cap = f'<div class="n-cap">{title}<span class="n-muted">{escape(caption_size)}</span></div>'
    if not has_room:
        return cap + note
    table = _AROUND.format(head=head, body="".join(body))
    return f"{cap}{table}{note}"


def _td(value: Any, right: bool, max_cell: int) -> str:
    if is_missing(value):
        return f'<td class="n-na{" n-r" if right else ""}" title="null">{escape(cell(value))}</td>'
    return f"<td{' class=n-r' if right else ''}>{escape(cell(value, max_cell))}</td>"


def _is_numeric(values: Iterable[Any]) -> bool:
    present = [value for value in values if not is_missing(value)]
    return bool(present) and all(is_number(value) for value in present)


def _title(caption: str | None) -> str:
    return f"{one_line(caption)} · " if caption else ""


Column = tuple[list[str], bool]


def _visible_columns(
    columns: Sequence[str], rows: list[list[Any]], max_cell: int
) -> tuple[list[Column], int]:
    """Return the columns that have room in a line, each with its head, and the number of the others."""
    visible: list[Column] = []
    used = 0
    for index, name in enumerate(columns):
        values = [row[index] if index < len(row) else None for row in rows]
        texts = [capped(one_line(str(name)), max_cell), *(cell(value, max_cell) for value in values)]
        used += max(map(width, texts)) + 2
        if used > _TEXT_WIDTH and visible:
            break
        visible.append((texts, _is_numeric(values)))
    return visible, len(columns) - len(visible)


def _aligned(columns: list[Column]) -> Iterable[str]:
    if not columns:
        return
    widths = [max(map(width, texts)) for texts, _ in columns]
    for line in range(len(columns[0][0])):
        yield "  ".join(
            padded(texts[line], wide, right=right)
            for (texts, right), wide in zip(columns, widths, strict=True)
        )
        if line == 0:
            yield "  ".join("─" * wide for wide in widths)


def _frame_parts(df: pd.DataFrame, rows: int) -> tuple[list[str], list[list[Any]]]:
    head = df.head(rows)
    names = [str(name) for name in head.columns]
    # by column: rows would convert integers beside floats
    columns = [[_python(value) for value in head.iloc[:, index].array] for index in range(head.shape[1])]
    if type(df.index).__name__ != "RangeIndex":
        names.insert(0, "" if df.index.name is None else str(df.index.name))
        columns.insert(0, [_python(value) for value in islice(head.index, rows)])
    return names, [list(row) for row in zip(*columns, strict=True)] if columns else [
        [] for _ in range(len(head))
    ]


def _python(value: Any) -> Any:
    """Convert a NumPy scalar to a Python value."""
    return (
        value.item()
        if type(value).__module__ == "numpy" and hasattr(value, "item") and value.ndim == 0
        else value
    )


Tree = dict[str, "Tree"]


def tree_text(paths: Iterable[str], root: str = "") -> str:
    """Return paths with ``/`` in the form of the command ``tree``, sorted; ``root`` is an optional top
    line."""
    top: Tree = {}
    for path in paths:
        node = top
        for name in path.strip("/").split("/"):
            node = node.setdefault(name, {})
    return "\n".join([*([one_line(root)] if root else []), *_tree_lines(top, "")])


def _tree_lines(node: Tree, lead: str) -> Iterable[str]:
    names = sorted(node)
    for name in names:
        last = name == names[-1]
        yield f"{lead}{'└── ' if last else '├── '}{one_line(name)}"
        yield from _tree_lines(node[name], lead + ("    " if last else "│   "))
