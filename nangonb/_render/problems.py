"""Problems, with their source lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nangonb._project import Place, Problem
from nangonb._render.format import width
from nangonb._render.page import Budget, escape, page
from nangonb._text import plural, printable

_MARKS = {"error": ("✗", "n-bad"), "warning": ("▲", "n-warn"), "note": ("●", "n-muted")}
_ORDER = {"error": 0, "warning": 1, "note": 2}
_LINE = 160
_CODE = re.compile(r"`([^`\n]+)`")


def problems_text(problems: Sequence[Problem]) -> str:
    """Return all problems, errors first, each with its line and hint; ``No problems.`` without any."""
    if not problems:
        return "No problems."
    return "\n".join([summary(problems), *(_one_text(problem) for problem in _sorted(problems))])


def problems_html(problems: Sequence[Problem]) -> str:
    """Return the same as an HTML table."""
    if not problems:
        return page('<div class="n-head"><span class="n-mark n-ok">✓</span> No problems.</div>')
    head = f'<div class="n-head">{escape(summary(problems))}</div>'
    return page(head + problems_fragment(problems, Budget()))


def headed_text(title: str, details: Sequence[str], problems: Sequence[Problem]) -> str:
    """Return ``✓ sync contacts · salesforce · every day``, then the problems. The worst one sets the mark."""
    mark, _ = _worst(problems)
    head = " · ".join([f"{mark} {title}", *details, *([summary(problems)] if problems else [])])
    return "\n".join([printable(head), *(_one_text(problem) for problem in _sorted(problems))])


def headed_html(title: str, details: Sequence[str], problems: Sequence[Problem]) -> str:
    """Return the same as HTML, with a table of the problems."""
    mark, colour = _worst(problems)
    parts = [f"<b>{escape(title)}</b>", *map(escape, details)]
    if problems:
        parts.append(f'<span class="{colour}">{escape(summary(problems))}</span>')
    head = f'<div class="n-head"><span class="n-mark {colour}">{mark}</span> {" · ".join(parts)}</div>'
    return page(head + (problems_fragment(problems, Budget()) if problems else ""))


def _worst(problems: Sequence[Problem]) -> tuple[str, str]:
    return _MARKS[_sorted(problems)[0].severity] if problems else ("✓", "n-ok")


def problems_fragment(problems: Sequence[Problem], budget: Budget) -> str:
    """Return a table of problems, a part of an output."""
    placed = any(problem.place for problem in problems)
    rows: list[str] = []
    before: Problem | None = None
    for problem in _sorted(problems):
        # quote a line once for all its problems
        row = _row(problem, placed=placed, quote=before is None or before.place != problem.place)
        before = problem
        if not budget.take(row):
            break
        rows.append(row)
    left_out = len(problems) - len(rows)
    note = f'<div class="n-muted">… and {plural(left_out, "more problem")}.</div>' if left_out else ""
    columns = ("severity", *(("place",) if placed else ()), "code", "problem")
    head = "".join(f"<th>{column}</th>" for column in columns)
    return (
        f'<div class="n-scroll"><table class="n-t"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>{note}"
    )


def summary(problems: Sequence[Problem]) -> str:
    """Return the number of problems by severity: ``1 error, 2 warnings``."""
    counts = {severity: sum(problem.severity == severity for problem in problems) for severity in _ORDER}
    return ", ".join(plural(count, severity) for severity, count in counts.items() if count)


def _sorted(problems: Sequence[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: _ORDER[problem.severity])


def _one_text(problem: Problem) -> str:
    mark, _ = _MARKS[problem.severity]
    where = f"{problem.place}: " if problem.place else ""
    lines = [printable(f"{mark} {where}{problem.severity} {problem.code}: {problem.message}")]
    lines.extend(f"    {line}" for line in _quoted(problem.place))
    lines.extend(printable(f"    see {place}") for place in problem.related)
    if problem.hint:
        lines.append(printable(f"    {problem.hint}"))
    return "\n".join(lines)


def _row(problem: Problem, *, placed: bool, quote: bool) -> str:
    mark, colour = _MARKS[problem.severity]
    parts = [f"<div>{prose(problem.message)}</div>"]
    if quote and (quoted := _quoted(problem.place)):
        parts.append(f'<pre class="n-quote">{escape(chr(10).join(quoted))}</pre>')
    parts.extend(f'<div class="n-muted">see {escape(place)}</div>' for place in problem.related)
    if problem.hint:
        parts.append(f'<div class="n-muted n-hint">{prose(problem.hint)}</div>')
    where = "" if problem.place is None else escape(problem.place)
    where = f'<td class="n-n">{where}</td>' if placed else ""
    return (
        f'<tr><td class="n-n {colour}">{mark} {escape(problem.severity)}</td>{where}'
        f'<td class="n-n"><code>{escape(problem.code)}</code></td><td class="n-w">{"".join(parts)}</td></tr>'
    )


def prose(text: str) -> str:
    """Return a sentence as HTML, with text in backticks as code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))


def _quoted(place: Place | None) -> list[str]:
    """Return the source line, and a caret below it if the column is known."""
    if place is None or not place.text.strip():
        return []
    text = place.text.rstrip().expandtabs(4)
    lead = len(text) - len(text.lstrip())
    if place.column is None:
        return [printable(text.strip())[:_LINE]]
    before = len(place.text[: place.column - 1].expandtabs(4)) - lead
    # a window around the column, so that the caret of a very long line is visible
    start = max(0, before - _LINE // 2)
    window = text.strip()[start : start + _LINE]
    cut = "…" if start else ""
    caret = width(printable(cut + window[: max(before - start, 0)]))
    return [printable(cut + window), " " * caret + "^"]
