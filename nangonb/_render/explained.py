"""An entry of the registry of problem codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import fill, indent
from typing import Final

from nangonb._project.codes import CODES, Code, code_of
from nangonb._render.display import Displayable
from nangonb._render.page import escape, page
from nangonb._render.problems import prose
from nangonb.errors import UnknownName

_WIDTH: Final = 100


@dataclass(frozen=True, repr=False)
class Explained(Displayable):
    """What a problem code means, with an example and its fix. ``name`` may be a number of the compiler."""

    name: str
    code: Code

    def text(self) -> str:
        code = self.code
        example = "Example:\n\n" + indent(code.code, "    ")
        paragraphs = (code.title, _plain(code.text), example, f"Fix: {_plain(code.fix)}")
        head = f"{self.name} ({self._severity})"
        wrapped = (each if each is example else fill(each, _WIDTH) for each in paragraphs if each)
        return "\n\n".join((head, *wrapped))

    def html(self) -> str:
        code = self.code
        head = f'<div class="n-head"><b>{escape(self.name)}</b> · {self._severity}</div>'
        paragraphs = "".join(f"<p>{prose(each)}</p>" for each in (code.title, _plain(code.text)) if each)
        example = f'<pre class="n-quote">{escape(code.code)}</pre>'
        return page(f"{head}{paragraphs}{example}<p>Fix: {prose(_plain(code.fix))}</p>")

    @property
    def _severity(self) -> str:
        return " or ".join((self.code.severity, *self.code.also))


def _plain(text: str) -> str:
    """Markdown without the targets of links, which are files of the documentation."""
    return re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)


def explain(name: str) -> Explained:
    """The entry of a problem code. Raises UnknownName."""
    try:
        return Explained(name, code_of(name))
    except KeyError:
        raise UnknownName("problem code", name, sorted(CODES)) from None
