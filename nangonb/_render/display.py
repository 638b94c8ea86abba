"""The base of results: objects with a representation for notebooks, terminals and logs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from nangonb._render.page import escape, page


class Displayable(ABC):
    """A result with a text form and an HTML form."""

    @abstractmethod
    def text(self) -> str:
        """Return the text form."""

    def html(self) -> str:
        """Return the HTML form; by default the text."""
        return page(f"<pre>{escape(self.text())}</pre>")

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {"text/plain": self.text(), "text/html": self.html()}
