"""What verbs return: objects that show themselves in a notebook, in a terminal and in a log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nangonb.project import Problem, Project, Script
from nangonb.render import Shown


@dataclass(frozen=True, repr=False)
class Declared(Shown):
    """What one cell declared, and the problems that stand in it."""

    title: str
    details: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    def text(self) -> str:
        from nangonb.render import headed_text

        return headed_text(self.title, self.details, self.problems)

    def html(self) -> str:
        from nangonb.render import headed_html

        return headed_html(self.title, self.details, self.problems)


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

        scripts = [table_text(_COLUMNS, self._rows(), size=self._size)] if self.scripts else [self._size]
        return "\n\n".join([*scripts, problems_text(self.problems)])

    def html(self) -> str:
        from nangonb.render import escape, page, problems_html, table_html

        size = self._size
        scripts = table_html(_COLUMNS, self._rows(), size=size) if self.scripts else page(escape(size))
        return scripts + problems_html(self.problems)

    @property
    def _size(self) -> str:
        from nangonb.render import plural

        return plural(len(self.scripts), "script") if self.scripts else "No scripts are declared."

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
