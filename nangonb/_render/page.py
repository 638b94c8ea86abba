"""The frame of HTML outputs: escaping, a style sheet and a size limit."""

from __future__ import annotations

from html import escape as _escape
from typing import Final

from nangonb._render.format import capped
from nangonb._text import printable

LIMIT: Final = 65_536  # bytes of one output

# Colours are those of the front end, with defaults for light and dark themes. Cells break inside words only
# beyond their maximum width: with "anywhere", many columns are one letter wide.
_STYLE: Final = """<style>
div.nangonb{--n-line:var(--jp-border-color2,var(--vscode-widget-border,rgba(128,128,128,.32)));
--n-soft:var(--jp-layout-color2,rgba(128,128,128,.1));--n-ok:var(--jp-success-color1,#43a047);
--n-bad:var(--jp-error-color1,#e53935);--n-warn:var(--jp-warn-color1,#ef8a00);
--n-mono:var(--jp-code-font-family,ui-monospace,SFMono-Regular,Menlo,Consolas,monospace);
color:inherit;font:13px/1.5 var(--jp-ui-font-family,system-ui,-apple-system,"Segoe UI",sans-serif);
padding:2px 0}
div.nangonb+div.nangonb{margin-top:10px}
div.nangonb .n-head{font-size:14px;margin:0 0 6px}
div.nangonb b{font-weight:600}
div.nangonb .n-mark{font-weight:700;margin-right:2px}
div.nangonb .n-muted{opacity:.68}
div.nangonb .n-ok{color:var(--n-ok)}
div.nangonb .n-bad{color:var(--n-bad)}
div.nangonb .n-warn{color:var(--n-warn)}
div.nangonb .n-cap{margin:12px 0 4px}
div.nangonb .n-scroll{overflow-x:auto;max-width:100%}
div.nangonb table.n-t{border-collapse:collapse;border:0;margin:0;table-layout:auto;font-size:12px;
width:auto;color:inherit}
div.nangonb table.n-t thead,div.nangonb table.n-t tr{background:none;border:0}
div.nangonb table.n-t th,div.nangonb table.n-t td{border:0;border-bottom:1px solid var(--n-line);
padding:4px 16px 4px 0;text-align:left;vertical-align:top;max-width:34em;white-space:pre-wrap;
overflow-wrap:break-word;background:none;line-height:1.45;color:inherit}
div.nangonb table.n-t th{font-weight:600;white-space:nowrap;overflow-wrap:normal;opacity:.75}
div.nangonb table.n-t tbody tr:hover{background:var(--n-soft)}
div.nangonb table.n-t .n-r{text-align:right;font-variant-numeric:tabular-nums}
div.nangonb table.n-t .n-n{white-space:nowrap;overflow-wrap:normal}
div.nangonb table.n-t .n-w{max-width:60em}
div.nangonb table.n-t td.n-ok{color:var(--n-ok)}
div.nangonb table.n-t td.n-bad{color:var(--n-bad)}
div.nangonb table.n-t td.n-warn{color:var(--n-warn)}
div.nangonb .n-na{opacity:.45}
div.nangonb.nangonb code,div.nangonb.nangonb pre{font-family:var(--n-mono);font-size:12px;color:inherit;
background:none;border:0;padding:0;margin:0}
div.nangonb.nangonb pre{white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.45}
div.nangonb.nangonb pre.n-quote{background:var(--n-soft);border-radius:3px;padding:3px 8px;margin:4px 0 0;
overflow-x:auto;white-space:pre}
div.nangonb.nangonb .n-block{border-left:3px solid var(--n-line);padding:4px 0 4px 10px;margin:6px 0}
div.nangonb.nangonb .n-block.n-b{border-color:var(--n-bad)}
div.nangonb .n-hint{margin:4px 0}
div.nangonb details{margin:6px 0 0}
div.nangonb summary{cursor:pointer;display:list-item}
div.nangonb details[open]>summary{margin-bottom:4px}
</style>"""


def escape(text: object) -> str:
    """Escape text for HTML, including control characters."""
    return _escape(printable(str(text)), quote=True)


def page(body: str) -> str:
    """Return a complete output."""
    return f'<div class="nangonb">{_STYLE}{body}</div>'


def escape_within(text: str, limit: int) -> str:
    """Return escaped text of about ``limit`` bytes at most; shortened text ends with ``…``."""
    kept = capped(text, limit)
    while len(html := escape(kept)) > limit and len(kept) > 1:
        kept = capped(text, max(len(kept) * limit // len(html) - 1, 1))
    return html


class Budget:
    """The remaining bytes of an output."""

    def __init__(self, limit: int | None = None, parent: Budget | None = None) -> None:
        # Reserve space for the frame and for the note at the end of a part.
        self.left = LIMIT - len(page("")) - 2_048 if limit is None else limit
        self._parent = parent

    def take(self, html: str) -> bool:
        """Count ``html`` if there is room for it. Return whether there is."""
        needed = len(html.encode())
        if needed > self.left:
            return False
        self._spend(needed)
        return True

    def part(self, share: float) -> Budget:
        """Return a budget for one part: a share of the remaining bytes. Unused bytes stay available here."""
        return Budget(int(self.left * share), self)

    def _spend(self, count: int) -> None:
        self.left -= count
        if self._parent is not None:
            self._parent._spend(count)
