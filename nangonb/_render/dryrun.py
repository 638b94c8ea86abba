"""A dry run as text and as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nangonb._render.format import capped, cell, elapsed, number, one_line, pretty_json, size
from nangonb._render.page import LIMIT, Budget, escape, escape_within, page
from nangonb._render.problems import problems_fragment, problems_text, summary
from nangonb._render.request import query_of, status_of
from nangonb._render.tables import table_fragment, table_text
from nangonb._render.view import DryrunView, TableView, count_line, count_parts, flags, is_doubtful, mark_of
from nangonb._text import plural, printable
from nangonb._trace import RequestEntry

_TEXT_LOGS: Final = 20
_HTML_LOGS: Final = 200
_REQUESTS: Final = 100
_MESSAGE: Final = 2_000
_OUTPUT: Final = 16_384
_ERROR: Final = 8_192
_COLOURS = {"succeeded": "n-ok", "failed": "n-bad", "interrupted": "n-warn"}
_TONES = {"plain": "", "muted": ' class="n-muted"', "warning": ' class="n-warn"'}
_LEVELS = {"error": "n-bad", "warn": "n-warn"}


def output_table(output: Any, rows: int = 20) -> tuple[TableView | None, Mapping[str, Any]]:
    """Convert an action's output to a table: a list of records, or a dict with exactly one such list.

    Returns the table, or None, and the other fields of the dict.
    """
    if _is_records(output):
        return _records_table("output", output, rows), {}
    if isinstance(output, Mapping):
        lists = [name for name, value in output.items() if _is_records(value)]
        if len(lists) == 1:
            name = lists[0]
            rest = {key: value for key, value in output.items() if key != name}
            return _records_table(str(name), output[name], rows), rest
    return None, {}


def dryrun_text(view: DryrunView) -> str:
    """Return the count line, the error, the previews, the first logs and the problems."""
    parts = [printable("\n".join([count_line(view), *(f"  {line}" for line in view.lines)]))]
    if view.error:
        parts.append(printable(capped(view.error, _ERROR)))
    parts.extend(printable(hint) for hint in view.hints)
    if view.changes is not None:
        table = view.changes
        parts.append(
            table_text(table.columns, table.rows, caption=table.title, size=_changes(table), max_cell=80)
        )
    for table in view.tables:
        parts.append(table_text(table.columns, table.rows, total=table.total, caption=table.title))
    if view.kind != "sync" and view.ok:
        parts.append(_output_text(view.output))
    if view.validation is not None:
        table = view.validation
        parts.append(
            table_text(table.columns, table.rows, caption=table.title, size=_breaches(table), max_cell=32)
        )
    if view.checkpoint is not None:
        parts.append(printable(_checkpoint(view.checkpoint)))
    if view.logs:
        lines = [f"  {level:5} {capped(one_line(message), 300)}" for level, message in view.logs[:_TEXT_LOGS]]
        more = len(view.logs) - len(lines)
        heading = plural(len(view.logs), "log message") + ":"
        parts.append(
            "\n".join([heading, *lines, *([f"  … and {plural(more, 'more', 'more')}"] if more else [])])
        )
    if view.problems:
        parts.append(problems_text(view.problems))
    return capped("\n\n".join(parts), LIMIT)


def dryrun_html(view: DryrunView) -> str:
    """Return the same as HTML: logs, requests and problems are collapsed; problems with errors are open."""
    budget = Budget()
    head = _head(view) + _error(view, budget.left // 3)
    budget.take(head)
    parts = [head]
    # in order of importance: errors, then records, then the rest
    problems = _problems(view, budget.part(0.3))
    if view.changes is not None:
        table, share = view.changes, budget.part(0.3)
        parts.append(
            table_fragment(table.columns, table.rows, share, caption=table.title, size=_changes(table))
        )
    for place, table in enumerate(view.tables):
        share = budget.part(0.75 / (len(view.tables) - place))
        parts.append(table_fragment(table.columns, table.rows, share, total=table.total, caption=table.title))
    if view.kind != "sync" and view.ok:
        parts.append(_output_html(view.output, budget.part(0.75)))
    if view.validation is not None:
        table, share = view.validation, budget.part(0.5)
        parts.append(
            table_fragment(table.columns, table.rows, share, caption=table.title, size=_breaches(table))
        )
    if view.checkpoint is not None:
        line = f'<div class="n-muted">{escape(_checkpoint(view.checkpoint))}</div>'
        parts.append(line if budget.take(line) else "")
    logs = _logs(view, budget.part(0.5))
    parts.extend([logs, _requests(view, budget), problems])
    return page("".join(parts))


def _breaches(table: TableView) -> str:
    """Return ``3 rules are broken``; the table has the first of them."""
    count = f"{plural(table.total, 'rule is', 'rules are')} broken"
    if table.total <= len(table.rows):
        return count
    return f"{count}, the first {len(table.rows)}; see .validation for all"


def _changes(table: TableView) -> str:
    """Return ``3 records``; the table has some of them."""
    if table.total <= len(table.rows):
        return plural(table.total, "record")
    return f"{number(len(table.rows))} of {plural(table.total, 'record')}; see .changes for all"


def _checkpoint(checkpoint: Mapping[str, Any]) -> str:
    return f"checkpoint for the next run: {cell(dict(checkpoint), 1_000)}"


def _head(view: DryrunView) -> str:
    where = f" on {_word(view.connection_id)}" if view.connection_id else ""
    parts = [f"<span{_TONES[part.tone]}>{_word(part.text)}</span>" for part in count_parts(view)]
    parts += [f'<span class="n-warn">{_word(flag)}</span>' for flag in flags(view)]
    colour = "n-warn" if is_doubtful(view) else _COLOURS[view.state]
    return (
        f'<div class="n-head"><span class="n-mark {colour}">{mark_of(view)}</span> '
        f"<b>{_word(view.name)}</b>{where} · {' · '.join(parts)}</div>"
        + "".join(f'<div class="n-muted">{escape(capped(one_line(line), 400))}</div>' for line in view.lines)
    )


def _word(text: str) -> str:
    return escape(capped(one_line(text), 200))


def _error(view: DryrunView, limit: int) -> str:
    error = f"<pre>{escape_within(view.error, min(_ERROR, limit))}</pre>" if view.error else ""
    hints = "".join(f'<div class="n-hint">{escape_within(hint, 1_000)}</div>' for hint in view.hints[:10])
    if not error:
        return hints
    return f'<div class="n-block n-b">{error}{hints}</div>'


def _output_text(output: Any) -> str:
    if output is None:
        return "no output"
    table, rest = output_table(output)
    if table is None:
        return printable(pretty_json(output, _OUTPUT))
    fields = [f"{one_line(str(name))}: {cell(value)}" for name, value in rest.items()]
    return "\n".join([*fields, table_text(table.columns, table.rows, total=table.total, caption=table.title)])


def _output_html(output: Any, budget: Budget) -> str:
    if output is None:
        return '<div class="n-muted">no output</div>'
    table, rest = output_table(output)
    if table is None:
        limit = min(_OUTPUT, max(budget.left - 100, 100))
        html = f'<pre class="n-block">{escape_within(pretty_json(output, limit), limit)}</pre>'
        budget.take(html)
        return html
    fields = ""
    for name, value in rest.items():
        field = f"<div>{_word(str(name))}: {escape(cell(value))}</div>"
        fields += field if budget.take(field) else ""
    return fields + table_fragment(table.columns, table.rows, budget, total=table.total, caption=table.title)


def _logs(view: DryrunView, budget: Budget) -> str:
    if not view.logs:
        return ""
    rows: list[str] = []
    for level, message in view.logs[:_HTML_LOGS]:
        colour = _LEVELS.get(level, "n-muted")
        row = (
            f'<tr><td class="n-n {colour}">{escape(level)}</td>'
            f"<td><code>{escape(capped(message, _MESSAGE))}</code></td></tr>"
        )
        if not budget.take(row):
            break
        rows.append(row)
    body = f'<div class="n-scroll"><table class="n-t"><tbody>{"".join(rows)}</tbody></table></div>'
    return _details(plural(len(view.logs), "log message"), body + _more(len(view.logs) - len(rows)))


def _requests(view: DryrunView, budget: Budget) -> str:
    if not view.request_log:
        return ""
    rows: list[str] = []
    for entry in view.request_log[:_REQUESTS]:
        row = _request_row(entry)
        if not budget.take(row):
            break
        rows.append(row)
    head = (
        '<th class="n-r">#</th><th>request</th><th>status</th><th class="n-r">records</th>'
        '<th class="n-r">size</th><th class="n-r">time</th>'
    )
    body = (
        f'<div class="n-scroll"><table class="n-t"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )
    failed = sum(not entry.ok for entry in view.request_log)
    own = sum(entry.kind == "nango" for entry in view.request_log)
    title = plural(view.requests or 0, "request") + (f", {failed} failed" if failed else "")
    title += f", {plural(own, 'call')} to Nango's own API" if own else ""
    return _details(title, body + _more(len(view.request_log) - len(rows)))


def _request_row(entry: RequestEntry) -> str:
    query = capped(query_of(entry), 301)
    query = f'<span class="n-muted">{escape(query)}</span>' if query else ""
    method = (
        f'<span class="n-warn">{escape(entry.method)}</span>'
        if entry.writes_provider
        else escape(entry.method)
    )
    return (
        f'<tr><td class="n-r">{entry.n}</td>'
        f'<td class="n-w"><code>{method} {escape(capped(entry.endpoint, 300))}{query}</code></td>'
        f'<td class="n-n{"" if entry.ok else " n-bad"}">{escape(status_of(entry))}</td>'
        f'<td class="n-r n-n">{number(entry.saved) if entry.saved else ""}</td>'
        f'<td class="n-r n-n">{size(entry.received)}</td>'
        f'<td class="n-r n-n">{"" if entry.seconds is None else elapsed(entry.seconds)}</td></tr>'
    )


def _problems(view: DryrunView, budget: Budget) -> str:
    if not view.problems:
        return ""
    is_open = is_doubtful(view) or any(problem.severity == "error" for problem in view.problems)
    return _details(summary(view.problems), problems_fragment(view.problems, budget), is_open=is_open)


def _details(title: str, body: str, *, is_open: bool = False) -> str:
    return f"<details{' open' if is_open else ''}><summary>{escape(title)}</summary>{body}</details>"


def _more(count: int) -> str:
    return (
        f'<div class="n-muted">… and {plural(count, "more", "more")} in the result.</div>'
        if count > 0
        else ""
    )


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _records_table(title: str, records: Sequence[Mapping[str, Any]], rows: int) -> TableView:
    columns = list(dict.fromkeys(str(name) for record in records for name in record))
    preview = [[record.get(name) for name in columns] for record in records[:rows]]
    return TableView(title, len(records), columns, preview)
