"""Where the time of a run went, as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from nangonb.render.format import elapsed, one_line, padded, width
from nangonb.render.page import escape, page
from nangonb.text import plural
from nangonb.trace import PARTS, Part, RequestEntry

MEANINGS: Final[Mapping[Part, str]] = {
    "network": "waiting for answers",
    "script": "your code, and reading the answers",
    "saving": "batch_save and the like, with validation",
    "other": "preparing the run, keeping responses, progress",
}
_COLOURS: Final[Mapping[Part, str]] = {
    "network": "#4e8fd6",
    "script": "#8e6bc9",
    "saving": "#3f9f7f",
    "other": "#8a8f98",
}
_BAR: Final = 40
_CELLS: Final = " ▏▎▍▌▋▊▉█"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileView:
    """``spent`` is seconds of each part, together ``seconds``; ``requests`` are all of the trace."""

    name: str
    seconds: float
    spent: Mapping[Part, float]
    requests: Sequence[RequestEntry] = ()

    def share(self, part: Part) -> float:
        """From 0 to 1."""
        return self.spent.get(part, 0.0) / self.seconds if self.seconds > 0 else 0.0


def profile_text(view: ProfileView) -> str:
    """A line with a bar for each part, and the slowest request."""
    times = [elapsed(view.spent.get(part, 0.0)) for part in PARTS]
    wide = max(map(width, times))
    lines = [f"{one_line(view.name)} · {elapsed(view.seconds)}"]
    for part, took in zip(PARTS, times, strict=True):
        share = view.share(part)
        lines.append(
            f"{part:8} {padded(took, wide, right=True)} {share:4.0%} {padded(bar(share, _BAR), _BAR)} "
            f"{MEANINGS[part]}"
        )
    return "\n".join([*lines, *_notes(view)])


def profile_html(view: ProfileView) -> str:
    """The same as one stacked bar and a legend with the numbers."""
    pieces, rows = [], []
    left = 0.0
    for part in PARTS:
        share, seconds, colour = view.share(part), view.spent.get(part, 0.0), _COLOURS[part]
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
    notes = "".join(f'<div class="n-muted">{escape(note)}</div>' for note in _notes(view))
    return page(head + drawn + table + notes)


def key(colour: str, words: str) -> str:
    """What a colour means."""
    square = f'<rect width="10" height="10" rx="2" fill="{colour}"/>'
    return f'<svg width="10" height="10" aria-hidden="true">{square}</svg> {escape(words)}'


def bar(share: float, cells: int) -> str:
    """A bar of up to ``cells`` characters, in eighths."""
    eighths = round(min(max(share, 0.0), 1.0) * cells * 8)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_CELLS[rest] if rest else "")


def _notes(view: ProfileView) -> list[str]:
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
