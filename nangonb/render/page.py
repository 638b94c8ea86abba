"""The frame around our HTML: escaping, one small style sheet, and a cap on the size."""

from __future__ import annotations

from html import escape as _escape
from typing import Final

from nangonb.render.format import printable

LIMIT: Final = 65_536  # bytes of one output
_ROOM: Final = 4_096  # for the style and the last notes

# Colours come from the front end where it has them, else from a grey that suits light and dark.
_STYLE: Final = """<style>
.nangonb{--line:var(--jp-border-color2,var(--vscode-widget-border,rgba(128,128,128,.32)));
--soft:var(--jp-layout-color2,rgba(128,128,128,.1));--ok:var(--jp-success-color1,#388e3c);
--bad:var(--jp-error-color1,#e53935);--warn:var(--jp-warn-color1,#ef8a00);
--mono:var(--jp-code-font-family,ui-monospace,SFMono-Regular,Menlo,Consolas,monospace);
color:inherit;font:13px/1.5 var(--jp-ui-font-family,system-ui,-apple-system,"Segoe UI",sans-serif);
padding:2px 0}
.nangonb .n-head{font-size:14px;margin:0 0 6px}
.nangonb .n-head b{font-weight:600}
.nangonb .n-mark{font-weight:700;margin-right:2px}
.nangonb .n-muted{opacity:.68}
.nangonb .n-ok{color:var(--ok)}.nangonb .n-bad{color:var(--bad)}.nangonb .n-warn{color:var(--warn)}
.nangonb .n-cap{margin:12px 0 4px}
.nangonb .n-cap b{font-weight:600}
.nangonb .n-scroll{overflow-x:auto;max-width:100%}
.nangonb table.n-t{border-collapse:collapse;border:0;margin:0;table-layout:auto;font-size:12px;width:auto}
.nangonb table.n-t th,.nangonb table.n-t td{border:0;border-bottom:1px solid var(--line);
padding:4px 16px 4px 0;
text-align:left;vertical-align:top;max-width:34em;white-space:pre-wrap;
overflow-wrap:anywhere;background:none;line-height:1.45}
.nangonb table.n-t th{font-weight:600;white-space:nowrap;overflow-wrap:normal;opacity:.75}
.nangonb table.n-t tbody tr,.nangonb table.n-t thead tr{background:none;border:0}
.nangonb table.n-t tbody tr:hover{background:var(--soft)}
.nangonb table.n-t th.n-r,.nangonb table.n-t td.n-r{text-align:right;font-variant-numeric:tabular-nums}
.nangonb table.n-t td.n-n{white-space:nowrap;overflow-wrap:normal}
.nangonb .n-na{opacity:.45}
.nangonb code,.nangonb pre{font-family:var(--mono);font-size:12px;color:inherit;background:none;
border:0;padding:0;margin:0}
.nangonb pre{white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.45}
.nangonb pre.n-quote{background:var(--soft);border-radius:3px;padding:3px 8px;margin:4px 0 0;overflow-x:auto;
white-space:pre}
.nangonb .n-block{border-left:3px solid var(--line);padding:4px 0 4px 10px;margin:6px 0}
.nangonb .n-block.n-b{border-color:var(--bad)}
.nangonb .n-hint{margin:4px 0}
.nangonb details{margin:6px 0 0}
.nangonb summary{cursor:pointer;display:list-item}
.nangonb details[open]>summary{margin-bottom:4px}
</style>"""


def escape(text: object) -> str:
    """Text for HTML: escaped, and without characters that act instead of showing."""
    return _escape(printable(str(text)), quote=True)


def page(body: str) -> str:
    """A complete output."""
    return f'<div class="nangonb">{_STYLE}{body}</div>'


class Budget:
    """How many bytes of an output are left."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.left = limit - _ROOM

    def take(self, html: str) -> bool:
        """Whether ``html`` still fits; then it is counted."""
        needed = len(html.encode("utf-8", "surrogatepass"))
        if needed > self.left:
            return False
        self.left -= needed
        return True
