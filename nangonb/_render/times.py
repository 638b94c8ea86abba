"""The timeline of a run (requests and records over time) and its profile (time by part), as text and as
HTML."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from nangonb._render.format import capped, elapsed, number, one_line, padded, width
from nangonb._render.page import escape, page
from nangonb._text import plural
from nangonb._trace import KINDS, PARTS, Kind, Part, RequestEntry

#: With more requests, draw the number of requests over time.
_ROWS: Final = 40
_BUCKETS: Final = 120
_TEXT_BUCKETS: Final = 60
_TEXT_BAR: Final = 40
_LEVELS: Final = "▁▂▃▄▅▆▇█"

_WIDTH: Final = 860
_LEFT: Final = 300  # the bars start here, right of the labels of the requests
_RIGHT: Final = 140
_ROW: Final = 17
_TALL: Final = 64
_COLOURS: Final[dict[Kind, str]] = {
    "provider": "#4e8fd6",
    "fetch": "#8e6bc9",
    "action": "#c98a2b",
    "nango": "#8a8f98",
}
_WORDS: Final[dict[Kind, str]] = {
    "provider": "to the provider",
    "fetch": "uncontrolled_fetch",
    "action": "an action in Nango",
    "nango": "Nango's own API",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineView:
    """``requests`` are masked entries, oldest first; times are in seconds since the start of the run."""

    name: str
    seconds: float
    requests: Sequence[RequestEntry] = ()

    @property
    def span(self) -> float:
        """The length of the axis in seconds; never 0."""
        return max([self.seconds, *(end_of(self, entry) for entry in self.requests), 1e-6])

    @property
    def records(self) -> int:
        return sum(entry.saved for entry in self.requests)


def end_of(view: TimelineView, entry: RequestEntry) -> float:
    """Return the end of a request in seconds; an interrupted one ends with the run."""
    return max(view.seconds, entry.started) if entry.seconds is None else entry.started + entry.seconds


def timeline_text(view: TimelineView) -> str:
    """Return a line with a bar for each request; with many requests, rows of small columns."""
    lines = [_title(view)]
    if not view.requests:
        return "\n".join([*lines, "no requests"])
    if len(view.requests) > _ROWS:
        counts, records = _buckets(view, _TEXT_BUCKETS)
        each = elapsed(view.span / _TEXT_BUCKETS)
        totals = [sum(pair) for pair in counts]
        lines += [
            f"requests  {_columns(totals)}  up to {number(max(totals))} in {each}",
            f"failed    {_columns([failed for _, failed in counts])}" if any(f for _, f in counts) else "",
            f"records   {_columns(records)}  {number(view.records)} in total",
            f"          {padded('0', _TEXT_BUCKETS - len(elapsed(view.span)))}{elapsed(view.span)}",
        ]
        return "\n".join(line for line in lines if line)
    for entry in view.requests:
        start = round(entry.started / view.span * _TEXT_BAR)
        drawn_bar = bar((end_of(view, entry) - entry.started) / view.span, _TEXT_BAR) or "▏"
        drawn = padded((" " * min(start, _TEXT_BAR - 1) + drawn_bar)[:_TEXT_BAR], _TEXT_BAR)
        lines.append(f"{drawn}│ {_label(entry, 60)} · {_result(view, entry)}")
    return "\n".join(lines)


def timeline_html(view: TimelineView) -> str:
    """Return an SVG without scripts, in the colours of the front end; each bar has a title."""
    head = f'<div class="n-head">{escape(_title(view))}</div>'
    if not view.requests:
        return page(f'{head}<div class="n-muted">no requests</div>')
    many = len(view.requests) > _ROWS
    left = 70 if many else _LEFT
    right = 70 if many else _RIGHT
    scale = _Scale(left, _WIDTH - left - right, view.span)
    drawn, bottom = _moments(view, scale) if many else _bars(view, scale)
    parts = [drawn]
    if view.records:
        area, bottom = _records(view, scale, bottom + 16)
        parts.append(area)
    axis = _axis(scale, bottom + 4)
    height = bottom + 24
    svg = (
        f'<svg role="img" aria-label="requests and records over time" viewBox="0 0 {_WIDTH} {height}" '
        f'width="100%" style="max-width:{_WIDTH}px;display:block;font:11px system-ui,sans-serif">'
        f"{axis}{''.join(parts)}</svg>"
    )
    return page(head + svg + _legend(view))


@dataclass(frozen=True, slots=True)
class _Scale:
    left: float
    width: float
    span: float

    def x(self, seconds: float) -> float:
        return self.left + min(max(seconds, 0.0), self.span) / self.span * self.width


def _bars(view: TimelineView, scale: _Scale) -> tuple[str, int]:
    """Draw a row for each request."""
    parts = []
    for row, entry in enumerate(view.requests):
        y = row * _ROW
        start, end = scale.x(entry.started), scale.x(end_of(view, entry))
        title = f"{_label(entry, 300)} · {_result(view, entry)} · from {elapsed(entry.started)}"
        colour = "" if entry.ok else ' class="n-bad"'
        fill = _COLOURS[entry.kind] if entry.ok else "currentColor"
        parts.append(
            f"<g{colour}><title>{escape(title)}</title>"
            f'<text x="0" y="{y + 12}" fill="currentColor">{escape(_label(entry, 46))}</text>'
            f'<rect x="{start:.1f}" y="{y + 3}" width="{max(end - start, 2):.1f}" height="{_ROW - 6}" rx="2" '
            f'fill="{fill}"/>'
            f'<text x="{scale.left + scale.width + 10}" y="{y + 12}" fill="currentColor" opacity=".75">'
            f"{escape(_result(view, entry))}</text></g>"
        )
    return "".join(parts), len(view.requests) * _ROW


def _moments(view: TimelineView, scale: _Scale) -> tuple[str, int]:
    """Draw columns for the number of requests over time; failed ones are on top."""
    counts, _ = _buckets(view, _BUCKETS)
    most = max(sum(pair) for pair in counts)
    wide = scale.width / _BUCKETS
    parts = [_side(0, "requests", f"up to {number(most)}")]
    for place, (good, failed) in enumerate(counts):
        x, high, bad = scale.left + place * wide, good / most * _TALL, failed / most * _TALL
        when = f"{elapsed(place * view.span / _BUCKETS)}: {plural(good + failed, 'request')}"
        title = f"{when}, {failed} failed" if failed else when
        if good + failed:
            parts.append(
                f"<g><title>{escape(title)}</title>"
                f'<rect x="{x:.1f}" y="{_TALL - high:.1f}" width="{wide - 0.8:.1f}" height="{high:.1f}" '
                f'fill="{_COLOURS["provider"]}"/>'
                f'<rect x="{x:.1f}" y="{_TALL - high - bad:.1f}" width="{wide - 0.8:.1f}" '
                f'height="{bad:.1f}" class="n-bad" fill="currentColor"/></g>'
            )
    return "".join(parts), _TALL


def _records(view: TimelineView, scale: _Scale, top: int) -> tuple[str, int]:
    """Draw the number of records over time as steps."""
    total, bottom = view.records, top + _TALL
    points, count = [f"{scale.left:.1f},{bottom}"], 0
    steps = [(end_of(view, entry), entry.saved) for entry in view.requests if entry.saved]
    for when, saved in _thinned(sorted(steps), view.span):
        x = scale.x(when)
        points.append(f"{x:.1f},{bottom - count / total * _TALL:.1f}")
        count += saved
        points.append(f"{x:.1f},{bottom - count / total * _TALL:.1f}")
    end = scale.left + scale.width
    points += [f"{end:.1f},{bottom - count / total * _TALL:.1f}", f"{end:.1f},{bottom}"]
    area = (
        f"<g><title>{escape(plural(total, 'record'))}</title>"
        f'<polygon points="{" ".join(points)}" fill="#3f9f7f" fill-opacity=".25" stroke="none"/>'
        f'<polyline points="{" ".join(points[:-1])}" fill="none" stroke="#3f9f7f" stroke-width="1.5"/></g>'
    )
    side = _side(top, "records", number(total)) if scale.left < _LEFT else _label_left(top, total)
    return side + area, bottom


def _label_left(top: int, total: int) -> str:
    return f'<text x="0" y="{top + 12}" fill="currentColor">{escape(plural(total, "record"))} saved</text>'


def _side(top: int, what: str, most: str) -> str:
    return (
        f'<text x="0" y="{top + 12}" fill="currentColor">{escape(what)}</text>'
        f'<text x="0" y="{top + 26}" fill="currentColor" opacity=".65">{escape(most)}</text>'
    )


def _axis(scale: _Scale, y: int) -> str:
    step = _nice(scale.span / 6)
    parts = []
    for place in range(math.floor(scale.span / step) + 1):
        x = scale.x(place * step)
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{y}" stroke="currentColor" stroke-opacity=".14"/>'
            f'<text x="{x:.1f}" y="{y + 14}" text-anchor="middle" fill="currentColor" opacity=".65">'
            f"{escape(_tick(place * step, step))}</text>"
        )
    return "".join(parts)


def _legend(view: TimelineView) -> str:
    kinds = {entry.kind for entry in view.requests}
    if len(view.requests) > _ROWS:
        kinds = {"provider"}
    parts = [key(_COLOURS[kind], _WORDS[kind]) for kind in KINDS if kind in kinds and len(kinds) > 1]
    if any(not entry.ok for entry in view.requests):
        parts.append(f'<span class="n-bad">{key("currentColor", "failed")}</span>')
    return f'<div class="n-muted">{" &nbsp; ".join(parts)}</div>' if parts else ""


def _buckets(view: TimelineView, many: int) -> tuple[list[tuple[int, int]], list[int]]:
    """Return for each interval the requests that start in it (good, failed), and the records until its
    end."""
    good, failed, saved = [0] * many, [0] * many, [0] * many
    for entry in view.requests:
        began = min(int(entry.started / view.span * many), many - 1)
        (good if entry.ok else failed)[began] += 1
        saved[min(int(end_of(view, entry) / view.span * many), many - 1)] += entry.saved
    total, records = 0, []
    for count in saved:
        total += count
        records.append(total)
    return list(zip(good, failed, strict=True)), records


def _thinned(steps: list[tuple[float, int]], span: float) -> list[tuple[float, int]]:
    """Merge steps at the same point of the picture."""
    merged: dict[int, tuple[float, int]] = {}
    for when, saved in steps:
        place = int(when / span * 400)
        _, before = merged.get(place, (when, 0))
        merged[place] = (when, before + saved)
    return list(merged.values())


def _columns(values: Sequence[int]) -> str:
    most = max([*values, 1])
    return "".join(
        " " if not value else _LEVELS[min(math.ceil(value / most * len(_LEVELS)), len(_LEVELS)) - 1]
        for value in values
    )


def _nice(step: float) -> float:
    """Round up to 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= step * 0.999)


def _tick(seconds: float, step: float) -> str:
    if seconds == 0:
        return "0"
    if step < 1:
        return f"{seconds * 1000:g} ms" if step < 0.1 else f"{seconds:.1f} s"
    return elapsed(seconds) if seconds >= 60 else f"{seconds:g} s"


def _label(entry: RequestEntry, limit: int) -> str:
    return capped(f"#{entry.n} {entry.method} {one_line(entry.endpoint.partition('?')[0])}", limit)


def _result(view: TimelineView, entry: RequestEntry) -> str:
    status = entry.code or ("no response" if entry.status is None else str(entry.status))
    parts = [status] if not entry.ok else []
    parts.append(elapsed(end_of(view, entry) - entry.started))
    if entry.saved:
        parts.append(plural(entry.saved, "record"))
    return " · ".join(parts)


def _title(view: TimelineView) -> str:
    own = sum(entry.kind == "nango" for entry in view.requests)
    parts = [one_line(view.name), plural(len(view.requests) - own, "request")]
    if own:
        parts.append(plural(own, "call") + " to Nango's own API")
    parts += [plural(view.records, "record"), elapsed(view.seconds)]
    return " · ".join(parts)


# Profile

MEANINGS: Final[Mapping[Part, str]] = {
    "network": "waiting for responses",
    "script": "your code, including decoding responses",
    "saving": "batch_save and similar calls, with validation",
    "other": "preparing the run, storing responses, progress",
}
_PART_COLOURS: Final[Mapping[Part, str]] = {
    "network": "#4e8fd6",
    "script": "#8e6bc9",
    "saving": "#3f9f7f",
    "other": "#8a8f98",
}
_BAR: Final = 40
_CELLS: Final = " ▏▎▍▌▋▊▉█"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileView:
    """``spent`` is the seconds of each part, in total ``seconds``; ``requests`` are all of the trace."""

    name: str
    seconds: float
    spent: Mapping[Part, float]
    requests: Sequence[RequestEntry] = ()

    def share(self, part: Part) -> float:
        """Return the share of a part, from 0 to 1."""
        return self.spent.get(part, 0.0) / self.seconds if self.seconds > 0 else 0.0


def profile_text(view: ProfileView) -> str:
    """Return a line with a bar for each part, and the slowest request."""
    times = [elapsed(view.spent.get(part, 0.0)) for part in PARTS]
    wide = max(map(width, times))
    lines = [f"{one_line(view.name)} · {elapsed(view.seconds)}"]
    for part, duration in zip(PARTS, times, strict=True):
        share = view.share(part)
        lines.append(
            f"{part:8} {padded(duration, wide, right=True)} {share:4.0%} {padded(bar(share, _BAR), _BAR)} "
            f"{MEANINGS[part]}"
        )
    return "\n".join([*lines, *_request_notes(view)])


def profile_html(view: ProfileView) -> str:
    """Return the same as HTML: one stacked bar and a legend with the numbers."""
    pieces, rows = [], []
    left = 0.0
    for part in PARTS:
        share, seconds, colour = view.share(part), view.spent.get(part, 0.0), _PART_COLOURS[part]
        title = f"{part}: {elapsed(seconds)}, {share:.0%}"
        pieces.append(
            f'<rect x="{left * 100:.3f}%" width="{share * 100:.3f}%" height="18" fill="{colour}">'
            f"<title>{escape(title)}</title></rect>"
        )
        left += share
        rows.append(
            f'<tr><td class="n-n">{key(colour, part)}</td><td class="n-r">{escape(elapsed(seconds))}</td>'
            f'<td class="n-r">{share:.0%}</td>'
            f'<td><span class="n-muted">{escape(MEANINGS[part])}</span></td></tr>'
        )
    head = f'<div class="n-head"><b>{escape(one_line(view.name))}</b> · {escape(elapsed(view.seconds))}</div>'
    drawn = (
        '<svg role="img" aria-label="where the time went" width="100%" height="18" '
        f'style="max-width:640px;border-radius:3px;display:block;margin:2px 0 6px">{"".join(pieces)}</svg>'
    )
    table = f'<table class="n-t"><tbody>{"".join(rows)}</tbody></table>'
    notes = "".join(f'<div class="n-muted">{escape(note)}</div>' for note in _request_notes(view))
    return page(head + drawn + table + notes)


def key(colour: str, words: str) -> str:
    """Return an entry of a legend."""
    square = f'<rect width="10" height="10" rx="2" fill="{colour}"/>'
    return f'<svg width="10" height="10" aria-hidden="true">{square}</svg> {escape(words)}'


def bar(share: float, cells: int) -> str:
    """Return a bar of up to ``cells`` characters, in eighths."""
    eighths = round(min(max(share, 0.0), 1.0) * cells * 8)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_CELLS[rest] if rest else "")


def _request_notes(view: ProfileView) -> list[str]:
    done = [entry for entry in view.requests if entry.seconds is not None]
    if not done:
        return []
    slow = max(done, key=lambda entry: entry.seconds or 0.0)
    mean = sum(entry.seconds or 0.0 for entry in done) / len(done)
    path = one_line(slow.endpoint.partition("?")[0])[:80]
    return [
        f"{plural(len(done), 'request')}, {elapsed(mean)} on average; "
        f"the slowest is #{slow.n} {slow.method} {path} with {elapsed(slow.seconds or 0.0)}"
    ]
