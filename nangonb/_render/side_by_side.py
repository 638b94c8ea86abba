"""Code in two languages, side by side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from nangonb._render.page import escape, page
from nangonb._text import plural

#: (number, line) of one side; None if the other side has more lines.
Numbered = tuple[int, str] | None

HELPERS_TITLE: Final = "Functions at the end of the file do what Python does and JavaScript does not:"

# Wrapped lines are indented, to tell them from new lines. Override the stripes and right-aligned heads of
# front ends: code needs neither.
_STYLE: Final = """<style>
div.nangonb table.n-code{border-collapse:collapse;border:0;margin:0;table-layout:fixed;width:100%;
color:inherit}
div.nangonb table.n-code thead,div.nangonb table.n-code tr{background:none;border:0}
div.nangonb table.n-code th{text-align:left;font-weight:600;font-size:12px;padding:4px 0 6px;background:none;
border:0;border-bottom:1px solid var(--n-line);overflow-wrap:anywhere}
div.nangonb table.n-code td{border:0;background:none;color:inherit;text-align:left;vertical-align:top;
font-family:var(--n-mono);font-size:12px;line-height:1.5;white-space:pre-wrap;overflow-wrap:anywhere;
padding:0 12px 0 6ch;text-indent:-6ch}
div.nangonb table.n-code td.n-no{width:3em;padding:0 8px 0 0;text-indent:0;text-align:right;opacity:.5;
white-space:nowrap;user-select:none}
div.nangonb table.n-code col.n-no{width:3em}
div.nangonb table.n-code td.n-right{border-left:1px solid var(--n-line)}
div.nangonb table.n-code tbody tr:hover{background:var(--n-soft)}
</style>"""


def side_by_side_html(
    rows: Iterable[tuple[Numbered, Numbered]],
    *,
    titles: tuple[str, str],
    helpers: Iterable[tuple[str, str]] = (),
    helper_code: str = "",
) -> str:
    """Return the rows of both sides below their titles.

    ``helpers`` are (name, reason) of the functions in ``helper_code``, which is collapsed.
    """
    body = "".join(f"<tr>{_cells(left, '')}{_cells(right, ' n-right')}</tr>" for left, right in rows)
    head = "".join(f'<th colspan="2">{escape(title)}</th>' for title in titles)
    columns = '<col class="n-no"><col>' * 2
    table = (
        f'{_STYLE}<table class="n-code"><colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )
    return page(table + _helpers(list(helpers), helper_code))


def _cells(side: Numbered, where: str) -> str:
    number, line = ("", "") if side is None else side
    return f'<td class="n-no{where}">{number}</td><td>{escape(line)}</td>'


def _helpers(helpers: list[tuple[str, str]], code: str) -> str:
    if not helpers:
        return ""
    reasons = "".join(
        f'<tr><td class="n-n"><code>{escape(name)}</code></td><td>{escape(why)}</td></tr>'
        for name, why in helpers
    )
    details = (
        f"<details><summary>{escape(plural(len(helpers), 'function'))}, {plural(code.count(chr(10)), 'line')}"
        f"</summary><pre>{escape(code)}</pre></details>"
        if code
        else ""
    )
    title = f'<div class="n-cap">{HELPERS_TITLE}</div>'
    table = f'<div class="n-scroll"><table class="n-t"><tbody>{reasons}</tbody></table></div>'
    return title + table + details
