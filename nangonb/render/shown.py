"""What verbs return: objects that show themselves in a notebook, in a terminal and in a log."""

from __future__ import annotations

from typing import Any

from nangonb.render.page import escape, page


class Shown:
    """Something with a text form and an HTML form."""

    def text(self) -> str:
        raise NotImplementedError

    def html(self) -> str:
        return page(f"<pre>{escape(self.text())}</pre>")

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {"text/plain": self.text(), "text/html": self.html()}
