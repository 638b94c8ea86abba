"""What verbs return: objects that show themselves in a notebook, in a terminal and in a log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nangonb.project import Problem, Project, Script


class Shown:
    """Something with a text form and an HTML form."""

    def text(self) -> str:
        raise NotImplementedError

    def html(self) -> str:
        from nangonb.render import escape, page

        return page(f"<pre>{escape(self.text())}</pre>")

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {"text/plain": self.text(), "text/html": self.html()}


@dataclass(frozen=True, repr=False)
class Declared(Shown):
    """What one cell declared, and the problems that stand in it."""

    summary: str
    problems: tuple[Problem, ...] = ()

    def text(self) -> str:
        from nangonb.render import problems_text

        return "\n".join([self.summary, *([problems_text(self.problems)] if self.problems else [])])

    def html(self) -> str:
        from nangonb.render import escape, page, problems_html

        shown = page(f"<div>{escape(self.summary)}</div>")
        return shown + (problems_html(self.problems) if self.problems else "")


@dataclass(frozen=True, repr=False)
class Check(Shown):
    """Everything declared, with its problems."""

    project: Project
    scripts: tuple[Script, ...]
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings do not count."""
        return not any(problem.severity == "error" for problem in self.problems)

    def text(self) -> str:
        from nangonb.render import problems_text, table_text

        parts = [table_text(_COLUMNS, self._rows())] if self.scripts else ["No scripts are declared."]
        parts.append(problems_text(self.problems) if self.problems else "No problems.")
        return "\n\n".join(parts)

    def html(self) -> str:
        from nangonb.render import escape, page, problems_html, table_html

        table = (
            table_html(_COLUMNS, self._rows())
            if self.scripts
            else page("<div>No scripts are declared.</div>")
        )
        return table + (problems_html(self.problems) if self.problems else page(escape("No problems.")))

    def _rows(self) -> list[list[Any]]:
        return [
            [
                s.integration or "–",
                s.kind,
                s.name,
                s.config.runs or "",
                ", ".join(s.config.output),
                s.source.label,
            ]
            for s in self.scripts
        ]


_COLUMNS = ["integration", "kind", "name", "runs", "output", "declared in"]


@dataclass(frozen=True, repr=False)
class Forgotten(Shown):
    """What was withdrawn."""

    labels: tuple[str, ...]

    def text(self) -> str:
        return f"Forgotten: {', '.join(self.labels)}"
